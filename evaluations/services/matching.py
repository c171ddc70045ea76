"""The two typings are compared; where they differ the paper is read again; then the result is formed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed, perform
from evaluations.models import (
    FIRST,
    READ_AGAIN,
    SECOND,
    Ballot,
    BallotSubject,
    EntryMode,
    EntrySlot,
    PaperEntry,
    Signature,
    StripReading,
    TallyLine,
    TotalsEntry,
)
from evaluations.rules import (
    NOT_YET,
    Line,
    Mismatch,
    Paper,
    agreed_papers,
    check_line,
    least_apart,
    line_problems,
    mismatches,
    read_marks,
    tally,
)
from evaluations.services.comparing import STILL_OPEN, agreed_void, checked, counted_void
from evaluations.services.count_chain import note, note_all
from evaluations.services.entry import (
    check_countable,
    read_papers,
    read_totals,
    store_line,
    store_paper,
)
from evaluations.services.scan_counting import reconciled_count
from evaluations.services.urn_counting import store_lines, with_urn
from evaluations.workflow import BALLOT


@dataclass(frozen=True)
class RowMismatch:
    """Totals mode: one row counted differently; `subject` is None for the number of void papers."""

    subject: BallotSubject | None
    first: Line | int | None
    second: Line | int | None


def paper_mismatches(*, ballot: Ballot, by: User) -> list[Mismatch]:
    """Where the two typings differ and the paper has not been read again yet."""
    with transaction.atomic():
        locked = checked(ballot, by)
        found = mismatches(read_papers(locked, FIRST), read_papers(locked, SECOND), locked.returned or 0)
        settled = read_papers(locked, READ_AGAIN)
    return [m for m in found if m.paper not in settled]


def read_paper_again(*, ballot: Ballot, by: User, paper_no: int, marks: dict[int, str], void: bool) -> Paper:
    """Settle one differing paper as read again together: `marks` gives the rows that differed.

    When only one had called the paper void and it is not, the other typing is not enough: it is
    settled if `marks` gives every row, else who called it void types the paper after all; the
    paper returned is then not complete, or as typed before, and both are compared as usual.
    Raises NotAllowed when a row that differed is not given, or the paper does not differ.
    """
    with transaction.atomic():
        locked = checked(ballot, by)
        first = read_papers(locked, FIRST).get(paper_no)
        second = read_papers(locked, SECOND).get(paper_no)
        if first is None or second is None:
            raise NotAllowed(f"没有第 {paper_no} 张票。")
        differing = mismatches({1: first}, {1: second}, 1)
        if not differing:
            raise NotAllowed(f"第 {paper_no} 张两人录得一样，不用核对。")
        rows, options = len(first.marks), len(locked.scale)
        whole = differing[0].row is None
        wanted = set(range(rows)) if whole else {m.row for m in differing if m.row is not None}
        letters = [marks.get(i, NOT_YET) if i in wanted else c for i, c in enumerate(first.marks)]
        settled = Paper(read_marks("".join(c[:1] or NOT_YET for c in letters), rows, options), void)
        if whole and not settled.complete:
            slot, voided = (FIRST, first) if first.void else (SECOND, second)
            settled = _type_after_all(locked, slot, paper_no, voided)
        elif not settled.complete:
            raise NotAllowed(f"第 {paper_no} 张还有没选的，请对照纸质票逐项选定。")
        else:
            store_paper(locked, READ_AGAIN, paper_no, settled)
        record(by=by, action="read_again", about=locked)
    return settled


def _type_after_all(ballot: Ballot, slot: int, paper_no: int, voided: Paper) -> Paper:
    """Who called the paper void types it after all; the marks typed before that stay."""
    paper = Paper(voided.marks)
    store_paper(ballot, slot, paper_no, paper)
    if not paper.complete:
        EntrySlot.objects.filter(ballot=ballot, number=slot).update(finished=False)
    return paper


def totals_mismatches(*, ballot: Ballot, by: User) -> list[RowMismatch]:
    """Where the two counts of totals differ and have not been counted again yet."""
    with transaction.atomic():
        locked = checked(ballot, by)
        settled = read_totals(locked, READ_AGAIN)
        void_open = READ_AGAIN not in counted_void(locked)
        return [m for m in _differences(locked) if (m.subject.pk not in settled if m.subject else void_open)]


def _differences(ballot: Ballot) -> list[RowMismatch]:
    """The number of void papers, then the rows in form order, that the two counted differently."""
    void = counted_void(ballot)
    first, second = read_totals(ballot, FIRST), read_totals(ballot, SECOND)
    found = [] if void[FIRST] == void[SECOND] else [RowMismatch(None, void[FIRST], void[SECOND])]
    return found + [
        RowMismatch(subject, first[subject.pk], second[subject.pk])
        for subject in ballot.rated()
        if first[subject.pk] != second[subject.pk]
    ]


def count_row_again(*, ballot: Ballot, by: User, lines: dict[int, Line], void: int | None = None) -> None:
    """Settle rows (by subject id), and the number of void papers, as counted again together.

    What both counted alike stays as it is. Raises NotAllowed when a row does not sum to 有效票;
    then nothing is saved. A new number of void papers opens rows again that no longer fit.
    """
    with transaction.atomic():
        locked = checked(ballot, by)
        check_countable(lines, void)
        differing = _differences(locked)
        if void is not None and any(m.subject is None for m in differing):
            if void > (locked.returned or 0):
                raise NotAllowed(f"整张作废 {void} 张，不能多于收回的 {locked.returned} 张。")
            EntrySlot.objects.update_or_create(
                ballot=locked, number=READ_AGAIN, defaults={"void_papers": void}
            )
        valid = (locked.returned or 0) - _agreed_void(locked)
        for pk, line in read_totals(locked, READ_AGAIN).items():
            if not check_line(line, valid):
                TotalsEntry.objects.filter(ballot=locked, slot=READ_AGAIN, subject=pk).delete()
        for subject in (m.subject for m in differing if m.subject and m.subject.pk in lines):
            line = lines[subject.pk]
            if len(line.counts) != len(locked.scale):
                raise NotAllowed(f"{subject.name}：请按等次逐栏填写票数。")
            if not check_line(line, valid):
                raise NotAllowed(line_problems([(subject.name, line)], valid)[0])
            store_line(locked, READ_AGAIN, subject, line)
        record(by=by, action="read_again", about=locked)


def _agreed_void(ballot: Ballot) -> int:
    """The void papers both counted, or as counted again; raises NotAllowed while they differ."""
    agreed = agreed_void(ballot)
    if agreed is None:
        raise NotAllowed("请先一起点清整张作废的张数。")
    return agreed


def _agreed(ballot: Ballot) -> tuple[list[Line], int, int]:
    """The lines both agree on in form order, the void papers, and how many places had differed.

    Raises NotAllowed while any is open.
    """
    rated = list(ballot.rated())
    first, second = read_papers(ballot, FIRST), read_papers(ballot, SECOND)
    if ballot.entry_mode == EntryMode.SCANNED:
        counted = reconciled_count(ballot)
        note_all(ballot, "decision", counted.decisions(least_apart(ballot.min_to_show)))
        return counted.lines, counted.void, counted.corrected
    if ballot.entry_mode == EntryMode.PAPERS:
        returned = ballot.returned or 0
        papers = agreed_papers(first, second, read_papers(ballot, READ_AGAIN), returned)
        if papers is None:
            raise NotAllowed(STILL_OPEN)
        lines, void = tally(papers, len(rated), len(ballot.scale))
        return lines, void, len(mismatches(first, second, returned))
    differing = _differences(ballot)
    totals, again = read_totals(ballot, FIRST), read_totals(ballot, READ_AGAIN)
    void = _agreed_void(ballot)
    if any(m.subject.pk not in again for m in differing if m.subject):
        raise NotAllowed(STILL_OPEN)
    return [again.get(subject.pk, totals[subject.pk]) for subject in rated], void, len(differing)


def match(*, ballot: Ballot, by: User) -> Ballot:
    """Form the result from what both agree on; it can still be sent back until it is certified."""
    with transaction.atomic():
        locked = checked(ballot, by)
        lines, void, corrected = _agreed(locked)
        rated = list(locked.rated())
        valid = (locked.returned or 0) - void
        wrong = [s.name for s, line in zip(rated, lines, strict=True) if not check_line(line, valid)]
        if wrong:
            raise NotAllowed(f"{wrong[0]}的各栏合计不等于有效票 {valid}，请重新核对收回和作废的张数。")
        Ballot.objects.filter(pk=locked.pk).update(void_papers=void, corrected=corrected)
        store_lines(locked, rated, with_urn(locked, lines))
        note(locked, "match", {"valid": valid, "void": void, "corrected": corrected})
        return perform(BALLOT, locked, "match", by=by)


def recount(*, ballot: Ballot, by: User, reason: str) -> Ballot:
    """Send a formed result back to counting.

    Confirmations given so far are dropped, and so is what was read again together: it may be the
    very place of the error. What each typed stays; both have to say anew that they are done.
    """
    with transaction.atomic():
        returned = perform(BALLOT, ballot, "recount", by=by, note=reason)
        note(returned, "recount")
        TallyLine.objects.filter(ballot=returned).delete()
        Signature.objects.filter(ballot=returned).delete()
        for typed in (PaperEntry, TotalsEntry, StripReading):
            typed.objects.filter(ballot=returned, slot=READ_AGAIN).delete()
        EntrySlot.objects.filter(ballot=returned, number=READ_AGAIN).delete()
        EntrySlot.objects.filter(ballot=returned).update(finished=False)
        Ballot.objects.filter(pk=returned.pk).update(void_papers=None)
    returned.refresh_from_db()
    return returned
