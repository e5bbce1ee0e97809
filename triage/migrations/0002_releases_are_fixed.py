"""The database itself refuses to change or delete a release.

SQLite remakes a table when a field is altered, and drops its triggers without a word: a later migration
that alters Release has to end with `migrations.RunPython(make_triggers, drop_triggers)` from here.
"""

from typing import Any

from django.db import migrations

# INSERT OR REPLACE deletes the row in its way and fires no delete trigger.
# It can name that row by number or by rowid.
SQLITE = {
    "triage_release_no_update": "BEFORE UPDATE ON triage_release",
    "triage_release_no_delete": "BEFORE DELETE ON triage_release",
    "triage_release_no_replace": "BEFORE INSERT ON triage_release"
    " WHEN EXISTS (SELECT 1 FROM triage_release WHERE number = NEW.number OR rowid = NEW.rowid)",
}
POSTGRESQL = {
    "triage_release_no_update": "BEFORE UPDATE OR DELETE ON triage_release FOR EACH ROW",
    "triage_release_no_truncate": "BEFORE TRUNCATE ON triage_release FOR EACH STATEMENT",
}
SENTENCE = "A release is published: it cannot change, be replaced or be deleted."
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION triage_release_is_fixed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def make_triggers(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        for name, when in POSTGRESQL.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION triage_release_is_fixed()")
    else:
        for name, when in SQLITE.items():
            schema_editor.execute(
                f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )


def drop_triggers(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in POSTGRESQL:
            schema_editor.execute(f"DROP TRIGGER {name} ON triage_release")
        schema_editor.execute("DROP FUNCTION triage_release_is_fixed")
    else:
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial")]
    operations = [migrations.RunPython(make_triggers, drop_triggers)]
