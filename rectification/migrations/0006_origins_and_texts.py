"""What an item was taken over from, sealed beside its blind key; nothing approved hangs without words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rectification", "0005_survey_slips")]

    operations = [
        migrations.AddField(
            model_name="rectificationitem",
            name="origin_sealed",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "withdrawn"]),
                    models.Q(("title", ""), ("text", ""), _connector="OR", _negated=True),
                    _connector="OR",
                ),
                name="publication_approved_has_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("page_digest", ""), models.Q(("online", {}), _negated=True), _connector="OR"
                ),
                name="publication_page_has_text",
            ),
        ),
    ]
