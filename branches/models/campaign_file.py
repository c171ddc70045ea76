"""Attachments of a notice (附件): kept as they came, handed out only to those who may read the campaign."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models

from branches.models.campaign import Campaign


class CampaignFile(models.Model):
    """One attachment; its bytes lie in a file named by the key, outside the web root."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="files")
    name = models.CharField("文件名", max_length=150)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    added_at = models.DateTimeField("添加时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ("added_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return Path(settings.UPLOAD_DIR) / "notices" / str(self.pk)
