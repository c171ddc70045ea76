"""What the pages of the dues ledger show: members by month of a year, one member's year, whom to talk with."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from branches.models import Kind, Organization, User
from members.models import DuesMonth, DuesTerms, Member
from members.permissions.dues import can_keep_dues
from members.rules.dues import month_of, months_later, year_of
from members.services.dues import AHEAD, begins, ledger_rules

PAID, WAIVED, OPEN, AHEAD_OF, BEFORE, CLOSED = "paid", "waived", "open", "ahead", "before", "closed"
WORDS = {PAID: "已交", WAIVED: "免交", OPEN: "未登记", AHEAD_OF: "", BEFORE: "", CLOSED: ""}
FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Cell:
    """One month of one member: its state, what was written, and the key a form sends for it."""

    month: datetime.date
    state: str
    row: DuesMonth | None
    key: str
    is_picked: bool

    @property
    def is_settled(self) -> bool:
        """Whether it is paid or waived."""
        return self.row is not None

    @property
    def amount(self) -> Decimal:
        """What was paid for it."""
        return self.row.amount if self.row is not None else Decimal(0)

    @property
    def word(self) -> str:
        """The state in words; empty for months that need nothing said."""
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Line:
    """A member's year."""

    member: Member
    terms: DuesTerms | None
    cells: tuple[Cell, ...]

    @property
    def total(self) -> Decimal:
        """What was paid for the months of this year."""
        return sum((cell.amount for cell in self.cells), Decimal(0))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Members of a branch by month of a year, in the order of the list given."""

    organization: Organization
    year: int
    lines: tuple[Line, ...]

    @classmethod
    def of(
        cls,
        organization: Organization,
        members: Sequence[Member],
        year: int,
        picked: Collection[str] = (),
        pick_month: int = 0,
    ) -> Ledger:
        """The year of these members; `picked` months are ticked, and of `pick_month` all that are not settled."""
        keys = [member.pk for member in members]
        rows = DuesMonth.objects.filter(member__in=keys)
        first = dict(rows.values_list("member").annotate(first=Min("month")).order_by())
        found = {(row.member_id, row.month): row for row in rows.filter(month__year=year)}
        terms = {t.member_id: t for t in DuesTerms.objects.filter(member__in=keys)}
        lines = [
            _line(member, terms.get(member.pk), first.get(member.pk), found, year, picked, pick_month)
            for member in members
        ]
        return cls(organization, year, tuple(lines))

    @property
    def months(self) -> tuple[datetime.date, ...]:
        """The twelve months."""
        return year_of(self.year)

    @property
    def sums(self) -> tuple[Decimal, ...]:
        """What was paid for each month."""
        return tuple(
            sum((line.cells[n].amount for line in self.lines), Decimal(0)) for n in range(len(self.months))
        )

    @property
    def total(self) -> Decimal:
        """What was paid for the whole year."""
        return sum(self.sums, Decimal(0))

    @property
    def without_terms(self) -> int:
        """How many members have no amount worked out."""
        return sum(line.terms is None for line in self.lines)


@dataclass(frozen=True, slots=True)
class LedgerLink:
    """The ledger a person keeps or oversees; whether an open campaign asks for it."""

    organization: Organization
    is_asked: bool

    @classmethod
    def of(cls, user: User) -> LedgerLink | None:
        """The ledger of the first post that keeps one; None for who keeps none."""
        for post in user.posts():
            if post.organization.kind != Kind.GROUP and can_keep_dues(user, post.organization):
                is_branch = post.organization.kind == Kind.BRANCH
                return cls(
                    post.organization, is_branch and ledger_rules(post.organization).asked_by is not None
                )
        return None


def key_of(member: UUID, month: datetime.date) -> str:
    """What a form sends for one month of one member."""
    return f"{member.hex}:{month:%Y-%m}"


def _line(
    member: Member,
    terms: DuesTerms | None,
    first: datetime.date | None,
    found: Mapping[tuple[UUID, datetime.date], DuesMonth],
    year: int,
    picked: Collection[str],
    pick_month: int,
) -> Line:
    start = begins(member, terms.since if terms is not None else None, first)
    now = month_of(timezone.localdate())
    cells = []
    for month in year_of(year):
        row = found.get((member.pk, month))
        key = key_of(member.pk, month)
        state = _state(row, month, start, now)
        ticked = key in picked or (month.month == pick_month and row is None)
        cells.append(Cell(month, state, row, key, ticked))
    return Line(member, terms, tuple(cells))


def _state(
    row: DuesMonth | None, month: datetime.date, start: datetime.date | None, now: datetime.date
) -> str:
    if row is not None:
        return WAIVED if row.is_waived else PAID
    if month > months_later(now, AHEAD):
        return CLOSED
    if start is None or month < start:
        return BEFORE
    return OPEN if month < now else AHEAD_OF


def year_in(typed: str) -> int:
    """Returns the year an address asks for; this year for anything that is none within reach."""
    this_year = timezone.localdate().year
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else this_year
    return wanted if FIRST_YEAR <= wanted <= this_year + 1 else this_year
