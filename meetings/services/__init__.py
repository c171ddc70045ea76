"""Writes of the meetings app, one topic a file."""

from meetings.services.attendance import (
    Conflict,
    mark_all_present,
    mark_rest_absent,
    record_attendance,
    renew_seats,
    saved_marks,
)
from meetings.services.duties import is_entrusted, name_officers, open_duty_account
from meetings.services.meetings import (
    TWICE,
    cancel_meeting,
    change_meeting,
    close_meeting,
    open_meeting,
    plan_meeting,
)

__all__ = [
    "TWICE",
    "Conflict",
    "cancel_meeting",
    "change_meeting",
    "close_meeting",
    "is_entrusted",
    "mark_all_present",
    "mark_rest_absent",
    "name_officers",
    "open_duty_account",
    "open_meeting",
    "plan_meeting",
    "record_attendance",
    "renew_seats",
    "saved_marks",
]
