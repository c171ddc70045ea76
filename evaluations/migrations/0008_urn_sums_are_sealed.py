"""The sums that came out of an urn wait sealed until they are merged."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0007_count_report_details")]

    operations = [
        migrations.RemoveField(model_name="urnline", name="counts"),
        migrations.RemoveField(model_name="urnline", name="abstained"),
        migrations.AddField(
            model_name="urnline",
            name="sealed",
            field=models.BinaryField(default=b"", verbose_name="票数和弃权"),
            preserve_default=False,
        ),
    ]
