"""The checks of a year: of one organisation, of its leaders (双重组织生活), and of all branches below in their order."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Kind, Organization, OrganizationStatus, User, subtree_range
from meetings.models import Attendance, AttendanceStatus, HeldNote, Meeting, Participant
from meetings.permissions.yearly import can_note_held, can_see_yearly_below
from meetings.rules.yearly import (
    EACH_GROUP,
    OF_BODY,
    Check,
    Coverage,
    Double,
    Period,
    coverage,
    delivered,
    periods,
)
from meetings.services.seats import Seat, seats_of

Days = dict[tuple[int, str], list[datetime.date]]  # organisation or group, kind → days
NOTED = "noted-"  # before the kind of a day noted from paper: such a 党员大会 is no 组织生活会 as well


@dataclass(frozen=True)
class Line:
    """One check of one organisation or group over the year."""

    check: Check
    organization: Organization
    title: str
    periods: tuple[Period, ...]

    @property
    def coverage(self) -> Coverage:
        """How much is on record."""
        return coverage(self.check.every, self.periods)


@dataclass(frozen=True)
class Part:
    """Whether one leader took part in one of the two kinds: the days on record."""

    double: Double
    days: tuple[datetime.date, ...]

    @property
    def text(self) -> str:
        """The days in words."""
        return "、".join(f"{day.month}月{day.day}日" for day in self.days)


@dataclass(frozen=True)
class Leader:
    """One leader of the body with both kinds of organisational life."""

    seat: Seat
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class YearlyPage:
    """The checks of one organisation in one year, as one person sees them."""

    organization: Organization
    year: int
    lines: tuple[Line, ...]
    leaders: tuple[Leader, ...]
    notes: tuple[HeldNote, ...]
    choices: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    may_note: bool

    @classmethod
    def of(cls, organization: Organization, year: int, user: User) -> YearlyPage:
        """The page; a constant number of queries for any number of groups and leaders."""
        today = timezone.localdate()
        groups = _groups([organization])[organization.pk]
        places = [organization, *groups]
        days = days_of([place.pk for place in places], year)
        lines = tuple(_lines(organization, groups, days, year, today))
        leaders = _leaders(organization, year, today) if organization.is_body else ()
        notes = HeldNote.objects.filter(organization__in=[place.pk for place in places], held_on__year=year)
        may_note = bool(can_note_held(user, organization))
        return cls(
            organization=organization,
            year=year,
            lines=lines,
            leaders=leaders,
            notes=tuple(notes.select_related("person", "organization")),
            choices=tuple((f"{line.organization.pk}-{line.check.noted}", line.title) for line in lines),
            people=tuple(
                (str(leader.seat.user_id), leader.seat.name) for leader in leaders if leader.seat.user_id
            ),
            may_note=may_note,
        )

    @property
    def open(self) -> tuple[str, ...]:
        """What is not on record of what is over, in words: a prompt, not a verdict."""
        return tuple(
            f"{line.title}：{'、'.join(period.label for period in line.periods if period.state == 'short')}"
            for line in self.lines
            if not line.coverage.is_full
        )


@dataclass(frozen=True)
class Way:
    """A link to the yearly checks: its address and its words."""

    url: str
    words: str


def way_to_yearly(user: User) -> Way | None:
    """Where this person finds them: all branches below, else the own organisation; None for all others."""
    if can_see_yearly_below(user):
        return Way(reverse("meetings:yearly_list"), "各支部全年会议登记")
    own = next((post.organization for post in user.posts() if can_note_held(user, post.organization)), None)
    if own is None:
        return None
    place = [own.pk, timezone.localdate().year]
    return Way(reverse("meetings:yearly", args=place), f"{own.short_name}全年会议登记")


@dataclass(frozen=True)
class BranchYear:
    """One branch of the overview: its coverage by check; None where it is not asked."""

    organization: Organization
    cells: tuple[Coverage | None, ...]

    @property
    def labelled(self) -> tuple[tuple[str, Coverage | None], ...]:
        """The cells with the names of their checks."""
        names = [check.label for check in delivered().checks if check.who != OF_BODY]
        return tuple(zip(names, self.cells, strict=True))


@dataclass(frozen=True)
class Overview:
    """The branches of one page of the list, in the order of the tree: never by rank."""

    year: int
    checks: tuple[Check, ...]
    branches: tuple[BranchYear, ...]

    @classmethod
    def of(cls, branches: Collection[Organization], year: int) -> Overview:
        """The coverage of these branches; a constant number of queries."""
        today = timezone.localdate()
        groups = _groups(branches)
        seated = _seated(branches, today)
        keys = [b.pk for b in branches] + [group.pk for found in groups.values() for group in found]
        days = days_of(keys, year)
        checks = tuple(check for check in delivered().checks if check.who != OF_BODY)
        rows = []
        for branch in branches:
            has = branch.pk in seated if branch.committee_override is None else branch.committee_override
            lines = list(_lines(branch, groups[branch.pk], days, year, today, has_committee=has))
            rows.append(BranchYear(branch, tuple(_sum(lines, check) for check in checks)))
        return cls(year, checks, tuple(rows))


def _sum(lines: Iterable[Line], check: Check) -> Coverage | None:
    """The coverage of one check, over all groups together where each group is asked."""
    found = [line.coverage for line in lines if line.check.key == check.key]
    if not found:
        return None
    unit = found[0].unit if len(found) == 1 else f"{found[0].unit}（{len(found)} 个小组）"
    return Coverage(sum(c.held for c in found), sum(c.begun for c in found), unit)


def _lines(
    organization: Organization,
    groups: Collection[Organization],
    days: Days,
    year: int,
    today: datetime.date,
    *,
    has_committee: bool | None = None,
) -> Iterable[Line]:
    """Every check of an organisation; a check of groups once for each group."""
    if organization.kind == Kind.GROUP:
        asked = tuple(check for check in delivered().checks if check.who == EACH_GROUP)
    else:
        asked = delivered().asked_of(
            is_body=organization.is_body,
            has_committee=organization.has_committee if has_committee is None else has_committee,
            has_groups=bool(groups),
        )
    for check in asked:
        each = check.who == EACH_GROUP and organization.kind != Kind.GROUP
        for place in groups if each else (organization,):
            found = [
                day
                for kind in (*check.held, f"{NOTED}{check.noted}")
                for day in days.get((place.pk, kind), ())
            ]
            title = f"{check.label}（{place.short_name}）" if each else check.label
            yield Line(check, place, title, periods(check.every, found, year, today))


def days_of(keys: Collection[int], year: int) -> Days:
    """The days on record: meetings held here, and days noted from paper; two queries.

    A meeting of a party group stands with its group. Notes about one leader do not count.
    """
    found: Days = defaultdict(list)
    held = Meeting.objects.held().filter(Q(organization__in=keys, group=None) | Q(group__in=keys))
    for meeting in held.filter(starts_at__year=year).only("kind", "starts_at", "organization", "group"):
        found[meeting.group_id or meeting.organization_id, meeting.kind].append(meeting.day)
    notes = HeldNote.objects.filter(organization__in=keys, held_on__year=year, person=None).order_by(
        "held_on"
    )
    for place, kind, day in notes.values_list("organization_id", "kind", "held_on"):
        found[place, f"{NOTED}{kind}"].append(day)
    return dict(found)


def _groups(places: Collection[Organization]) -> dict[int, list[Organization]]:
    """The working party groups of each organisation; one query."""
    by_path = {place.path: place.pk for place in places if place.kind == Kind.BRANCH}
    found: dict[int, list[Organization]] = {place.pk: [] for place in places}
    if by_path:
        below = Q()
        for path in by_path:
            below |= Q(path__range=subtree_range(path))
        groups = Organization.objects.filter(below, kind=Kind.GROUP, status=OrganizationStatus.ACTIVE)
        for group in groups:
            parent = by_path.get(group.path[: -Organization.steplen])
            if parent is not None:
                found[parent].append(group)
    return found


def _seated(branches: Collection[Organization], today: datetime.date) -> set[int]:
    """The branches with a committee today; one query."""
    seats = Appointment.objects.current(today).committee().filter(organization__in=[b.pk for b in branches])
    return set(seats.values_list("organization_id", flat=True))


def _leaders(body: Organization, year: int, today: datetime.date) -> tuple[Leader, ...]:
    """The leaders of a body with the days on which each took part in either kind of life; five queries."""
    seats = seats_of(body, min(today, datetime.date(year, 12, 31)))
    took = _took_part(body, seats, year)
    return tuple(
        Leader(seat, tuple(Part(one, tuple(sorted(took[seat.key, one.key]))) for one in delivered().double))
        for seat in seats
    )


def _took_part(
    body: Organization, seats: Collection[Seat], year: int
) -> dict[tuple[str, str], set[datetime.date]]:
    """Seat and kind of life → days: seats present at the body, members present in their branch, and notes."""
    found: dict[tuple[str, str], set[datetime.date]] = defaultdict(set)
    upper, own = delivered().double
    held = {"meeting__in": Meeting.objects.held().filter(starts_at__year=year).values("pk")}
    rows = Participant.objects.seats().filter(
        **held, meeting__organization=body, meeting__kind__in=upper.held, status=AttendanceStatus.PRESENT
    )
    by_user: dict[object, str] = {seat.user_id: seat.key for seat in seats if seat.user_id is not None}
    by_member: dict[object, str] = {seat.member_id: seat.key for seat in seats if seat.member_id is not None}
    keys = {seat.key for seat in seats}
    for row in rows.select_related("meeting"):
        key = row.key if row.key in keys else by_user.get(row.user_id) or by_member.get(row.member_id)
        if key is not None:
            found[key, upper.key].add(row.meeting.day)
    marks = Attendance.objects.filter(
        Q(entry__member__user__in=list(by_user)) | Q(entry__member__in=list(by_member)),
        **held,
        meeting__kind__in=own.held,
        status=AttendanceStatus.PRESENT,
    )
    for mark in marks.select_related("meeting", "entry__member"):
        member = mark.entry.member
        key = by_member.get(member.pk) or by_user.get(member.user_id)
        if key is not None:
            found[key, own.key].add(mark.meeting.day)
    notes = HeldNote.objects.filter(organization=body, held_on__year=year, person__in=list(by_user))
    for person, kind, day in notes.values_list("person_id", "kind", "held_on"):
        found[by_user[person], upper.key if kind == upper.noted else own.key].add(day)
    return found
