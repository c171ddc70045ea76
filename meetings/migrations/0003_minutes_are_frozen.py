"""Triggers: minutes whose signing on paper was noted stay as they are."""

from django.db import migrations

MESSAGE = "the minutes are signed"
TABLE = "meetings_minutes"


def postgresql():
    """The statements for PostgreSQL."""
    yield f"""
CREATE FUNCTION meetings_refuse_minutes_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"""
    yield f"""CREATE TRIGGER {TABLE}_is_frozen BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW WHEN (OLD.status = 'signed') EXECUTE FUNCTION meetings_refuse_minutes_change()"""


def sqlite():
    """The statements for SQLite."""
    for verb in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE}
WHEN OLD.status = 'signed' BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
    # INSERT OR REPLACE deletes without asking the trigger of DELETE.
    yield f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
WHEN EXISTS (SELECT 1 FROM {TABLE} m WHERE m.status = 'signed' AND (m.id = NEW.id OR m.meeting_id = NEW.meeting_id))
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""


def install(apps, schema_editor):
    """Make the triggers of this database."""
    vendor = schema_editor.connection.vendor
    for statement in postgresql() if vendor == "postgresql" else sqlite():
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    """Take the triggers away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_is_frozen ON {TABLE}")
        schema_editor.execute("DROP FUNCTION meetings_refuse_minutes_change()")
        return
    for name in ("update", "delete", "replace"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{name}")


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_life_of_meetings")]
    operations = [migrations.RunPython(install, remove)]
