"""Notices: an outbox written with the fact, delivered by a relay, never twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by recipient and delivery."""

    def visible_to(self, user: User | AnonymousUser) -> NoticeQuerySet:
        """Delivered notices addressed to the user."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(recipient=user, delivered_at__isnull=False)


class Notice(models.Model):
    """One message to one person; nothing records whether it was read."""

    kind = models.CharField("类型", max_length=40)
    about_id = models.CharField("对象", max_length=80)
    day = models.DateField("日期")
    recipient = models.ForeignKey(User, models.CASCADE, verbose_name="收件人", related_name="notices")
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=200, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ("-day", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["kind", "about_id", "day", "recipient"], name="notice_once"),
        )

    def __str__(self) -> str:
        return self.title
