"""Scanned sheets, urns, the count's own chain and report; triggers stand aside while the ballot's table is made anew."""

import uuid
from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

results = import_module("evaluations.migrations.0002_results_are_frozen")
headings = import_module("evaluations.migrations.0003_headings_are_frozen")


def lift(apps, schema_editor):
    """Take the triggers away: SQLite makes the ballot's table anew, and they would name a table that is not there."""
    headings.remove(apps, schema_editor)
    results.remove(apps, schema_editor)


def put_back(apps, schema_editor):
    """Make the triggers again, as they were."""
    results.install(apps, schema_editor)
    headings.install(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0006_portfolio"),
        ("evaluations", "0004_rules_version"),
        ("meetings", "0003_minutes_are_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(lift, put_back),
        migrations.CreateModel(
            name="CountEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="序号")),
                ("kind", models.CharField(max_length=30, verbose_name="事项")),
                ("payload", models.JSONField(default=dict, verbose_name="内容")),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "计票记录",
                "verbose_name_plural": "计票记录",
                "ordering": ("sequence",),
            },
        ),
        migrations.CreateModel(
            name="CountReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form_hash", models.CharField(blank=True, max_length=20, verbose_name="表的指纹")),
                ("image_hashes", models.JSONField(default=list, verbose_name="图像指纹")),
                ("merkle_root", models.CharField(blank=True, max_length=64, verbose_name="图像总指纹")),
                ("receipts", models.JSONField(default=list, verbose_name="电子票回执")),
                ("receipts_root", models.CharField(blank=True, max_length=64, verbose_name="回执总指纹")),
                ("chain_head", models.CharField(max_length=64, verbose_name="计票记录末项")),
                ("pages_read", models.PositiveIntegerField(default=0, verbose_name="读出页数")),
                ("pages_blank", models.PositiveIntegerField(default=0, verbose_name="空白页数")),
                ("pages_typed", models.PositiveIntegerField(default=0, verbose_name="手工录入页数")),
                ("pages_set_aside", models.PositiveIntegerField(default=0, verbose_name="不计页数")),
                ("rows_certain", models.PositiveIntegerField(default=0, verbose_name="机器读出行数")),
                ("rows_decided", models.PositiveIntegerField(default=0, verbose_name="人工判读行数")),
                ("controls", models.PositiveIntegerField(default=0, verbose_name="抽查行数")),
                ("control_differences", models.PositiveIntegerField(default=0, verbose_name="抽查不一致")),
                ("parts", models.JSONField(default=dict, verbose_name="分项")),
            ],
            options={
                "verbose_name": "计票报告单",
                "verbose_name_plural": "计票报告单",
            },
        ),
        migrations.CreateModel(
            name="ScanBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次上传")),
                ("test", models.BooleanField(default=False, verbose_name="试扫")),
                ("files", models.JSONField(default=list, verbose_name="文件")),
                ("read", models.BooleanField(default=False, verbose_name="已读完")),
            ],
            options={
                "verbose_name": "扫描上传",
                "verbose_name_plural": "扫描上传",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="ScanDouble",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("open", "待确认"), ("same", "同一张"), ("different", "两张不同的票")],
                        default="open",
                        max_length=10,
                        verbose_name="结论",
                    ),
                ),
            ],
            options={
                "verbose_name": "疑似重复",
                "verbose_name_plural": "疑似重复",
            },
        ),
        migrations.CreateModel(
            name="ScanPage",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("file_no", models.PositiveSmallIntegerField(default=0, verbose_name="第几个文件")),
                ("position", models.PositiveSmallIntegerField(verbose_name="第几页")),
                ("form_page", models.PositiveSmallIntegerField(default=0, verbose_name="表的第几面")),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("read", "已读"),
                            ("blank", "空白票，待确认"),
                            ("empty", "空白票"),
                            ("rejected", "读不了"),
                            ("aside", "不计（重复或重扫）"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=30, verbose_name="原因")),
                ("doubtful", models.PositiveSmallIntegerField(default=0, verbose_name="存疑行数")),
                ("dpi", models.PositiveSmallIntegerField(default=0, verbose_name="分辨率")),
                ("image_sha256", models.CharField(max_length=64, verbose_name="图像指纹")),
                ("sealed", models.BinaryField(default=bytes, verbose_name="读出的各行")),
                ("ink", models.BinaryField(default=bytes, verbose_name="笔迹指纹")),
                ("picture", models.BinaryField(default=bytes, verbose_name="图像")),
            ],
            options={
                "verbose_name": "扫描页",
                "verbose_name_plural": "扫描页",
            },
        ),
        migrations.CreateModel(
            name="Strip",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("sealed", models.BinaryField(verbose_name="机器读数")),
                ("picture", models.BinaryField(verbose_name="图像")),
            ],
            options={
                "verbose_name": "存疑的行",
                "verbose_name_plural": "存疑的行",
            },
        ),
        migrations.CreateModel(
            name="StripReading",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("slot", models.PositiveSmallIntegerField(verbose_name="甲乙")),
                ("sealed", models.BinaryField(verbose_name="看到的")),
            ],
            options={
                "verbose_name": "判读",
                "verbose_name_plural": "判读",
            },
        ),
        migrations.CreateModel(
            name="Urn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=64, unique=True, verbose_name="投票页地址指纹")),
                ("public_key", models.BinaryField(verbose_name="封票公钥")),
                ("halves_shown", models.JSONField(default=list, verbose_name="已交开箱钥匙的席")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "待开启"),
                            ("open", "正在投票"),
                            ("closed", "已关闭，待开箱"),
                            ("counted", "已清点"),
                            ("destroyed", "已销毁"),
                        ],
                        default="prepared",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("receipts", models.JSONField(default=list, verbose_name="回执")),
            ],
            options={
                "verbose_name": "电子票箱",
                "verbose_name_plural": "电子票箱",
            },
        ),
        migrations.CreateModel(
            name="UrnCode",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="码的指纹")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("printed", "已印"),
                            ("live", "可投"),
                            ("used", "已投"),
                            ("void", "未用，已作废"),
                        ],
                        default="printed",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
            ],
            options={
                "verbose_name": "投票码",
                "verbose_name_plural": "投票码",
            },
        ),
        migrations.CreateModel(
            name="UrnLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counts", models.JSONField(verbose_name="票数")),
                ("abstained", models.PositiveSmallIntegerField(verbose_name="弃权")),
            ],
            options={
                "verbose_name": "电子票数",
                "verbose_name_plural": "电子票数",
            },
        ),
        migrations.CreateModel(
            name="UrnSlot",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("filled", models.BooleanField(default=False, verbose_name="有票")),
                ("sealed", models.BinaryField(verbose_name="封好的票")),
            ],
            options={
                "verbose_name": "票位",
                "verbose_name_plural": "票位",
            },
        ),
        migrations.RemoveConstraint(
            model_name="paperentry",
            name="paper_entry_once",
        ),
        migrations.AddField(
            model_name="ballot",
            name="channel",
            field=models.CharField(
                choices=[("paper", "纸质票"), ("device", "现场电子票"), ("both", "纸质票和现场电子票")],
                default="paper",
                max_length=8,
                verbose_name="票的形式",
            ),
        ),
        migrations.AddField(
            model_name="ballot",
            name="codes_issued",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="发出电子票"),
        ),
        migrations.AddField(
            model_name="ballot",
            name="codes_used",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="已投电子票"),
        ),
        migrations.AddField(
            model_name="ballot",
            name="large_print",
            field=models.BooleanField(default=False, verbose_name="大字版"),
        ),
        migrations.AddField(
            model_name="paperentry",
            name="form_page",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="表的第几面"),
        ),
        migrations.AlterField(
            model_name="ballot",
            name="entry_mode",
            field=models.CharField(
                choices=[("papers", "逐票录入"), ("totals", "录入每人票数"), ("scanned", "扫描或拍照读票")],
                default="papers",
                max_length=8,
                verbose_name="录入方式",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("codes_used__isnull", True),
                    models.Q(("codes_issued__isnull", False), ("codes_used__lte", models.F("codes_issued"))),
                    _connector="OR",
                ),
                name="ballot_codes_used_within_issued",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperentry",
            constraint=models.UniqueConstraint(
                fields=("ballot", "slot", "form_page", "paper_no"), name="paper_entry_once"
            ),
        ),
        migrations.AddField(
            model_name="countevent",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="count_events",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="countreport",
            name="ballot",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="count_report",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scan_batches",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="job",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="branches.job",
                verbose_name="读票任务",
            ),
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="uploaded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="上传人",
            ),
        ),
        migrations.AddField(
            model_name="scandouble",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scan_doubles",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="scanpage",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scan_pages",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="scanpage",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pages",
                to="evaluations.scanbatch",
                verbose_name="上传",
            ),
        ),
        migrations.AddField(
            model_name="scandouble",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="evaluations.scanpage",
                verbose_name="甲页",
            ),
        ),
        migrations.AddField(
            model_name="scandouble",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="evaluations.scanpage",
                verbose_name="乙页",
            ),
        ),
        migrations.AddField(
            model_name="strip",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="strips",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="strip",
            name="page",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="strips",
                to="evaluations.scanpage",
                verbose_name="页",
            ),
        ),
        migrations.AddField(
            model_name="strip",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                to="evaluations.ballotsubject",
                verbose_name="对象",
            ),
        ),
        migrations.AddField(
            model_name="stripreading",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="strip_readings",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="stripreading",
            name="strip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="readings",
                to="evaluations.strip",
                verbose_name="行",
            ),
        ),
        migrations.AddField(
            model_name="urn",
            name="ballot",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="urn",
                to="evaluations.ballot",
                verbose_name="测评",
            ),
        ),
        migrations.AddField(
            model_name="urncode",
            name="urn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="codes",
                to="evaluations.urn",
                verbose_name="票箱",
            ),
        ),
        migrations.AddField(
            model_name="urnline",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                to="evaluations.ballotsubject",
                verbose_name="对象",
            ),
        ),
        migrations.AddField(
            model_name="urnline",
            name="urn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="evaluations.urn",
                verbose_name="票箱",
            ),
        ),
        migrations.AddField(
            model_name="urnslot",
            name="urn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="slots",
                to="evaluations.urn",
                verbose_name="票箱",
            ),
        ),
        migrations.AddConstraint(
            model_name="countevent",
            constraint=models.UniqueConstraint(fields=("ballot", "sequence"), name="count_event_order"),
        ),
        migrations.AddConstraint(
            model_name="scanbatch",
            constraint=models.UniqueConstraint(fields=("ballot", "number"), name="scan_batch_number"),
        ),
        migrations.AddConstraint(
            model_name="scanpage",
            constraint=models.UniqueConstraint(
                fields=("batch", "file_no", "position"), name="scan_page_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="scandouble",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="scan_double_once"),
        ),
        migrations.AddConstraint(
            model_name="strip",
            constraint=models.UniqueConstraint(fields=("page", "subject"), name="strip_once"),
        ),
        migrations.AddConstraint(
            model_name="stripreading",
            constraint=models.UniqueConstraint(fields=("strip", "slot"), name="strip_reading_once"),
        ),
        migrations.AddConstraint(
            model_name="stripreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("slot__lte", 2)), name="strip_reading_slot"
            ),
        ),
        migrations.AddConstraint(
            model_name="urncode",
            constraint=models.UniqueConstraint(fields=("urn", "digest"), name="urn_code_once"),
        ),
        migrations.AddConstraint(
            model_name="urnline",
            constraint=models.UniqueConstraint(fields=("urn", "subject"), name="urn_line_once"),
        ),
        migrations.RunPython(put_back, lift),
    ]
