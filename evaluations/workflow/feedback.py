"""The steps of telling one member: told, taken note of, objected to, answered, decided anew."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from evaluations.models import AssessmentStatus, Feedback, FeedbackStatus
from evaluations.permissions import can_answer_objection, can_give_feedback, can_note_reply
from evaluations.workflow.assessments import works


def _in_effect(feedback: Feedback) -> Answer:
    """The assessment is in effect and of the present round."""
    sheet = feedback.assessment.sheet
    if sheet.status != AssessmentStatus.EFFECTIVE:
        return Denied("评定还没有生效，不能反馈。")
    return works(sheet)


def _said(feedback: Feedback) -> Answer:
    """Who told, when and how is known."""
    if not (feedback.given_on and feedback.given_by.strip() and feedback.mode):
        return Denied("请写明反馈人、日期和方式。")
    return _in_effect(feedback)


def _objected(feedback: Feedback) -> Answer:
    """What the member objects to is written down."""
    return _in_effect(feedback) if feedback.objection.strip() else Denied("请写下本人的异议。")


def _answered(feedback: Feedback) -> Answer:
    """The answer is written down."""
    return _in_effect(feedback) if feedback.answer.strip() else Denied("请写下对异议的答复。")


FEEDBACK: Workflow[Feedback] = Workflow(
    "反馈",
    Feedback,
    {
        "give": Transition(
            "登记反馈",
            frozenset({FeedbackStatus.OWED}),
            FeedbackStatus.GIVEN,
            can_give_feedback,
            guard=_said,
        ),
        "acknowledge": Transition(
            "本人已知悉",
            frozenset({FeedbackStatus.GIVEN}),
            FeedbackStatus.ACKNOWLEDGED,
            can_note_reply,
            guard=_in_effect,
        ),
        "object": Transition(
            "本人有异议",
            frozenset({FeedbackStatus.GIVEN, FeedbackStatus.ACKNOWLEDGED}),
            FeedbackStatus.OBJECTED,
            can_note_reply,
            guard=_objected,
        ),
        "answer": Transition(
            "答复异议",
            frozenset({FeedbackStatus.OBJECTED}),
            FeedbackStatus.ANSWERED,
            can_answer_objection,
            guard=_answered,
        ),
        "again": Transition(
            "重新评定后再反馈",
            frozenset({FeedbackStatus.OBJECTED}),
            FeedbackStatus.OWED,
            can_answer_objection,
            guard=_in_effect,
        ),
    },
)
