"""Feedback of a branch on screen: who has been told, by whom and how, and who objects. No grade stands here."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from branches.models import User
from branches.permissions import Answer, Denied
from evaluations.models import AssessmentSheet, Feedback, FeedbackStatus, Redecision
from evaluations.permissions import can_answer_objection, can_give_feedback, can_note_reply, can_see_sheet
from evaluations.workflow import FEEDBACK
from evaluations.workflow.assessments import works

STATES = {
    FeedbackStatus.OWED: "now",
    FeedbackStatus.GIVEN: "ok",
    FeedbackStatus.ACKNOWLEDGED: "ok",
    FeedbackStatus.OBJECTED: "bad",
    FeedbackStatus.ANSWERED: "ok",
}


@dataclass(frozen=True)
class FeedbackRow:
    """One member: where the feedback stands, and whether this person may note that the member was told."""

    feedback: Feedback
    may_give: bool

    @property
    def name(self) -> str:
        """The member."""
        return self.feedback.assessment.name

    @property
    def ordinal(self) -> int:
        """The place on the roster."""
        return self.feedback.assessment.ordinal

    @property
    def state(self) -> str:
        """The colour of the state."""
        return STATES[FeedbackStatus(self.feedback.status)]

    @property
    def waits(self) -> bool:
        """Whether an objection waits for an answer."""
        return self.feedback.status == FeedbackStatus.OBJECTED


@dataclass(frozen=True)
class FeedbackPage:
    """All feedback of one assessment, in roster order."""

    sheet: AssessmentSheet
    rows: tuple[FeedbackRow, ...]
    stopped: str  # why nothing can be noted any more; empty while something can

    @classmethod
    def of(cls, sheet: AssessmentSheet, user: User) -> FeedbackPage:
        """The page as this person may see it."""
        answer = works(sheet)
        rows = [
            FeedbackRow(
                one,
                bool(answer) and one.status == FeedbackStatus.OWED and bool(can_give_feedback(user, one)),
            )
            for one in feedback_in([sheet])
        ]
        return cls(sheet, tuple(rows), _reason(answer))

    @property
    def owed(self) -> int:
        """How many have not been told."""
        return sum(row.feedback.status == FeedbackStatus.OWED for row in self.rows)

    @property
    def objected(self) -> int:
        """How many objections wait for an answer."""
        return sum(row.waits for row in self.rows)

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Whom this person may note as told."""
        return [(row.feedback.pk, f"{row.ordinal} {row.name}") for row in self.rows if row.may_give]


def _reason(answer: Answer) -> str:
    """Why it does not work; empty when it does."""
    return answer.reason if isinstance(answer, Denied) else ""


def feedback_in(sheets: QuerySet[AssessmentSheet] | list[AssessmentSheet]) -> QuerySet[Feedback]:
    """The feedback rows of assessments in roster order, with all that a permission asks for."""
    related = (
        "assessment__sheet__organization",
        "assessment__sheet__campaign__issuer",
        "assessment__entry__member",
    )
    rows = Feedback.objects.filter(assessment__sheet__in=sheets).select_related(*related)
    return rows.order_by("assessment__ordinal", "pk")


@dataclass(frozen=True)
class OneFeedback:
    """One member's feedback: what was said, and what this person may do about it."""

    feedback: Feedback
    steps: frozenset[str]
    reads_texts: bool
    stopped: str  # why nothing can be noted any more; empty while something can

    @property
    def redecisions(self) -> list[Redecision]:
        """What was decided anew earlier; for those who read texts."""
        return list(self.feedback.assessment.redecisions.all()) if self.reads_texts else []

    @classmethod
    def of(cls, feedback: Feedback, user: User) -> OneFeedback:
        """The page as this person may see it."""
        stopped = _reason(works(feedback.assessment.sheet))
        names = frozenset() if stopped else frozenset(n for n, _ in FEEDBACK.available(feedback, user))
        on_paper = feedback.assessment.entry.member.user_id != user.pk and can_note_reply(user, feedback)
        allowed = names if on_paper else names - {"acknowledge", "object"}
        reads = bool(can_see_sheet(user, feedback.assessment.sheet) or can_answer_objection(user, feedback))
        return cls(feedback, allowed, reads, stopped)
