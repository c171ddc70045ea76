"""From papers to counts, and from counts to percentages with their base stated.

测评 is not 评定: nothing here ever makes a grade of a person out of votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluations.rules.heads import Heads
from evaluations.rules.marks import ABSTAINED, INVALID, Paper

LEAST_APART = 5  # a part is not the result: what the rules show of the whole does not hold for it
BASES = {"valid": "有效票", "returned": "收回票", "present": "实到人数"}


@dataclass(frozen=True)
class Line:
    """The votes for one rated row: votes for each option in the scale's order, 弃权, 无效."""

    counts: tuple[int, ...]
    abstained: int
    invalid: int

    @property
    def total(self) -> int:
        """All papers that say something about this row, or nothing: must equal 有效票."""
        return sum(self.counts) + self.abstained + self.invalid


def tally(papers: Iterable[Paper], rows: int, options: int) -> tuple[list[Line], int]:
    """The lines of the rows in order, and how many papers are void as a whole."""
    counts = [[0] * options for _ in range(rows)]
    abstained, invalid = [0] * rows, [0] * rows
    void = 0
    for paper in papers:
        if paper.void:
            void += 1
            continue
        for row, mark in enumerate(paper.marks):
            if mark == ABSTAINED:
                abstained[row] += 1
            elif mark == INVALID:
                invalid[row] += 1
            else:
                counts[row][int(mark) - 1] += 1
    lines = [Line(tuple(counts[r]), abstained[r], invalid[r]) for r in range(rows)]
    return lines, void


def check_line(line: Line, valid: int) -> bool:
    """Whether Σ options + 弃权 + 无效 equals 有效票, with no number below zero."""
    return line.total == valid and min((*line.counts, line.abstained, line.invalid)) >= 0


def line_problems(lines: Iterable[tuple[str, Line]], valid: int) -> list[str]:
    """For each row (its name and votes) whose sum is not 有效票, what is wrong and what to do.

    Two people of the same name are two rows.
    """
    return [
        f"{name}：各栏合计 {line.total}，应为有效票 {valid}，"
        + ("少 " if line.total < valid else "多 ")
        + f"{abs(valid - line.total)} 票，请核对。"
        for name, line in lines
        if not check_line(line, valid)
    ]


def sum_lines(lines: Sequence[Line], options: int) -> Line:
    """The sum of many lines of one scale."""
    counts = tuple(sum(line.counts[i] for line in lines) for i in range(options))
    return Line(counts, sum(line.abstained for line in lines), sum(line.invalid for line in lines))


def base_number(base: str, heads: Heads) -> int | None:
    """The denominator named by the rule `percent_base`: 有效票, 收回票 or 实到人数."""
    return {"valid": heads.valid, "returned": heads.all_returned, "present": heads.present}[base]


def add_lines(first: Sequence[Line], second: Sequence[Line]) -> list[Line]:
    """Two counts of the same rows together, row by row; ValueError when they have not the same rows."""
    return [sum_lines([a, b], len(a.counts)) for a, b in zip(first, second, strict=True)]


def share(votes: int | None, base: int | None) -> Fraction | None:
    """The part of the base that the votes are, exactly; None without votes or without a base."""
    if votes is None or not base:
        return None
    return Fraction(votes, base)


def percent_text(part: Fraction | None) -> str:
    """A share as per cent with two decimals, halves rounded up: 2/3 is 66.67%; a dash for None."""
    if part is None:
        return "—"
    hundredths = (part * 10000 + Fraction(1, 2)).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def least_apart(minimum: int) -> int:
    """How many votes a part of a count must have to be told or kept apart: the rule's minimum, never fewer than five."""
    return max(minimum, LEAST_APART)


def withheld(valid: int | None, minimum: int) -> bool:
    """Whether counts stay on the signed form only: fewer valid papers than the rule set's minimum."""
    return valid is not None and valid < minimum


def uniform(lines: Sequence[Line], valid: int) -> bool:
    """Whether every valid paper puts everybody into one and the same grade.

    A private hint to the secretary (好人主义, 走过场), never a score.
    """
    if not lines or valid < 1:
        return False
    return any(all(line.counts[i] == valid for line in lines) for i in range(len(lines[0].counts)))
