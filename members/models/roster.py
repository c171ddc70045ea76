"""The roster (评议花名册) of one branch in one campaign: who is expected, who votes, who is rated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from branches.models import Campaign, Organization, User, reach
from branches.rules import Rules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RosterStatus(models.TextChoices):
    """Whether the list still follows the roll."""

    DRAFT = "draft", "待核定"
    FROZEN = "frozen", "已核定"


class RosterQuerySet(models.QuerySet["Roster"]):
    """Rosters by scope, with their head-counts."""

    def visible_to(self, user: User | AnonymousUser) -> RosterQuerySet:
        """Rosters of the organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))

    def with_counts(self) -> RosterQuerySet:
        """Adds expected (应到), voters, subjects (应评) and exempt (不计应到)."""
        return self.annotate(
            expected=Count("entries", filter=Q(entries__is_expected=True)),
            voters=Count("entries", filter=Q(entries__is_voter=True)),
            subjects=Count("entries", filter=Q(entries__is_subject=True)),
            exempt=Count("entries", filter=Q(entries__is_expected=False)),
        )


class Roster(models.Model):
    """The list of one branch's members for one campaign; frozen before a ballot may be set up."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="rosters")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党支部", related_name="rosters"
    )
    status = models.CharField("状态", max_length=8, choices=RosterStatus, default=RosterStatus.DRAFT)
    version = models.PositiveSmallIntegerField("版本", default=1)
    frozen_on = models.DateField("核定日期", null=True, blank=True)
    # The version of the campaign's rules the frozen list was drawn up by; empty: the first.
    rules_version = models.PositiveSmallIntegerField("规则版本", null=True, blank=True, editable=False)

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评议花名册"
        constraints = (models.UniqueConstraint(fields=["campaign", "organization"], name="roster_once"),)

    def __str__(self) -> str:
        return f"{self.organization.short_name}评议花名册"

    @property
    def is_frozen(self) -> bool:
        """Whether the list is fixed; changes are then amendments with a reason."""
        return self.status == RosterStatus.FROZEN

    def rules(self) -> Rules:
        """The rules the list follows: today's; once frozen those of its day, whatever is revised later."""
        version = (self.rules_version or 1) if self.is_frozen else None
        return self.campaign.rules_for(self.organization, version=version)


class RosterAmendment(models.Model):
    """A change to a frozen roster: which version it made, and why."""

    roster = models.ForeignKey(Roster, models.CASCADE, verbose_name="花名册", related_name="amendments")
    version = models.PositiveSmallIntegerField("版本")
    made_on = models.DateField("日期")
    made_by = models.ForeignKey(User, models.PROTECT, verbose_name="经办人", related_name="+")
    change = models.CharField("变更", max_length=200)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "花名册变更"
        ordering = ("-version",)
        constraints = (models.UniqueConstraint(fields=["roster", "version"], name="roster_amendment_once"),)

    def __str__(self) -> str:
        return f"第{self.version}版"
