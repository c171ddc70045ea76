"""The first link of the record, and triggers that refuse any change of it."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION branches_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the record is append-only'; END $$;
CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE ON branches_auditevent
FOR EACH STATEMENT EXECUTE FUNCTION branches_refuse_audit_change();
"""
SQLITE = [
    f"""CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON branches_auditevent
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"""
    for verb in ("UPDATE", "DELETE")
]


def install(apps, schema_editor):
    """Make the end of the chain and the triggers of this database."""
    apps.get_model("branches", "AuditHead").objects.get_or_create(pk=1)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement)


def remove(apps, schema_editor):
    """Take the triggers away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER audit_event_is_append_only ON branches_auditevent")
        schema_editor.execute("DROP FUNCTION branches_refuse_audit_change()")
    else:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER audit_event_no_{verb}")
    apps.get_model("branches", "AuditHead").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
