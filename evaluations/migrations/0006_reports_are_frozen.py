"""Triggers: the count's chain is append-only and ends with the count; its report and the channel stay as certified."""

from django.db import migrations

FROZEN = "('certified', 'void')"
KEPT = ("channel", "codes_issued", "codes_used")
CERTIFIED, APPEND_ONLY = "the result is certified", "the record of the count is append-only"


def postgresql():
    """The statements for PostgreSQL."""
    changed = " OR ".join(f"NEW.{c}::text IS DISTINCT FROM OLD.{c}::text" for c in KEPT)
    yield f"""
CREATE FUNCTION evaluations_refuse_report_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{CERTIFIED}'; END $$"""
    yield f"""
CREATE FUNCTION evaluations_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN RAISE EXCEPTION '{APPEND_ONLY}'; END IF;
  IF EXISTS (SELECT 1 FROM evaluations_ballot b WHERE b.id = NEW.ballot_id AND b.status IN {FROZEN}) THEN
    RAISE EXCEPTION '{CERTIFIED}';
  END IF;
  RETURN NEW;
END $$"""
    yield f"""CREATE TRIGGER evaluations_channel_is_frozen BEFORE UPDATE ON evaluations_ballot
FOR EACH ROW WHEN (OLD.status IN {FROZEN} AND ({changed}))
EXECUTE FUNCTION evaluations_refuse_report_change()"""
    yield """CREATE TRIGGER evaluations_countreport_is_frozen BEFORE UPDATE OR DELETE ON evaluations_countreport
FOR EACH ROW EXECUTE FUNCTION evaluations_refuse_report_change()"""
    yield """CREATE TRIGGER evaluations_countevent_is_append_only BEFORE INSERT OR UPDATE OR DELETE
ON evaluations_countevent FOR EACH ROW EXECUTE FUNCTION evaluations_refuse_event_change()"""


def sqlite():
    """The statements for SQLite."""
    changed = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in KEPT)
    yield f"""CREATE TRIGGER evaluations_channel_is_frozen BEFORE UPDATE ON evaluations_ballot
WHEN OLD.status IN {FROZEN} AND ({changed})
BEGIN SELECT RAISE(ABORT, '{CERTIFIED}'); END"""
    for verb in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER evaluations_countreport_no_{verb.lower()} BEFORE {verb} ON evaluations_countreport
BEGIN SELECT RAISE(ABORT, '{CERTIFIED}'); END"""
        yield f"""CREATE TRIGGER evaluations_countevent_no_{verb.lower()} BEFORE {verb} ON evaluations_countevent
BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"""
    # INSERT OR REPLACE deletes without asking the triggers of DELETE.
    yield f"""CREATE TRIGGER evaluations_countreport_no_replace BEFORE INSERT ON evaluations_countreport
WHEN EXISTS (SELECT 1 FROM evaluations_countreport r WHERE r.id = NEW.id OR r.ballot_id = NEW.ballot_id)
BEGIN SELECT RAISE(ABORT, '{CERTIFIED}'); END"""
    yield f"""CREATE TRIGGER evaluations_countevent_no_replace BEFORE INSERT ON evaluations_countevent
WHEN EXISTS (SELECT 1 FROM evaluations_countevent e WHERE e.id = NEW.id
             OR (e.ballot_id = NEW.ballot_id AND e.sequence = NEW.sequence))
BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"""
    yield f"""CREATE TRIGGER evaluations_countevent_no_late BEFORE INSERT ON evaluations_countevent
WHEN EXISTS (SELECT 1 FROM evaluations_ballot b WHERE b.id = NEW.ballot_id AND b.status IN {FROZEN})
BEGIN SELECT RAISE(ABORT, '{CERTIFIED}'); END"""


def install(apps, schema_editor):
    """Make the triggers of this database."""
    vendor = schema_editor.connection.vendor
    for statement in postgresql() if vendor == "postgresql" else sqlite():
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    """Take the triggers away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER evaluations_channel_is_frozen ON evaluations_ballot")
        schema_editor.execute("DROP TRIGGER evaluations_countreport_is_frozen ON evaluations_countreport")
        schema_editor.execute("DROP TRIGGER evaluations_countevent_is_append_only ON evaluations_countevent")
        schema_editor.execute("DROP FUNCTION evaluations_refuse_report_change()")
        schema_editor.execute("DROP FUNCTION evaluations_refuse_event_change()")
        return
    schema_editor.execute("DROP TRIGGER evaluations_channel_is_frozen")
    for table in ("countreport", "countevent"):
        for verb in ("update", "delete", "replace"):
            schema_editor.execute(f"DROP TRIGGER evaluations_{table}_no_{verb}")
    schema_editor.execute("DROP TRIGGER evaluations_countevent_no_late")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0005_scans_urns_reports")]
    operations = [migrations.RunPython(install, remove)]
