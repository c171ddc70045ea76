"""Strokes broken by a printed line: which parts are one again, and which stay apart."""

import cv2
import numpy as np
import pytest

from evaluations.paper.reading.lines import Point
from evaluations.paper.reading.shapes import OTHER, TICK, shape_of
from evaluations.paper.reading.straightening import FINE
from evaluations.paper.reading.strokes import Drawing, drawings


def inked(*strokes: list[Point], hidden: tuple[float, float, float, float] = (0, 0, 0, 0)) -> Drawing:
    """Strokes (mm) of a pen of 0.5 mm, without the part that a printed line hides (left, top, right, low)."""
    picture = np.zeros((round(12 * FINE), round(14 * FINE)), np.uint8)
    for stroke in strokes:
        points = np.round(np.array(stroke) * FINE).astype(np.int32)
        cv2.polylines(picture, [points.reshape(-1, 1, 2)], False, 255, 4)
    left, top, right, low = (round(edge * FINE) for edge in hidden)
    picture[top:low, left:right] = 0
    return drawings([picture])[0]


TIP_BELOW = [(2.0, 4.0), (4.5, 9.0), (9.0, 2.0)]


def test_a_tip_hidden_in_a_printed_line_is_found_again() -> None:
    drawing = inked(TIP_BELOW, hidden=(0, 8.0, 14, 12))
    assert drawing.pieces == 1
    shape, (x, y) = shape_of(drawing)
    assert shape == TICK
    assert (x, y) == pytest.approx((4.5, 9.0), abs=0.5)


def test_a_round_tip_cut_at_its_side_is_one_again() -> None:
    drawing = inked([(2.2, 3.0), (3.6, 7.2)], [(3.2, 8.2), (5.4, 7.8), (7.6, 5.0), (8.2, 1.0)])
    assert drawing.pieces == 1
    assert shape_of(drawing)[0] == TICK


APART: dict[str, tuple[list[Point], list[Point]]] = {
    "ditto": ([(4.0, 3.0), (3.4, 7.0)], [(6.0, 3.0), (5.4, 7.0)]),
    "roof": ([(5.0, 3.0), (3.0, 7.0)], [(6.2, 3.0), (8.2, 7.0)]),
    "far_from_each_other": ([(2.0, 4.0), (3.5, 8.0)], [(12.0, 2.0), (9.5, 8.0)]),
    "not_side_by_side": ([(2.0, 2.0), (3.5, 5.0)], [(9.0, 2.0), (4.8, 8.0)]),
    "crossing": ([(5.2, 3.0), (6.0, 7.0)], [(3.6, 3.5), (4.6, 7.0)]),
}


@pytest.mark.parametrize("name", APART)
def test_two_strokes_that_do_not_meet_below_stay_two(name: str) -> None:
    drawing = inked(*APART[name])
    assert drawing.pieces == 2
    assert shape_of(drawing)[0] == OTHER


def test_the_end_that_reaches_over_a_line_into_the_next_box_belongs_to_its_stroke() -> None:
    stub = [(10.6, 1.1), (10.6, 1.9)]  # what is left beyond the line lies along it
    assert shape_of(inked([(2.0, 4.0), (4.5, 8.0), (8.9, 2.8)], stub))[0] == TICK


def test_a_short_stroke_that_does_not_lie_ahead_stays_alone() -> None:
    assert inked([(2.0, 4.0), (4.5, 8.0), (8.9, 2.8)], [(10.4, 4.0), (10.4, 4.8)]).pieces == 2
    assert inked([(2.0, 4.0), (4.5, 8.0), (8.9, 2.8)], [(10.4, 0.6), (10.4, 3.6)]).pieces == 2
    assert inked([(4.0, 5.0), (5.0, 5.0)], [(6.4, 4.6), (6.4, 5.4)]).pieces == 2


def test_ink_and_length_are_measured() -> None:
    drawing = inked([(2.0, 6.0), (10.0, 6.0)])
    assert drawing.length == pytest.approx(8.4, abs=0.5)
    assert drawing.ink == pytest.approx(8.4 * 0.6, rel=0.25)
