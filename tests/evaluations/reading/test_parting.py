"""Marks of neighbouring rows that touch at a printed line, and tips hidden in one, on a small drawn table."""

import cv2
import numpy as np
import pytest

from evaluations.paper.layout import Rect
from evaluations.paper.reading.deciding import decide
from evaluations.paper.reading.finding import usual_of
from evaluations.paper.reading.ink import Block, Ink
from evaluations.paper.reading.marks import Groups, group_strokes
from evaluations.paper.reading.parting import parted
from evaluations.paper.reading.pictures import picture
from evaluations.paper.reading.shapes import SLASH, TICK, shape_of
from evaluations.paper.reading.strokes import drawings
from tests.evaluations.reading.sheets import template

XS, YS = (40, 170, 300), ((40, 120), (120, 200), (200, 280))  # pixels, 7.9 a mm
HIGH, WIDE = 320, 340
USUAL = 6.0  # mm² of one of the √ below
Line = list[tuple[int, int]]


def table(*strokes: Line, pen: int = 4) -> tuple[Ink, Groups]:
    """Strokes on a table of three rows with two boxes, and their groups."""
    dark = np.zeros((HIGH, WIDE), np.uint8)
    for stroke in strokes:
        cv2.polylines(dark, [np.array(stroke, np.int32)], False, 200, pen)
    bands = np.zeros(dark.shape, bool)
    for line in {edge for pair in YS for edge in pair}:
        bands[line - 4 : line + 5, XS[0] : XS[-1]] = True
    for line in XS:
        bands[YS[0][0] : YS[-1][1], line - 4 : line + 5] = True
    area = Rect(0, 0, 1, 1)
    block = Block(area, area, XS, YS, template().sheets[0].rows[:3])
    level = np.full((3, 2), 20.0)
    paper = np.full(dark.shape, 255, np.uint8)
    ink = Ink(
        block,
        dark,
        255 - dark,
        paper,
        dark,
        bands,
        180.0,
        2.0,
        level,
        np.ones(3, bool),
        level.copy(),
        level.copy(),
    )
    groups = group_strokes(ink)
    assert groups is not None
    return ink, groups


UPPER = [(60, 90), (84, 118), (124, 52)]
LOWER = [(50, 160), (64, 190), (90, 126)]


def count(*strokes: Line) -> int:
    """How many large groups there are after taking apart."""
    ink, groups = table(*strokes)
    return int((parted(ink, groups, USUAL).area > 1.0).sum())


@pytest.mark.parametrize(
    ("strokes", "expected"),
    [
        ([UPPER, LOWER], 2),
        ([UPPER, [(50, 160), (64, 190), (104, 104)]], 2),
        ([UPPER, [(50, 190), (86, 126)]], 1),
        ([[(100, 50), (84, 118)], [(84, 122), (70, 196)], [(70, 204), (60, 270)]], 1),
        ([UPPER, LOWER, [(112, 160), (116, 166)]], 1),
        ([UPPER, LOWER, [(40, 60), (20, 20), (200, 20), (200, 38)]], 3),
    ],
    ids=[
        "tips_meet",
        "an_arm_over_the_line",
        "no_whole_mark_below",
        "a_line_down",
        "another_stroke_in_the_box",
        "another_outside",
    ],
)
def test_only_whole_marks_are_taken_apart(strokes: list[Line], expected: int) -> None:
    assert count(*strokes) == expected


def test_parts_keep_all_their_ink_and_lie_in_their_boxes() -> None:
    ink, groups = table(UPPER, LOWER)
    apart = parted(ink, groups, USUAL)
    assert len(groups.area) == 1
    assert apart.cells.argmax(1).tolist() == [0, 2]
    assert apart.area.sum() == pytest.approx(groups.area.sum())
    assert sorted(set(np.unique(apart.labels).tolist())) == [0, 1, 2]
    assert apart.frame[0, 3] <= apart.frame[1, 1] + 12


def test_two_large_pieces_in_one_row_stay_together() -> None:
    ink, groups = table([(60, 60), (80, 118)], [(100, 60), (90, 118)], [(50, 126), (60, 190), (88, 124)])
    assert (parted(ink, groups, USUAL / 2).area > 1.0).sum() == (groups.area > 1.0).sum()


def test_too_many_small_pieces_stay_together() -> None:
    comb = [[(x, 108), (x, 132)] for x in (70, 61, 52)]
    ink, groups = table(UPPER, LOWER, *comb)
    assert (parted(ink, groups, USUAL).area > 1.0).sum() == (groups.area > 1.0).sum()


def shape(*strokes: Line) -> str:
    ink, groups = table(*strokes, pen=3)
    left, top = int(groups.frame[:, 0].min()), int(groups.frame[:, 1].min())
    right, low = int(groups.frame[:, 2].max()), int(groups.frame[:, 3].max())
    mark = groups.labels[top:low, left:right] > 0
    return shape_of(drawings([picture(ink, mark, (left, top, right, low), 90.0)])[0])[0]


def test_the_tip_of_a_tick_is_drawn_on_where_the_line_hides_it() -> None:
    assert shape([(60, 90), (84, 121), (124, 52)]) == TICK


def test_what_is_no_tip_is_not_drawn_on() -> None:
    assert shape([(60, 80), (74, 118)], [(110, 118), (130, 52)]) != TICK  # far apart
    assert shape([(70, 118), (84, 80)], [(84, 118), (110, 52)]) not in (TICK, SLASH)  # both lean to the right


def test_a_table_without_a_usual_mark_still_has_a_usual_ink() -> None:
    ink, groups = table([(60, 80), (62, 84)])
    assert usual_of([groups], [ink]).size == 0.0
    assert {row.mark for row in decide([ink], [groups], tick_only=False, coarse=False)[0]} <= {"?", "0"}
