"""No notice of results is approved without a table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0013_masses_ballots")]

    operations = [
        migrations.AddConstraint(
            model_name="resultnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "withdrawn"]),
                    models.Q(("body", []), _negated=True),
                    _connector="OR",
                ),
                name="result_notice_approved_has_body",
            ),
        ),
    ]
