"""How far each organisation is with its meetings: one module a topic."""

from meetings.progress.meetings import (
    Held,
    MeetingProgress,
    exact_for,
    meetings_by_organization,
    meetings_by_step,
    merge_meetings,
)

__all__ = [
    "Held",
    "MeetingProgress",
    "exact_for",
    "meetings_by_organization",
    "meetings_by_step",
    "merge_meetings",
]
