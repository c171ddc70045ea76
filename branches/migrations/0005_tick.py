from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0004_job_started_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tick",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="任务")),
                ("at", models.DateTimeField(verbose_name="上次完成")),
            ],
            options={"verbose_name": "定时任务", "verbose_name_plural": "定时任务"},
        ),
    ]
