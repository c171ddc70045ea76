"""The steps of a superior's correction: issued, answered by the branch, settled."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from rectification.models import Correction, CorrectionStatus
from rectification.permissions import can_answer_correction, can_close_correction


def _has_answer(correction: Correction) -> Answer:
    """The answer is written."""
    return True if correction.answer.strip() else Denied("请写下回复：怎样整改，到什么时候。")


CORRECTION: Workflow[Correction] = Workflow(
    "批评纠正和组织措施",
    Correction,
    {
        "answer_correction": Transition(
            "回复上级",
            frozenset({CorrectionStatus.ISSUED}),
            CorrectionStatus.ANSWERED,
            can_answer_correction,
            guard=_has_answer,
        ),
        "close_correction": Transition(
            "办结",
            frozenset({CorrectionStatus.ISSUED, CorrectionStatus.ANSWERED}),
            CorrectionStatus.CLOSED,
            can_close_correction,
        ),
    },
)
