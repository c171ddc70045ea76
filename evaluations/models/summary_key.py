"""The key with which a superior's own platform reads its summaries; numbers of branches only, no people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Organization, User, reach

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SummaryKeyQuerySet(models.QuerySet["SummaryKey"]):
    """Keys by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SummaryKeyQuerySet:
        """Keys of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class SummaryKey(models.Model):
    """One key of one superior organisation; only its digest is kept. `used_on` is the last day it was used."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="summary_keys"
    )
    digest = models.CharField("摘要", max_length=64, unique=True)
    made_on = models.DateField("生成日期")
    used_on = models.DateField("最近使用", null=True, blank=True)
    revoked_on = models.DateField("停用日期", null=True, blank=True)

    objects = SummaryKeyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇总接口密钥"
        constraints = (
            models.UniqueConstraint(
                fields=["organization"], condition=Q(revoked_on__isnull=True), name="summary_key_one_holds"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}汇总接口密钥"
