"""The steps of one slot of the agenda: it is reached, left, put off, skipped, or noted as done on paper."""

from __future__ import annotations

from branches.models import User
from branches.permissions import Answer
from branches.workflow import Transition, Workflow
from meetings.models import Slot, SlotStatus
from meetings.permissions.room import can_lead_through, can_order_agenda


def _may_lead(user: User, slot: Slot) -> Answer:
    """Whoever may go through the agenda of the meeting."""
    return can_lead_through(user, slot.meeting)


def _may_order(user: User, slot: Slot) -> Answer:
    """Whoever may change the agenda of the meeting."""
    return can_order_agenda(user, slot.meeting)


SLOT: Workflow[Slot] = Workflow(
    "议程",
    Slot,
    {
        "begin_slot": Transition(
            "开始这一项",
            frozenset({SlotStatus.PENDING, SlotStatus.DONE, SlotStatus.SKIPPED}),
            SlotStatus.NOW,
            _may_lead,
        ),
        "finish_slot": Transition("结束这一项", frozenset({SlotStatus.NOW}), SlotStatus.DONE, _may_lead),
        "put_back_slot": Transition("退回上一项", frozenset({SlotStatus.NOW}), SlotStatus.PENDING, _may_lead),
        "tick_slot": Transition("记为已进行", frozenset({SlotStatus.PENDING}), SlotStatus.DONE, _may_lead),
        "skip_slot": Transition(
            "跳过这一项",
            frozenset({SlotStatus.PENDING, SlotStatus.NOW}),
            SlotStatus.SKIPPED,
            _may_order,
            note_required=True,
        ),
        "restore_slot": Transition(
            "恢复这一项", frozenset({SlotStatus.SKIPPED}), SlotStatus.PENDING, _may_order
        ),
    },
)
