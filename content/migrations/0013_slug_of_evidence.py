"""Evidence has a short name, made of its words as `triage.engine.file.load` makes it for older files.

What is in use and belongs to a released cause counts as released.
"""

import django.core.validators
from django.db import migrations, models

from triage.engine.guide import slug_for


def name(apps, schema_editor):
    Evidence = apps.get_model("content", "Evidence")
    Released = apps.get_model("content", "ReleasedSlug").objects
    causes = {*Released.filter(kind="cause").values_list("slug", flat=True)}
    taken = set()
    for row in Evidence.objects.order_by("status", "cause__position", "cause", "position", "pk"):
        row.slug = slug_for(row.text, taken)
        row.save(update_fields=["slug"])
        taken.add(row.slug)
        if not row.status and row.cause.slug in causes:
            Released.create(kind="evidence", slug=row.slug)


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0012_limits_of_numbers_and_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="slug",
            field=models.CharField(default="", max_length=50),
            preserve_default=False,
        ),
        migrations.RunPython(name, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="evidence",
            name="slug",
            field=models.CharField(
                help_text="How answers and releases name it. It cannot change once it was published.",
                max_length=50,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "[A-Za-z][A-Za-z0-9_]{0,49}\\Z", "Letters, digits and _, a letter first."
                    )
                ],
                verbose_name="short name",
            ),
        ),
    ]
