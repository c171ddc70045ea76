"""Models of meetings: the meeting, who was there, who did what; its agenda, outlines, minutes and reports."""

from meetings.models.agenda import Slot, SlotKind, SlotStatus
from meetings.models.attendance import Attendance, AttendanceStatus
from meetings.models.counts import Counts
from meetings.models.duty import COUNTING_DUTIES, SINGLE_DUTIES, Duty, DutyKind
from meetings.models.held import HeldNote
from meetings.models.meeting import Meeting, MeetingKind, MeetingStatus
from meetings.models.minutes import Minutes, MinutesStatus
from meetings.models.outline import Outline, OutlineStatus
from meetings.models.participant import GUESTS, Capacity, Participant
from meetings.models.postponement import Postponement
from meetings.models.report import Report, ReportRecipient, ReportStatus

__all__ = [
    "COUNTING_DUTIES",
    "GUESTS",
    "SINGLE_DUTIES",
    "Attendance",
    "AttendanceStatus",
    "Capacity",
    "Counts",
    "Duty",
    "DutyKind",
    "HeldNote",
    "Meeting",
    "MeetingKind",
    "MeetingStatus",
    "Minutes",
    "MinutesStatus",
    "Outline",
    "OutlineStatus",
    "Participant",
    "Postponement",
    "Report",
    "ReportRecipient",
    "ReportStatus",
    "Slot",
    "SlotKind",
    "SlotStatus",
]
