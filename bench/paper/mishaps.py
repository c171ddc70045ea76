"""What goes wrong with single rows, and how often; the names are the kinds of the truth."""

from __future__ import annotations

import numpy as np

from bench.paper import shapes
from bench.paper.hand import Hand, share
from bench.paper.shapes import Stroke
from bench.paper.truth import INVALID, NOTHING
from evaluations.paper.template import BoxRow

MISHAPS = {
    "overvote": 0.8,
    "corrected": 1.2,
    "cancelled": 0.4,
    "v_line": 0.3,
    "h_line": 0.3,
    "word": 0.4,
    "dot_only": 0.05,
    "stray": 6.0,
    "dot": 2.0,
    "tiny": 1.0,
    "retraced": 0.7,
    "erased": 0.3,
}
# The mishaps that only varied voters have.
MORE = frozenset({"retraced", "erased", "dot_only"})


class Mishaps(Hand):
    """A hand that errs. Each method writes one row and its truth."""

    # Mishaps that leave the row clear --------------------------------------------------------------

    def stray(self, row: BoxRow) -> None:
        """A mark with a stroke that runs over the border of its box."""
        option = self.option()
        box = row.boxes[option]
        strokes = shapes.mark(self.voter, self.size(row, float(self.rng.uniform(1.0, 1.35))), self.rng)
        right = max(float(stroke[:, 0].max()) for stroke in strokes)
        over = float(self.rng.uniform(0.3, 2.2))
        x = box.x + box.width + over - right
        y = box.y + box.height / 2 + self.voter.down + float(self.rng.normal(0, 0.5))
        strokes = shapes.moved(strokes, x, y)
        self.write(strokes)
        self.clean(row, option, strokes, "stray")

    def dot(self, row: BoxRow) -> None:
        """A mark, and a dot of the pen in another box."""
        option = self.option()
        self.clean(row, option, self.mark(row, option), "dot")
        box = row.boxes[self.other(option)]
        x = box.x + box.width * float(self.rng.uniform(0.15, 0.85))
        y = box.y + box.height * float(self.rng.uniform(0.15, 0.85))
        self.write(shapes.moved(shapes.dot(self.voter, self.rng), x, y))

    def tiny(self, row: BoxRow) -> None:
        """A very small mark."""
        option = self.option()
        factor = float(self.rng.uniform(1.3, 2.2)) / self.voter.size
        self.clean(row, option, self.mark(row, option, factor), "tiny")

    def retraced(self, row: BoxRow) -> None:
        """The same mark drawn twice over."""
        option = self.option()
        strokes = self.mark(row, option)
        shift = self.rng.normal(0, 0.35, 2)
        self.write(shapes.moved(strokes, float(shift[0]), float(shift[1])))
        self.clean(row, option, strokes, "retraced")

    def erased(self, row: BoxRow) -> None:
        """A pencil mark rubbed out, and another one."""
        first = self.option()
        second = self.other(first)
        strokes = self.placed(row.boxes[first], shapes.mark(self.voter, self.size(row), self.rng))
        self.write(strokes, float(self.rng.uniform(0.08, 0.22)))
        self.clean(row, second, self.mark(row, second), "erased")

    # Mishaps that a person decides -------------------------------------------------------------------

    def overvote(self, row: BoxRow) -> None:
        """Two marks, or three."""
        first = self.option()
        chosen = {first, self.other(first)}
        if self.rng.random() < 0.1:
            chosen.add(int(self.rng.integers(self.options)))
        for option in sorted(chosen):
            self.mark(row, option)
        self.human(row, INVALID, "overvote")

    def strike(self, strokes: list[Stroke]) -> None:
        """Cross a mark out, in one of the ways people do."""
        points = np.vstack(strokes)[:, :2]
        low, high = points.min(axis=0), points.max(axis=0)
        middle, (wide, tall) = (low + high) / 2, high - low
        x, y = float(middle[0]), float(middle[1])
        way = self.rng.random()
        if way < 0.45:
            swings = int(self.rng.integers(4, 9))
            crossed = shapes.hatch(
                self.voter, float(wide) * 1.1 + 1, float(tall) * 0.8 + 0.6, self.rng, swings
            )
        elif way < 0.8:
            crossed = []
            for number in range(1 + (self.rng.random() < 0.5)):
                up = float(self.rng.normal(0, 0.5)) + number * 1.1
                half = float(wide) / 2 + float(self.rng.uniform(0.8, 2.0))
                crossed.append(
                    shapes.line(
                        self.voter, (-half, up), (half, up + float(self.rng.normal(0, 0.6))), self.rng
                    )
                )
        else:
            crossed = shapes.cross(self.voter, max(float(wide), float(tall)) * 1.1, self.rng)
        self.write(shapes.moved(crossed, x, y))

    def corrected(self, row: BoxRow) -> None:
        """A mark crossed out and another one; sometimes an arrow leads from one box to the other."""
        first = self.option()
        second = self.other(first)
        strokes = self.mark(row, first)
        if self.rng.random() < 0.08:
            start, end = row.boxes[first], row.boxes[second]
            y = start.y + start.height * float(self.rng.uniform(0.3, 0.7))
            tip = (end.x + end.width / 2, y + float(self.rng.normal(0, 0.8)))
            back = -1.8 if end.x > start.x else 1.8
            arrow = [
                shapes.line(self.voter, (start.x + start.width / 2, y), tip, self.rng),
                shapes.line(self.voter, (tip[0] + back, tip[1] - 1.4), tip, self.rng),
                shapes.line(self.voter, tip, (tip[0] + back, tip[1] + 1.4), self.rng),
            ]
            self.write(arrow)
        else:
            self.strike(strokes)
            self.mark(row, second)
        self.human(row, str(second + 1), "corrected")

    def cancelled(self, row: BoxRow) -> None:
        """A mark crossed out and no other."""
        self.strike(self.mark(row, self.option()))
        self.human(row, NOTHING, "cancelled")

    def v_line(self, row: BoxRow) -> None:
        """A mark on the line between two boxes."""
        option = int(self.rng.integers(max(1, self.options - 1)))
        box = row.boxes[option]
        strokes = shapes.mark(self.voter, self.size(row), self.rng)
        x = box.x + box.width + float(self.rng.normal(0, 0.04)) * box.width
        y = box.y + box.height / 2 + float(self.rng.normal(0, 0.6))
        strokes = self.write(shapes.moved(strokes, x, y))
        nearest = max(
            (option, option + 1), key=lambda index: share(strokes, row.boxes[min(index, self.options - 1)])
        )
        self.clean(row, min(nearest, self.options - 1), strokes, "near_line")

    def h_line(self, row: BoxRow) -> None:
        """A mark on the line between this row and the next."""
        option = self.option()
        box = row.boxes[option]
        strokes = shapes.mark(self.voter, self.size(row), self.rng)
        x = box.x + box.width / 2 + self.voter.right
        y = box.y + box.height + float(self.rng.normal(0, 0.04)) * box.height
        strokes = self.write(shapes.moved(strokes, x, y))
        self.clean(row, option, strokes, "near_line")

    def word(self, row: BoxRow) -> None:
        """A character in place of a mark."""
        size = min(row.boxes[0].height * 0.75, float(self.rng.uniform(3.5, 7)))
        self.write(self.placed(row.boxes[self.option()], shapes.word(self.voter, size, self.rng)))
        self.human(row, INVALID, "word")

    def dot_only(self, row: BoxRow) -> None:
        """Nothing but a dot."""
        box = row.boxes[self.option()]
        self.write(self.placed(box, shapes.dot(self.voter, self.rng)))
        self.human(row, NOTHING, "dot_only")
