"""Stages signed off (关键环节把关) and the written summary of supervision (书面督查总结)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User
from members.models.member import reach_of_people
from rectification.models.teams import SupervisionTeam
from rectification.models.visits import LONGEST_REASON

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_PART = 6_000


class SignOffStatus(models.TextChoices):
    """Whether a sign-off holds."""

    SIGNED = "signed", "已把关"
    REVOKED = "revoked", "已撤销"


class SignOffQuerySet(models.QuerySet["StageSignOff"]):
    """Sign-offs by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SignOffQuerySet:
        """Sign-offs of organisations the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))

    def holding(self) -> SignOffQuerySet:
        """Those not revoked: at most one a stage, round and organisation."""
        return self.filter(status=SignOffStatus.SIGNED)


class StageSignOff(models.Model):
    """One stage of one organisation that somebody from above looked over and found in order; it holds nothing up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, verbose_name="党组织", related_name="+")
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    part = models.CharField("阶段", max_length=20)
    note = models.CharField("把关意见", max_length=LONGEST_REASON, blank=True)
    on = models.DateField("日期")
    signed_by = models.CharField("把关人", max_length=40)
    author = models.ForeignKey(User, models.PROTECT, verbose_name="登记人", related_name="+")
    reason = models.CharField("撤销的原因", max_length=LONGEST_REASON, blank=True)
    status = models.CharField("状态", max_length=8, choices=SignOffStatus, default=SignOffStatus.SIGNED)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "阶段把关"
        ordering = ("on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "part"],
                condition=Q(status="signed"),
                name="stage_signed_off_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.part}把关"


class SummaryStatus(models.TextChoices):
    """Where the summary stands."""

    DRAFT = "draft", "起草"
    FINAL = "final", "已定稿"


class SummaryQuerySet(models.QuerySet["SupervisionSummary"]):
    """Summaries by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SummaryQuerySet:
        """Summaries of bodies the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))


class SupervisionSummary(models.Model):
    """What a body (or one of its teams) writes of the supervision of a campaign; drafted from the visits, then edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, verbose_name="派出单位", related_name="+")
    team = models.ForeignKey(
        SupervisionTeam, models.PROTECT, verbose_name="督导力量", null=True, blank=True, related_name="+"
    )
    title = models.CharField("标题", max_length=120)
    overall = models.TextField("总体情况", max_length=LONGEST_PART, blank=True)
    practice = models.TextField("好的做法", max_length=LONGEST_PART, blank=True)
    problems = models.TextField("存在的问题", max_length=LONGEST_PART, blank=True)
    suggestions = models.TextField("意见建议", max_length=LONGEST_PART, blank=True)
    finished_on = models.DateField("定稿日期", null=True, blank=True)
    status = models.CharField("状态", max_length=8, choices=SummaryStatus, default=SummaryStatus.DRAFT)
    version = models.PositiveIntegerField("修改次数", default=0)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "书面督查总结"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                condition=Q(team__isnull=True),
                name="supervision_summary_body_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "team"],
                condition=Q(team__isnull=False),
                name="supervision_summary_team_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="final") | Q(finished_on__isnull=False),
                name="supervision_summary_final_has_day",
            ),
        )

    def __str__(self) -> str:
        return self.title
