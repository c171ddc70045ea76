"""How many people may vote at a meeting, as attendance is registered now."""

from __future__ import annotations

from django.db.models import Q

from evaluations.models import Ballot
from meetings.models import Attendance, AttendanceStatus, MeetingStatus


def voters_here(ballot: Ballot) -> int:
    """How many of those present may fill in a form or draw a code.

    Somebody not expected who came all the same votes too.
    """
    here = Attendance.objects.filter(meeting=ballot.meeting_id, status=AttendanceStatus.PRESENT)
    return here.filter(Q(entry__is_voter=True) | Q(entry__is_expected=False)).count()


def codes_wanted(ballot: Ballot) -> int:
    """How many slips to print: one for each voter (before the meeting for everybody expected) and some spare."""
    opened = ballot.meeting.status == MeetingStatus.OPENED
    voters = voters_here(ballot) if opened else ballot.meeting.expected_count
    return max(1, voters + ballot.rules().spare_forms)
