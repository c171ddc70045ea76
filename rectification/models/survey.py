"""The survey of the masses' satisfaction (群众满意度测评) of one organisation, its rounds and the respondents by class.

Respondents have no account and nothing of a person is stored: papers are counted, and only totals of a class are kept.
"""

from __future__ import annotations

import uuid
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from branches.models import Campaign, Organization, User
from branches.rules import Rules
from members.models.member import reach_of_people
from rectification.rules.satisfaction import BASES, FIRST, MAKE_UP, Count, Demand, rate, total

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Surveys by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SurveyQuerySet:
        """Surveys of organisations the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))


class Survey(models.Model):
    """One survey the rules ask for: the step of the campaign it fulfils, in one round (轮) of the organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="surveys")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="surveys"
    )
    step = models.CharField("环节", max_length=40)
    label = models.CharField("名称", max_length=80)
    round_no = models.PositiveSmallIntegerField("轮次", default=1)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群众满意度测评"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "step"], name="survey_once_a_step"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.label}"


class RoundStatus(models.TextChoices):
    """Where one counting stands."""

    OPEN = "open", "正在测评"
    COUNTING = "counting", "正在计票"
    MATCHED = "matched", "两人相符，待核定"
    CLOSED = "closed", "已核定"
    VOID = "void", "已作废"


class Turn(models.IntegerChoices):
    """The first survey, or the one after 补课."""

    FIRST = FIRST, "首次测评"
    MAKE_UP = MAKE_UP, "补课后测评"


class SurveyRoundQuerySet(models.QuerySet["SurveyRound"]):
    """Rounds by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SurveyRoundQuerySet:
        """Rounds of organisations the user's posts reach; who may do what is said by the permissions."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "survey__organization__path"))

    def standing(self) -> SurveyRoundQuerySet:
        """Those not void: at most one a turn."""
        return self.exclude(status=RoundStatus.VOID)


