"""The steps of a roster and of an import."""

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from members.models import BatchStatus, ImportBatch, Roster, RosterStatus
from members.permissions import can_freeze_roster, can_step_batch, can_use_campaign


def _may_freeze(roster: Roster) -> Answer:
    """A roster needs an open campaign and somebody who is expected."""
    answer = can_use_campaign(roster.organization, roster.campaign)
    if not answer:
        return answer
    if not roster.entries.filter(is_expected=True).exists():
        return Denied("花名册上没有应到的党员，不能核定。请先导入或添加党员。")
    return True


def _nothing_wrong(batch: ImportBatch) -> Answer:
    """Wrong rows are left out only when that was chosen, and something must remain."""
    if batch.wrong_count and not batch.only_correct:
        return Denied(f"有{batch.wrong_count}行有问题。请修改文件后重新上传，或选择“只导入没有问题的行”。")
    if not batch.new_count + batch.changed_count:
        return Denied("没有可以导入的变化：名册与文件一致，或每一行都有问题。")
    return True


ROSTER: Workflow[Roster] = Workflow(
    "评议花名册",
    Roster,
    {
        "freeze": Transition(
            "核定",
            frozenset({RosterStatus.DRAFT}),
            RosterStatus.FROZEN,
            can_freeze_roster,
            guard=_may_freeze,
        ),
        "amend": Transition(
            "变更",
            frozenset({RosterStatus.FROZEN}),
            RosterStatus.FROZEN,
            can_freeze_roster,
            note_required=True,
        ),
    },
)

IMPORT: Workflow[ImportBatch] = Workflow(
    "名册导入",
    ImportBatch,
    {
        "check": Transition(
            "核对",
            frozenset({BatchStatus.UPLOADED, BatchStatus.READY}),
            BatchStatus.READY,
            can_step_batch,
        ),
        "confirm": Transition(
            "导入",
            frozenset({BatchStatus.READY}),
            BatchStatus.IMPORTED,
            can_step_batch,
            guard=_nothing_wrong,
        ),
        "undo": Transition(
            "撤销",
            frozenset({BatchStatus.IMPORTED}),
            BatchStatus.UNDONE,
            can_step_batch,
        ),
        "discard": Transition(
            "放弃",
            frozenset({BatchStatus.UPLOADED, BatchStatus.READY}),
            BatchStatus.DISCARDED,
            can_step_batch,
        ),
    },
)
