"""The steps of the documents of what follows the meeting; one topic a module."""

from rectification.workflow.satisfaction import MEASURE_CASE, SATISFACTION_DUTY, SURVEY_ROUND

__all__ = ["MEASURE_CASE", "SATISFACTION_DUTY", "SURVEY_ROUND"]