class SurveyRound(models.Model):
    """One counting: what the rules wanted when it began, the papers, and from its closing on the frozen result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, verbose_name="测评", related_name="rounds")
    turn = models.PositiveSmallIntegerField("第几次", choices=Turn, default=Turn.FIRST)
    status = models.CharField("状态", max_length=10, choices=RoundStatus, default=RoundStatus.OPEN)
    version = models.PositiveIntegerField("修改次数", default=0)
    opened_on = models.DateField("开始日期")
    day = models.DateField("测评日期", null=True, blank=True)
    rules_version = models.PositiveSmallIntegerField("规则版本")
    scale = models.JSONField("满意度等次")  # [[key, label], …], best first
    satisfied = models.JSONField("算满意的等次")  # [key, …]
    base = models.CharField("满意率的基数", max_length=10, choices=list(BASES.items()))
    above = models.PositiveIntegerField("要求的分子", null=True, blank=True)
    below = models.PositiveIntegerField("要求的分母", null=True, blank=True)
    least_shown = models.PositiveSmallIntegerField("显示票数的最少有效票")
    satisfied_votes = models.PositiveIntegerField("满意票", null=True, blank=True)
    base_votes = models.PositiveIntegerField("基数", null=True, blank=True)
    passed = models.BooleanField("达到要求", null=True, blank=True)
    few = models.BooleanField("有效票太少，不列票数", default=False)
    for_appraisal = models.BooleanField("作为考核内容", default=False)
    closed_on = models.DateField("核定日期", null=True, blank=True)
    reason = models.CharField("作废的原因", max_length=300, blank=True)

    objects = SurveyRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "满意度测评的一次"
        constraints = (
            models.UniqueConstraint(
                fields=["survey", "turn"], condition=~Q(status="void"), name="survey_round_one_standing"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | Q(
                    day__isnull=False,
                    closed_on__isnull=False,
                    satisfied_votes__isnull=False,
                    base_votes__gte=1,
                ),
                name="survey_round_closed_has_result",
            ),
            models.CheckConstraint(
                condition=Q(satisfied_votes__isnull=True) | Q(satisfied_votes__lte=F("base_votes")),
                name="survey_round_satisfied_within_base",
            ),
            models.CheckConstraint(
                condition=Q(above__isnull=True, below__isnull=True) | Q(below__gte=1, above__lte=F("below")),
                name="survey_round_threshold_is_a_share",
            ),
        )

    def __str__(self) -> str:
        return f"{self.survey}（{self.get_turn_display()}）"

    @property
    def organization(self) -> Organization:
        """Whom the masses were asked about."""
        return self.survey.organization

    def rules(self) -> Rules:
        """The rules it is held under: the version that held when it began."""
        return self.survey.campaign.rules_for(self.survey.organization, self.rules_version)

    @property
    def threshold(self) -> Fraction | None:
        """The share that has to be reached."""
        return Fraction(self.above, self.below) if self.below and self.above is not None else None

    @property
    def demand(self) -> Demand:
        """What the rules wanted when it began."""
        options = tuple((key, label) for key, label in self.scale)
        return Demand(options, tuple(self.satisfied), self.base, self.threshold)

    @property
    def columns(self) -> list[str]:
        """The columns of a count."""
        return [*(label for _key, label in self.scale), "弃权", "作废"]

    @property
    def rate(self) -> Fraction | None:
        """满意率 of a closed round, exactly."""
        return rate(self.satisfied_votes or 0, self.base_votes or 0)

    def counted_classes(self) -> list[SurveyClass]:
        """The classes that papers came back from, in order: only these are counted by people."""
        return [row for row in self.classes.all() if row.returned]

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in (RoundStatus.CLOSED, RoundStatus.VOID)


class SurveyClass(models.Model):
    """The papers of one class of respondents (一类人): handed out, taken back, and as agreed the ticks."""

    round = models.ForeignKey(SurveyRound, models.CASCADE, verbose_name="测评", related_name="classes")
    ordinal = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("哪类人", max_length=500)
    issued = models.PositiveIntegerField("发出", null=True, blank=True)
    returned = models.PositiveIntegerField("收回", null=True, blank=True)
    slips = models.PositiveIntegerField("印的票条", default=0)
    slips_issued = models.PositiveIntegerField("发出票条", null=True, blank=True)
    answered = models.PositiveIntegerField("网页上填的", null=True, blank=True)  # from its closing on
    counts = models.JSONField("各等次票数", default=list, blank=True)  # empty until both agree
    abstained = models.PositiveIntegerField("弃权", default=0)
    void = models.PositiveIntegerField("作废", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "填表的一类人"
        ordering = ("ordinal",)
        constraints = (
            models.UniqueConstraint(fields=["round", "ordinal"], name="survey_class_ordinal"),
            models.CheckConstraint(
                condition=Q(returned__isnull=True) | Q(issued__isnull=False, returned__lte=F("issued")),
                name="survey_class_returned_within_issued",
            ),
            models.CheckConstraint(
                condition=Q(answered__isnull=True) | Q(answered__lte=F("slips")),
                name="survey_class_answered_within_slips",
            ),
            models.CheckConstraint(
                condition=Q(slips_issued__isnull=True) | Q(slips_issued__lte=F("slips")),
                name="survey_class_slips_issued_within_printed",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def all_issued(self) -> int | None:
        """Papers and slips handed out; None while neither is known."""
        return (
            None
            if self.issued is self.slips_issued is None
            else (self.issued or 0) + (self.slips_issued or 0)
        )

    @property
    def all_returned(self) -> int | None:
        """Papers that came back, and answers on the page; None while neither is known."""
        return None if self.returned is self.answered is None else (self.returned or 0) + (self.answered or 0)

    @property
    def count(self) -> Count | None:
        """What both agree on, the totals of the page with it; None before."""
        return Count(tuple(self.counts), self.abstained, self.void) if self.counts else None


def agreed_total(classes: list[SurveyClass], options: int) -> Count | None:
    """The sum of all classes; None while a class that came in has no agreed count."""
    parts = [row.count for row in classes]
    known = [part for part in parts if part is not None]
    return total(known, options) if known and len(known) == len(parts) else None
