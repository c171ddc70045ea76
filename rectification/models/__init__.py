"""Models of what follows the meeting; one module a topic."""

from rectification.models.publication import (
    LONGEST_OBJECTION,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Publication,
    PublicationKind,
    PublicationNames,
    PublicationObjection,
    PublicationStatus,
)
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
    "LONGEST_OBJECTION",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "SEATS",
    "SEAT_NAMES",
    "TOGETHER",
    "CaseStatus",
    "DutyKind",
    "DutyStatus",
    "MeasureCase",
    "Publication",
    "PublicationKind",
    "PublicationNames",
    "PublicationObjection",
    "PublicationStatus",
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
