"""The head-counts of the evening, saved as they become known."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.db.models import F

from branches.models import User
from branches.permissions import Denied
from branches.services.audit import record
from branches.workflow import NotAllowed, perform
from evaluations.models import Ballot, BallotStatus, EntryMode, EntrySlot, PaperEntry
from evaluations.permissions import can_count_heads
from evaluations.rules import Problem, check_collected
from evaluations.services.sealing import make_key
from evaluations.workflow import BALLOT

EDITABLE = {
    BallotStatus.SETUP: ("printed", "issued"),
    BallotStatus.ISSUED: ("printed", "issued", "replaced", "unused", "returned"),
    BallotStatus.COLLECTED: ("printed", "issued", "replaced", "unused", "returned"),
}


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

    应到 and 实到 come from the meeting's attendance. Raises NotAllowed, SavedMeanwhile (another
    person saved first) or HeadProblems (numbers that do not fit); in each case nothing is saved.
    """
    answer = can_count_heads(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        fields = EDITABLE.get(BallotStatus(locked.status))
        if fields is None:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，票数不能再改。")
        if locked.version != version:
            raise SavedMeanwhile(locked)
        chosen = {name: numbers[name] for name in fields if name in numbers}
        locked.expected = locked.meeting.expected_count
        locked.present = locked.meeting.present_count
        for name, value in chosen.items():
            setattr(locked, name, value)
        problems = check_collected(replace(locked.heads, void=None))
        problems += _papers_left_out(locked)
        if problems:
            raise HeadProblems(problems)
        locked.version += 1
        locked.save(update_fields=["expected", "present", "version", *chosen])
        record(by=by, action="save_heads", about=locked, detail=dict(chosen))
    return locked


def _papers_left_out(ballot: Ballot) -> list[Problem]:
    """A problem when more papers are typed already than are now said to have come back."""
    typed = PaperEntry.objects.filter(ballot=ballot, paper_no__gt=ballot.returned or 0).exists()
    if ballot.status != BallotStatus.COLLECTED or not typed:
        return []
    return [Problem("returned", "已经录的票比这个数多，请先核对收回的张数。")]


def issue(*, ballot: Ballot, by: User) -> Ballot:
    """Papers are handed out from now on."""
    return perform(BALLOT, ballot, "issue", by=by)


def collect(*, ballot: Ballot, by: User) -> Ballot:
    """The box is emptied and counted; two people may now type."""
    with transaction.atomic():
        collected = perform(BALLOT, ballot, "collect", by=by)
        make_key(collected.pk)
    return collected


def set_entry_mode(*, ballot: Ballot, mode: str, by: User) -> Ballot:
    """Choose paper by paper or totals, as long as nobody has typed anything."""
    answer = can_count_heads(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        begun = EntrySlot.objects.filter(ballot=locked).exists()
        if begun or locked.status not in EDITABLE:
            raise NotAllowed("已经开始录票，不能再换录入方式。")
        locked.entry_mode = EntryMode(mode)
        locked.version = F("version") + 1
        locked.save(update_fields=["entry_mode", "version"])
    locked.refresh_from_db()
    return locked
