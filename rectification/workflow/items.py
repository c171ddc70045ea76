"""The steps of an item: listed, in progress, done, verified, struck off (销号); done again, or taken off the register."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from rectification.models import ItemStatus, RectificationItem
from rectification.permissions import (
    can_close_item,
    can_reopen_item,
    can_verify_item,
    can_work_item,
)

S = ItemStatus


def _has_measures(item: RectificationItem) -> Answer:
    """What is done about it is written down; evidence is never asked for."""
    return True if item.measures.strip() else Denied("请先写上整改措施，再登记办完。")


ITEM: Workflow[RectificationItem] = Workflow(
    "整改事项",
    RectificationItem,
    {
        "begin_item": Transition("开始整改", frozenset({S.LISTED}), S.IN_PROGRESS, can_work_item),
        "finish_item": Transition(
            "登记办完", frozenset({S.LISTED, S.IN_PROGRESS}), S.DONE, can_work_item, guard=_has_measures
        ),
        "verify_item": Transition("登记验收", frozenset({S.DONE}), S.VERIFIED, can_verify_item),
        "close_item": Transition("销号", frozenset({S.VERIFIED}), S.CLOSED, can_close_item),
        "reopen_item": Transition(
            "重新整改",
            frozenset({S.DONE, S.VERIFIED, S.CLOSED}),
            S.IN_PROGRESS,
            can_reopen_item,
            note_required=True,
        ),
        "withdraw_item": Transition(
            "撤销",
            frozenset({S.LISTED, S.IN_PROGRESS}),
            S.WITHDRAWN,
            can_close_item,
            note_required=True,
        ),
    },
)
