"""Who sits at a meeting beside the roster: the seats of a committee (班子成员), and guests (列席、上级、群众代表)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Organization, User
from meetings.models.attendance import AttendanceStatus
from meetings.models.meeting import Meeting
from members.models import Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Capacity(models.TextChoices):
    """As what somebody takes part; only seats count as 应到."""

    SEAT = "seat", "班子成员"
    SUPERIOR = "superior", "上级领导"
    INSTRUCTOR = "instructor", "指导员、督导组"
    MASSES = "masses", "群众代表"
    OBSERVER = "observer", "列席"


GUESTS = (Capacity.SUPERIOR, Capacity.INSTRUCTOR, Capacity.MASSES, Capacity.OBSERVER)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Participants by scope and capacity."""

    def visible_to(self, user: User | AnonymousUser) -> ParticipantQuerySet:
        """Participants of the meetings the user may see."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user).values("pk"))

    def seats(self) -> ParticipantQuerySet:
        """Those whose attendance counts."""
        return self.filter(capacity=Capacity.SEAT)

    def guests(self) -> ParticipantQuerySet:
        """Those who attend without counting."""
        return self.filter(capacity__in=GUESTS)


class Participant(models.Model):
    """One person at one meeting. `key` is that of `members.rules.talk_people`, empty for people of no roll or post here.

    `status` is empty until somebody writes it down; `comments` is what a superior said of the meeting (点评).
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="participants")
    capacity = models.CharField("身份", max_length=10, choices=Capacity)
    ordinal = models.PositiveSmallIntegerField("顺序", default=0)
    key = models.CharField(max_length=48, blank=True, editable=False)
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("单位和职务", max_length=80, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+"
    )
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name="党员", null=True, blank=True, related_name="+"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="所在党组织", null=True, blank=True, related_name="+"
    )
    invited_on = models.DateField("邀请日期", null=True, blank=True)
    status = models.CharField("到会情况", max_length=12, choices=AttendanceStatus, blank=True)
    reason = models.CharField("原因", max_length=100, blank=True)
    comments = models.TextField("点评", max_length=5_000, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参会人员"
        ordering = ("ordinal", "pk")
        constraints = (
            models.UniqueConstraint(fields=["meeting", "key"], condition=~Q(key=""), name="participant_once"),
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=Q(user__isnull=False), name="participant_user_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}（{self.get_capacity_display()}）"
