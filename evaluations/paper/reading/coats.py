"""Tells a mark written once, or twice, from one that was struck through or scribbled over, by how much ink it took."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluations.paper.reading.shapes import CROSS, OTHER, RING
from evaluations.paper.reading.strokes import Drawing

FEWEST, USUAL_PEN = 3, 0.6  # marks that tell a sheet's pen, and its width in mm where there are too few
FINE_PEN, WIDE_PEN = 0.6, 0.75  # mm, also of a pen that a blurred picture widens
MOST_FINE, MOST_WIDE = 2.2, 1.4  # coats a mark has at most, by a fine and by a wide pen
MORE, SHORT = 0.1, 8.0  # coats more for each time a stroke is longer than so many times its width
MOST_CROSS, CROSS_UNLIKE = 1.45, 1.1  # coats of a ×, and times the usual coats of the sheet's ×
CROSS_WIDER = 0.17  # mm the lines of a × are wider than the sheet's pen at most


def filled(marks: Sequence[tuple[str, Drawing, float]]) -> list[bool]:
    """Of each mark of a sheet whether it has more ink than its shape takes: a person must see why.

    `marks` are shape, drawing and how many times the drawing was enlarged. Coats are the ink of a mark over that of
    one stroke of the sheet's pen along its lines.
    """
    clear = sorted(drawing.thick / times for shape, drawing, times in marks if shape != OTHER)
    # Widths come in steps of whole pixels: a pen between two of them shows only in the mean.
    middle = clear[len(clear) // 4 : len(clear) - len(clear) // 4]
    pen = float(np.mean(middle)) if len(clear) >= FEWEST else USUAL_PEN
    crosses = [_coats(drawing, pen * times) for shape, drawing, times in marks if shape == CROSS]
    most_cross = min(MOST_CROSS, CROSS_UNLIKE * float(np.median(crosses))) if crosses else MOST_CROSS
    return [
        _coats(drawing, pen * times) > most_cross or drawing.thick / times > pen + CROSS_WIDER
        if shape == CROSS
        else _coats(drawing, pen * times) > _most(shape, drawing, pen)
        for shape, drawing, times in marks
    ]


def _coats(drawing: Drawing, pen: float) -> float:
    return drawing.ink / max(drawing.length * pen, 1e-6)


def _most(shape: str, drawing: Drawing, pen: float) -> float:
    """Coats of a √, / or ○ at most.

    A fine pen that fills an area leaves far more ink than a mark drawn twice, but strokes of a wide or blurred
    one soon touch. There only a mark that is long for its width may have two coats; a short block may be anything.
    """
    fine = min(1.0, max(0.0, (WIDE_PEN - pen) / (WIDE_PEN - FINE_PEN)))
    slender = 0.0 if shape == RING else max(0.0, drawing.length / max(drawing.thick, 1e-6) - SHORT)
    return min(MOST_FINE, MOST_WIDE + (MOST_FINE - MOST_WIDE) * fine + MORE * slender)
