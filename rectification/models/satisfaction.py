"""What a failed survey brings: duties of the one chiefly responsible (主要负责人), and a case of 组织措施 before the superior."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Organization, User
from members.models.member import reach_of_people
from rectification.models.survey import SurveyRound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_TEXT = 1_000


class DutyKind(models.TextChoices):
    """What is owed after a failed survey; the keys of the rule `failing_duties`."""

    MAKE_UP = "make_up", "进行补课"
    SELF_CRITICISM = "self_criticism", "主要负责人向上级党委检讨"
    ADMONITION = "admonition", "对主要负责人诫勉谈话"
    ACCOUNTABILITY = "accountability", "追究有关责任人的责任"


class DutyStatus(models.TextChoices):
    """Where a duty stands."""

    OWED = "owed", "待办"
    DONE = "done", "已办"
    WAIVED = "waived", "上级同意不办"


class SatisfactionDutyQuerySet(models.QuerySet["SatisfactionDuty"]):
    """Duties by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SatisfactionDutyQuerySet:
        """Duties of organisations the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "round__survey__organization__path"))


class SatisfactionDuty(models.Model):
    """One duty: of which office, who held it when the survey was closed, on which day it was done and who heard it.

    The notice sets no day for it, so none is due.
    """

    round = models.ForeignKey(SurveyRound, models.PROTECT, verbose_name="测评", related_name="duties")
    kind = models.CharField("事项", max_length=16, choices=DutyKind)
    status = models.CharField("状态", max_length=8, choices=DutyStatus, default=DutyStatus.OWED)
    version = models.PositiveIntegerField("修改次数", default=0)
    owner_post = models.CharField("由谁办", max_length=80)
    owner_name = models.CharField("当时的负责人", max_length=40, blank=True)
    done_on = models.DateField("办理日期", null=True, blank=True)
    heard_by = models.CharField("向谁检讨、谁谈话", max_length=100, blank=True)
    note = models.TextField("情况", max_length=LONGEST_TEXT, blank=True)

    objects = SatisfactionDutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "满意度达不到要求后的事项"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["round", "kind"], name="satisfaction_duty_once"),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_on__isnull=False), name="satisfaction_duty_done_has_day"
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def organization(self) -> Organization:
        """Whose survey failed."""
        return self.round.survey.organization


class CaseStatus(models.TextChoices):
    """Where a case of 组织措施 stands."""

    OPEN = "open", "待上级研究"
    DECIDED = "decided", "已决定"
    CLOSED = "closed", "已办结"


class MeasureCaseQuerySet(models.QuerySet["MeasureCase"]):
    """Cases by scope."""

    def visible_to(self, user: User | AnonymousUser) -> MeasureCaseQuerySet:
        """Cases of organisations the user's posts reach; who may read them is said by the permissions."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "round__survey__organization__path"))


class MeasureCase(models.Model):
    """A case of 组织措施 on the one chiefly responsible, opened by the second failure; only people above decide it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.OneToOneField(SurveyRound, models.PROTECT, verbose_name="测评", related_name="case")
    status = models.CharField("状态", max_length=8, choices=CaseStatus, default=CaseStatus.OPEN)
    version = models.PositiveIntegerField("修改次数", default=0)
    owner_post = models.CharField("主要负责人职务", max_length=80)
    owner_name = models.CharField("当时的负责人", max_length=40, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decision = models.TextField("决定的内容", max_length=LONGEST_TEXT, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    outcome = models.TextField("办结情况", max_length=LONGEST_TEXT, blank=True)

    objects = MeasureCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织措施"
        constraints = (
            models.CheckConstraint(
                condition=Q(status="open") | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="measure_case_decided_has_text",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_on__isnull=False), name="measure_case_closed_has_day"
            ),
        )

    def __str__(self) -> str:
        return "组织措施"

    @property
    def organization(self) -> Organization:
        """Whose survey failed twice."""
        return self.round.survey.organization
