"""What two people typed differently, for both of them to settle; nothing they agree on is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluations.models import FIRST, READ_AGAIN, Ballot, BallotSubject
from evaluations.reports.sheet import Cell, options
from evaluations.rules import Line, Mismatch
from evaluations.services.matching import RowMismatch


@dataclass(frozen=True)
class DifferingRow:
    """One row of a paper typed differently; `cells` are the choices, chosen only by a refused post."""

    row: int
    ordinal: int
    name: str
    first: str
    second: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class DifferingPaper:
    """One paper with its differing rows, or with a difference about the paper as a whole."""

    number: int
    whole: tuple[str, str] | None
    rows: tuple[DifferingRow, ...]
    reason: str


@dataclass(frozen=True)
class DifferingTotals:
    """One row of totals counted differently: column, 甲's and 乙's number, box and what was typed into it."""

    subject: BallotSubject
    boxes: tuple[tuple[str, int | None, int | None, str, str], ...]

    @property
    def key(self) -> str:
        """The row's id as it is posted."""
        return str(self.subject.pk)


def differing_papers(
    ballot: Ballot, found: Iterable[Mismatch], wrong: Mapping[str, Any]
) -> list[DifferingPaper]:
    """The papers typed differently in their order; `wrong` is a refused post to show again."""
    labels = {**dict(options(ballot)), "?": "没有录"}
    rated = list(ballot.rated())
    papers: dict[int, list[Mismatch]] = {}
    for mismatch in found:
        papers.setdefault(mismatch.paper, []).append(mismatch)
    made = []
    for number, places in papers.items():
        refused = wrong if wrong.get("number") == str(number) else {}
        chosen = refused.get("chosen", {})
        made.append(
            DifferingPaper(
                number=number,
                whole=next(((m.first, m.second) for m in places if m.row is None), None),
                rows=tuple(
                    _row(m.row, rated[m.row], m, labels, chosen.get(str(m.row), ""), ballot)
                    for m in places
                    if m.row is not None
                ),
                reason=refused.get("reason", ""),
            )
        )
    return made


def _row(
    row: int, subject: BallotSubject, mismatch: Mismatch, labels: dict[str, str], chosen: str, ballot: Ballot
) -> DifferingRow:
    """One row with what each typed and the choices."""
    cells = tuple(Cell(mark, label, mark == chosen) for mark, label in options(ballot))
    return DifferingRow(
        row, subject.ordinal, subject.name, labels[mismatch.first], labels[mismatch.second], cells
    )


def differing_totals(
    ballot: Ballot, found: Iterable[RowMismatch], posted: Mapping[str, str]
) -> list[DifferingTotals]:
    """The rows counted differently, number by number; `posted` fills the row that was refused."""
    columns = [label for _, label in options(ballot)]
    made = []
    for mismatch in found:
        if mismatch.subject is not None:
            first, second = _numbers(mismatch.first, columns), _numbers(mismatch.second, columns)
            names = [f"c{i}" for i in range(len(columns))]
            mine = posted.get("subject") == str(mismatch.subject.pk)
            typed = [posted.get(name, "") if mine else "" for name in names]
            boxes = tuple(zip(columns, first, second, names, typed, strict=True))
            made.append(DifferingTotals(mismatch.subject, boxes))
    return made


def _numbers(line: Line | int | None, columns: list[str]) -> list[int | None]:
    """The numbers of a row in the order of the columns; None where nothing was counted."""
    if isinstance(line, Line):
        return [*line.counts, line.abstained, line.invalid]
    return [None] * len(columns)


def agreed_void(ballot: Ballot) -> int:
    """Papers void as a whole: as counted again together, else as 甲 counted them."""
    counted = dict(ballot.slots.values_list("number", "void_papers"))
    again = counted.get(READ_AGAIN)
    return (counted.get(FIRST) if again is None else again) or 0
