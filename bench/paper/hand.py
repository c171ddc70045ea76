"""The hand of one voter on one side of the form: puts marks into boxes and knows whose they are.

A row is left to a person (`human`) when its ink does not lie clearly in one box: that is measured from the
strokes themselves, so that a clean row is one about which two people would not differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.paper import shapes
from bench.paper.shapes import Stroke
from bench.paper.truth import RowTruth
from bench.paper.voters import Rng, Voter
from evaluations.paper.layout import Rect
from evaluations.paper.template import BoxRow, SheetTemplate

CLEAR = 0.62  # a mark belongs to a box when at least this part of its length lies there
BESIDE = 0.22  # and it concerns another row when this part lies in a box of that row


@dataclass(frozen=True, slots=True)
class Ink:
    """Strokes on the sheet (mm); `faded` multiplies the darkness of the pen."""

    strokes: list[Stroke]
    faded: float = 1.0


def share(strokes: list[Stroke], box: Rect) -> float:
    """Which part of the length of the strokes lies in a box."""
    inside = total = 0.0
    for stroke in strokes:
        steps = np.hypot(*np.diff(stroke[:, :2], axis=0).T)
        middle = (stroke[1:, :2] + stroke[:-1, :2]) / 2
        within = (
            (middle[:, 0] >= box.x)
            & (middle[:, 0] <= box.x + box.width)
            & (middle[:, 1] >= box.y)
            & (middle[:, 1] <= box.y + box.height)
        )
        total += float(steps.sum())
        inside += float(steps[within].sum())
    return inside / max(total, 1e-9)


class Hand:
    """Marks of one voter: `inks` in the order of writing, `truth` of the rows, rows touched from `beside`."""

    def __init__(self, sheet: SheetTemplate, voter: Voter, rng: Rng) -> None:
        self.sheet, self.voter, self.rng = sheet, voter, rng
        self.inks: list[Ink] = []
        self.truth: dict[int, RowTruth] = {}
        self.beside: set[int] = set()
        self.options = len(sheet.rows[0].boxes)

    def write(self, strokes: list[Stroke], faded: float = 1.0) -> list[Stroke]:
        """Put strokes on the paper."""
        self.inks.append(Ink(strokes, faded))
        return strokes

    def option(self) -> int:
        """The grade the voter gives, from 0."""
        return int(self.rng.choice(self.options, p=np.array(self.voter.favour)))

    def other(self, option: int) -> int:
        """Another grade, mostly the next one."""
        if self.options == 1:
            return 0
        step = 1 if self.rng.random() < 0.7 else int(self.rng.integers(1, self.options))
        return option + step if option + step < self.options else option - 1

    def size(self, row: BoxRow, factor: float = 1.0) -> float:
        """Size of one mark in mm: a little more in high rows, never twice the same."""
        high = (row.boxes[0].height / 10) ** 0.5
        return float(self.voter.size * high * factor * np.exp(self.rng.normal(0, 0.12)))

    def placed(self, box: Rect, strokes: list[Stroke]) -> list[Stroke]:
        """The mark where this voter puts it in the box."""
        scatter = self.rng.normal(0, self.voter.scatter, 2)
        x = box.x + box.width / 2 + self.voter.right + scatter[0]
        y = box.y + box.height / 2 + self.voter.down + scatter[1] * 0.6
        return shapes.moved(strokes, float(x), float(y))

    def mark(self, row: BoxRow, option: int, factor: float = 1.0) -> list[Stroke]:
        """A usual mark in a box, written down."""
        strokes = self.placed(row.boxes[option], shapes.mark(self.voter, self.size(row, factor), self.rng))
        return self.write(strokes)

    def clean(self, row: BoxRow, option: int, strokes: list[Stroke], kind: str) -> None:
        """The truth of a single mark: clean if its ink says so, otherwise for a person."""
        human, name = share(strokes, row.boxes[option]) < CLEAR, "v_line"
        for other in self.sheet.rows:
            near = abs(other.boxes[0].y - row.boxes[0].y) < 2.5 * row.boxes[0].height
            if near and other.row != row.row and share(strokes, other.boxes[option]) > BESIDE:
                self.beside.add(other.row)
                human, name = True, "h_line"
        if human:  # a person goes by where most of the ink lies
            option = max(range(self.options), key=lambda index: share(strokes, row.boxes[index]))
        self.truth[row.row] = RowTruth(row.row, str(option + 1), human=human, kind=name if human else kind)

    def human(self, row: BoxRow, mark: str, kind: str) -> None:
        """The truth of a row that a person decides."""
        self.truth[row.row] = RowTruth(row.row, mark, human=True, kind=kind)

    def plain(self, row: BoxRow) -> None:
        """A mark."""
        option = self.option()
        self.clean(row, option, self.mark(row, option), "")
