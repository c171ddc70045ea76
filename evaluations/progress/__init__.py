"""How far each organisation is with its ballot and with what follows from it: one module a topic."""

from evaluations.progress.assessments import AssessmentProgress, assessments_by_organization
from evaluations.progress.ballots import BallotProgress, ballot_progress

__all__ = [
    "AssessmentProgress",
    "BallotProgress",
    "assessments_by_organization",
    "ballot_progress",
]
