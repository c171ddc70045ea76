"""How many people may vote at a meeting, as attendance is registered now."""

from __future__ import annotations

from django.db.models import Q

from evaluations.models import Ballot
from meetings.models import Attendance, AttendanceStatus, Capacity, MeetingStatus, Participant


def voters_here(ballot: Ballot) -> int:
    """How many of those present may fill in a form or draw a code.

    Somebody not expected who came all the same votes too. 群众代表 are on no roster: as many as were typed.
    """
    if ballot.by_masses:
        return ballot.present or 0
    here = Attendance.objects.filter(meeting=ballot.meeting_id, status=AttendanceStatus.PRESENT)
    return here.filter(Q(entry__is_voter=True) | Q(entry__is_expected=False)).count()


def voters_expected(ballot: Ballot) -> int:
    """How many should come to fill in a form: 应到 of the meeting, or the 群众代表 invited."""
    if ballot.expected is not None:
        return ballot.expected
    return invited_of(ballot)[0] if ballot.by_masses else ballot.meeting.expected_count


def invited_of(ballot: Ballot) -> tuple[int, int]:
    """How many 群众代表 the meeting has among its guests, and how many of them are there."""
    guests = Participant.objects.guests().filter(meeting=ballot.meeting_id, capacity=Capacity.MASSES)
    states = list(guests.values_list("status", flat=True))
    return len(states), states.count(AttendanceStatus.PRESENT)


def codes_wanted(ballot: Ballot) -> int:
    """How many slips to print: one for each voter (before the meeting for everybody expected) and some spare."""
    opened = ballot.meeting.status == MeetingStatus.OPENED
    voters = voters_here(ballot) if opened else voters_expected(ballot)
    return max(1, voters + ballot.rules().spare_forms)
