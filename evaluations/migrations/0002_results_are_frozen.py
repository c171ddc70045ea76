"""Triggers: once a ballot is certified or voided, its result, head-counts and signatures stay as they are."""

from django.db import migrations

FROZEN = "('certified', 'void')"
KEPT = (
    "expected",
    "present",
    "printed",
    "issued",
    "replaced",
    "unused",
    "returned",
    "void_papers",
    "scale",
    "percent_base",
    "certified_on",
    "round_no",
    "meeting_id",
    "organization_id",
    "campaign_id",
    "subject_kind",
    "min_to_show",
    "entry_mode",
    "corrected",
)
# The reason of voiding is written once, just before a certified ballot is voided.
REASON = "OLD.void_reason <> '' AND NEW.void_reason <> OLD.void_reason"
TABLES = ("evaluations_tallyline", "evaluations_signature", "evaluations_ballotsubject")
MESSAGE = "the result is certified"


def postgresql():
    """The statements for PostgreSQL."""
    changed = " OR ".join(f"NEW.{c}::text IS DISTINCT FROM OLD.{c}::text" for c in KEPT)
    yield f"""
CREATE FUNCTION evaluations_refuse_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ballot uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN ballot := NEW.ballot_id; ELSE ballot := OLD.ballot_id; END IF;
  IF EXISTS (SELECT 1 FROM evaluations_ballot b WHERE b.id = ballot AND b.status IN {FROZEN})
     OR (TG_OP = 'UPDATE' AND NEW.ballot_id <> OLD.ballot_id) THEN
    RAISE EXCEPTION '{MESSAGE}';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$"""
    for table in TABLES:
        yield f"""CREATE TRIGGER {table}_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION evaluations_refuse_line_change()"""
    yield f"""
CREATE FUNCTION evaluations_refuse_ballot_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status IN {FROZEN} THEN
    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{MESSAGE}'; END IF;
    IF (NEW.status <> OLD.status AND NOT (OLD.status = 'certified' AND NEW.status = 'void'))
       OR ({REASON}) OR {changed} THEN RAISE EXCEPTION '{MESSAGE}'; END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$"""
    yield """CREATE TRIGGER evaluations_ballot_is_frozen BEFORE UPDATE OR DELETE ON evaluations_ballot
FOR EACH ROW EXECUTE FUNCTION evaluations_refuse_ballot_change()"""


def sqlite():
    """The statements for SQLite."""
    for table in TABLES:
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            yield f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
WHEN EXISTS (SELECT 1 FROM evaluations_ballot b WHERE b.id = {row}.ballot_id AND b.status IN {FROZEN})
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
        yield f"""CREATE TRIGGER {table}_no_move BEFORE UPDATE ON {table}
WHEN NEW.ballot_id <> OLD.ballot_id
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
    # INSERT OR REPLACE deletes without asking the triggers of DELETE.
    for table in TABLES:
        same = "t.id = NEW.id"
        if table == "evaluations_tallyline":
            same = "(t.id = NEW.id OR t.subject_id = NEW.subject_id)"
        yield f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} t JOIN evaluations_ballot b ON b.id = t.ballot_id
             WHERE {same} AND b.status IN {FROZEN})
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
    yield f"""CREATE TRIGGER evaluations_ballot_no_replace BEFORE INSERT ON evaluations_ballot
WHEN EXISTS (SELECT 1 FROM evaluations_ballot b WHERE b.status IN {FROZEN} AND (b.id = NEW.id OR (
  b.campaign_id = NEW.campaign_id AND b.organization_id = NEW.organization_id
  AND b.subject_kind = NEW.subject_kind AND b.round_no = NEW.round_no)))
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
    changed = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in KEPT)
    yield f"""CREATE TRIGGER evaluations_ballot_no_update BEFORE UPDATE ON evaluations_ballot
WHEN OLD.status IN {FROZEN} AND (
  (NEW.status <> OLD.status AND NOT (OLD.status = 'certified' AND NEW.status = 'void')) OR ({REASON}) OR {changed})
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""
    yield f"""CREATE TRIGGER evaluations_ballot_no_delete BEFORE DELETE ON evaluations_ballot
WHEN OLD.status IN {FROZEN}
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""


def install(apps, schema_editor):
    """Make the triggers of this database."""
    vendor = schema_editor.connection.vendor
    for statement in postgresql() if vendor == "postgresql" else sqlite():
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    """Take the triggers away again."""
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_is_frozen ON {table}")
        schema_editor.execute("DROP TRIGGER evaluations_ballot_is_frozen ON evaluations_ballot")
        schema_editor.execute("DROP FUNCTION evaluations_refuse_line_change()")
        schema_editor.execute("DROP FUNCTION evaluations_refuse_ballot_change()")
        return
    for table in TABLES:
        for verb in ("insert", "update", "delete", "move", "replace"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
    for verb in ("update", "delete", "replace"):
        schema_editor.execute(f"DROP TRIGGER evaluations_ballot_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
