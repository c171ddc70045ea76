"""A ballot (民主测评一次): what is rated on which scale, the head-counts, and where it stands.

Nothing about a single paper, and no link from a paper to a person, time or order, is kept here.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from branches.models import Campaign, Organization, User
from branches.rules import Rules
from evaluations.rules import Heads, withheld
from meetings.models import Meeting
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SubjectKind(models.TextChoices):
    """Who or what is rated; MASSES are the members rated by 群众代表, on papers of their own, counted apart."""

    MEMBERS = "members", "党员"
    COMMITTEE = "committee", "支委会"
    MASSES = "masses", "党员（群众代表票）"

    @property
    def occasion(self) -> str:
        """What is done, as a heading says it."""
        names = {self.MEMBERS: "民主评议党员", self.COMMITTEE: "评议支委会", self.MASSES: "群众代表评议党员"}
        return names[self]


class EntryMode(models.TextChoices):
    """How the papers get into the count."""

    PAPERS = "papers", "逐票录入"
    TOTALS = "totals", "录入每人票数"
    SCANNED = "scanned", "扫描或拍照读票"


class Channel(models.TextChoices):
    """On what people vote; more than paper only where the rules say so (`ballot_channel`)."""

    PAPER = "paper", "纸质票"
    DEVICE = "device", "现场电子票"
    BOTH = "both", "纸质票和现场电子票"

    @property
    def has_paper(self) -> bool:
        """Whether papers are handed out."""
        return self is not Channel.DEVICE

    @property
    def has_device(self) -> bool:
        """Whether codes are drawn."""
        return self is not Channel.PAPER


class BallotStatus(models.TextChoices):
    """The evening of a ballot."""

    SETUP = "setup", "准备中"
    ISSUED = "issued", "已发票"
    COLLECTED = "collected", "正在计票"
    MATCHED = "matched", "两人相符，待核定"
    CERTIFIED = "certified", "已核定"
    VOID = "void", "已作废"


COUNTING = (BallotStatus.SETUP, BallotStatus.ISSUED, BallotStatus.COLLECTED, BallotStatus.MATCHED)


class BallotQuerySet(models.QuerySet["Ballot"]):
    """Ballots by scope."""

    def visible_to(self, user: User | AnonymousUser) -> BallotQuerySet:
        """Ballots of organisations the user's posts reach, and those whose meeting named the user."""
        if not isinstance(user, User):
            return self.none()
        named = Q(meeting__in=Meeting.objects.filter(duties__member__user=user).values("pk"))
        return self.filter(named | reach_of_people(user, "organization__path"))

    def standing(self) -> BallotQuerySet:
        """Ballots that are not voided."""
        return self.exclude(status=BallotStatus.VOID)


