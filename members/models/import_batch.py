"""One upload of a roster file: what was read, what it would change, and how to take it back."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.db import models

from branches.models import Organization, User, reach
from config.lib.sealed import open_bytes, seal_bytes

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


_CHUNK = 1 << 16


class BatchStatus(models.TextChoices):
    """The steps of an import."""

    UPLOADED = "uploaded", "正在核对"
    READY = "ready", "待确认"
    IMPORTED = "imported", "已导入"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Imports by scope."""

    def visible_to(self, user: User | AnonymousUser) -> ImportBatchQuerySet:
        """Imports into organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class ImportBatch(models.Model):
    """An upload on its way into the roll; personal values lie in it sealed and are dropped when it ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="导入到", related_name="import_batches"
    )
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="经办人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    file_name = models.CharField("文件名", max_length=200)
    status = models.CharField("状态", max_length=10, choices=BatchStatus, default=BatchStatus.UPLOADED)
    only_correct = models.BooleanField("只导入没有问题的行", default=False)
    labels = models.JSONField("列名", default=list)
    mapping = models.JSONField("列的对应", default=dict)
    header_row = models.PositiveIntegerField("表头行", default=1)
    row_count = models.PositiveIntegerField("人数", default=0)
    new_count = models.PositiveIntegerField("新增", default=0)
    changed_count = models.PositiveIntegerField("有变化", default=0)
    unchanged_count = models.PositiveIntegerField("无变化", default=0)
    wrong_count = models.PositiveIntegerField("有问题", default=0)
    remarks = models.JSONField("提示", default=list)
    digest = models.CharField("核对结果指纹", max_length=64, blank=True)
    rows_sealed = models.BinaryField("上传的行", default=b"")
    plan_sealed = models.BinaryField("核对结果", default=b"")
    undo_sealed = models.BinaryField("撤销数据", default=b"")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册导入"
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.file_name

    def put(self, part: str, lines: Iterable[str]) -> None:
        """Seal lines of text into one of the parts: rows, plan, undo."""
        packer = zlib.compressobj(6)
        packed = [packer.compress(f"{line}\n".encode(errors="replace")) for line in lines]
        packed.append(packer.flush())
        setattr(self, f"{part}_sealed", seal_bytes(b"".join(packed), purpose=f"{part}:{self.pk}"))

    def take(self, part: str) -> Iterator[str]:
        """The lines of one of the parts, one after the other; none when it was dropped."""
        sealed = bytes(getattr(self, f"{part}_sealed"))
        if not sealed:
            return
        packed, reader = open_bytes(sealed, purpose=f"{part}:{self.pk}"), zlib.decompressobj()
        rest = b""
        for start in range(0, len(packed), _CHUNK):
            *lines, rest = (rest + reader.decompress(packed[start : start + _CHUNK])).split(b"\n")
            yield from (line.decode() for line in lines)

    def drop(self, *parts: str) -> None:
        """Forget parts that are not needed any more."""
        for part in parts:
            setattr(self, f"{part}_sealed", b"")
