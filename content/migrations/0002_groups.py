"""The groups Editor (edits, previews, reviews) and Publisher (also publishes and rolls back)."""

from typing import Any

from django.db import migrations

EDITED = [
    "page", "question", "option", "cause", "evidence", "section", "fact", "source",
    "urgencyrule", "vignette", "expectedcause", "level", "thresholds",
]  # fmt: skip
REVIEW = ("review_guide", "Can preview and review the working copy")
PUBLISH = ("publish_guide", "Can publish and roll back")


def make_groups(apps: Any, schema_editor: Any) -> None:
    """Django makes permissions only after all migrations; so those that the groups need are made here."""
    editing = [
        permission(apps, model, f"{verb}_{model}", f"Can {verb} {name_of(apps, model)}")
        for model in EDITED
        for verb in ("add", "change", "delete", "view")
    ]
    review, publish = (permission(apps, "thresholds", *custom) for custom in (REVIEW, PUBLISH))
    Group = apps.get_model("auth", "Group")
    Group.objects.get_or_create(name="Editor")[0].permissions.add(*editing, review)
    Group.objects.get_or_create(name="Publisher")[0].permissions.add(*editing, review, publish)


def permission(apps: Any, model: str, codename: str, name: str) -> Any:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="content", model=model
    )
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": name}
    )[0]


def name_of(apps: Any, model: str) -> str:
    return str(apps.get_model("content", model)._meta.verbose_name)


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
