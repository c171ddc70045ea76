"""The two typings are compared; where they differ the paper is read again; then the result is formed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from branches.models import User
from branches.permissions import Denied
from branches.workflow import NotAllowed, perform
from evaluations.models import (
    FIRST,
    READ_AGAIN,
    SECOND,
    Ballot,
    BallotSubject,
    EntryMode,
    EntrySlot,
    Signature,
    TallyLine,
)
from evaluations.permissions import can_match
from evaluations.rules import (
    Line,
    Mismatch,
    Paper,
    agreed_papers,
    check_line,
    mismatches,
    read_marks,
    tally,
)
from evaluations.services.entry import (
    both_finished,
    read_papers,
    read_totals,
    store_line,
    store_paper,
)
from evaluations.workflow import BALLOT

NOT_FINISHED = "两位计票人还没有都录完，录完以后才能一起核对。"


@dataclass(frozen=True)
class RowMismatch:
    """Totals mode: one row counted differently; `subject` is None for the number of void papers."""

    subject: BallotSubject | None
    first: Line | int | None
    second: Line | int | None


def _checked(ballot: Ballot, by: User) -> Ballot:
    """The locked ballot when the user may compare and both typings are complete."""
    locked = Ballot.objects.select_for_update().select_related("meeting").get(pk=ballot.pk)
    answer = can_match(by, locked)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    if not both_finished(locked):
        raise NotAllowed(NOT_FINISHED)
    return locked


def paper_mismatches(*, ballot: Ballot, by: User) -> list[Mismatch]:
    """Where the two typings differ and the paper has not been read again yet."""
    with transaction.atomic():
        locked = _checked(ballot, by)
        found = mismatches(read_papers(locked, FIRST), read_papers(locked, SECOND), locked.returned or 0)
        settled = read_papers(locked, READ_AGAIN)
    return [m for m in found if m.paper not in settled]


def read_paper_again(*, ballot: Ballot, by: User, paper_no: int, marks: dict[int, str], void: bool) -> Paper:
    """Settle one differing paper as read again together: `marks` gives the rows that differed.

    Raises NotAllowed when a row that differed is not given, or the paper does not differ.
    """
    with transaction.atomic():
        locked = _checked(ballot, by)
        first = read_papers(locked, FIRST).get(paper_no)
        second = read_papers(locked, SECOND).get(paper_no)
        if first is None or second is None:
            raise NotAllowed(f"没有第 {paper_no} 张票。")
        differing = mismatches({1: first}, {1: second}, 1)
        if not differing:
            raise NotAllowed(f"第 {paper_no} 张两人录得一样，不用核对。")
        rows, options = len(first.marks), len(locked.scale)
        base = second if first.void and not second.void else first
        if differing[0].row is None:
            settled = Paper(base.marks, void)
        else:
            wanted = {m.row for m in differing if m.row is not None}
            letters = [marks.get(i, "?") if i in wanted else c for i, c in enumerate(base.marks)]
            settled = Paper(read_marks("".join(c[:1] or "?" for c in letters), rows, options), void)
        if not settled.complete:
            raise NotAllowed(f"第 {paper_no} 张还有没选的，请对照纸质票逐项选定。")
        store_paper(locked, READ_AGAIN, paper_no, settled)
        Ballot.objects.filter(pk=locked.pk).update(corrected=locked.corrected + len(differing))
    return settled


def totals_mismatches(*, ballot: Ballot, by: User) -> list[RowMismatch]:
    """Where the two counts of totals differ and have not been counted again yet."""
    with transaction.atomic():
        locked = _checked(ballot, by)
        return _open_rows(locked)


def _open_rows(ballot: Ballot) -> list[RowMismatch]:
    """Rows (and the void papers) that differ and are not settled."""
    void = {slot.number: slot.void_papers for slot in ballot.slots.all()}
    found: list[RowMismatch] = []
    if READ_AGAIN not in void and void.get(FIRST) != void.get(SECOND):
        found.append(RowMismatch(None, void.get(FIRST), void.get(SECOND)))
    first, second = read_totals(ballot, FIRST), read_totals(ballot, SECOND)
    settled = read_totals(ballot, READ_AGAIN)
    return found + [
        RowMismatch(subject, first.get(subject.pk), second.get(subject.pk))
        for subject in ballot.rated()
        if subject.pk not in settled and first.get(subject.pk) != second.get(subject.pk)
    ]


def count_row_again(*, ballot: Ballot, by: User, lines: dict[int, Line], void: int | None = None) -> None:
    """Settle rows (by subject id), and the number of void papers, as counted again together."""
    with transaction.atomic():
        locked = _checked(ballot, by)
        open_rows = {m.subject.pk: m.subject for m in _open_rows(locked) if m.subject}
        if void is not None:
            EntrySlot.objects.update_or_create(
                ballot=locked, number=READ_AGAIN, defaults={"void_papers": void}
            )
        settled = 0
        for pk, line in lines.items():
            subject = open_rows.get(pk)
            if subject is not None and len(line.counts) == len(locked.scale):
                store_line(locked, READ_AGAIN, subject, line)
                settled += 1
        Ballot.objects.filter(pk=locked.pk).update(corrected=locked.corrected + settled)


def _agreed(ballot: Ballot) -> tuple[list[Line], int]:
    """The lines both agree on in form order, and the void papers; raises NotAllowed while any is open."""
    rated = list(ballot.rated())
    if ballot.entry_mode == EntryMode.PAPERS:
        papers = agreed_papers(
            read_papers(ballot, FIRST),
            read_papers(ballot, SECOND),
            read_papers(ballot, READ_AGAIN),
            ballot.returned or 0,
        )
        if papers is None:
            raise NotAllowed("还有两人录得不一样的地方，请先核对。")
        return tally(papers, len(rated), len(ballot.scale))
    if _open_rows(ballot):
        raise NotAllowed("还有两人录得不一样的地方，请先核对。")
    first, settled = read_totals(ballot, FIRST), read_totals(ballot, READ_AGAIN)
    void = {slot.number: slot.void_papers for slot in ballot.slots.all()}
    lines = [settled.get(subject.pk) or first[subject.pk] for subject in rated]
    return lines, void.get(READ_AGAIN, void[FIRST]) or 0


def match(*, ballot: Ballot, by: User) -> Ballot:
    """Form the result from what both agree on; it can still be sent back until it is certified."""
    with transaction.atomic():
        locked = _checked(ballot, by)
        lines, void = _agreed(locked)
        rated = list(locked.rated())
        valid = (locked.returned or 0) - void
        wrong = [s.name for s, line in zip(rated, lines, strict=True) if not check_line(line, valid)]
        if wrong:
            raise NotAllowed(f"{wrong[0]}的各栏合计不等于有效票 {valid}，请退回重新核对收回和作废的张数。")
        Ballot.objects.filter(pk=locked.pk).update(void_papers=void)
        TallyLine.objects.filter(ballot=locked).delete()
        TallyLine.objects.bulk_create(
            TallyLine(
                ballot=locked,
                subject=subject,
                counts=list(line.counts),
                abstained=line.abstained,
                invalid=line.invalid,
            )
            for subject, line in zip(rated, lines, strict=True)
        )
        return perform(BALLOT, locked, "match", by=by)


def recount(*, ballot: Ballot, by: User, reason: str) -> Ballot:
    """Send a formed result back to counting; confirmations given so far are dropped."""
    with transaction.atomic():
        returned = perform(BALLOT, ballot, "recount", by=by, note=reason)
        TallyLine.objects.filter(ballot=returned).delete()
        Signature.objects.filter(ballot=returned).delete()
        Ballot.objects.filter(pk=returned.pk).update(void_papers=None)
        EntrySlot.objects.filter(ballot=returned).update(finished=False)
    returned.refresh_from_db()
    return returned
