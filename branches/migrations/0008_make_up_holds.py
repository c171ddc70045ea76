"""An open survey after 补课 holds a campaign open too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branches", "0007_closing_hold")]

    operations = [
        migrations.AddField(
            model_name="closinghold",
            name="steps",
            field=models.JSONField(blank=True, default=list, verbose_name="环节"),
        ),
        migrations.AlterField(
            model_name="closinghold",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assessment", "还没有评定"),
                    ("feedback", "还没有反馈"),
                    ("make_up", "补课后的满意度测评还没有核定"),
                ],
                max_length=12,
                verbose_name="缺什么",
            ),
        ),
    ]
