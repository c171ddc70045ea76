"""What a member promises (整改承诺), and meetings at which was reported what became of it: no paper of its own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User, reach
from meetings.models import HeldNote, Meeting, Slot
from members.models import Member, Standing
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_PLEDGE = 1_000


class CommitmentStatus(models.TextChoices):
    """The life of a promise; how often it was reported on is counted from the meetings."""

    MADE = "made", "履行中"
    FULFILLED = "fulfilled", "已兑现"
    WITHDRAWN = "withdrawn", "已撤销"


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Promises by scope."""

    def visible_to(self, user: User | AnonymousUser) -> CommitmentQuerySet:
        """Those of organisations the user's posts reach, and the own."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path") | Q(member__user=user))

    def standing(self) -> CommitmentQuerySet:
        """Those not withdrawn."""
        return self.exclude(status=CommitmentStatus.WITHDRAWN)

    def owing(self) -> CommitmentQuerySet:
        """Those that are still to be reported on: neither kept nor taken back, of members on the roll there."""
        return self.filter(
            status=CommitmentStatus.MADE,
            member__standing=Standing.ACTIVE,
            member__organization=models.F("organization"),
        )


class Commitment(models.Model):
    """What one member promises in one round of a campaign; several lines."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="commitments")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="commitments"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="commitments")
    text = models.TextField("承诺", max_length=LONGEST_PLEDGE)
    status = models.CharField("状态", max_length=10, choices=CommitmentStatus, default=CommitmentStatus.MADE)
    made_on = models.DateField("承诺日期")
    fulfilled_on = models.DateField("兑现日期", null=True, blank=True)
    reason = models.CharField("撤销的原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("修改次数", default=0)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改承诺"
        ordering = ("member__stroke_key", "member__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "member"],
                condition=~Q(status="withdrawn"),
                name="commitment_one_standing",
            ),
            models.CheckConstraint(
                condition=~Q(status="fulfilled") | Q(fulfilled_on__isnull=False),
                name="commitment_fulfilled_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member.name}的整改承诺"


class ReportKind(models.TextChoices):
    """What was reported at a meeting."""

    COMMITTEE = "committee", "通报班子整改情况"
    PLEDGES = "pledges", "党员报告兑现承诺"


class GivenReportQuerySet(models.QuerySet["GivenReport"]):
    """Reports by scope."""

    def visible_to(self, user: User | AnonymousUser) -> GivenReportQuerySet:
        """Those of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class GivenReport(models.Model):
    """That a report was given at a meeting that took place: a link, no paper.

    Either a meeting kept here (with the agenda item, where one is named) or a day noted from the branch's own book
    (`held`). `number`: which of the members' reports, 0 for the committee's. `on` is the day of the meeting.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="+")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="given_reports"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    kind = models.CharField("报告什么", max_length=10, choices=ReportKind)
    number = models.PositiveSmallIntegerField("第几次", default=0)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, verbose_name="会议", null=True, blank=True, related_name="+"
    )
    slot = models.ForeignKey(
        Slot, models.SET_NULL, verbose_name="议程", null=True, blank=True, related_name="+"
    )
    held = models.ForeignKey(
        HeldNote, models.PROTECT, verbose_name="登记的会议日期", null=True, blank=True, related_name="+"
    )
    on = models.DateField("会议日期")

    objects = GivenReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会上的报告"
        ordering = ("on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, held__isnull=True)
                | Q(meeting__isnull=True, held__isnull=False),
                name="given_report_one_meeting",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "kind", "meeting"],
                condition=Q(meeting__isnull=False),
                name="given_report_meeting_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "kind", "held"],
                condition=Q(held__isnull=False),
                name="given_report_day_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="committee", number=0) | Q(kind="pledges", number__gte=1),
                name="given_report_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.get_kind_display()}"


class HeardPledge(models.Model):
    """That a member reported at it on the own promise."""

    report = models.ForeignKey(GivenReport, models.CASCADE, verbose_name="报告", related_name="heard")
    commitment = models.ForeignKey(Commitment, models.PROTECT, verbose_name="承诺", related_name="heard")

    class Meta:
        verbose_name = verbose_name_plural = "已报告的承诺"
        constraints = (models.UniqueConstraint(fields=["report", "commitment"], name="heard_pledge_once"),)

    def __str__(self) -> str:
        return str(self.commitment)
