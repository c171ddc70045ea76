"""Scanned sheets of a ballot until it is certified: uploads, pages, strips of single rows. Then all is destroyed.

What could tell a mark or show handwriting (`sealed`, `ink`, `picture`) is sealed with the ballot's key,
which lies outside the database. Keys are random; positions say where a page lies in its upload, and the
pile is shuffled before it is scanned.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from branches.models import Job, User
from evaluations.models.ballot import Ballot
from evaluations.models.ballot_subject import BallotSubject


class ScanBatch(models.Model):
    """One upload: a scanner PDF, or photos taken one after another. `test`: the sheet tried before the meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="scan_batches")
    number = models.PositiveSmallIntegerField("第几次上传")
    test = models.BooleanField("试扫", default=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", null=True, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, verbose_name="读票任务", null=True, blank=True)
    files = models.JSONField("文件", default=list)  # of each: its name on the disk, size, pages once known
    read = models.BooleanField("已读完", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "扫描上传"
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["ballot", "number"], name="scan_batch_number"),)

    def __str__(self) -> str:
        return f"第{self.number}次上传"


class PageFate(models.TextChoices):
    """What became of one page."""

    READ = "read", "已读"
    BLANK = "blank", "空白票，待确认"
    BLANK_CONFIRMED = "empty", "空白票"
    REJECTED = "rejected", "读不了"
    SET_ASIDE = "aside", "不计（重复或重扫）"


COUNTED_FATES = (PageFate.READ, PageFate.BLANK_CONFIRMED)


class ScanPage(models.Model):
    """One page of an upload, and what the machine read of it, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="scan_pages")
    batch = models.ForeignKey(ScanBatch, models.CASCADE, verbose_name="上传", related_name="pages")
    file_no = models.PositiveSmallIntegerField("第几个文件", default=0)
    position = models.PositiveSmallIntegerField("第几页")
    form_page = models.PositiveSmallIntegerField("表的第几面", default=0)
    fate = models.CharField("结果", max_length=10, choices=PageFate)
    reason = models.CharField("原因", max_length=30, blank=True)
    doubtful = models.PositiveSmallIntegerField("存疑行数", default=0)
    dpi = models.PositiveSmallIntegerField("分辨率", default=0)
    image_sha256 = models.CharField("图像指纹", max_length=64)
    sealed = models.BinaryField("读出的各行", default=bytes)
    ink = models.BinaryField("笔迹指纹", default=bytes)
    picture = models.BinaryField("图像", default=bytes)

    class Meta:
        verbose_name = verbose_name_plural = "扫描页"
        constraints = (
            models.UniqueConstraint(fields=["batch", "file_no", "position"], name="scan_page_once"),
        )

    def __str__(self) -> str:
        return f"{self.batch} 第{self.position}页"


class ScanDouble(models.Model):
    """Two pages that look like one sheet scanned twice; a person says whether they are."""

    class Verdict(models.TextChoices):
        """What a person says."""

        OPEN = "open", "待确认"
        SAME = "same", "同一张"
        DIFFERENT = "different", "两张不同的票"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="scan_doubles")
    first = models.ForeignKey(ScanPage, models.CASCADE, verbose_name="甲页", related_name="+")
    second = models.ForeignKey(ScanPage, models.CASCADE, verbose_name="乙页", related_name="+")
    verdict = models.CharField("结论", max_length=10, choices=Verdict, default=Verdict.OPEN)

    class Meta:
        verbose_name = verbose_name_plural = "疑似重复"
        constraints = (models.UniqueConstraint(fields=["first", "second"], name="scan_double_once"),)

    def __str__(self) -> str:
        return self.get_verdict_display()


class Strip(models.Model):
    """One row of one page that people decide: doubtful, or certain and mixed in as a hidden control.

    `sealed` holds the machine's reading and the reason, `picture` the row as an image. Which page it came
    from is needed until certification, should that page be set aside; no screen ever shows it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="strips")
    page = models.ForeignKey(ScanPage, models.CASCADE, verbose_name="页", related_name="strips")
    subject = models.ForeignKey(BallotSubject, models.CASCADE, verbose_name="对象")
    sealed = models.BinaryField("机器读数")
    picture = models.BinaryField("图像")

    class Meta:
        verbose_name = verbose_name_plural = "存疑的行"
        constraints = (models.UniqueConstraint(fields=["page", "subject"], name="strip_once"),)

    def __str__(self) -> str:
        return f"{self.subject}"


class StripReading(models.Model):
    """What one of the two 计票人 (slot 1, 2), or both together (slot 0), see in a strip; sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="strip_readings")
    strip = models.ForeignKey(Strip, models.CASCADE, verbose_name="行", related_name="readings")
    slot = models.PositiveSmallIntegerField("甲乙")
    sealed = models.BinaryField("看到的")

    class Meta:
        verbose_name = verbose_name_plural = "判读"
        constraints = (
            models.UniqueConstraint(fields=["strip", "slot"], name="strip_reading_once"),
            models.CheckConstraint(condition=Q(slot__lte=2), name="strip_reading_slot"),
        )

    def __str__(self) -> str:
        return str(self.slot)
