"""Says what a picture as a whole may hide, so that a mark of clear shape on it still goes to a person."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evaluations.paper.reading.blanks import MANY_BLANK
from evaluations.paper.reading.found import Found, Usual
from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.shapes import CROSS, OTHER, SLASH, TICK

FEWEST = 3  # marks of a kind before a rare kind counts
MOST_OTHER = 0.5  # share of a sheet's marks that may be of no clear shape
NOISY = 0.5  # of the usual darkness
# Pixels a printed line is smeared to each side: beyond, a × may be a × over a ×, and a large √ a scribble.
SOFT = 4.6
LARGER_SOFT = 1.4  # the same as LARGER where a page is soft or black and white
# How much more ink round its dark strokes than usual is a paler stroke beside them: times the spread of the sheet's
# marks, but at least and at most so large a share. The same with all paler ink counted, where noise has no such end.
SPREAD = 6.0
LEAST_REST, MOST_REST = 0.10, 0.15
LEAST_AROUND = 0.6
# A √ struck through along its own arms: times its usual ink, or darkness (two coats), and mm it is wider somewhere
# than the sheet's marks are.
STRUCK, STRUCK_DARKER, STRUCK_WIDER = 1.28, 1.15, 0.21
# mm² of ink: a sheet's usual mark has no more only where most of it was lost, or few are seen; and where all are whole.
VANISHED, VANISHED_WHOLE = 4.0, 2.5
# Share of a sheet's marks in one piece below which black and white has eaten ink; share of a mark's ink its largest
# piece then has at least: what is left of a mark that was struck through lies in pieces. More of it where the mark runs
# over a line: a piece that is gone may have been what says to which box it belongs.
ONE_PIECE, LARGEST_PIECE, LARGEST_OVER = 0.8, 0.5, 0.75
# Of its ink a mark has in its box, where black and white may have eaten what it has in the next.
CLEARLY = 0.9
# Times the usual darkness a × has at most: darker is a × over a ×. Share of a sheet's clear marks that are a × where
# they are the way of marking.
DARKER, MOST_CROSSES = 1.08, 0.8
# The same where the page is soft, and times the usual ink: two × flow together there and leave more of both.
SOFT_DARKER, SOFT_INK = 1.03, 1.12
BROAD = 1.2  # mm: a × by so broad a pen covers another one whole


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture may hide: `soft` (blurred), `coarse` (black and white), `torn` (little of the ink is left).

    `eaten` says that many marks of a picture in black and white lie in pieces: part of the ink was too pale for it;
    `lost` the same, or that little ink is left of it.

    `rest` is the most ink that marks like its others have over that of their dark strokes, `around` the same when all
    that is paler counts too; `swollen` how much wider than their strokes
    they usually are somewhere (mm). `crosses`: nearly all marks are a ×.
    """

    soft: bool
    coarse: bool
    torn: bool
    eaten: bool
    lost: bool
    rest: float
    around: float
    swollen: float
    crosses: bool

    @classmethod
    def of(cls, inks: list[Ink], rows: list[Found], usual: Usual, coarse: bool) -> Look:
        """Torn: no clear shapes, or in black and white hardly anything of a pale pen, as many empty rows tell too."""
        marked = [row for row in rows if row.tile is not None]
        clear = sum(row.shape != OTHER for row in marked)
        gone = coarse and sum(row.empty for row in rows) > MANY_BLANK * len(rows)
        whole = sum(row.largest == 1.0 for row in marked)
        eaten = gone or (coarse and (whole < ONE_PIECE * len(marked) or len(marked) < FEWEST))
        little = coarse and usual.area <= (VANISHED if eaten else VANISHED_WHOLE)
        # Where noise reaches half as high as strokes, what is taken for a mark may be scraps of a scribble.
        noisy = max(float(np.median(ink.levels)) for ink in inks) > NOISY * usual.peak
        written = sum(not row.empty for row in rows) if noisy else len(marked)
        lost = eaten or little  # gone is eaten too
        torn = written - clear > MOST_OTHER * written or gone or little
        rest = _most([row.rest for row in marked], LEAST_REST, MOST_REST)
        around = _most([row.around for row in marked], LEAST_AROUND)
        swollen = [row.drawing.swollen / row.times for row in marked if row.shape != OTHER]
        soft = max((ink.smear for ink in inks), default=0.0) > SOFT
        crosses = sum(row.shape == CROSS for row in marked) >= MOST_CROSSES * max(1, clear)
        wider = float(np.median(swollen)) if swollen else 0.0
        return cls(soft, coarse, torn, eaten, lost, rest, around, wider, crosses)

    def may_hide(self, row: Found, usual: Usual) -> bool:
        """Whether something that tells against a mark of clear shape may be unseen in this picture."""
        if self.torn or row.rest > self.rest or row.around > self.around:
            return True
        wider = row.drawing.swollen / row.times - self.swollen
        more = row.area > STRUCK * usual.area or row.peak > STRUCK_DARKER * usual.peak
        if row.shape in (TICK, SLASH) and more and wider > STRUCK_WIDER:
            return True
        if self.eaten and row.largest < (LARGEST_PIECE if row.share == 1.0 else LARGEST_OVER):
            return True
        if self.eaten and row.share < CLEARLY:
            return True  # part of what lies beyond the line may be too pale for black and white
        if self.eaten and row.shape == SLASH:
            return True  # the hook of a √, or what crossed a mark out, may be too pale for black and white
        if (self.soft or self.coarse) and row.area > LARGER_SOFT * usual.area:
            return True
        return row.shape == CROSS and self._may_be_twice(row, usual)

    def _may_be_twice(self, row: Found, usual: Usual) -> bool:
        """Whether a × may be one that was crossed out by another: darker, or where it would look the same.

        In black and white it is certain only on a sheet of × that lost no ink; on a soft page only on a sheet of ×
        too, as far as it is like the others.
        """
        if self.eaten or row.thick > BROAD or ((self.soft or self.coarse) and not self.crosses):
            return True
        darker, larger = row.peak > SOFT_DARKER * usual.peak, row.area > SOFT_INK * usual.area
        if self.soft:
            return darker or larger
        return row.peak > DARKER * usual.peak or (darker and larger)


def _most(values: list[float], least: float, most: float = math.inf) -> float:
    """How high a value is at most that is like the others: more where they differ much, as noise makes them.

    Always by the share `least` of the usual value more, and by no more than the share `most` of it.
    """
    if not values:
        return 0.0
    usual = float(np.median(values))
    spread = float(np.median(np.abs(np.array(values) - usual)))
    return usual + max(least * usual, min(SPREAD * spread, most * usual))
