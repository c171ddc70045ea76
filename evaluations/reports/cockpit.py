"""Where a ballot stands tonight and what the person looking is to do next. Never a mark."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from branches.models import User
from evaluations.models import (
    SLOT_NAMES,
    SLOTS,
    Ballot,
    BallotStatus,
    EntryMode,
    Signature,
)
from evaluations.permissions import (
    can_certify,
    can_count_heads,
    can_free_slot,
    can_print_form,
    can_print_result,
    can_see_result,
    can_sign,
    can_void,
)
from evaluations.reports.next_step import Next, Seat, at, next_scanned, scanning_is_on
from evaluations.reports.urn import urn_next
from evaluations.rules import Identity, identities
from evaluations.rules.reconciling import side_identities
from evaluations.services.entry import key_lost
from evaluations.services.scan_reconciling import side_counts
from evaluations.services.strips import decided_ids, live_strips
from evaluations.services.voters import voters_expected
from evaluations.workflow import BALLOT, heads_now
from meetings.models import Duty, DutyKind, MeetingStatus
from meetings.permissions import is_teller

STEPS = ("准备", "发票", "收票", "两人录票", "核对", "签字核定", "打印")
DEVICE_STEPS = ("准备", "开始投票", "投票", "开票箱", "形成结果", "签字核定", "打印")
SCANNED_STEPS = ("准备", "发票", "收票", "扫描读票", "两人判读", "签字核定", "打印")


@dataclass(frozen=True)
class Cockpit:
    """All that the page of one ballot shows to one person."""

    ballot: Ballot
    steps: tuple[tuple[str, str], ...]  # label; done, now or todo
    identities: tuple[Identity, ...]
    seats: tuple[Seat, ...]
    to_print: int
    expected: int
    spare: int
    lost: bool
    next: Next
    tellers_without_account: tuple[str, ...]
    may_count: bool
    may_print_form: bool
    may_free: bool
    may_void: bool
    may_switch: bool
    may_see_result: bool

    @property
    def unit(self) -> str:
        """What is counted while typing."""
        return "张" if self.ballot.entry_mode == EntryMode.PAPERS else "行"

    @property
    def scans(self) -> bool:
        """Whether this person may look at the page of scanned sheets."""
        counting = self.ballot.status == BallotStatus.COLLECTED
        return counting and self.may_count and self.ballot.is_scanned


def seats(ballot: Ballot, user: User) -> tuple[Seat, ...]:
    """The two places with how much is typed or judged in each; two or three queries."""
    done, total = _typed(ballot)
    taken = {slot.number: slot for slot in ballot.slots.select_related("holder")}
    found = []
    for number in SLOTS:
        slot = taken.get(number)
        holder = slot.holder if slot else None
        found.append(
            Seat(
                number=number,
                name=SLOT_NAMES[number],
                holder=holder.full_name if holder else "",
                done=done.get(number, 0),
                total=total,
                finished=bool(slot and slot.finished),
                mine=holder is not None and holder.pk == user.pk,
            )
        )
    return tuple(found)


def _typed(ballot: Ballot) -> tuple[dict[int, int], int]:
    """How many papers, rows of totals, or rows of sheets each place has done, and how many there are."""
    if ballot.entry_mode == EntryMode.SCANNED:
        return {slot: len(decided_ids(ballot, slot)) for slot in SLOTS}, live_strips(ballot).count()
    papers = ballot.entry_mode == EntryMode.PAPERS
    rows = ballot.papers.filter(complete=True) if papers else ballot.totals.all()
    done = dict(rows.order_by().values_list("slot").annotate(n=Count("pk")))
    return done, (ballot.returned or 0) if papers else ballot.rated().count()


def step_number(ballot: Ballot, both_finished: bool) -> int:
    """Which of STEPS (or SCANNED_STEPS) is on now (from 0); -1 for a voided round."""
    if ballot.status == BallotStatus.COLLECTED and ballot.is_scanned:
        return 3 if scanning_is_on(ballot) else 4
    return {
        BallotStatus.SETUP: 0 if ballot.on_paper and ballot.printed is None else 1,
        BallotStatus.ISSUED: 2,
        BallotStatus.COLLECTED: 4 if both_finished else 3,
        BallotStatus.MATCHED: 5,
        BallotStatus.CERTIFIED: 6,
        BallotStatus.VOID: -1,
    }[BallotStatus(ballot.status)]


def cockpit(ballot: Ballot, user: User) -> Cockpit:
    """The page of one ballot as it is for this person now."""
    sitting = seats(ballot, user) if ballot.status == BallotStatus.COLLECTED and ballot.on_paper else ()
    finished = bool(sitting) and all(seat.finished for seat in sitting)
    now = step_number(ballot, finished)
    expected = voters_expected(ballot)
    spare = ballot.rules().spare_forms
    lost = key_lost(ballot)
    may_count = bool(can_count_heads(user, ballot))
    scanned = ballot.is_scanned
    begun = any(seat.done for seat in sitting) or (scanned and ballot.scan_batches.exists())
    early = ballot.status in (BallotStatus.SETUP, BallotStatus.ISSUED, BallotStatus.COLLECTED)
    return Cockpit(
        ballot=ballot,
        steps=tuple(
            (label, "todo" if now < 0 or n > now else "now" if n == now else "done")
            for n, label in enumerate(
                DEVICE_STEPS if not ballot.on_paper else SCANNED_STEPS if scanned else STEPS
            )
        ),
        identities=(*identities(heads_now(ballot)), *_sides(ballot)),
        seats=sitting,
        to_print=expected + spare,
        expected=expected,
        spare=spare,
        lost=lost,
        next=urn_next(ballot, user, finished) or _next(ballot, user, sitting, finished, may_count),
        tellers_without_account=_without_account(ballot) if early else (),
        may_count=may_count,
        may_print_form=ballot.on_paper
        and ballot.status in (BallotStatus.SETUP, BallotStatus.ISSUED)
        and bool(can_print_form(user, ballot)),
        may_free=ballot.on_paper
        and ballot.status == BallotStatus.COLLECTED
        and bool(can_free_slot(user, ballot)),
        may_void=ballot.status in BALLOT.transitions["void"].sources and bool(can_void(user, ballot)),
        may_switch=may_count and early and not begun and ballot.on_paper,
        may_see_result=bool(can_see_result(user, ballot)) or bool(can_print_result(user, ballot)),
    )


def _sides(ballot: Ballot) -> list[Identity]:
    """The reconciliation of each side of scanned sheets, while they are counted."""
    if ballot.status != BallotStatus.COLLECTED or not ballot.is_scanned:
        return []
    return side_identities(side_counts(ballot))


def _without_account(ballot: Ballot) -> tuple[str, ...]:
    """The 计票人 who have no login and so cannot type."""
    named = Duty.objects.filter(meeting=ballot.meeting, kind=DutyKind.TELLER)
    missing = named.filter(Q(member__isnull=True) | Q(member__user__isnull=True))
    return tuple(missing.values_list("holder_name", flat=True))


def _next(ballot: Ballot, user: User, sitting: tuple[Seat, ...], finished: bool, may_count: bool) -> Next:
    """The one thing this person is to do now, or whom to wait for."""
    match BallotStatus(ballot.status):
        case BallotStatus.SETUP:
            return _next_setup(ballot, may_count)
        case BallotStatus.ISSUED:
            if may_count:
                hint = "票收齐以后，当众打开票箱清点，把张数填在这里。"
                return Next("heads", "清点完毕，开始计票", hint, step="collect")
            return Next("wait", "正在发票、填票", "收齐清点以后开始计票。")
        case BallotStatus.COLLECTED:
            if ballot.is_scanned:
                return next_scanned(ballot, user, sitting, finished)
            return _next_typing(ballot, user, sitting, finished)
        case BallotStatus.MATCHED:
            return _next_signing(ballot, user)
        case BallotStatus.CERTIFIED:
            if can_print_result(user, ballot):
                hint = "打印后请监票人、计票人、支部书记亲笔签字，盖章存档。"
                return Next("link", "打印汇总表", hint, at("summary_pdf", ballot))
            return Next("wait", "已核定", "结果已经核定，不能再改。")
        case _:
            return Next(
                "link",
                "回到本次会议的测评",
                "本轮已作废，可以在那里准备下一轮。",
                reverse("evaluations:for_meeting", args=[ballot.meeting_id]),
            )


def _next_setup(ballot: Ballot, may_count: bool) -> Next:
    """Before the papers are handed out."""
    if not may_count:
        return Next("wait", "正在准备", "测评表打印好、宣布开会以后，开始发票。")
    if ballot.on_paper and ballot.printed is None:
        hint = "先打印测评表；印好以后，把实际印的张数填在下面。"
        return Next("link", "打印测评表", hint, at("form_pdf", ballot) + "?copies=all")
    if ballot.meeting.status == MeetingStatus.PLANNED:
        what = "测评表" if ballot.on_paper else "票条"
        hint = f"{what}已经准备好。请先在会议页面登记到会、宣布开会，再回来发票。"
        return Next("link", "去会议页面宣布开会", hint, reverse("meetings:detail", args=[ballot.meeting_id]))
    if not ballot.on_paper:
        hint = "每人从票袋里抽一张票条。清点抽走的张数，填好后开始投票。"
        return Next("heads", "开始投票", hint, step="issue")
    return Next("heads", "开始发票", "清点发出的张数，填好后开始发票。", step="issue")


def _next_typing(ballot: Ballot, user: User, sitting: tuple[Seat, ...], finished: bool) -> Next:
    """While two people type."""
    if not is_teller(user, ballot.meeting):
        if finished:
            return Next("wait", "两人都录完了，正在核对", "请计票人对照纸质票核对不一样的地方。")
        return Next("wait", "两位计票人正在录票", "两人各录一遍，录完才能核对。录完以前谁也看不到结果。")
    if finished:
        return Next(
            "link", "核对两人录的票", "两人一起，把不一样的地方对照纸质票再看一遍。", "evaluations:mismatches"
        )
    mine = next((seat for seat in sitting if seat.mine), None)
    if mine is None:
        if all(seat.holder for seat in sitting):
            return Next("wait", "甲、乙两席都已有人在录", "如需换人，请支部书记在本页换人。")
        hint = "两人各录各的，录完以前看不到对方录的。"
        return Next("post", "开始录票", hint, at("take", ballot))
    if mine.finished:
        return Next("wait", "您已录完", "等另一位计票人录完，再一起核对。")
    left = mine.total - mine.done
    unit = "张" if ballot.entry_mode == EntryMode.PAPERS else "行"
    hint = (
        f"您坐{mine.name}席，还有 {left} {unit}。"
        if left
        else f"您坐{mine.name}席，都录了，还要点「我已录完」。"
    )
    return Next("link", "继续录票", hint, at("enter", ballot))


def _next_signing(ballot: Ballot, user: User) -> Next:
    """When the result is formed."""
    signed = set(ballot.signatures.values_list("duty", "name"))
    duties = {duty for duty, _ in signed}
    complete = all(duty in duties for duty in Signature.Duty.values)
    mine = [
        d for d in Signature.Duty.values if can_sign(user, ballot, d) and (d, user.full_name) not in signed
    ]
    if complete and can_certify(user, ballot):
        return Next("link", "查看结果并核定", "三方都已确认，请书记核定。", at("result", ballot))
    if mine:
        return Next("link", "查看结果并确认", "两人录的已经相符。请看结果，确认签字。", at("result", ballot))
    if can_print_result(user, ballot):
        return Next("link", "查看结果", "等监票人、计票人、书记都确认后，由书记核定。", at("result", ballot))
    return Next("wait", "等待签字核定", "监票人、计票人、书记都确认后，由书记核定。")
