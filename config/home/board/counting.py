"""The board's numbers: sums of steps for each level, and the two coverages (两个全覆盖), whole numbers only."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from branches.models import Campaign, Kind, Organization
from branches.rules.standing import DONE, OVERDUE, POSTPONED, WAIVED
from config.home.board.cells import Head
from config.home.board.scope import Place
from config.home.standings import Row, Standings
from evaluations.models import BallotStatus, BranchResult, SubjectKind
from members.models import ExemptReason, Member, MemberKind, RosterEntry, RosterStatus

PLENARY = ("meeting", "democratic_life")  # the meeting by which a branch is covered
PROBATIONARY, LEADER, OTHER = "预备党员，不评定等次", "已参加领导班子民主生活会", "其他不参加测评"


@dataclass(frozen=True)
class Sum:
    """One step over many organisations: of how many it is asked, and how many stand how."""

    asked: int = 0
    done: int = 0
    overdue: int = 0
    postponed: int = 0
    waived: int = 0

    @property
    def rest(self) -> str:
        """What is neither done nor simply open, in words."""
        parts = (("逾期", self.overdue), ("延期", self.postponed), ("免", self.waived))
        return "，".join(f"{word} {number}" for word, number in parts if number)


def sums_of(rows: Iterable[Row], heads: Iterable[Head]) -> tuple[Sum, ...]:
    """One sum a column."""
    counts = collections.Counter(itertools.chain.from_iterable(row.pairs for row in rows))
    states = (DONE, OVERDUE, POSTPONED, WAIVED)
    asked: collections.Counter[str] = collections.Counter()
    for (key, _state), number in counts.items():
        asked[key] += number
    return tuple(Sum(asked[h.key], *(counts[h.key, state] for state in states)) for h in heads)


@dataclass(frozen=True)
class BranchCoverage:
    """How many branches have met; whoever was let off or put off stands apart."""

    total: int
    done: int
    postponed: int
    waived: int

    @property
    def words(self) -> str:
        """All of it in one sentence."""
        rest = self.total - self.done - self.postponed - self.waived
        apart = [
            f"{word} {number} 个"
            for word, number in (("延期", self.postponed), ("同意不开", self.waived))
            if number
        ]
        parts = [
            f"共 {self.total} 个支部，已开会 {self.done} 个",
            *apart,
            *([f"还没有开 {rest} 个"] if rest else []),
        ]
        return "，".join(parts)


def branch_coverage(places: Iterable[Place], standings: Standings) -> BranchCoverage:
    """The coverage of branches: the meeting of each that is asked to hold one."""
    rows = (standings.rows[place.pk].pairs for place in places if place.kind == Kind.BRANCH)
    keys = {step.key for step in standings.columns if step.kind in PLENARY}
    found = ([state for key, state in pairs if key in keys] for pairs in rows)
    counts = collections.Counter(plenary[-1] for plenary in found if plenary)
    return BranchCoverage(counts.total(), counts[DONE], counts[POSTPONED], counts[WAIVED])


@dataclass
class MemberCoverage:
    """How many members were assessed (被测评) or need not be, of how many; why not, in numbers.

    Whose roster is frozen counts by the roster; others by the roll of today.
    """

    total: int = 0
    assessed: int = 0
    exempt: collections.Counter[str] = field(default_factory=collections.Counter)

    @property
    def fraction(self) -> str:
        """已测评 612 + 免 8 / 645, without the words."""
        free = self.exempt.total()
        return f"{self.assessed}{f' + 免 {free}' if free else ''} / {self.total}"

    @property
    def words(self) -> str:
        """All of it in one sentence, the excluded by reason."""
        free = self.exempt.total()
        why = "、".join(f"{reason} {number} 名" for reason, number in self.exempt.most_common() if number)
        rest = self.total - self.assessed - free
        parts = [
            f"共 {self.total} 名党员，已测评 {self.assessed} 名",
            *([f"免 {free} 名（{why}）"] if free else []),
            *([f"还没有测评 {rest} 名"] if rest else []),
        ]
        return "，".join(parts)


Members = dict[int, MemberCoverage]  # by organisation


def members_of(campaign: Campaign, organizations: QuerySet[Organization], standings: Standings) -> Members:
    """The coverage of members of each organisation that counts votes: four queries."""
    counting = {pk: dict(row.pairs).get("ballot") for pk, row in standings.rows.items()}
    inside = organizations.order_by().values("pk")
    found: Members = {pk: MemberCoverage() for pk, state in counting.items() if state}
    listed = set()
    frozen = RosterEntry.objects.filter(
        roster__campaign=campaign, roster__status=RosterStatus.FROZEN, roster__organization__in=inside
    )
    why = ("kind", "is_leader_exempt", "exempt_reason")
    parts = frozen.order_by().values_list("roster__organization", "is_subject", *why).annotate(n=Count("pk"))
    for pk, is_subject, kind, leader, reason, number in parts:
        if pk in found:
            listed.add(pk)
            found[pk].total += number
            if not is_subject:
                found[pk].exempt[_reason(kind, leader, reason)] += number
    results = BranchResult.objects.filter(
        campaign=campaign,
        subject_kind=SubjectKind.MEMBERS,
        ballot__status=BallotStatus.CERTIFIED,
        organization__in=inside,
    )
    for pk, rated in results.values_list("organization_id", "rated"):
        if counting.get(pk) == DONE:
            found[pk].assessed = rated
    _assessed_all_the_same(found, frozen)
    roll = Member.objects.active().filter(organization__in=[pk for pk in found if pk not in listed])
    for pk, number in roll.order_by().values_list("organization_id").annotate(n=Count("pk")):
        found[pk].total = number
    return found


def _assessed_all_the_same(found: Members, frozen: QuerySet[RosterEntry]) -> None:
    """Who was taken off the roster after the count was assessed and is not exempt."""
    counted = frozen.filter(
        roster__version__gt=1,
        is_subject=False,
        ballotsubject__graded=True,
        ballotsubject__ballot__subject_kind=SubjectKind.MEMBERS,
        ballotsubject__ballot__status=BallotStatus.CERTIFIED,
    )
    rows = counted.order_by().values_list("roster__organization", "kind", "is_leader_exempt", "exempt_reason")
    for pk, kind, leader, reason in rows:
        if pk in found and found[pk].assessed:
            found[pk].exempt[_reason(kind, leader, reason)] -= 1


def _reason(kind: str, is_leader: bool, reason: str) -> str:
    """Why somebody on the roster is not rated."""
    if reason:
        return str(ExemptReason(reason).label)
    return PROBATIONARY if kind == MemberKind.PROBATIONARY else LEADER if is_leader else OTHER


def sum_members(parts: Iterable[MemberCoverage]) -> MemberCoverage:
    """Several together."""
    total = MemberCoverage()
    for part in parts:
        total.total += part.total
        total.assessed += part.assessed
        if part.exempt:
            total.exempt.update(part.exempt)
    return total
