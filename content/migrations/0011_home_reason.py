from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0010_passing")]
    operations = [
        migrations.AlterField(
            model_name="thresholds",
            name="home_reason",
            field=models.CharField(
                blank=True,
                help_text="Said where nothing shows that it passes, or nothing everyday fits.",
                verbose_name="why it is not for staying at home",
            ),
        ),
    ]
