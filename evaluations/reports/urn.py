"""How far the urn is, and what the person looking is to do with it. Never what is in it; turnout only in steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from branches.models import User
from evaluations.models import Ballot, BallotStatus, Channel, CodeState, Urn, UrnState
from evaluations.permissions import (
    can_choose_channel,
    can_close_urn,
    can_hold_half,
    can_open_urn,
    can_print_slips,
    can_see_urn,
    can_void_slips,
)
from evaluations.reports.next_step import Next
from evaluations.services.casting import few_votes, turnout
from evaluations.services.sealing import codes_key
from evaluations.services.urns import channels_allowed, seat_of
from evaluations.services.voters import codes_wanted
from evaluations.urn.turnout import shown_turnout
from meetings.models import MeetingStatus

STEPS = ("印票条", "两人各拿一半钥匙", "投票", "关闭", "开票箱")
CHANNEL_HINTS = {
    Channel.PAPER: "每人一张印好的测评表，划“√”，投进票箱。",
    Channel.DEVICE: "每人抽一张带投票码的票条，在手机或大厅的平板上选，不印测评表。",
    Channel.BOTH: "年纪大的用纸，愿意用手机的用手机；每人只能用一种。",
}


@dataclass(frozen=True)
class ChannelChoice:
    """One kind of vote the rules allow."""

    value: str
    label: str
    hint: str
    chosen: bool


@dataclass(frozen=True)
class UrnPage:
    """All that the page of an urn shows to one person."""

    ballot: Ballot
    state: str  # of the urn, empty before slips are printed
    steps: tuple[tuple[str, str], ...]
    printed: int
    voided: int  # slips made void one by one; 0 once the voting is closed
    to_print: int
    halves: int
    my_half: bool
    voted: int
    issued: int
    receipts: tuple[str, ...]
    few: bool
    lost: bool
    may_print: bool
    may_hold: bool
    may_void: bool
    may_close: bool
    may_open: bool

    @property
    def usable(self) -> int:
        """Slips that can vote or have voted."""
        return self.printed - self.voided

    @property
    def left_over(self) -> int:
        """Slips that can vote though they were not handed out, once it is known how many were."""
        return max(0, self.usable - self.issued) if self.state == UrnState.OPEN else 0

    @property
    def all_in(self) -> bool:
        """Whether everybody who has a code has voted."""
        return bool(self.issued) and self.voted >= self.issued


def channel_choices(ballot: Ballot, user: User) -> tuple[ChannelChoice, ...]:
    """The kinds of vote this person can choose between now; empty when there is no choice."""
    free = ballot.status == BallotStatus.SETUP and ballot.printed is None
    allowed = channels_allowed(ballot)
    if not free or len(allowed) < 2 or not can_choose_channel(user, ballot):
        return ()
    if Urn.objects.filter(ballot=ballot).exists():
        return ()
    return tuple(
        ChannelChoice(kind.value, str(kind.label), CHANNEL_HINTS[kind], kind.value == ballot.channel)
        for kind in allowed
    )


def urn_page(ballot: Ballot, user: User) -> UrnPage:
    """The urn as this person may see it now."""
    urn = Urn.objects.filter(ballot=ballot).select_related("ballot").first()
    setup = ballot.status == BallotStatus.SETUP
    used, issued = turnout(urn) if urn else (0, 0)
    state = urn.state if urn else ""
    ready = urn is not None and len(urn.halves_shown) > 1
    now = _step(state, ready)
    return UrnPage(
        ballot=ballot,
        state=state,
        steps=tuple(
            (label, "done" if n < now else "now" if n == now else "todo") for n, label in enumerate(STEPS)
        ),
        printed=urn.codes.count() if urn else 0,
        voided=urn.codes.filter(state=CodeState.VOID).count() if urn and urn.cast is None else 0,
        to_print=codes_wanted(ballot) if setup else 0,
        halves=len(urn.halves_shown) if urn else 0,
        my_half=urn is not None and seat_of(urn, user) is not None,
        voted=shown_turnout(used, issued),
        issued=issued,
        receipts=tuple(urn.receipts) if urn else (),
        few=few_votes(ballot),
        lost=state in (UrnState.PREPARED, UrnState.OPEN, UrnState.CLOSED) and codes_key(ballot.pk) is None,
        may_print=setup and bool(can_print_slips(user, ballot)),
        may_hold=setup and urn is not None and bool(can_hold_half(user, ballot)),
        may_void=state in (UrnState.PREPARED, UrnState.OPEN) and bool(can_void_slips(user, ballot)),
        may_close=state == UrnState.OPEN and bool(can_close_urn(user, ballot)),
        may_open=_may_open(ballot, state) and bool(can_open_urn(user, ballot)),
    )


def _may_open(ballot: Ballot, state: str) -> bool:
    """Whether it is the time to open the urn."""
    return state == UrnState.CLOSED and ballot.status == BallotStatus.COLLECTED


def _step(state: str, ready: bool) -> int:
    """Which of STEPS is on now; one more than the last when all is done."""
    if state == UrnState.PREPARED:
        return 2 if ready else 1
    return {"": 0, UrnState.OPEN: 2, UrnState.CLOSED: 4}.get(state, len(STEPS))


def urn_next(ballot: Ballot, user: User, typed: bool) -> Next | None:
    """What this person is to do about the urn now; None when the papers come first, or there is no urn.

    `typed`: both have typed all papers.
    """
    if not ballot.on_device:
        return None
    if not can_see_urn(user, ballot):
        counting = ballot.status == BallotStatus.COLLECTED and not ballot.on_paper
        return Next("wait", "等两位计票人开电子票箱", "两半钥匙合在一起，才能打开。") if counting else None
    urn = Urn.objects.filter(ballot=ballot).first()
    at = reverse("evaluations:urn", args=[ballot.pk])
    match BallotStatus(ballot.status):
        case BallotStatus.SETUP:
            return _next_setup(ballot, user, urn, at)
        case BallotStatus.ISSUED if urn is not None and urn.state == UrnState.OPEN:
            hint = "大家投完以后，当众关闭投票。关闭以后谁也不能再投。"
            return Next("link", "看投票人数，关闭投票", hint, at)
        case BallotStatus.COLLECTED if urn is not None and (typed or not ballot.on_paper):
            return _next_counting(ballot, user, urn)
        case _:
            return None


def _next_setup(ballot: Ballot, user: User, urn: Urn | None, at: str) -> Next | None:
    """Before the voting: slips, then the halves of the key once the meeting is open."""
    if ballot.on_paper and ballot.printed is None:
        return None
    if urn is None:
        return Next("link", "印票条", "每张票条上有一个投票码。印好裁开，折起来放进票袋。", at)
    if ballot.meeting.status != MeetingStatus.OPENED or len(urn.halves_shown) > 1:
        return None
    if can_hold_half(user, ballot) and seat_of(urn, user) is None:
        return Next("link", "拿我的半把开箱钥匙", "两位计票人各拿一半，开票箱的时候要用。", at)
    return Next(
        "wait", "等两位计票人拿开箱钥匙", "请他们各自登录，在“电子票箱”页面上拿。两半都拿到了才能开始投票。"
    )


def _next_counting(ballot: Ballot, user: User, urn: Urn) -> Next | None:
    """After the counting of heads: the urn is opened, and where there is no paper the result is formed."""
    may = bool(can_open_urn(user, ballot))
    if urn.state == UrnState.CLOSED:
        if may:
            at = reverse("evaluations:urn_open", args=[ballot.pk])
            return Next("link", "开电子票箱", "两位计票人一起，把各自抄下的半把钥匙输进去。", at)
        return Next("wait", "等两位计票人开电子票箱", "两半钥匙合在一起，才能打开。")
    if ballot.on_paper:
        return None
    if may:
        at = reverse("evaluations:urn_result", args=[ballot.pk])
        return Next("post", "形成结果", "电子票已经清点，票数没有变化。", at)
    return Next("wait", "等计票人形成结果", "电子票已经清点。")
