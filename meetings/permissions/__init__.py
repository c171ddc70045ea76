"""Who may do what with meetings; each further topic is imported from its own module."""

from meetings.permissions.meetings import (
    can_change_meeting,
    can_hold,
    can_open_duty_account,
    can_plan_any,
    can_plan_meeting,
    can_plan_somewhere,
    can_record_attendance,
    can_run_meeting,
    can_see_attendance,
    is_recorder,
    is_scrutineer,
    is_teller,
)

__all__ = [
    "can_change_meeting",
    "can_hold",
    "can_open_duty_account",
    "can_plan_any",
    "can_plan_meeting",
    "can_plan_somewhere",
    "can_record_attendance",
    "can_run_meeting",
    "can_see_attendance",
    "is_recorder",
    "is_scrutineer",
    "is_teller",
]
