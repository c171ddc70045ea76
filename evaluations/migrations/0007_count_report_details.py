"""What became of the pages of each side, and why people decided rows, stay in the report of a count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0006_reports_are_frozen"),
    ]

    operations = [
        migrations.AddField(
            model_name="countreport",
            name="details",
            field=models.JSONField(blank=True, null=True, verbose_name="明细"),
        ),
    ]
