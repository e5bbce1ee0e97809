from django.db import migrations, models

KINDS = [
    "cause", "evidence", "fact", "option", "page", "question", "section", "source", "urgencyrule", "vignette",
]  # fmt: skip
STATUS = [("", "in use"), ("draft", "draft: not finished"), ("retired", "retired: not asked, not counted")]


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0005_signatures"),
    ]

    operations = [
        migrations.AddField(
            model_name=kind,
            name="status",
            field=models.CharField(
                blank=True,
                choices=STATUS,
                default="",
                help_text="What is not in use stays here alone: no preview, review or release has it.",
            ),
        )
        for kind in KINDS
    ]
