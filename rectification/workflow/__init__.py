"""The tables of steps of this app's documents, one module a document."""

from rectification.workflow.publications import PUBLICATION
from rectification.workflow.satisfaction import MEASURE_CASE, SATISFACTION_DUTY, SURVEY_ROUND

__all__ = [
    "MEASURE_CASE",
    "PUBLICATION",
    "SATISFACTION_DUTY",
    "SURVEY_ROUND",
]
