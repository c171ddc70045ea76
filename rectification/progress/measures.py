"""How far organisations are with measures, promises and the reports on them: a constant number of queries."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from members.models import Member, Standing
from rectification.models import (
    Commitment,
    CommitmentStatus,
    GivenReport,
    HeardPledge,
    RectificationItem,
    ReportKind,
)
from rectification.rules.clocks import step_of

MEASURES, PROMISES = "rectification", "commitments"


@dataclass(frozen=True)
class MeasuresProgress:
    """What is known of one organisation. `members`: on its roll; 0 where nobody is kept here.

    `told`: the last day of each report, by kind and number; `owed`: promises not yet reported on, by number.
    """

    items: int = 0
    unmeasured: int = 0
    listed_on: datetime.date | None = None
    members: int = 0
    promised: int = 0
    promised_on: datetime.date | None = None
    told: tuple[tuple[str, int, datetime.date], ...] = ()
    owed: tuple[tuple[int, int], ...] = ()

    def merge(self, facts: dict[str, Fact]) -> None:
        """Add it to the facts known; what was ticked by hand (on paper) stays done."""
        for key, fact in self._facts():
            if fact.done or key not in facts or not facts[key].done:
                facts[key] = fact

    def _facts(self) -> list[tuple[str, Fact]]:
        """The facts by step; nothing of what nobody has begun here."""
        found = []
        if self.items:
            found.append((MEASURES, self._measures()))
        if self.promised:
            found.append((PROMISES, self._promises()))
        owed = dict(self.owed)
        for kind, number, on in self.told:
            left = owed.get(number, 0) if kind == ReportKind.PLEDGES else 0
            fact = Fact(word=f"还有 {left} 人没有报告") if left else Fact(done=True, on=on, word="已报告")
            found.append((step_of(kind, number), fact))
        return found

    def _measures(self) -> Fact:
        """Done when every problem listed of the committee has its measures."""
        if self.unmeasured:
            return Fact(word=f"还有 {self.unmeasured} 条没写措施")
        return Fact(done=True, on=self.listed_on, word=f"已列 {self.items} 条")

    def _promises(self) -> Fact:
        """Done when everybody on the roll has a promise, or measures of the own."""
        if self.promised < self.members:
            return Fact(word=f"已有 {self.promised} / {self.members} 人")
        return Fact(done=True, on=self.promised_on, word="都已登记")


@dataclass
class _Read:
    """What is read of one organisation in its present round, to be filled."""

    items: int = 0
    unmeasured: int = 0
    listed_on: datetime.date | None = None
    members: int = 0
    promised: int = 0
    promised_on: datetime.date | None = None
    owing: int = 0
    told: dict[tuple[str, int], datetime.date] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)

    def promise(self, count: int, on: datetime.date | None) -> None:
        """So many more have promised something, the last of them on this day."""
        self.promised += count
        self.promised_on = max(filter(None, (self.promised_on, on)), default=None)

    def done(self) -> MeasuresProgress:
        """As it is judged."""
        numbers = sorted(number for kind, number in self.told if kind == ReportKind.PLEDGES)
        return MeasuresProgress(
            items=self.items,
            unmeasured=self.unmeasured,
            listed_on=self.listed_on,
            members=self.members,
            promised=self.promised,
            promised_on=self.promised_on,
            told=tuple(sorted((kind, number, on) for (kind, number), on in self.told.items())),
            owed=tuple((number, max(0, self.owing - self.heard.get(number, 0))) for number in numbers),
        )


@dataclass(frozen=True)
class Measures:
    """What organisations have begun, by their keys; and the meetings of the campaign that only heard reports (`apart`).

    Those are no meetings of self-examination: they fulfil no step of theirs, and no clock starts from them.
    """

    of: dict[int, MeasuresProgress]
    apart: frozenset[uuid.UUID]


def measures_by_organization(
    campaign: Campaign, organizations: QuerySet[Organization], rounds: Mapping[int, int]
) -> Measures:
    """What each organisation has begun in its present round (`rounds`; absent: the first): six queries at most."""
    place = Q(campaign=campaign, organization__in=organizations.order_by().values("pk"))
    book = _Book(rounds)
    _items(place, book)
    _promises(place, book)
    apart = _reports(place, book)
    if any(read.promised for read in book.found.values()):
        roll = Member.objects.active().filter(organization__in=list(book.found), is_lost=False)
        for pk, count in roll.order_by().values_list("organization_id").annotate(n=Count("pk")):
            book.found[pk].members = count
    return Measures({pk: read.done() for pk, read in book.found.items()}, apart)


@dataclass
class _Book:
    """The organisations read so far."""

    rounds: Mapping[int, int]
    found: dict[int, _Read] = field(default_factory=dict)

    def of(self, organization: int, number: int) -> _Read | None:
        """The page of an organisation; None for what belongs to an earlier round."""
        if number != self.rounds.get(organization, 1):
            return None
        return self.found.setdefault(organization, _Read())


def _items(place: Q, book: _Book) -> None:
    """The committee's problems, and how many have no measures yet; members with measures of their own."""
    rows = RectificationItem.objects.standing().filter(place).order_by()
    grouped = rows.filter(member=None).values_list("organization_id", "round_no")
    for pk, number, count, empty, day in grouped.annotate(
        n=Count("pk"), empty=Count("pk", filter=Q(measures="")), day=Max("listed_on")
    ):
        if read := book.of(pk, number):
            read.items, read.unmeasured, read.listed_on = count, empty, day
    pledged = Commitment.objects.standing().filter(
        campaign=OuterRef("campaign"), round_no=OuterRef("round_no"), member=OuterRef("member")
    )
    own = rows.filter(~Exists(pledged), member__standing=Standing.ACTIVE, member__is_lost=False)
    members = own.exclude(measures="").values_list("organization_id", "round_no")
    for pk, number, count, day in members.annotate(n=Count("member", distinct=True), day=Max("listed_on")):
        if read := book.of(pk, number):
            read.promise(count, day)


