"""A branch's own line through a campaign (支部开展): rounds, steps ticked by hand, waivers, postponements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models.campaign import Campaign
from branches.models.organization import Organization, reach
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RunQuerySet(models.QuerySet["Run"]):
    """Rounds by scope."""

    def visible_to(self, user: User | AnonymousUser) -> RunQuerySet:
        """Rounds of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class Run(models.Model):
    """One round beyond the first, ordered by a superior (责令重新进行).

    The first round has no row: it begins with the campaign. Marks, decisions and plans carry the number
    of their round, so an old round stays readable; a meeting counts for a round only when it began after
    `opened_at`.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="runs")
    organization = models.ForeignKey(Organization, models.PROTECT, verbose_name="党组织", related_name="runs")
    round_no = models.PositiveSmallIntegerField("轮次")
    opened_at = models.DateTimeField("责令时间")
    reason = models.CharField("原因和要求", max_length=300)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重新进行"
        ordering = ("round_no",)
        constraints = (
            models.UniqueConstraint(fields=["campaign", "organization", "round_no"], name="run_round"),
            models.CheckConstraint(condition=Q(round_no__gte=2), name="run_beyond_the_first"),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}第{self.round_no}轮"


class StepMark(models.Model):
    """A step ticked by hand, with the day it was done; unticking removes the row (the record keeps both)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="marks")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="marks"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    step = models.CharField("环节", max_length=40)
    done_on = models.DateField("完成日期")

    class Meta:
        verbose_name = verbose_name_plural = "环节登记"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "step"], name="step_mark_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name} {self.step}"


class DecisionKind(models.TextChoices):
    """What a person decided about a step."""

    WAIVED = "waived", "同意不做"
    POSTPONED = "postponed", "延期"


class StepDecision(models.Model):
    """A person's decision about one step of one organisation; it holds until ended."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="decisions")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="decisions"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    step = models.CharField("环节", max_length=40)
    kind = models.CharField("决定", max_length=10, choices=DecisionKind)
    reason = models.CharField("原因", max_length=200)
    until = models.DateField("预计日期", null=True, blank=True)
    decided_by = models.CharField("决定人", max_length=40)
    decided_at = models.DateTimeField("决定时间")
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "不做或延期"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "step"],
                condition=Q(ended_at__isnull=True),
                name="step_decision_one_holds",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name} {self.step} {self.get_kind_display()}"
