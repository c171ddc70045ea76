"""Models of what follows the meeting and of those who look in from above."""

from rectification.models.draws import VisitDraw
from rectification.models.supervision import (
    LONGEST_PART,
    SignOffStatus,
    StageSignOff,
    SummaryStatus,
    SupervisionSummary,
)
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
    "LONGEST_PART",
    "LONGEST_REASON",
    "LONGEST_SEEN",
    "Finding",
    "FindingKind",
    "FindingStatus",
    "LinkedPoint",
    "SignOffStatus",
    "StageSignOff",
    "SummaryStatus",
    "SupervisionSummary",
    "SupervisionTeam",
    "TeamKind",
    "TeamMember",
    "TeamStatus",
    "Visit",
    "VisitDraw",
    "VisitMode",
    "VisitStatus",
]
