"""Says whether the empty rows of a sheet are certainly empty, and whether its ink is there at all."""

from __future__ import annotations

from collections.abc import Sequence

from evaluations.paper.reading.found import Found, Usual
from evaluations.paper.reading.result import RowReading

MANY_BLANK = 0.15  # of the rows of a sheet
CLEAR, CLEARER = 2.2, 4.0  # times the threshold the usual ink must be dark: for few empty rows, for many
EVEN = 0.75  # of the usual darkness the palest mark has where the pen did not fade
FEWEST_MARKS = 5  # that say how the pen of a sheet writes
# Why rows are doubtful where a scanner that knows only black and white has dropped their ink, so that they look empty to
# people too; and where it has torn it, so that people see a mark in pieces.
DROPPED = {"faint", "many_blanks", "blank_touched"}
TORN = {"complex", "unlike"}
# Of the rows of a sheet. More dropped ones would be decided without their ink; more of both take two people longer than
# to scan the sheet again.
MOST_DROPPED, MOST_LOST = 0.25, 0.5


def judge_blanks(rows: list[Found], usual: Usual, *, coarse: bool) -> None:
    """Give the empty rows the reason why a person must look at them, if there is one.

    Many empty rows may mean that the pen or the scanner failed. They are certain only where that would show:
    all marks of the sheet are about as dark as each other and far darker than the noise of each empty row.
    """
    blanks = [row for row in rows if row.empty]
    peaks = [row.peak for row in rows if row.tile is not None]
    many = len(blanks) > max(1, MANY_BLANK * len(rows))
    even = len(peaks) >= FEWEST_MARKS and min(peaks) >= EVEN * usual.peak
    for row in blanks:
        if usual.peak < CLEAR * row.level:
            row.reason = "faint"
        if many and not (even and usual.peak >= CLEARER * row.level):
            row.reason = "many_blanks"
        elif coarse:  # a scanner that knows only black and white drops a small pencil mark without a trace
            row.reason = "many_blanks" if many else "faint"


def ink_is_lost(rows: Sequence[RowReading]) -> bool:
    """Whether a black and white picture shows too little of the ink to decide its rows, for people too.

    Such a sheet is scanned again in grey, or typed in from the paper.
    """
    dropped, torn = (sum(row.reason in reasons for row in rows) for reasons in (DROPPED, TORN))
    return dropped > MOST_DROPPED * len(rows) or dropped + torn > MOST_LOST * len(rows)
