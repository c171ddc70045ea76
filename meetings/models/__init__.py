"""Models of meetings: the meeting, who was there, who did what."""

from meetings.models.attendance import Attendance, AttendanceStatus
from meetings.models.duty import COUNTING_DUTIES, SINGLE_DUTIES, Duty, DutyKind
from meetings.models.meeting import Counts, Meeting, MeetingKind, MeetingStatus

__all__ = [
    "COUNTING_DUTIES",
    "SINGLE_DUTIES",
    "Attendance",
    "AttendanceStatus",
    "Counts",
    "Duty",
    "DutyKind",
    "Meeting",
    "MeetingKind",
    "MeetingStatus",
]
