"""What was found in one row of a sheet, with the picture of its only mark."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import Groups
from evaluations.paper.reading.pictures import HALF, picture
from evaluations.paper.reading.shapes import OTHER
from evaluations.paper.reading.straightening import FINE
from evaluations.paper.reading.strokes import Drawing

Grey = NDArray[np.uint8]
Ints = NDArray[np.int64]

LARGEST = 18.0  # mm: no mark is larger
AWAY = 6  # pixels round a mark where its paper is seen
BLOCK = 0.3  # of the usual darkness the paper under a mark is darker than that around it at most


@dataclass(slots=True)
class Found:
    """What lies in one row before it is decided. `column` is the box of its only mark, or -1."""

    row: int
    reason: str = ""
    column: int = -1
    group: int = -1
    area: float = 0.0
    peak: float = 0.0
    size: float = 0.0
    edge: float = 9.0
    share: float = 1.0
    span: float = 1.0
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    aside: float = 9.0
    stands: float = 9.0
    inside: float = 1.0
    beyond: float = 0.0
    below: float = 0.0
    thick: float = 0.0
    times: float = 1.0  # its drawing was enlarged
    rest: float = 1.0  # its ink over that of its dark strokes
    around: float = 1.0  # the same with what is paler than strokes are
    largest: float = 1.0  # share of its ink in its largest piece, where that was looked at
    length: float = 0.0
    dense: float = 0.0
    level: float = 0.0
    tile: Grey | None = None
    alone: bool = True
    drawing: Drawing = field(default_factory=Drawing)
    shape: str = OTHER

    @property
    def empty(self) -> bool:
        """Nothing was written here."""
        return not self.reason and self.column < 0


@dataclass(frozen=True, slots=True)
class Usual:
    """The marks of one sheet: median ink in mm², median darkness, median size in mm."""

    area: float
    peak: float
    size: float = 0.0
    dense: float = 0.0


def put_mark(row: Found, ink: Ink, group: Groups, own: Ints, cell: int, usual: Usual) -> None:
    """Put the only mark of a row into `row`, with a picture of its ink."""
    number, row.column = divmod(cell, len(ink.block.xs) - 1)
    row.area = float(group.area[own].sum())
    row.peak = float(group.peak[own].max())
    frame = group.frame[own]
    left, top, right, low = frame[:, 0].min(), frame[:, 1].min(), frame[:, 2].max(), frame[:, 3].max()
    row.size = float(max(right - left, low - top)) / FINE
    (y0, y1), x0, x1 = ink.block.ys[number], ink.block.xs[row.column], ink.block.xs[row.column + 1]
    row.edge = float(min(left - x0, x1 - right, top - y0, y1 - low)) / FINE
    row.below = float(low - y1) / FINE
    spans = [
        (min(high, end) - max(start, first)) / max(high - start, 1)
        for start, high, first, end in ((left, right, x0, x1), (top, low, y0, y1))
    ]
    row.span = float(min(spans))
    row.share = float(group.cells[own, cell].sum()) / row.area
    if row.size > LARGEST:
        row.reason = row.reason or "crosses_cells"
    if not row.reason and _is_block(ink.paper, (left, top, right, low), usual):
        row.reason = "complex"
    if not row.reason:
        row.box = ((x0 - left) / FINE, (y0 - top) / FINE, (x1 - left) / FINE, (y1 - top) / FINE)
        row.tile = _tile(ink, group, own, (left, top, right, low), HALF * row.peak)
        dark = max(1, int((row.tile > 0).sum())) / FINE**2
        paler = float(group.traces[cell] - group.cells[:, cell].sum())
        row.rest, row.around = row.area / dark, (row.area + max(0.0, paler)) / dark


def _is_block(paper: Grey, frame: tuple[int, int, int, int], usual: Usual) -> bool:
    """Whether what lies in a frame is filled wider than any stroke: in its middle it was taken for paper.

    The paper all around is lighter than that there; the edge of a shadow is no block, for it goes on.
    """
    left, top, right, low = frame
    outer = paper[max(0, top - AWAY) : low + AWAY, max(0, left - AWAY) : right + AWAY]
    around = np.concatenate([outer[0], outer[-1], outer[:, 0], outer[:, -1]])
    light = float(np.percentile(around, 10))
    return light - float(paper[top:low, left:right].min()) > BLOCK * usual.peak * light / 255


def _tile(ink: Ink, group: Groups, own: Ints, frame: tuple[int, int, int, int], level: float) -> Grey:
    """The picture of the ink of a mark."""
    place = (slice(frame[1], frame[3]), slice(frame[0], frame[2]))
    chosen = np.zeros(len(group.area) + 1, bool)
    chosen[own + 1] = True
    return picture(ink, chosen[group.labels[place]], frame, level)
