"""What is on one paper, typed twice, and where the two typings differ.

A paper is a string with one character for each rated row: "1".."9" the option, "0" abstained
(没有划), "x" invalid (多选或认不清), "?" not typed yet. A paper void as a whole has no marks that count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ABSTAINED = "0"
INVALID = "x"
NOT_YET = "?"
# One character for one: a mark must never slide into the next row.
LOOKALIKES = {**{0xFF10 + n: str(n) for n in range(10)}, 0xFF38: "x", 0xFF58: "x", ord("X"): "x"}


@dataclass(frozen=True)
class Paper:
    """One paper as typed by one person."""

    marks: str
    void: bool = False

    @property
    def complete(self) -> bool:
        """Whether every row is typed; a void paper always is."""
        return self.void or NOT_YET not in self.marks

    @property
    def missing(self) -> list[int]:
        """Positions (from 0) of the rows not typed yet."""
        return [] if self.void else [i for i, mark in enumerate(self.marks) if mark == NOT_YET]


@dataclass(frozen=True)
class Mismatch:
    """One place where two typings differ; `row` is None when they differ about the whole paper."""

    paper: int
    row: int | None
    first: str
    second: str


def blank_marks(rows: int) -> str:
    """The marks of a paper nobody has typed yet."""
    return NOT_YET * rows


def read_marks(raw: str, rows: int, options: int) -> str:
    """The marks in one canonical form; anything unknown, missing or too much becomes "not yet".

    Full-width digits and capital letters count as what they look like.
    """
    allowed = {ABSTAINED, INVALID, NOT_YET, *(str(n) for n in range(1, options + 1))}
    narrow = raw.translate(LOOKALIKES)
    cleaned = [c if c in allowed else NOT_YET for c in narrow[:rows]]
    return "".join(cleaned).ljust(rows, NOT_YET)


def mismatches(first: Mapping[int, Paper], second: Mapping[int, Paper], papers: int) -> list[Mismatch]:
    """Every place where the two typings of papers 1..`papers` differ, in paper and row order."""
    found: list[Mismatch] = []
    for number in range(1, papers + 1):
        a, b = first.get(number), second.get(number)
        if a is None or b is None:
            if a is not b:
                found.append(Mismatch(number, None, _whole(a), _whole(b)))
        elif a.void or b.void:
            if a.void != b.void:
                found.append(Mismatch(number, None, _whole(a), _whole(b)))
        else:
            found += [
                Mismatch(number, row, x, y)
                for row, (x, y) in enumerate(zip(a.marks, b.marks, strict=True))
                if x != y
            ]
    return found


def _whole(paper: Paper | None) -> str:
    """How a difference about the whole paper is shown."""
    if paper is None:
        return "没有录"
    return "整张作废" if paper.void else "有效"


def agreed_papers(
    first: Mapping[int, Paper],
    second: Mapping[int, Paper],
    read_again: Mapping[int, Paper],
    papers: int,
) -> list[Paper] | None:
    """The papers both people agree on, or as read again together; None while any is open."""
    agreed: list[Paper] = []
    for number in range(1, papers + 1):
        again = read_again.get(number)
        a, b = first.get(number), second.get(number)
        if again is not None:
            chosen = again
        elif a is not None and b is not None and not mismatches({1: a}, {1: b}, 1):
            chosen = a
        else:
            return None
        if not chosen.complete:
            return None
        agreed.append(chosen)
    return agreed
