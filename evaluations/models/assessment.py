"""The assessment (组织评定) of a branch's members: people decide it at a meeting; no tally ever writes a grade."""

from __future__ import annotations

import uuid
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User
from branches.rules import Rules
from evaluations.models.ballot import Ballot
from evaluations.rules.assessing import Cap, use_of
from meetings.models import Meeting
from members.models import RosterEntry
from members.models.member import reach_of_people
from members.rules.names import LONGEST_NAME

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_OPINION = 1_000
LONGEST_EVIDENCE = 300


class AssessmentStatus(models.TextChoices):
    """Where a branch's assessment stands."""

    DRAFT = "draft", "提出意见"
    AWAITING = "awaiting", "待上级确认"
    EFFECTIVE = "effective", "已评定"


class AssessmentSheetQuerySet(models.QuerySet["AssessmentSheet"]):
    """Sheets by scope."""

    def visible_to(self, user: User | AnonymousUser) -> AssessmentSheetQuerySet:
        """Sheets of organisations the user's posts reach; who may read what is said by the permissions."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))


class AssessmentSheet(models.Model):
    """All assessments of one branch in one round of one campaign, decided together at one meeting.

    `scale` is the grade scale of the rules of that day (list of {key, label}, best first; empty: opinions only).
    `cap` is what the cap was reckoned from when it was decided (see `Cap`), empty before and without a cap.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="assessments")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党支部", related_name="assessments"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    ballot = models.ForeignKey(Ballot, models.PROTECT, verbose_name="测评", related_name="assessments")
    rules_version = models.PositiveSmallIntegerField("规则版本", default=1, editable=False)
    scale = models.JSONField("评定等次", default=list)
    status = models.CharField("状态", max_length=10, choices=AssessmentStatus, default=AssessmentStatus.DRAFT)
    version = models.PositiveIntegerField("修改次数", default=0)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, verbose_name="评定的会议", null=True, blank=True, related_name="assessments"
    )
    decided_on = models.DateField("评定日期", null=True, blank=True)
    cap = models.JSONField("优秀比例的计算", default=dict, blank=True)
    cap_reason = models.CharField("超过优秀比例的理由", max_length=300, blank=True)
    parent_note = models.CharField("上级意见", max_length=300, blank=True)
    effective_on = models.DateField("生效日期", null=True, blank=True)

    objects = AssessmentSheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织评定"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no"], name="assessment_sheet_once_a_round"
            ),
            models.CheckConstraint(
                condition=~Q(status="effective") | Q(effective_on__isnull=False),
                name="assessment_sheet_effective_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}组织评定"

    def rules(self) -> Rules:
        """The rules it was begun by, whatever is revised later."""
        return self.campaign.rules_for(self.organization, version=self.rules_version)

    @property
    def grades(self) -> list[str]:
        """The keys of the scale, best first."""
        return [grade["key"] for grade in self.scale]

    @property
    def labels(self) -> dict[str, str]:
        """The label of each grade by its key, best first."""
        return {grade["key"]: grade["label"] for grade in self.scale}

    @property
    def decided_cap(self) -> Cap | None:
        """The cap as it was reckoned when decided; None before, and where there is none."""
        if not self.cap:
            return None
        kept = dict(self.cap)
        return Cap(share=Fraction(kept.pop("share")), **kept)


class Assessment(models.Model):
    """One member's assessment. `graded` is false for those who are never given a grade (预备党员, 免评).

    `evidence` holds what was typed in (keys of the rule `assessment_evidence`: performance, tasks, stars, points …),
    `facts` what the program knew when it was decided (dues, attendance), as printed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.ForeignKey(
        AssessmentSheet, models.CASCADE, verbose_name="组织评定", related_name="assessments"
    )
    entry = models.ForeignKey(RosterEntry, models.PROTECT, verbose_name="花名册", related_name="assessments")
    ordinal = models.PositiveSmallIntegerField("序号")
    name = models.CharField("姓名", max_length=LONGEST_NAME)
    graded = models.BooleanField("评定等次", default=True)
    note = models.CharField("备注", max_length=200, blank=True)
    opinion = models.TextField("评定意见", blank=True, max_length=LONGEST_OPINION)
    grade = models.CharField("等次", max_length=32, blank=True)
    evidence = models.JSONField("评定依据", default=dict, blank=True)
    facts = models.JSONField("登记情况", default=dict, blank=True)
    version = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "党员评定"
        ordering = ("ordinal",)
        constraints = (
            models.UniqueConstraint(fields=["sheet", "entry"], name="assessment_once"),
            models.CheckConstraint(
                condition=Q(graded=True) | Q(grade=""), name="assessment_ungraded_has_no_grade"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def grade_label(self) -> str:
        """The grade in words; empty without one."""
        return self.sheet.labels.get(self.grade, "")

    @property
    def use(self) -> str:
        """What follows from the grade (COMMEND, EXPECT, HELP, DISPOSE), "" without a grade."""
        return use_of(self.grade, self.sheet.grades)

    @property
    def organization(self) -> Organization:
        """The branch it belongs to."""
        return self.sheet.organization


class Hearing(models.Model):
    """The member was heard (同本人见面、听取申辩) before a decision against the person takes effect."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, verbose_name="评定", related_name="hearings")
    held_on = models.DateField("日期")
    heard_by = models.CharField("谈话人", max_length=100)
    statement = models.TextField("本人申辩", max_length=LONGEST_OPINION)
    noted_by = models.ForeignKey(User, models.PROTECT, verbose_name="登记人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "申辩"
        ordering = ("held_on", "pk")

    def __str__(self) -> str:
        return f"{self.assessment}申辩"


class Redecision(models.Model):
    """An assessment decided anew after an objection: what it was, what it is, and by which meeting. Append-only.

    `objection` is what the member had said; the feedback itself begins again.
    """

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, verbose_name="评定", related_name="redecisions"
    )
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", related_name="+")
    decided_on = models.DateField("日期")
    old_grade = models.CharField("原等次", max_length=32, blank=True)
    old_opinion = models.TextField("原评定意见", blank=True)
    new_grade = models.CharField("现等次", max_length=32, blank=True)
    new_opinion = models.TextField("现评定意见", blank=True)
    reason = models.CharField("理由", max_length=300)
    objection = models.TextField("本人异议", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "重新评定"
        ordering = ("decided_on", "pk")

    def __str__(self) -> str:
        return f"{self.assessment}重新评定"
