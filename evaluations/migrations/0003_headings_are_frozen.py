"""What stands above and below a certified table is kept with it, and stays as it is."""

from django.db import migrations, models

FROZEN = "('certified', 'void')"
MESSAGE = "the result is certified"


def postgresql():
    """The statements for PostgreSQL."""
    yield f"""
CREATE FUNCTION evaluations_refuse_heading_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"""
    yield f"""CREATE TRIGGER evaluations_heading_is_frozen BEFORE UPDATE ON evaluations_ballot
FOR EACH ROW WHEN (OLD.status IN {FROZEN} AND NEW.as_certified IS DISTINCT FROM OLD.as_certified)
EXECUTE FUNCTION evaluations_refuse_heading_change()"""


def sqlite():
    """The statement for SQLite."""
    yield f"""CREATE TRIGGER evaluations_heading_is_frozen BEFORE UPDATE ON evaluations_ballot
WHEN OLD.status IN {FROZEN} AND NEW.as_certified IS NOT OLD.as_certified
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"""


def install(apps, schema_editor):
    """Make the trigger of this database."""
    vendor = schema_editor.connection.vendor
    for statement in postgresql() if vendor == "postgresql" else sqlite():
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    """Take the trigger away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER evaluations_heading_is_frozen ON evaluations_ballot")
        schema_editor.execute("DROP FUNCTION evaluations_refuse_heading_change()")
        return
    schema_editor.execute("DROP TRIGGER evaluations_heading_is_frozen")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_results_are_frozen")]
    operations = [
        migrations.AddField(
            model_name="ballot",
            name="as_certified",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="核定时的表头和说明"),
        ),
        migrations.RunPython(install, remove),
    ]
