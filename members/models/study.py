"""Study before the meeting (集中学习): sessions, who took part, and material brought to those who could not come."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User, reach
from members.models.member import Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class StudySessionQuerySet(models.QuerySet["StudySession"]):
    """Sessions by scope."""

    def visible_to(self, user: User | AnonymousUser) -> StudySessionQuerySet:
        """Sessions of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class StudySession(models.Model):
    """One session: the form (as the notice names it), what was studied, the day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="studies")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="studies"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    held_on = models.DateField("日期")
    form = models.CharField("方式", max_length=60, blank=True)
    topics = models.JSONField("学习内容", default=list, blank=True)
    place = models.CharField("地点", max_length=80, blank=True)

    objects = StudySessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "集中学习"
        ordering = ("-held_on", "pk")

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.held_on:%Y-%m-%d}集中学习"


class Part(models.TextChoices):
    """Whether a member took part."""

    PRESENT = "present", "参加"
    ABSENT = "absent", "未参加"
    MADE_UP = "made_up", "已送学"


class StudyPart(models.Model):
    """One member at one session; a member who came later onto the roll has no row. Never a score."""

    session = models.ForeignKey(StudySession, models.CASCADE, verbose_name="学习", related_name="parts")
    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="studies")
    part = models.CharField("参加情况", max_length=8, choices=Part, default=Part.PRESENT)
    made_up_on = models.DateField("送学日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参加学习"
        constraints = (
            models.UniqueConstraint(fields=["session", "member"], name="study_part_once"),
            models.CheckConstraint(
                condition=Q(part=Part.MADE_UP, made_up_on__isnull=False)
                | (~Q(part=Part.MADE_UP) & Q(made_up_on__isnull=True)),
                name="study_made_up_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} {self.get_part_display()}"
