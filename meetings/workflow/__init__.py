"""The steps of the documents of meetings: one module a document, every table passed on here."""

from meetings.workflow.agenda import SLOT
from meetings.workflow.meetings import (
    MEETING,
    NO_STUDY,
    Obstacle,
    lacks_study,
    obstacles,
    officers_missing,
)
from meetings.workflow.minutes import MINUTES
from meetings.workflow.ordering import out_of_order
from meetings.workflow.outlines import OUTLINE
from meetings.workflow.quorum import below_quorum, can_take_resolution, has_ballot
from meetings.workflow.reports import REPORT

__all__ = [
    "MEETING",
    "MINUTES",
    "NO_STUDY",
    "OUTLINE",
    "REPORT",
    "SLOT",
    "Obstacle",
    "below_quorum",
    "can_take_resolution",
    "has_ballot",
    "lacks_study",
    "obstacles",
    "officers_missing",
    "out_of_order",
]
