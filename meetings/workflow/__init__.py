"""The steps of the documents of meetings: one module a document, every table passed on here."""

from meetings.workflow.meetings import (
    MEETING,
    NO_STUDY,
    Obstacle,
    below_quorum,
    has_ballot,
    lacks_study,
    obstacles,
    officers_missing,
)

__all__ = [
    "MEETING",
    "NO_STUDY",
    "Obstacle",
    "below_quorum",
    "has_ballot",
    "lacks_study",
    "obstacles",
    "officers_missing",
]
