"""The steps of an outline of criticism."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from meetings.models import Outline, OutlineStatus
from meetings.permissions.outlines import (
    can_disclose_outline,
    can_receive_outline,
    can_vet_outline,
    can_withdraw_outline,
    can_write_outline,
)

IN_HAND = frozenset({OutlineStatus.DRAFT, OutlineStatus.RETURNED})
CLOSED = "活动还没有发布或者已经结束，批评提纲不能再办理。"
VETTED_ALREADY = "审阅过的提纲不能撤回。确需修改的，请审阅的同志退回。"


def _is_open(outline: Outline) -> Answer:
    """Outlines move only in an open campaign."""
    return True if outline.campaign.is_open else Denied(CLOSED)


def _nobody_vetted(outline: Outline) -> Answer:
    """What somebody has vetted goes back by being returned, not by being taken back."""
    return Denied(VETTED_ALREADY) if outline.vetted_by_id is not None else _is_open(outline)


def _was_written_here(outline: Outline) -> Answer:
    """What came on paper is mended on paper."""
    return Denied("纸质提纲请在纸上修改，这里不用退回。") if outline.on_paper else _is_open(outline)


def _is_disclosed_here(outline: Outline) -> Answer:
    """Only what is kept here can be shown here, and only where the rules want it."""
    if not outline.campaign.rules_for(outline.organization).disclose_before_meeting:
        return Denied("这项活动没有要求会前明示给本人。")
    if outline.on_paper:
        return Denied("纸质提纲请当面给本人看，这里不用再办。")
    return _is_open(outline)


OUTLINE: Workflow[Outline] = Workflow(
    "批评提纲",
    Outline,
    {
        "submit": Transition("提交审阅", IN_HAND, OutlineStatus.SUBMITTED, can_write_outline, guard=_is_open),
        "finish": Transition("写好了", IN_HAND, OutlineStatus.VETTED, can_write_outline, guard=_is_open),
        "withdraw": Transition(
            "撤回",
            frozenset({OutlineStatus.SUBMITTED, OutlineStatus.VETTED}),
            OutlineStatus.DRAFT,
            can_withdraw_outline,
            guard=_nobody_vetted,
        ),
        "pass": Transition(
            "通过",
            frozenset({OutlineStatus.SUBMITTED}),
            OutlineStatus.VETTED,
            can_vet_outline,
            guard=_is_open,
        ),
        "return": Transition(
            "退回修改",
            frozenset({OutlineStatus.SUBMITTED, OutlineStatus.VETTED}),
            OutlineStatus.RETURNED,
            can_vet_outline,
            guard=_was_written_here,
            note_required=True,
        ),
        "disclose": Transition(
            "明示本人",
            frozenset({OutlineStatus.VETTED}),
            OutlineStatus.DISCLOSED,
            can_disclose_outline,
            guard=_is_disclosed_here,
        ),
        "receive": Transition(
            "收到纸质提纲", IN_HAND, OutlineStatus.VETTED, can_receive_outline, guard=_is_open
        ),
    },
)
