"""A frozen roster keeps the version of the rules it was drawn up by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="roster",
            name="rules_version",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, null=True, verbose_name="规则版本"
            ),
        ),
    ]
