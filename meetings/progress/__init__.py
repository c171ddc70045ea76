"""How far each organisation is with its meetings: one module a topic."""

from meetings.progress.meetings import MeetingProgress, exact_for, meetings_by_organization

__all__ = ["MeetingProgress", "exact_for", "meetings_by_organization"]
