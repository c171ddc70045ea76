"""One paper as it is typed on the screen, and how far each paper is. For its own typist only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.models import Ballot, BallotSubject, EntrySlot
from evaluations.rules import ABSTAINED, INVALID, NOT_YET, Paper, blank_marks

ABSTAINED_LABEL, INVALID_LABEL = "弃权", "无效"


@dataclass(frozen=True)
class PaperStates:
    """How far each paper of one typing is: done, partial or empty, by pencil number from 1."""

    states: tuple[str, ...]

    @property
    def papers(self) -> int:
        """How many papers came back."""
        return len(self.states)

    @property
    def done(self) -> int:
        """How many are completely typed."""
        return self.states.count("done")

    @property
    def numbered(self) -> list[tuple[int, str]]:
        """Number and state of each paper."""
        return list(enumerate(self.states, 1))

    @property
    def first_open(self) -> int | None:
        """The first paper that is not complete."""
        return self.after(0)

    def after(self, number: int) -> int | None:
        """The next paper that is not complete, beginning again at the first; None when all are."""
        turned = [*self.numbered[number:], *self.numbered[:number]]
        return next((n for n, state in turned if state != "done"), None)


@dataclass(frozen=True)
class Cell:
    """One box of a row: its key on the keyboard, its label, whether it is chosen."""

    mark: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class SheetRow:
    """One row of the form; `field` is empty for somebody who is not rated."""

    ordinal: int
    name: str
    note: str
    field: str
    cells: tuple[Cell, ...]
    missing: bool


@dataclass(frozen=True)
class Sheet:
    """One paper on the screen."""

    number: int
    void: bool
    complete: bool
    rows: tuple[SheetRow, ...]
    keys: tuple[Cell, ...]

    @property
    def missing(self) -> list[SheetRow]:
        """The rows still to be typed, when they are to be pointed out."""
        return [row for row in self.rows if row.missing]


def options(ballot: Ballot) -> list[tuple[str, str]]:
    """What can be typed in a row: mark and label, the scale first."""
    graded = [(str(n), label) for n, label in enumerate(ballot.options, 1)]
    return [*graded, (ABSTAINED, ABSTAINED_LABEL), (INVALID, INVALID_LABEL)]


def paper_states(ballot: Ballot, seat: EntrySlot) -> PaperStates:
    """How far each paper of one typing is, by one query."""
    rows = ballot.papers.filter(slot=seat.number, form_page=0).values_list("paper_no", "complete")
    typed = {number: "done" if complete else "partial" for number, complete in rows}
    return PaperStates(tuple(typed.get(n, "empty") for n in range(1, (ballot.returned or 0) + 1)))


def sheet(ballot: Ballot, number: int, paper: Paper | None, *, checked: bool) -> Sheet:
    """The paper as far as it is typed, nothing filled in; `checked` points out the rows still open."""
    choices = options(ballot)
    subjects = list(ballot.subjects.all())
    current = paper or Paper(blank_marks(sum(s.graded for s in subjects)))
    rows, rated = [], 0
    for subject in subjects:
        if subject.graded:
            rows.append(_row(subject, f"r{rated}", current.marks[rated], choices, checked))
            rated += 1
        else:
            rows.append(SheetRow(subject.ordinal, subject.name, subject.note, "", (), False))
    keys = tuple(Cell(mark, label, False) for mark, label in choices)
    return Sheet(number, current.void, current.complete, tuple(rows), keys)


def side_sheet(
    ballot: Ballot, rated: Sequence[BallotSubject], number: int, paper: Paper | None, *, checked: bool
) -> Sheet:
    """One side of one sheet as far as it is typed: only the rows that are rated on it."""
    choices = options(ballot)
    current = paper or Paper(blank_marks(len(rated)))
    rows = tuple(
        _row(subject, f"r{i}", current.marks[i], choices, checked) for i, subject in enumerate(rated)
    )
    keys = tuple(Cell(mark, label, False) for mark, label in choices)
    return Sheet(number, False, current.complete, rows, keys)


def _row(
    subject: BallotSubject, field: str, mark: str, choices: list[tuple[str, str]], checked: bool
) -> SheetRow:
    """One rated row."""
    cells = tuple(Cell(key, label, key == mark) for key, label in choices)
    return SheetRow(subject.ordinal, subject.name, subject.note, field, cells, checked and mark == NOT_YET)
