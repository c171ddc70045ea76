"""Calendar feeds (.ics) behind addresses nobody can guess and the branch can revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models.organization import Organization, reach
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Feeds by scope."""

    def visible_to(self, user: User | AnonymousUser) -> CalendarFeedQuerySet:
        """Feeds of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class CalendarFeed(models.Model):
    """One address of one organisation; only a digest of its secret part is kept."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="feeds"
    )
    digest = models.CharField("摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        constraints = (
            models.UniqueConstraint(
                fields=["organization"], condition=Q(revoked_at__isnull=True), name="feed_one_holds"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}日历订阅"
