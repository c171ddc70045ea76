"""Models of what follows the meeting, one a file."""

from rectification.models.satisfaction import CaseStatus, DutyKind, DutyStatus, MeasureCase, SatisfactionDuty
from rectification.models.survey import (
    RoundStatus,
    Survey,
    SurveyClass,
    SurveyRound,
    Turn,
    agreed_total,
)
from rectification.models.survey_count import SEAT_NAMES, SEATS, TOGETHER, SurveyCount, SurveySeat

__all__ = [
    "SEATS",
    "SEAT_NAMES",
    "TOGETHER",
    "CaseStatus",
    "DutyKind",
    "DutyStatus",
    "MeasureCase",
    "RoundStatus",
    "SatisfactionDuty",
    "Survey",
    "SurveyClass",
    "SurveyCount",
    "SurveyRound",
    "SurveySeat",
    "Turn",
    "agreed_total",
]