def _promises(place: Q, book: _Book) -> None:
    """How many members on the roll have promised something, and how many promises are still to be kept."""
    rows = Commitment.objects.standing().filter(
        place, member__standing=Standing.ACTIVE, member__organization=F("organization")
    )
    grouped = rows.order_by().values_list("organization_id", "round_no")
    for pk, number, count, owing, day in grouped.annotate(
        n=Count("pk", filter=Q(member__is_lost=False)),
        owing=Count("pk", filter=Q(status=CommitmentStatus.MADE)),
        day=Max("made_on"),
    ):
        if read := book.of(pk, number):
            read.promise(count, day)
            read.owing = owing


def _reports(place: Q, book: _Book) -> frozenset[uuid.UUID]:
    """The reports given, and how many of the promises still to be kept were reported on each time.

    Returns the meetings of the campaign at which they were given.
    """
    rows, apart = GivenReport.objects.filter(place), set()
    columns = ("organization_id", "round_no", "kind", "number", "on", "meeting_id")
    for pk, number, kind, which, on, meeting in rows.order_by("on").values_list(*columns):
        if meeting is not None:
            apart.add(meeting)
        if read := book.of(pk, number):
            read.told[kind, which] = on
    if any(read.told for read in book.found.values()):
        heard = HeardPledge.objects.filter(
            report__in=rows.filter(kind=ReportKind.PLEDGES), commitment__in=Commitment.objects.owing()
        )
        grouped = heard.order_by().values_list(
            "report__organization_id", "report__round_no", "report__number"
        )
        for pk, number, which, count in grouped.annotate(n=Count("commitment", distinct=True)):
            if read := book.of(pk, number):
                read.heard[which] = count
    return frozenset(apart)
