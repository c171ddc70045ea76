"""A member's own results: the opinion before the grade, what follows, and earlier years. Nobody else stands here."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from branches.models import User
from branches.services.rounds import round_of
from evaluations.models import (
    Assessment,
    AssessmentStatus,
    BallotStatus,
    Feedback,
    FeedbackStatus,
    HelpPlan,
    HelpStatus,
)
from evaluations.rules.assessing import USES

HELPED = (HelpStatus.RUNNING, HelpStatus.REVIEWED, HelpStatus.CLOSED)
COLON = "："


@dataclass(frozen=True)
class OwnResult:
    """One assessment of the reader, of whom the branch has told the reader."""

    assessment: Assessment
    feedback: Feedback
    help_plan: HelpPlan | None

    @property
    def year(self) -> int:
        """The year of the campaign."""
        return self.assessment.sheet.campaign.year

    @property
    def grade(self) -> str:
        """The grade in words, or why this person has none; empty where nobody is given one."""
        if self.assessment.sheet.scale and not self.assessment.graded:
            return self.assessment.note or "不评定等次"
        return self.assessment.grade_label

    @property
    def expected(self) -> str:
        """What follows from the grade, in the words of the notice where it has some; empty without a grade."""
        label, use = self.assessment.grade_label, self.assessment.use
        if not use:
            return ""
        lines = dict(
            line.split(COLON, 1) for line in self.assessment.sheet.rules().grade_uses if COLON in line
        )
        return lines.get(label, USES[use])

    @property
    def may_acknowledge(self) -> bool:
        """Whether 我已知悉 is still to be said."""
        return self.is_open and self.feedback.status == FeedbackStatus.GIVEN

    @property
    def may_object(self) -> bool:
        """Whether an objection can be made."""
        told = (FeedbackStatus.GIVEN, FeedbackStatus.ACKNOWLEDGED)
        return self.is_open and self.feedback.status in told

    @property
    def is_open(self) -> bool:
        """Whether the campaign goes on, so that something can still be said."""
        return self.assessment.sheet.campaign.is_open


@dataclass(frozen=True)
class OwnResults:
    """The newest result, and earlier ones by year."""

    newest: OwnResult | None
    earlier: tuple[OwnResult, ...]

    @classmethod
    def of(cls, user: User) -> OwnResults:
        """All results of this person that stand and were told, newest first."""
        found = [_result(row) for row in told_to(user) if _stands(row)]
        return cls(found[0] if found else None, tuple(found[1:]))


def told_to(user: User) -> QuerySet[Feedback]:
    """The feedback to this person, as far as somebody of the branch has told the person; newest first."""
    related = (
        "assessment__sheet__campaign__issuer",
        "assessment__sheet__organization",
        "assessment__help_plan",
    )
    rows = Feedback.objects.filter(
        assessment__entry__member__user=user,
        assessment__sheet__status=AssessmentStatus.EFFECTIVE,
        assessment__sheet__ballot__status=BallotStatus.CERTIFIED,
    ).exclude(status=FeedbackStatus.OWED)
    newest = ("-assessment__sheet__campaign__year", "-assessment__sheet__effective_on", "-pk")
    return rows.select_related(*related).order_by(*newest)


def _stands(feedback: Feedback) -> bool:
    """Whether it is of the present round: what was ordered to be held again is no result."""
    sheet = feedback.assessment.sheet
    return round_of(sheet.campaign, sheet.organization) == sheet.round_no


def _result(feedback: Feedback) -> OwnResult:
    """One result, with the help that was agreed."""
    plan = getattr(feedback.assessment, "help_plan", None)
    return OwnResult(feedback.assessment, feedback, plan if plan and plan.status in HELPED else None)
