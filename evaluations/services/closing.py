"""Keeps the numbers that hold a campaign open: assessments and feedback that are missing in a branch."""

from __future__ import annotations

from branches.models import Campaign, ClosingHold, HoldKind, Organization
from branches.services.rounds import round_of
from evaluations.models import (
    AssessmentSheet,
    AssessmentStatus,
    Ballot,
    BallotStatus,
    Feedback,
    FeedbackStatus,
    SubjectKind,
)

MISSING = (FeedbackStatus.OWED, FeedbackStatus.OBJECTED)


def keep_holds(*, campaign: Campaign, organization: Organization) -> None:
    """Write down anew how many of the branch have no feedback, and whether its counted ballot has no assessment.

    Only the present round counts. Call it in the transaction of whatever changes one of these numbers.
    """
    number = round_of(campaign, organization)
    ballots = Ballot.objects.filter(
        campaign=campaign,
        organization=organization,
        subject_kind=SubjectKind.MEMBERS,
        status=BallotStatus.CERTIFIED,
    )
    sheets = AssessmentSheet.objects.filter(
        campaign=campaign,
        organization=organization,
        round_no=number,
        status=AssessmentStatus.EFFECTIVE,
        ballot__in=ballots,
    )
    missing = {
        HoldKind.ASSESSMENT: int(ballots.exists() and not sheets.exists()),
        HoldKind.FEEDBACK: Feedback.objects.filter(assessment__sheet__in=sheets, status__in=MISSING).count(),
    }
    for kind, count in missing.items():
        ClosingHold.objects.update_or_create(
            campaign=campaign,
            organization=organization,
            kind=kind,
            defaults={"round_no": number, "count": count},
        )
