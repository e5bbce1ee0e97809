from django.db import migrations, models


class Migration(migrations.Migration):
    """The version before can still write rows, for the database knows what stands where it says nothing."""

    dependencies = [("content", "0009_get_help_by_level")]
    operations = [
        migrations.AddField(
            model_name="option",
            name="passing",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="A rule that only this holds back still asks for help, a level less.",
                verbose_name="means “it passes off”",
            ),
        ),
    ]
