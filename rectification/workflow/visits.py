"""The steps of a visit (安排、督查、办结) and of what it found (反馈、答复、办结)."""

from __future__ import annotations

from django.utils import timezone

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from rectification.models import Finding, FindingStatus, Visit, VisitStatus
from rectification.permissions.visits import can_answer_finding, can_settle_finding, can_write_visit
from rectification.rules.supervision import ATTEND, waits_for_answer, wants_settling


def _made(visit: Visit) -> Answer:
    """The day has come, and it says what was seen; at a meeting, which one."""
    if visit.day > timezone.localdate():
        return Denied("督查的日期还没有到。提前去了的，请先把日期改成实际的那天。")
    if not visit.seen.strip():
        return Denied("请先写一两句看到的情况。")
    if visit.mode == ATTEND and visit.meeting_id is None:
        return Denied("列席会议的，请先选择是哪一次会议。")
    return True


def _all_settled(visit: Visit) -> Answer:
    """Nothing it found waits any more."""
    waiting = visit.findings.open().count()
    return Denied(f"还有 {waiting} 条发现没有办结，请先办结。") if waiting else True


def _asks_an_answer(finding: Finding) -> Answer:
    """The branch was told of it and is asked to do something."""
    if waits_for_answer(finding.kind):
        return True
    return Denied("这一条不用支部答复。")


def _wants_settling(finding: Finding) -> Answer:
    """It is no praise, and says how it came out."""
    if not wants_settling(finding.kind):
        return Denied("肯定的意见不用办结。")
    return True if finding.outcome.strip() else Denied("请写明办结的情况，例如“已当面核实，改好了”。")


VISIT: Workflow[Visit] = Workflow(
    "督查",
    Visit,
    {
        "make_visit": Transition(
            "登记已督查", frozenset({VisitStatus.PLANNED}), VisitStatus.MADE, can_write_visit, guard=_made
        ),
        "close_visit": Transition(
            "办结这次督查",
            frozenset({VisitStatus.MADE}),
            VisitStatus.CLOSED,
            can_write_visit,
            guard=_all_settled,
        ),
        "cancel_visit": Transition(
            "取消督查",
            frozenset({VisitStatus.PLANNED}),
            VisitStatus.CANCELLED,
            can_write_visit,
            note_required=True,
        ),
    },
)
WAITING = frozenset({FindingStatus.ISSUED, FindingStatus.ANSWERED})
FINDING: Workflow[Finding] = Workflow(
    "督查发现",
    Finding,
    {
        "answer_finding": Transition(
            "答复",
            frozenset({FindingStatus.ISSUED}),
            FindingStatus.ANSWERED,
            can_answer_finding,
            guard=_asks_an_answer,
        ),
        "settle_finding": Transition(
            "办结", WAITING, FindingStatus.SETTLED, can_settle_finding, guard=_wants_settling
        ),
        "withdraw_finding": Transition(
            "撤回",
            frozenset({FindingStatus.ISSUED}),
            FindingStatus.WITHDRAWN,
            can_settle_finding,
            note_required=True,
        ),
    },
)
