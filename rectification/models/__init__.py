"""Models of what follows the meeting; one module a topic."""

from rectification.models.draws import VisitDraw
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
from rectification.models.supervision import (
    LONGEST_PART,
    SignOffStatus,
    StageSignOff,
    SummaryStatus,
    SupervisionSummary,
)
from rectification.models.survey import (
    RoundStatus,
    Survey,
    SurveyClass,
    SurveyRound,
    Turn,
    agreed_total,
)
from rectification.models.survey_count import SEAT_NAMES, SEATS, TOGETHER, SurveyCount, SurveySeat
from rectification.models.teams import LinkedPoint, SupervisionTeam, TeamKind, TeamMember, TeamStatus
from rectification.models.visits import (
    LONGEST_FINDING,
    LONGEST_REASON,
    LONGEST_SEEN,
    Finding,
    FindingKind,
    FindingStatus,
    Visit,
    VisitMode,
    VisitStatus,
)

__all__ = [
    "LONGEST_FINDING",
    "LONGEST_OBJECTION",
    "LONGEST_PART",
    "LONGEST_REASON",
    "LONGEST_SEEN",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "SEATS",
    "SEAT_NAMES",
    "TOGETHER",
    "CaseStatus",
    "DutyKind",
    "DutyStatus",
    "Finding",
    "FindingKind",
    "FindingStatus",
    "LinkedPoint",
    "MeasureCase",
    "Publication",
    "PublicationKind",
    "PublicationNames",
    "PublicationObjection",
    "PublicationStatus",
    "RoundStatus",
    "SatisfactionDuty",
    "SignOffStatus",
    "StageSignOff",
    "SummaryStatus",
    "SupervisionSummary",
    "SupervisionTeam",
    "Survey",
    "SurveyClass",
    "SurveyCount",
    "SurveyRound",
    "SurveySeat",
    "TeamKind",
    "TeamMember",
    "TeamStatus",
    "Turn",
    "Visit",
    "VisitDraw",
    "VisitMode",
    "VisitStatus",
    "agreed_total",
]
