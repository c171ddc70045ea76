"""The ballot's table of steps."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q

from branches.permissions import Answer, Denied
from branches.services.rounds import round_of
from branches.workflow import Transition, Workflow
from evaluations.models import (
    COUNTING,
    AssessmentSheet,
    AssessmentStatus,
    Ballot,
    BallotStatus,
    Signature,
    Urn,
    UrnState,
)
from evaluations.permissions import can_certify, can_count_heads, can_match, can_void
from evaluations.rules import (
    Heads,
    Problem,
    check_collected,
    check_issued,
    check_known,
    check_line,
    check_people,
)
from meetings.models import MeetingStatus
from meetings.services.agenda import parts_open_before_ballot

PRINTED = ("printed", "issued", "codes")
COUNTED = (*PRINTED, "replaced", "unused", "returned", "cast")


def _fits(problems: list[Problem]) -> Answer:
    """The first problem speaks."""
    return Denied(problems[0].message) if problems else True


def _may_issue(ballot: Ballot) -> Answer:
    """The meeting is open, what comes before the ballot is over where it is noted, and the numbers so far fit."""
    if ballot.meeting.status != MeetingStatus.OPENED:
        return Denied("会议还没有开始。请先在会议页面登记到会并宣布开会。")
    waiting = parts_open_before_ballot(ballot.meeting)
    if waiting:
        return Denied(
            f"议程里{'、'.join(waiting)}还没有结束，不能发票。已经进行的，请在会议页面“议程和发言顺序”里一次记下。"
        )
    people = check_people(ballot.heads) if ballot.by_masses else []
    return _fits(people + check_known(ballot.heads, PRINTED) + check_issued(ballot.heads))


def heads_now(ballot: Ballot) -> Heads:
    """The head-counts with what is in the closed urn, also when that is more than was handed out."""
    urn = Urn.objects.filter(ballot=ballot).first() if ballot.on_device else None
    return replace(ballot.heads, cast=urn.cast) if urn else ballot.heads


def _may_collect(ballot: Ballot) -> Answer:
    """All papers are counted and the urn is closed; more than was issued is a hard stop."""
    heads = heads_now(ballot)
    if ballot.on_device and heads.cast is None:
        return Denied("电子投票还没有关闭。请先关闭投票，再清点。")
    return _fits(check_known(heads, COUNTED) + check_collected(heads))


def _may_match(ballot: Ballot) -> Answer:
    """Every rated row has a line, the urn is counted, and every line sums to the valid votes."""
    held = _may_collect(ballot)
    if not held:
        return held
    if ballot.on_device and not Urn.objects.filter(ballot=ballot, state=UrnState.COUNTED).exists():
        return Denied("电子票箱还没有打开。请两位计票人先开箱。")
    valid = ballot.heads.valid
    lines = list(ballot.lines.all())
    if valid is None or {line.subject_id for line in lines} != set(
        ballot.rated().values_list("pk", flat=True)
    ):
        return Denied("两人还没有录完、核对完。")
    if not all(check_line(line.line, valid) for line in lines):
        return Denied("有对象的各栏合计不等于有效票，请重新核对。")
    return True


def _may_certify(ballot: Ballot) -> Answer:
    """监票人, 计票人 and 支部书记 have all vouched."""
    signed = set(ballot.signatures.values_list("duty", flat=True))
    missing = [duty.label for duty in Signature.Duty if duty.value not in signed]
    if missing:
        return Denied(f"还缺{'、'.join(missing)}的确认。")
    return _may_match(ballot)


def _may_void(ballot: Ballot) -> Answer:
    """No assessment of the present round that is decided or with the superior rests on it.

    One on the members' votes had those of 群众代表 beside it.
    """
    beside = Q(campaign=ballot.campaign_id, organization=ballot.organization_id)
    resting = (
        AssessmentSheet.objects.filter(beside if ballot.by_masses else Q(ballot=ballot))
        .filter(status__in=(AssessmentStatus.AWAITING, AssessmentStatus.EFFECTIVE))
        .order_by("-round_no")
        .first()
    )
    if resting is None or round_of(ballot.campaign, ballot.organization) != resting.round_no:
        return True
    if resting.status == AssessmentStatus.AWAITING:
        return Denied("组织评定已经报上级确认，测评不能作废。请先撤回组织评定。")
    return Denied("已经据此作出组织评定，测评不能作废。确需重来的，请上级责令重新进行。")


BALLOT: Workflow[Ballot] = Workflow(
    "民主测评",
    Ballot,
    {
        "issue": Transition(
            "开始发票",
            frozenset({BallotStatus.SETUP}),
            BallotStatus.ISSUED,
            can_count_heads,
            guard=_may_issue,
        ),
        "collect": Transition(
            "清点完毕，开始计票",
            frozenset({BallotStatus.ISSUED}),
            BallotStatus.COLLECTED,
            can_count_heads,
            guard=_may_collect,
        ),
        "match": Transition(
            "两人相符，形成结果",
            frozenset({BallotStatus.COLLECTED}),
            BallotStatus.MATCHED,
            can_match,
            guard=_may_match,
        ),
        "recount": Transition(
            "退回重新核对",
            frozenset({BallotStatus.MATCHED}),
            BallotStatus.COLLECTED,
            can_match,
            note_required=True,
        ),
        "certify": Transition(
            "核定结果",
            frozenset({BallotStatus.MATCHED}),
            BallotStatus.CERTIFIED,
            can_certify,
            guard=_may_certify,
        ),
        "void": Transition(
            "作废重来",
            frozenset({*COUNTING, BallotStatus.CERTIFIED}),
            BallotStatus.VOID,
            can_void,
            guard=_may_void,
            note_required=True,
        ),
    },
)
