"""How many are expected and present at a meeting of each kind, computed from roster, groups, seats and marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from meetings.rules.kinds import OPEN, OWN_GROUP, ROSTER, SEATS, kinds_of_people
from members.models import MemberKind, RosterEntry

if TYPE_CHECKING:
    from django.db.models.expressions import CombinedExpression

    from meetings.models.meeting import Meeting

EVERY_MARK = ("present", "leave", "absent", "elsewhere", "not_counted")
HELD = ("opened", "closed")


@dataclass(frozen=True)
class Counts:
    """Numbers of people: 应到 and 实到 (with how many of them full members), 可填票 present, 未登记.

    `entitled`: those of 应到 with a right to vote (正式党员, without those 留党察看): the base of a resolution.
    """

    expected: int = 0
    expected_full: int = 0
    present: int = 0
    present_full: int = 0
    voters_present: int = 0
    unmarked: int = 0
    entitled: int = 0
    entitled_present: int = 0

    @property
    def expected_probationary(self) -> int:
        """Probationary members among those expected."""
        return self.expected - self.expected_full

    @property
    def present_probationary(self) -> int:
        """Probationary members among those present."""
        return self.present - self.present_full


def _number(rows: models.QuerySet[Any], by: str) -> Coalesce:
    """How many rows a correlated query has, all of them with the same `by`; 0 when there are none."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def has_right_to_vote(day: Any) -> Q:
    """Full members who are not 留党察看 on a day; the last day of it still counts as one without the right."""
    suspended = Q(member__suspended_until__isnull=False, member__suspended_until__gte=day)
    return Q(kind=MemberKind.FULL) & ~suspended


def came_before(series: Any, starts_at: Any) -> Exists:
    """Whether somebody of the roster was present at a sitting of the `series` (分次召开) before `starts_at`.

    `series` is the key of its first sitting; without one nobody was.
    """
    marks = apps.get_model("meetings", "Attendance").objects
    if series is None:
        return Exists(marks.none())
    earlier = Q(meeting=series) | Q(meeting__continues=series, meeting__starts_at__lt=starts_at)
    return Exists(marks.filter(earlier, entry=OuterRef("pk"), status="present", meeting__status__in=HELD))


def _was_there_before() -> Exists:
    """The same within the counts of many meetings."""
    return came_before(OuterRef(OuterRef("continues")), OuterRef(OuterRef("starts_at")))


class _FromRoster:
    """The counts of meetings whose people are on the branch's roster: all of them, or those of one party group.

    At another sitting (分次召开) those are expected who were at none before.
    """

    def __init__(self, *, of_group: bool) -> None:
        self.where: dict[str, Any] = {
            "roster__campaign": OuterRef("campaign"),
            "roster__organization": OuterRef("organization"),
        }
        if of_group:
            self.where["member__group"] = OuterRef("group")

    def due(self, *more: Q) -> Coalesce:
        """Those the roster expects at this sitting."""
        rows = RosterEntry.objects.filter(*more, **self.where, is_expected=True)
        return _number(rows.filter(~_was_there_before()), "roster")

    def marked(self, status: tuple[str, ...], *more: Q) -> Coalesce:
        """Those with one of these marks."""
        here = {"attendances__meeting": OuterRef("pk"), "attendances__status__in": status}
        return _number(RosterEntry.objects.filter(*more, **self.where, **here), "roster")

    def marked_due(self, status: tuple[str, ...], *more: Q) -> Coalesce:
        """Those of the expected with one of these marks."""
        here = {"attendances__meeting": OuterRef("pk"), "attendances__status__in": status}
        rows = RosterEntry.objects.filter(*more, **self.where, **here, is_expected=True)
        return _number(rows.filter(~_was_there_before()), "roster")

    def expected(self, *more: Q) -> CombinedExpression:
        """应到: never below 实到, since somebody who came is expected too, whatever the roster says."""
        brought = self.marked(("present",), *more) - self.marked_due(("present",), *more)
        return self.due(*more) + brought - self.marked_due(("not_counted",), *more)

    def all(self) -> dict[str, Any]:
        """Every count by its name."""
        full = Q(kind=MemberKind.FULL)
        right = has_right_to_vote(OuterRef("meets_on"))
        return {
            "expected": self.expected(),
            "expected_full": self.expected(full),
            "present": self.marked(("present",)),
            "present_full": self.marked(("present",), full),
            "voters_present": self.marked(("present",), Q(is_voter=True)),
            "unmarked": self.due() - self.marked_due(EVERY_MARK),
            "entitled": self.expected(right),
            "entitled_present": self.marked(("present",), right),
        }


def _from_seats() -> dict[str, Any]:
    """The counts of meetings of a committee (班子成员): each seat is that of a full member."""
    seats = apps.get_model("meetings", "Participant").objects.filter(meeting=OuterRef("pk"), capacity="seat")
    probationary = Q(member__kind=MemberKind.PROBATIONARY)
    every, here = _number(seats, "meeting"), _number(seats.filter(status="present"), "meeting")
    full = _number(seats.exclude(probationary), "meeting")
    full_here = _number(seats.filter(status="present").exclude(probationary), "meeting")
    return {
        "expected": every,
        "expected_full": full,
        "present": here,
        "present_full": full_here,
        "voters_present": Value(0),
        "unmarked": _number(seats.filter(status=""), "meeting"),
        "entitled": full,
        "entitled_present": full_here,
    }


def counted(meetings: models.QuerySet[Meeting]) -> models.QuerySet[Meeting]:
    """Adds all counts to any number of meetings of any kinds, within the one query."""
    ways = {
        ROSTER: _FromRoster(of_group=False).all(),
        OWN_GROUP: _FromRoster(of_group=True).all(),
        SEATS: _from_seats(),
    }
    nobody = When(kind__in=kinds_of_people(OPEN), then=Value(0))
    found = {
        f"n_{name}": Case(
            nobody,
            *(When(kind__in=kinds_of_people(people), then=way[name]) for people, way in ways.items()),
            default=Value(0),
            output_field=IntegerField(),
        )
        for name in Counts.__dataclass_fields__
    }
    return meetings.annotate(meets_on=TruncDate("starts_at")).annotate(**found)
