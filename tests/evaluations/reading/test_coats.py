"""A mark with more ink than its shape takes goes to a person: struck through, scribbled over, a word run together."""

import pytest

from evaluations.paper.reading.coats import filled
from evaluations.paper.reading.lines import Line
from evaluations.paper.reading.shapes import CROSS, OTHER, RING, SLASH, TICK
from evaluations.paper.reading.strokes import Drawing


def drawn(coats: float, length: float = 10.0, pen: float = 0.5, thick: float = 0.0) -> Drawing:
    """One stroke of that length with so many times the ink it takes."""
    line = Line(-1, -2, [(0.0, 0.0), (length, 0.0)])
    return Drawing([line], thick or pen, 1, ink=coats * length * pen)


def at_size(*marks: tuple[str, Drawing]) -> list[bool]:
    """What is filled of marks that were not enlarged."""
    return filled([(shape, drawing, 1.0) for shape, drawing in marks])


def sheet(mark: tuple[str, Drawing], pen: float = 0.5, shape: str = TICK) -> bool:
    """Whether a mark is filled on a sheet of single strokes."""
    return at_size(*[(shape, drawn(1.2, pen=pen))] * 5, mark)[-1]


def test_marks_of_one_stroke_are_not_filled() -> None:
    assert (
        at_size((TICK, drawn(1.2)), (RING, drawn(1.3)), (CROSS, drawn(1.2)), (SLASH, drawn(1.0)))
        == [False] * 4
    )


@pytest.mark.parametrize("shape", [TICK, SLASH, RING])
def test_a_solid_block_is_filled(shape: str) -> None:
    # 5 mm long and 2.5 mm high: a scribble that has run together.
    assert sheet((shape, drawn(5.0, 5.0, thick=2.5)))
    assert sheet((shape, drawn(2.5, 5.0, 1.0, thick=2.5)), pen=1.0)


def test_a_mark_drawn_twice_is_not_filled() -> None:
    assert not sheet((TICK, drawn(1.9, thick=0.9)))


def test_strokes_of_a_wide_pen_soon_touch_so_only_a_long_one_may_be_drawn_twice() -> None:
    assert sheet((TICK, drawn(1.7, 5.0, 0.9, thick=1.2)), pen=0.9)
    assert not sheet((TICK, drawn(1.7, 16.0, 0.9, thick=1.2)), pen=0.9)
    assert sheet((RING, drawn(1.7, 16.0, 0.9, thick=1.2)), pen=0.9)


def test_a_cross_heavier_than_the_others_of_its_sheet_is_filled() -> None:
    # A × over a × looks like one ×, but for its ink.
    assert sheet((CROSS, drawn(1.4)), shape=CROSS)
    assert not sheet((CROSS, drawn(1.3)), shape=CROSS)
    assert not sheet((CROSS, drawn(1.4)))
    assert sheet((CROSS, drawn(1.3, thick=0.7)), shape=CROSS)
    assert sheet((CROSS, drawn(1.5)))


def test_a_pen_between_two_whole_widths_has_their_mean() -> None:
    # Widths are measured in whole pixels: of one pen some marks are 0.43 mm wide and the others 0.58.
    marks = [(CROSS, drawn(1.47, pen=0.43))] * 6 + [(CROSS, drawn(1.04, pen=0.58))] * 4
    assert at_size(*marks) == [False] * 10


def test_where_a_sheet_has_too_few_marks_its_pen_is_a_usual_one() -> None:
    assert at_size((OTHER, drawn(1.2)), (TICK, drawn(1.2, 5.0, 2.5, thick=2.5))) == [False, True]
    assert at_size((TICK, drawn(1.2))) == [False]
    assert filled([]) == []


def test_a_mark_that_was_enlarged_is_measured_by_the_pen_as_enlarged() -> None:
    marks = [(TICK, drawn(1.2), 1.0)] * 5
    assert filled([*marks, (TICK, drawn(1.2, pen=1.5), 3.0)])[-1] is False
    assert filled([*marks, (TICK, drawn(1.2, pen=1.5), 1.0)])[-1] is True
