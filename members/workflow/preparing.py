"""The steps of a round of opinions and of a material."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from members.models import Decision, Material, MaterialStatus, OpinionRound, OpinionRoundStatus, ReviewSlot
from members.permissions.materials import (
    can_receive_material,
    can_return_material,
    can_settle_review,
    can_submit_material,
)
from members.permissions.opinions import can_compile_opinions, can_run_opinions

COLLECTING, COMPILED, FED_BACK = (
    OpinionRoundStatus.COLLECTING,
    OpinionRoundStatus.COMPILED,
    OpinionRoundStatus.FED_BACK,
)
EDITABLE = (MaterialStatus.DRAFT, MaterialStatus.RETURNED)
SETTLED = (MaterialStatus.PASSED, MaterialStatus.DONE)


def _all_compiled(asked: OpinionRound) -> Answer:
    """Every opinion that was let in belongs to a point, and none waits to be looked at."""
    waiting = asked.opinions.filter(moderation="waiting").count()
    if waiting:
        return Denied(f"还有 {waiting} 条网上意见没有看过，请上级党建办看过以后再梳理。")
    loose = asked.opinions.filter(point__isnull=True).count()
    if loose:
        return Denied(f"还有 {loose} 条意见没有归并，请先逐条归并或单列。")
    return True


def _all_seats(material: Material, decision: str) -> Answer:
    """Whether the seats of the newest version have what the step wants."""
    slots = ReviewSlot.objects.filter(version=material.versions.first())
    if decision == Decision.PASSED and (
        not slots.exists() or slots.exclude(decision=Decision.PASSED).exists()
    ):
        return Denied("还有审核人没有审核通过。")
    if decision == Decision.RETURNED and not slots.filter(decision=Decision.RETURNED).exists():
        return Denied("还没有审核人退回这份材料。")
    return True


def _all_passed(material: Material) -> Answer:
    return _all_seats(material, Decision.PASSED)


def _one_returned(material: Material) -> Answer:
    return _all_seats(material, Decision.RETURNED)


def _is_open(material: Material) -> Answer:
    """Materials move only in an open campaign."""
    return True if material.campaign.is_open else Denied("活动还没有发布或者已经结束，材料不能再办理。")


OPINIONS: Workflow[OpinionRound] = Workflow(
    "征求意见",
    OpinionRound,
    {
        "compile": Transition(
            "梳理完毕",
            frozenset({COLLECTING}),
            COMPILED,
            can_compile_opinions,
            guard=_all_compiled,
        ),
        "reopen": Transition("继续征求", frozenset({COMPILED}), COLLECTING, can_run_opinions),
        "feed_back": Transition("已向提意见的范围反馈", frozenset({COMPILED}), FED_BACK, can_run_opinions),
    },
)

MATERIAL: Workflow[Material] = Workflow(
    "对照检查材料",
    Material,
    {
        "submit": Transition(
            "提交审核",
            frozenset(EDITABLE),
            MaterialStatus.SUBMITTED,
            can_submit_material,
            guard=_is_open,
        ),
        "finish": Transition(
            "写好了", frozenset(EDITABLE), MaterialStatus.DONE, can_submit_material, guard=_is_open
        ),
        "withdraw": Transition(
            "撤回",
            frozenset({MaterialStatus.SUBMITTED, MaterialStatus.DONE}),
            MaterialStatus.DRAFT,
            can_submit_material,
            guard=_is_open,
        ),
        "pass": Transition(
            "通过",
            frozenset({MaterialStatus.SUBMITTED}),
            MaterialStatus.PASSED,
            can_settle_review,
            guard=_all_passed,
        ),
        "return": Transition(
            "退回修改",
            frozenset({MaterialStatus.SUBMITTED}),
            MaterialStatus.RETURNED,
            can_settle_review,
            guard=_one_returned,
        ),
        "return_checked": Transition(
            "抽查后退回",
            frozenset({MaterialStatus.PASSED, MaterialStatus.DONE}),
            MaterialStatus.RETURNED,
            can_return_material,
            guard=_is_open,
            note_required=True,
        ),
        "receive": Transition(
            "收到纸质材料",
            frozenset(EDITABLE),
            MaterialStatus.DONE,
            can_receive_material,
            guard=_is_open,
        ),
    },
)
