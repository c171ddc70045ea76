"""The tables of steps of this app's documents, one module a document."""

from rectification.workflow.commitments import COMMITMENT
from rectification.workflow.corrections import CORRECTION
from rectification.workflow.items import ITEM
from rectification.workflow.publications import PUBLICATION
from rectification.workflow.satisfaction import MEASURE_CASE, SATISFACTION_DUTY, SURVEY_ROUND
from rectification.workflow.supervision import SIGN_OFF, SUMMARY
from rectification.workflow.teams import LINKED_POINT, TEAM
from rectification.workflow.visits import FINDING, VISIT

__all__ = [
    "COMMITMENT",
    "CORRECTION",
    "FINDING",
    "ITEM",
    "LINKED_POINT",
    "MEASURE_CASE",
    "PUBLICATION",
    "SATISFACTION_DUTY",
    "SIGN_OFF",
    "SUMMARY",
    "SURVEY_ROUND",
    "TEAM",
    "VISIT",
]
