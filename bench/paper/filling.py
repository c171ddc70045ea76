"""One voter fills one side of the form from the first row to the last; the truth of the side comes out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.paper import shapes
from bench.paper.hand import Ink
from bench.paper.mishaps import MISHAPS, MORE, Mishaps
from bench.paper.truth import NOTHING, RowTruth, SheetTruth
from bench.paper.voters import Rng, Voter, choose
from evaluations.paper.template import BoxRow, SheetTemplate

BLANKS = 2.0  # per cent of the rows
DITTOS = 0.15
NOTES = 0.025  # part of the sheets with something written beside the table


class Filler(Mishaps):
    """A whole side: rows one after another, or a line down the column."""

    pending = 0  # rows still to be filled with ditto marks
    column = 0
    spoil: dict[int, str] = {}

    def fill(self) -> SheetTruth:
        """Write everything; the truth of the side."""
        voter, rows = self.voter, self.sheet.rows
        last = int(self.rng.integers(3, len(rows))) if voter.sheet == "half" and len(rows) > 4 else len(rows)
        if voter.sheet in ("sweep", "giant"):
            self.swept()
        for position, row in enumerate(rows):
            if row.row in self.truth:
                continue
            if voter.sheet == "empty" or position >= last:
                self.truth[row.row] = RowTruth(row.row, NOTHING, kind="unfilled")
            else:
                self.row(row)
        for number in self.beside & self.truth.keys():
            if not self.truth[number].human:
                self.truth[number] = replace(self.truth[number], human=True, kind="beside")
        if voter.sheet == "usual" and voter.varied and voter.messy and self.rng.random() < 0.025:
            self.notes()
        truth = tuple(self.truth[row.row] for row in rows)
        return SheetTruth(self.sheet.page, truth, voter.pen, voter.style, voter.size_class, voter.sheet)

    def row(self, row: BoxRow) -> None:
        """One row, with or without a mishap."""
        if row.row in self.spoil:
            getattr(self, self.spoil[row.row])(row)
            return
        if self.pending:
            self.pending -= 1
            self.again(row)
            return
        chance = float(self.rng.random()) * 100
        if chance < BLANKS * min(1.0, self.voter.messy + 0.2 * bool(self.voter.messy)):
            self.truth[row.row] = RowTruth(row.row, NOTHING)
            return
        mishaps = {kind: rate for kind, rate in MISHAPS.items() if self.voter.varied or kind not in MORE}
        if self.rng.random() * 100 < sum(mishaps.values()) * self.voter.messy:
            kind = choose(self.rng, mishaps)
            if kind != "erased" or "pencil" in self.voter.pen:
                getattr(self, kind)(row)
                return
        if self.voter.varied and self.rng.random() * 100 < DITTOS * self.voter.messy:
            self.pending, self.column = int(self.rng.integers(2, 9)), self.option()
            self.clean(row, self.column, self.mark(row, self.column), "")
            return
        self.plain(row)

    def again(self, row: BoxRow) -> None:
        """Two short strokes: the same as above."""
        box = row.boxes[self.column]
        x, y = box.x + box.width / 2 + float(self.rng.normal(0, 0.7)), box.y + box.height / 2
        high = float(self.rng.uniform(1.2, 2.6))
        gap = float(self.rng.uniform(0.8, 1.6))
        strokes = [
            shapes.line(
                self.voter,
                (x + side * gap / 2 + 0.3, y - high / 2),
                (x + side * gap / 2 - 0.3, y + high / 2),
                self.rng,
            )
            for side in (-1, 1)
        ]
        self.write(strokes)
        self.human(row, str(self.column + 1), "ditto")

    def blocks(self) -> list[list[BoxRow]]:
        """The rows of each block of the side, from the top."""
        found: dict[float, list[BoxRow]] = {}
        for row in self.sheet.rows:
            found.setdefault(round(row.boxes[0].x, 1), []).append(row)
        return list(found.values())

    def swept(self) -> None:
        """One line, or one large √, down a column: meant for all rows it passes."""
        blocks = self.blocks()
        chosen = blocks if self.rng.random() < 0.5 else [blocks[int(self.rng.integers(len(blocks)))]]
        option = self.option()
        for block in chosen:
            if self.voter.sheet == "giant":
                self.giant(block, option)
                meant = block
            else:
                meant = self.line_down(block, option)
            for row in meant:
                self.human(row, str(option + 1), "sweep")

    def line_down(self, block: list[BoxRow], option: int) -> list[BoxRow]:
        """A line through a run of rows, with a √ at its top or an arrow at its end; the rows it passes."""
        rng, first, last = self.rng, 0, len(block)
        if rng.random() < 0.3 and len(block) > 6:
            first = int(rng.integers(0, len(block) - 5))
            last = int(rng.integers(first + 4, len(block)))
        rows = block[first:last]
        top, bottom = rows[0].boxes[option], rows[-1].boxes[option]
        x = top.x + top.width * float(rng.uniform(0.3, 0.7))
        start = (x, top.y + top.height * float(rng.uniform(0.1, 0.7)))
        end = (x + float(rng.normal(0, 1.5)), bottom.y + bottom.height * float(rng.uniform(0.3, 0.9)))
        strokes = [shapes.line(self.voter, start, end, rng)]
        way = rng.random()
        if way < 0.35:
            strokes += shapes.moved(
                shapes.mark(self.voter, self.size(rows[0]), rng, "tick"), start[0], start[1] - 1
            )
        elif way < 0.55:
            strokes.append(shapes.line(self.voter, (end[0] - 1.5, end[1] - 2), end, rng))
            strokes.append(shapes.line(self.voter, end, (end[0] + 1.5, end[1] - 2), rng))
        self.write(strokes)
        return rows

    def giant(self, block: list[BoxRow], option: int) -> None:
        """One √ over the whole column."""
        top, bottom = block[0].boxes[option], block[-1].boxes[option]
        high = bottom.y + bottom.height - top.y
        stroke = shapes.tick(self.voter, 10.0, self.rng)[0]
        low, extent = stroke[:, :2].min(axis=0), np.ptp(stroke[:, :2], axis=0)
        wide, tall = top.width * float(self.rng.uniform(0.7, 1.6)), high * float(self.rng.uniform(0.45, 0.95))
        stroke[:, 0] = (stroke[:, 0] - low[0]) / extent[0] * wide + top.x + (top.width - wide) / 2
        stroke[:, 1] = (stroke[:, 1] - low[1]) / extent[1] * tall + top.y + (high - tall) / 2
        self.write([stroke])

    def notes(self) -> None:
        """A few characters in the column of remarks or below the table; they change no vote."""
        row = self.sheet.rows[int(self.rng.integers(len(self.sheet.rows)))]
        end = row.boxes[-1].x + row.boxes[-1].width
        room = row.whole.x + row.whole.width - end
        if room > 10:
            x, y = end + room / 2, row.whole.y + row.whole.height / 2
        else:
            table = self.sheet.tables[int(self.rng.integers(len(self.sheet.tables)))]
            x = table.x + table.width * float(self.rng.uniform(0.2, 0.8))
            y = table.y + table.height + float(self.rng.uniform(5, 12))
        self.write(shapes.moved(shapes.word(self.voter, 4.5, self.rng), x, y))


def fill(
    sheet: SheetTemplate, voter: Voter, rng: Rng, spoil: dict[int, str] | None = None
) -> tuple[list[Ink], SheetTruth]:
    """What the voter writes on this side, and what it means; `spoil` names rows and their mishaps."""
    filler = Filler(sheet, voter, rng)
    filler.spoil = spoil or {}
    truth = filler.fill()
    return filler.inks, truth
