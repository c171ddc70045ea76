"""The steps of a sign-off and of the written summary."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from rectification.models import SignOffStatus, StageSignOff, SummaryStatus, SupervisionSummary
from rectification.permissions.supervision import can_step_summary
from rectification.permissions.visits import can_revoke_sign_off


def _is_written(summary: SupervisionSummary) -> Answer:
    """It says how it went."""
    return True if summary.overall.strip() else Denied("请先写好总体情况，再定稿。")


SIGN_OFF: Workflow[StageSignOff] = Workflow(
    "阶段把关",
    StageSignOff,
    {
        "revoke_sign_off": Transition(
            "撤销把关",
            frozenset({SignOffStatus.SIGNED}),
            SignOffStatus.REVOKED,
            can_revoke_sign_off,
            note_required=True,
        ),
    },
)
SUMMARY: Workflow[SupervisionSummary] = Workflow(
    "书面督查总结",
    SupervisionSummary,
    {
        "finish_summary": Transition(
            "定稿", frozenset({SummaryStatus.DRAFT}), SummaryStatus.FINAL, can_step_summary, guard=_is_written
        ),
        "reopen_summary": Transition(
            "改回草稿", frozenset({SummaryStatus.FINAL}), SummaryStatus.DRAFT, can_step_summary
        ),
    },
)
