"""Minutes (会议记录): drafted from what was entered, edited, signed on paper by chair and recorder, then locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import User
from meetings.models.meeting import Meeting

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MinutesStatus(models.TextChoices):
    """Where minutes stand."""

    DRAFT = "draft", "整理中"
    READY = "ready", "待签字"
    SIGNED = "signed", "已签字"


class MinutesQuerySet(models.QuerySet["Minutes"]):
    """Minutes by scope."""

    def visible_to(self, user: User | AnonymousUser) -> MinutesQuerySet:
        """Minutes of the meetings the user may see."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user).values("pk"))


class Minutes(models.Model):
    """The minutes of one meeting.

    `facts` is the head as it was when drafted (label → text); `sections` the body: a list of {key, title, text}. Both
    may be edited until the paper is signed; `chair_name`, `recorder_name` and `signed_on` say who signed it and when.
    """

    meeting = models.OneToOneField(Meeting, models.PROTECT, verbose_name="会议", related_name="minutes")
    status = models.CharField("状态", max_length=8, choices=MinutesStatus, default=MinutesStatus.DRAFT)
    facts = models.JSONField("会议情况", default=dict)
    sections = models.JSONField("记录", default=list)
    chair_name = models.CharField("主持人签字", max_length=40, blank=True)
    recorder_name = models.CharField("记录人签字", max_length=40, blank=True)
    signed_on = models.DateField("签字日期", null=True, blank=True)
    revision = models.PositiveIntegerField("保存次数", default=0)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议记录"
        constraints = (
            models.CheckConstraint(
                condition=~Q(status="signed")
                | (Q(signed_on__isnull=False) & ~Q(chair_name="") & ~Q(recorder_name="")),
                name="minutes_signed_by_both",
            ),
        )

    def __str__(self) -> str:
        return f"{self.meeting}会议记录"