class Ballot(models.Model):
    """One round of one ballot of one meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name="会议", related_name="ballots")
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="ballots")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="ballots"
    )
    subject_kind = models.CharField(
        "测评对象", max_length=12, choices=SubjectKind, default=SubjectKind.MEMBERS
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    scale = models.JSONField("等次")
    percent_base = models.CharField("得票率基数", max_length=10)
    min_to_show = models.PositiveSmallIntegerField("显示票数的最少有效票")
    # The version of the campaign's rules the ballot was prepared by; empty: the first.
    rules_version = models.PositiveSmallIntegerField("规则版本", null=True, blank=True, editable=False)
    entry_mode = models.CharField("录入方式", max_length=8, choices=EntryMode, default=EntryMode.PAPERS)
    channel = models.CharField("票的形式", max_length=8, choices=Channel, default=Channel.PAPER)
    large_print = models.BooleanField("大字版", default=False)
    status = models.CharField("状态", max_length=12, choices=BallotStatus, default=BallotStatus.SETUP)
    version = models.PositiveIntegerField("版本", default=0)
    expected = models.PositiveSmallIntegerField("应到", null=True, blank=True)
    present = models.PositiveSmallIntegerField("实到", null=True, blank=True)
    printed = models.PositiveSmallIntegerField("印制", null=True, blank=True)
    issued = models.PositiveSmallIntegerField("发出", null=True, blank=True)
    replaced = models.PositiveSmallIntegerField("损坏更换", null=True, blank=True)
    unused = models.PositiveSmallIntegerField("余票", null=True, blank=True)
    returned = models.PositiveSmallIntegerField("收回", null=True, blank=True)
    void_papers = models.PositiveSmallIntegerField("整张作废", null=True, blank=True)
    codes_issued = models.PositiveSmallIntegerField("发出电子票", null=True, blank=True)
    codes_used = models.PositiveSmallIntegerField("已投电子票", null=True, blank=True)
    corrected = models.PositiveSmallIntegerField("核对改正处数", default=0)
    certified_on = models.DateField("核定日期", null=True, blank=True)
    as_certified = models.JSONField("核定时的表头和说明", null=True, blank=True, editable=False)
    void_reason = models.CharField("作废原因", max_length=300, blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "民主测评"
        ordering = ("-round_no",)
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "subject_kind", "round_no"], name="ballot_round"
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "subject_kind"],
                condition=~Q(status=BallotStatus.VOID),
                name="ballot_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(expected__isnull=False, present__lte=F("expected")),
                name="ballot_present_within_expected",
            ),
            models.CheckConstraint(
                condition=Q(issued__isnull=True)
                | Q(
                    present__isnull=False,
                    printed__isnull=False,
                    issued__lte=F("present"),
                )
                & Q(issued__lte=F("printed")),
                name="ballot_issued_within_present_and_printed",
            ),
            models.CheckConstraint(
                condition=Q(printed__isnull=True)
                | Q(issued__isnull=True)
                | Q(unused__isnull=True)
                | Q(replaced__isnull=True)
                | Q(printed=F("issued") + F("unused") + F("replaced")),
                name="ballot_printed_is_accounted_for",
            ),
            models.CheckConstraint(
                condition=Q(returned__isnull=True) | Q(issued__isnull=False, returned__lte=F("issued")),
                name="ballot_returned_within_issued",
            ),
            models.CheckConstraint(
                condition=Q(void_papers__isnull=True)
                | Q(returned__isnull=False, void_papers__lte=F("returned")),
                name="ballot_void_within_returned",
            ),
            models.CheckConstraint(
                condition=Q(codes_used__isnull=True)
                | Q(codes_issued__isnull=False, codes_used__lte=F("codes_issued")),
                name="ballot_codes_used_within_issued",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.get_subject_kind_display()}测评第{self.round_no}轮"

    def rules(self) -> Rules:
        """The rules it was prepared by, whatever is revised later: every printed form says the same."""
        return self.campaign.rules_for(self.organization, version=self.rules_version or 1)

    @property
    def heads(self) -> Heads:
        """The head-counts as plain numbers."""
        return Heads(
            expected=self.expected,
            present=self.present,
            printed=self.printed,
            issued=self.issued,
            replaced=self.replaced,
            unused=self.unused,
            returned=self.returned,
            void=self.void_papers,
            codes=self.codes_issued,
            cast=self.codes_used,
            on_paper=self.on_paper,
            on_device=self.on_device,
        )

    @property
    def kind(self) -> SubjectKind:
        """What it rates, and by whom."""
        return SubjectKind(self.subject_kind)

    @property
    def by_masses(self) -> bool:
        """Whether 群众代表 fill it in: people who are on no roster, so their number is typed."""
        return self.kind == SubjectKind.MASSES

    @property
    def on_paper(self) -> bool:
        """Whether papers are handed out."""
        return Channel(self.channel).has_paper

    @property
    def is_scanned(self) -> bool:
        """Whether its papers are scanned or photographed and read by the machine."""
        return self.on_paper and self.entry_mode == EntryMode.SCANNED

    @property
    def on_device(self) -> bool:
        """Whether people vote on a device in the room, by codes drawn from a bag."""
        return Channel(self.channel).has_device

    @property
    def options(self) -> list[str]:
        """The labels of the scale in order."""
        return [grade["label"] for grade in self.scale]

    @property
    def option_keys(self) -> list[str]:
        """The keys of the scale in order."""
        return [grade["key"] for grade in self.scale]

    @property
    def counts_withheld(self) -> bool:
        """Whether counts stay on the signed form only (too few valid papers)."""
        return withheld(self.heads.valid, self.min_to_show)

    def rated(self) -> models.QuerySet[Any]:
        """The rows that are rated, in the order of the form."""
        return self.subjects.filter(graded=True).order_by("ordinal")
