"""Branches drawn by lot for a visit (随机抽查): pool, seed and result are kept, so that anybody can repeat it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class VisitDrawQuerySet(models.QuerySet["VisitDraw"]):
    """Draws by scope."""

    def visible_to(self, user: User | AnonymousUser) -> VisitDrawQuerySet:
        """Draws of bodies the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))


class VisitDraw(models.Model):
    """One draw of a body, never changed afterwards.

    `pool` and `result` hold codes of organisations: the pool in tree order, the result in the order of the lots
    (SHA-256 of the seed directly followed by the code).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, verbose_name="抽取单位", related_name="+")
    words = models.CharField("抽取范围", max_length=120)
    seed = models.CharField("种子", max_length=64)
    size = models.PositiveIntegerField("抽几个")
    pool = models.JSONField("范围")
    result = models.JSONField("抽中的")
    drawn_at = models.DateTimeField("抽取时间")
    drawn_by = models.CharField("抽取人", max_length=40)

    objects = VisitDrawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督查抽签"
        ordering = ("-drawn_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(size__gte=1) & ~Q(seed=""), name="visit_draw_has_size_and_seed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}抽取督查对象"
