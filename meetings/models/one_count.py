"""How many are expected and present at one meeting: its people are read by one query and counted in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import FilteredRelation, Q

from meetings.models.counts import EVERY_MARK, Counts, came_before
from meetings.rules.kinds import OPEN, OWN_GROUP
from members.models import MemberKind, RosterEntry

if TYPE_CHECKING:
    from meetings.models.meeting import Meeting


@dataclass(frozen=True)
class _Row:
    """One person as the counts see somebody: whether due at this sitting, full, entitled, a voter, and the mark."""

    due: bool
    full: bool
    entitled: bool
    voter: bool
    mark: str

    @property
    def is_here(self) -> bool:
        """Whether the person came."""
        return self.mark == "present"

    @property
    def is_expected(self) -> bool:
        """Whether the person is in 应到: who came is, whatever the roster says; who was let off is not."""
        return self.is_here or (self.due and self.mark != "not_counted")


def _summed(rows: list[_Row]) -> Counts:
    """The counts of these people."""
    return Counts(
        expected=sum(row.is_expected for row in rows),
        expected_full=sum(row.is_expected and row.full for row in rows),
        present=sum(row.is_here for row in rows),
        present_full=sum(row.is_here and row.full for row in rows),
        voters_present=sum(row.is_here and row.voter for row in rows),
        unmarked=sum(row.due and row.mark not in EVERY_MARK for row in rows),
        entitled=sum(row.is_expected and row.entitled for row in rows),
        entitled_present=sum(row.is_here and row.entitled for row in rows),
    )


def counts_of(meeting: Meeting) -> Counts:
    """The counts of one meeting, of any kind: its people are read by one query and counted here.

    The same numbers as `counted` gives for many meetings at once, which for one is ten times the work.
    """
    if meeting.about.people == OPEN:
        return Counts()
    return _summed(_seated(meeting) if meeting.has_seats else _listed(meeting))


def _seated(meeting: Meeting) -> list[_Row]:
    """The seats of a committee."""
    seats = apps.get_model("meetings", "Participant").objects.filter(meeting=meeting, capacity="seat")
    rows = []
    for status, kind in seats.values_list("status", "member__kind"):
        full = kind != MemberKind.PROBATIONARY
        rows.append(_Row(due=True, full=full, entitled=full, voter=False, mark=status))
    return rows


def _listed(meeting: Meeting) -> list[_Row]:
    """The people of the roster, or of one party group on it."""
    entries = RosterEntry.objects.filter(
        roster__campaign=meeting.campaign_id, roster__organization=meeting.organization_id
    ).annotate(
        here=FilteredRelation("attendances", condition=Q(attendances__meeting=meeting.pk)),
        came_before=came_before(meeting.continues_id, meeting.starts_at),
    )
    if meeting.about.people == OWN_GROUP:
        entries = entries.filter(member__group=meeting.group_id)
    names = ("kind", "is_expected", "is_voter", "member__suspended_until", "here__status", "came_before")
    rows = []
    for kind, expected, voter, suspended, mark, came in entries.order_by().values_list(*names):
        full = kind == MemberKind.FULL
        entitled = full and not (suspended and suspended >= meeting.day)
        rows.append(_Row(expected and not came, full, entitled, voter, mark or ""))
    return rows
