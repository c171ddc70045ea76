"""The head-counts of the evening, saved as they become known."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from branches.models import User
from branches.permissions import Denied
from branches.services.audit import record
from branches.workflow import NotAllowed, insist, perform
from evaluations.models import (
    Ballot,
    BallotStatus,
    EntryMode,
    EntrySlot,
    PaperEntry,
    ScanBatch,
    TotalsEntry,
)
from evaluations.permissions import can_count_heads
from evaluations.rules import Problem, check_collected, check_known, check_people, check_voters
from evaluations.services.sealing import make_key
from evaluations.services.urns import follow_urn, open_voting, urn_ready
from evaluations.services.voters import voters_here
from evaluations.workflow import BALLOT, heads_now

EDITABLE = {
    BallotStatus.SETUP: ("printed", "issued", "codes_issued"),
    BallotStatus.ISSUED: ("printed", "issued", "codes_issued", "replaced", "unused", "returned"),
    BallotStatus.COLLECTED: ("printed", "issued", "codes_issued", "replaced", "unused", "returned"),
}
PEOPLE = ("expected", "present")  # typed only of 群众代表, who are on no roster
# What may no longer be empty in a state: else nobody could tell whether the papers add up.
NEEDED = {
    BallotStatus.ISSUED: ("printed", "issued", "codes"),
    BallotStatus.COLLECTED: ("printed", "issued", "codes", "replaced", "unused", "returned"),
}


def editable(ballot: Ballot) -> tuple[str, ...]:
    """The numbers that may be entered in the ballot's state: of papers, of codes, as it has them; () for none.

    Of 群众代表 also how many were invited and how many came.
    """
    fields = EDITABLE.get(BallotStatus(ballot.status), ())
    found = tuple(f for f in fields if (ballot.on_device if f == "codes_issued" else ballot.on_paper))
    return (*PEOPLE, *found) if ballot.by_masses and found else found


class HeadProblems(Exception):
    """Numbers that do not fit; carries the problems by field. Nothing was saved."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems

    @property
    def final(self) -> bool:
        """Whether more papers came back than went out: the ballot must be held again."""
        return any(problem.final for problem in self.problems)


class SavedMeanwhile(Exception):
    """Somebody else saved first; `current` is what stands now."""

    def __init__(self, current: Ballot) -> None:
        super().__init__("另一位同志刚刚保存过这张表，请对照现在的数字后再保存。")
        self.current = current


def save_heads(*, ballot: Ballot, by: User, version: int, numbers: dict[str, int | None]) -> Ballot:
    """Save the numbers that may be entered in the ballot's present state.

    应到 and 实到 come from the meeting's attendance; of 群众代表 they are typed. Raises NotAllowed, SavedMeanwhile (another
    person saved first) or HeadProblems (numbers that do not fit); in each case nothing is saved.
    When 收回 changes while papers are typed, both typings have to be finished again.
    """
    answer = can_count_heads(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        locked = _locked(ballot)
        status = BallotStatus(locked.status)
        fields = editable(locked)
        if not fields:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，票数不能再改。")
        if locked.version != version:
            raise SavedMeanwhile(locked)
        before = locked.returned
        chosen = {name: numbers[name] for name in fields if name in numbers}
        for name, value in chosen.items():
            setattr(locked, name, value)
        voters = _follow_attendance(locked)
        follow_urn(locked)
        known = replace(heads_now(locked), void=None)
        problems = check_collected(known) or check_voters(known, voters)
        problems += check_known(known, NEEDED.get(status, ())) + _papers_left_out(locked)
        problems += check_people(known) if locked.by_masses and status in NEEDED else []
        if problems:
            raise HeadProblems(problems)
        locked.version += 1
        locked.save(update_fields={"expected", "present", "version", "codes_used", *chosen})
        if status == BallotStatus.COLLECTED and locked.returned != before:
            EntrySlot.objects.filter(ballot=locked).update(finished=False)
        record(by=by, action="save_heads", about=locked, detail=dict(chosen))
    return locked


def _locked(ballot: Ballot) -> Ballot:
    """The ballot's row, locked."""
    return Ballot.objects.select_for_update().get(pk=ballot.pk)


def _follow_attendance(ballot: Ballot) -> int:
    """Set 应到 and 实到 as they are registered now; returns how many present may fill in a form.

    Somebody not expected who came all the same fills one in too. Of 群众代表 what was typed stands.
    """
    if not ballot.by_masses:
        counts = ballot.meeting.counts()
        ballot.expected, ballot.present = counts.expected, counts.present
    return voters_here(ballot)


def _papers_left_out(ballot: Ballot) -> list[Problem]:
    """A problem when more papers are typed already than are now said to have come back."""
    typed = PaperEntry.objects.filter(ballot=ballot, paper_no__gt=ballot.returned or 0).exists()
    if ballot.status != BallotStatus.COLLECTED or not typed:
        return []
    return [Problem("returned", "已经录的票比这个数多，请先核对收回的张数。")]


def _step(ballot: Ballot, name: str, by: User) -> Ballot:
    """Take a step with 应到 and 实到 as they are registered at this moment."""
    locked = _locked(ballot)
    voters = _follow_attendance(locked)
    answer = BALLOT.step(locked, name, by)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    problems = check_voters(locked.heads, voters)
    if problems:
        raise NotAllowed(problems[0].message)
    locked.save(update_fields=["expected", "present"])
    return perform(BALLOT, locked, name, by=by)


def issue(*, ballot: Ballot, by: User) -> Ballot:
    """Papers are handed out from now on, and codes may vote."""
    with transaction.atomic():
        if ballot.on_device:
            insist(urn_ready(ballot))
        issued = _step(ballot, "issue", by)
        if issued.on_device:
            open_voting(issued)
    return issued


def collect(*, ballot: Ballot, by: User) -> Ballot:
    """The box is emptied and counted; two people may now type."""
    with transaction.atomic():
        collected = _step(ballot, "collect", by)
        if collected.on_paper:
            make_key(collected.pk)
    return collected


def set_entry_mode(*, ballot: Ballot, mode: str, by: User) -> Ballot:
    """Choose how the papers get into the count, as long as nothing is typed or uploaded."""
    answer = can_count_heads(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    if mode not in EntryMode.values:
        raise NotAllowed("请选择一种计票方式。")
    with transaction.atomic():
        locked = _locked(ballot)
        if locked.status not in EDITABLE:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能再换计票方式。")
        if not locked.on_paper:
            raise NotAllowed("本次只用现场电子票，不用录票。")
        if _typed_anything(locked):
            raise NotAllowed("已经开始录票或者扫描，不能再换计票方式。")
        locked.entry_mode = EntryMode(mode)
        locked.version += 1
        locked.save(update_fields=["entry_mode", "version"])
        record(by=by, action="set_entry_mode", about=locked, detail={"mode": mode})
    return locked


def _typed_anything(ballot: Ballot) -> bool:
    """Whether a paper, a row or a number of void papers is typed, or sheets are uploaded; a place taken is nothing yet."""
    return (
        ScanBatch.objects.filter(ballot=ballot).exists()
        or PaperEntry.objects.filter(ballot=ballot).exists()
        or TotalsEntry.objects.filter(ballot=ballot).exists()
        or EntrySlot.objects.filter(ballot=ballot, void_papers__isnull=False).exists()
    )
