"""Who chairs, records, scrutinises and counts at a meeting."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from members.models import Member


class DutyKind(models.TextChoices):
    """A task at the meeting; the two who count are not those who scrutinise."""

    CHAIR = "chair", "主持人"
    RECORDER = "recorder", "记录人"
    SCRUTINEER = "scrutineer", "监票人"
    TELLER = "teller", "计票人"


SINGLE_DUTIES = (DutyKind.CHAIR, DutyKind.RECORDER)
COUNTING_DUTIES = (DutyKind.SCRUTINEER, DutyKind.TELLER)


class Duty(models.Model):
    """One person's task at one meeting; somebody from outside the branch stands by name only."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="duties")
    kind = models.CharField("担任", max_length=12, choices=DutyKind)
    ordinal = models.PositiveSmallIntegerField("顺序", default=0)
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name="党员", related_name="duties", null=True, blank=True
    )
    holder_name = models.CharField("姓名", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "会议分工"
        ordering = ("kind", "ordinal", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["meeting", "kind"],
                condition=Q(kind__in=("chair", "recorder")),
                name="duty_one_chair_one_recorder",
            ),
            models.UniqueConstraint(
                fields=["meeting", "member"],
                condition=Q(kind__in=("scrutineer", "teller")),
                name="duty_scrutineer_is_not_teller",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{self.holder_name}"
