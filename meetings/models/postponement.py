"""A meeting put off (延期): 准备不充分的，不急于开会."""

from __future__ import annotations

from django.db import models

from branches.models import User
from meetings.models.meeting import Meeting


class Postponement(models.Model):
    """One time a meeting was put off, with the reason; `to` is empty while no new day is set.

    A 民主生活会 needs the consent of the organisation above (`needs_consent`); until it is given the old day stands.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="postponements")
    was = models.DateTimeField("原定时间")
    to = models.DateTimeField("改到", null=True, blank=True)
    reason = models.CharField("延期原因", max_length=200)
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name="提出人", related_name="+")
    needs_consent = models.BooleanField("须经上级同意", default=False)
    consented_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="同意人", null=True, blank=True, related_name="+"
    )
    consented_on = models.DateField("同意日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ("asked_at", "pk")

    def __str__(self) -> str:
        return f"{self.meeting}延期"
