from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0008_points_to_start_from")]
    operations = [
        migrations.AlterField(
            model_name="cause",
            name="get_help",
            field=models.TextField(
                help_text="You can use **bold**, *italics*, lists and [links](https://example.org). A line "
                "for each; begin all with the name of a level (“Today: Get help if …”) to show how soon.",
                verbose_name="when to get help",
            ),
        ),
    ]
