"""A ballot keeps the version of the rules it was prepared by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0003_headings_are_frozen"),
    ]

    operations = [
        migrations.AddField(
            model_name="ballot",
            name="rules_version",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, null=True, verbose_name="规则版本"
            ),
        ),
    ]
