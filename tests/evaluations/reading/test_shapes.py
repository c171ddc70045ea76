"""Shapes of strokes drawn by hand in a test: what is no clear √, × or ○ is something else."""

import itertools

import numpy as np
import pytest

from evaluations.paper.reading.lines import Line, Point
from evaluations.paper.reading.shapes import CROSS, OTHER, RING, SLASH, TICK, shape_of, struck
from evaluations.paper.reading.straightening import FINE
from evaluations.paper.reading.strokes import Drawing, drawings

MIDDLE = (5.0, 5.0)


def way(*corners: Point) -> list[Point]:
    """Points every 0.2 mm along a line with corners."""
    path: list[Point] = []
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        steps = max(2, round((abs(bx - ax) + abs(by - ay)) / 0.2))
        path += [(ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps) for k in range(steps + 1)]
    return path


def arms(*ends: Point, node: int = 1) -> list[Line]:
    """Straight strokes from the middle to their free ends."""
    return [Line(node, -1 - k, way(MIDDLE, end)) for k, end in enumerate(ends)]


def circle(start: int = 0, end: int = 0, turn: float = 6.28) -> Line:
    angles = np.linspace(0, turn, 60)
    return Line(start, end, [(5 + 2.5 * float(np.cos(a)), 5 + 2.5 * float(np.sin(a))) for a in angles])


LOOP = Line(1, 1, way(MIDDLE, (6.0, 4.0), (6.0, 6.0), MIDDLE))
SHAPES: dict[str, tuple[list[Line], str]] = {
    "nothing": ([], OTHER),
    "tick": ([Line(-1, -2, way((3.0, 5.0), (5.0, 7.5), (9.0, 2.0)))], TICK),
    "tick_from_behind": ([Line(-1, -2, way((9.0, 2.0), (5.0, 7.5), (3.0, 5.0)))], TICK),
    "tick_with_nib": (arms((3.5, 3.2), (5.1, 5.9), (9.0, 0.5)), TICK),
    "tick_with_nib_longer_than_its_hook": (arms((4.4, 3.4), (4.9, 5.8), (8.0, 0.6)), TICK),
    "tick_struck_through_with_half_of_the_line_unseen": (arms((3.2, 4.8), (4.7, 6.4), (8.0, 0.6)), OTHER),
    "letter": (arms((3.5, 1.0), (4.9, 8.2), (6.5, 1.0)), OTHER),
    "tick_with_bar": (arms((3.5, 3.2), (5.0, 7.5), (9.0, 0.5)), OTHER),
    "tick_with_hat": (arms((3.5, 3.2), (5.1, 4.2), (9.0, 0.5)), OTHER),
    "round_tick": ([Line(-1, -2, way((2.0, 5.0), (3.5, 7.2), (5.0, 7.8), (6.5, 6.6), (7.2, 2.0)))], TICK),
    "small_tick": ([Line(-1, -2, way((3.0, 5.0), (4.2, 6.2), (5.8, 5.2)))], TICK),
    "shallow_bend": ([Line(-1, -2, way((3.0, 5.6), (4.2, 6.0), (6.4, 5.0)))], OTHER),
    "flat_tick": ([Line(-1, -2, way((2.0, 5.0), (3.5, 6.0), (9.5, 4.6)))], OTHER),
    "tick_with_a_longer_left_arm": ([Line(-1, -2, way((2.0, 2.0), (4.3, 5.0), (7.2, 3.8)))], TICK),
    "tick_with_a_flat_right_arm": ([Line(-1, -2, way((2.0, 2.0), (4.3, 5.0), (7.2, 4.1)))], OTHER),
    "tick_with_flat_nib": (arms((3.5, 3.2), (6.1, 5.3), (9.0, 0.5)), OTHER),
    "cross_without_one_arm": (arms((3.5, 5.4), (5.1, 6.0), (9.0, 0.5)), OTHER),
    "slash": ([Line(-1, -2, way((4.0, 8.0), (7.0, 2.0)))], SLASH),
    "backslash": ([Line(-1, -2, way((4.0, 2.0), (7.0, 8.0)))], OTHER),
    "ring": ([circle()], RING),
    "open_ring": ([circle(-1, -2, 5.9)], RING),
    "vault": ([circle(-1, -2, -3.5)], OTHER),
    "ring_with_tail": ([circle(1, 1), Line(1, -1, way((7.5, 5.0), (9.0, 5.0)))], RING),
    "ring_with_long_tail": ([circle(1, 1), Line(1, -1, way((7.5, 5.0), (17.0, 5.0)))], OTHER),
    "ring_of_two_halves": (
        [circle(1, 2, 5.2), Line(1, 2, circle().path[-1:48:-1])],
        RING,
    ),
    "ring_with_bar": (
        [circle(1, 2, 3.14), Line(1, 2, circle().path[:29:-1]), Line(1, -1, way((7.5, 5.0), (9.0, 5.0)))],
        OTHER,
    ),
    "loop_with_arms": ([LOOP, *arms((3.0, 3.0), (3.0, 7.0))], OTHER),
    "two_lines_and_a_bridge": (
        [Line(1, 2, way(MIDDLE, (6.0, 5.0))), Line(2, -1, way((6.0, 5.0), (8.0, 5.0)))],
        OTHER,
    ),
    "cross": (arms((3.0, 3.0), (7.0, 7.0), (7.0, 3.0), (3.0, 7.0)), CROSS),
    "plus": (arms((5.0, 3.0), (5.0, 7.0), (7.0, 5.0), (3.0, 5.0)), OTHER),
    "crooked_cross": (arms((3.0, 3.0), (7.0, 6.0), (7.0, 3.0), (6.0, 8.5)), OTHER),
    "cross_with_short_arm": (arms((3.0, 3.0), (5.3, 5.3), (7.0, 3.0), (3.0, 7.0)), OTHER),
    "cross_with_long_bridge": (
        [
            Line(1, 2, way(MIDDLE, (7.0, 5.0))),
            *arms((3.0, 3.0), (3.0, 7.0)),
            *[Line(2, -7 - k, way((7.0, 5.0), end)) for k, end in enumerate([(9.0, 3.0), (9.0, 7.0)])],
        ],
        OTHER,
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    lines, shape = SHAPES[name]
    assert shape_of(Drawing(lines, 0.5, 1))[0] == shape


def test_filled_or_broken_strokes_are_something_else() -> None:
    tick = SHAPES["tick"][0]
    assert shape_of(Drawing(tick, 0.5, 2))[0] == OTHER
    assert shape_of(Drawing(tick, 0.5, 1, swollen=0.9))[0] == OTHER
    cross = SHAPES["cross"][0]
    assert shape_of(Drawing(cross, 0.5, 1, swollen=0.8))[0] == CROSS


@pytest.mark.parametrize(
    ("name", "swollen", "widest", "shape"),
    [
        ("tick", 0.75, (5.0, 7.7), TICK),
        ("tick", 0.75, (7.0, 4.7), OTHER),  # a blot on its arm
        ("tick", 0.85, (5.0, 7.7), OTHER),
        ("narrow_tick", 0.85, (5.0, 7.0), TICK),  # its arms flow together there
        ("narrow_tick", 1.1, (5.0, 7.0), OTHER),
        ("narrow_tick", 0.85, (5.0, 5.5), OTHER),
        ("slash", 0.75, (4.0, 8.0), OTHER),
    ],
)
def test_a_tick_may_be_wider_at_its_tip_where_its_arms_become_one(
    name: str, swollen: float, widest: Point, shape: str
) -> None:
    narrow = [Line(-1, -2, way((4.2, 4.0), (5.0, 7.5), (6.0, 1.5)))]
    lines = narrow if name == "narrow_tick" else SHAPES[name][0]
    assert shape_of(Drawing(lines, 0.5, 1, swollen=swollen, widest=widest))[0] == shape


def test_the_widest_place_of_a_drawing_is_where_its_blot_is() -> None:
    picture = np.zeros((80, 80), np.uint8)
    picture[38:42, 10:70] = 255
    picture[32:48, 50:62] = 255
    x, y = drawings([picture])[0].widest
    assert (x, y) == pytest.approx((56 / FINE, 40 / FINE), abs=0.3)


def test_a_tick_stands_where_its_tip_is() -> None:
    assert shape_of(Drawing(SHAPES["tick"][0], 0.5, 1))[1] == (5.0, 7.5)
    assert shape_of(Drawing(SHAPES["cross"][0], 0.5, 1))[1] == MIDDLE


def test_no_ink_has_no_strokes() -> None:
    assert drawings([]) == []
    assert drawings([np.zeros((40, 60), np.uint8)]) == [Drawing()]


def branch(length: float, root: Point, *, towards: Point = (1.0, 0.0), turned: bool = False) -> Line:
    """A short side branch that grows out of a stroke at `root`."""
    path = way(root, (root[0] + towards[0] * length, root[1] + towards[1] * length))
    return Line(-9, 1, path[::-1]) if turned else Line(1, -9, path)


@pytest.mark.parametrize(
    ("shape", "branches", "times", "found"),
    [
        (TICK, [], 1.0, False),
        (TICK, [branch(0.9, (7.0, 5.0))], 1.0, False),
        (TICK, [branch(1.2, (7.0, 5.0))], 1.0, True),
        (TICK, [branch(1.2, (7.0, 5.0), turned=True)], 1.0, True),
        (TICK, [branch(1.2, (7.0, 5.0))], 2.0, False),  # it was enlarged: 0.6 mm
        (TICK, [branch(1.2, (5.1, 7.4), towards=(0.0, 1.0))], 1.0, False),  # down from its tip
        (TICK, [branch(1.2, (5.1, 7.4), towards=(-0.7, 0.7))], 1.0, False),
        (TICK, [branch(1.2, (5.1, 7.4))], 1.0, True),  # the half of a level line through it
        (TICK, [branch(1.2, (5.1, 7.4), towards=(0.0, -1.0))], 1.0, True),
        (TICK, [branch(0.3, (5.1, 7.4)), branch(0.3, (7.0, 5.0))], 1.0, True),
        (TICK, [branch(0.3, (5.1, 7.4)), branch(0.2, (7.0, 5.0))], 1.0, False),
        (SLASH, [branch(1.2, (7.0, 5.0))], 1.0, True),
        (SLASH, [branch(1.2, (5.1, 7.4))], 1.0, True),  # a / has no tip to turn at
        (RING, [branch(0.9, (7.5, 5.0)), branch(0.9, (7.3, 5.6))], 1.0, False),
        (RING, [branch(0.9, (7.5, 5.0)), branch(0.9, (2.5, 5.4))], 1.0, True),
        (RING, [branch(0.9, (7.5, 5.0)), branch(0.2, (2.5, 5.4))], 1.0, False),
        (CROSS, [branch(1.2, (7.0, 5.0)), branch(1.2, (3.0, 5.0))], 1.0, False),
    ],
)
def test_side_branches_that_may_be_the_ends_of_a_line_through_a_mark(
    shape: str, branches: list[Line], times: float, found: bool
) -> None:
    lines = {TICK: "tick", SLASH: "slash", RING: "ring", CROSS: "cross"}
    drawing = Drawing(SHAPES[lines[shape]][0], 0.5, 1, spurs=branches)
    assert struck(shape, drawing, (5.0, 7.5), times) is found


def test_thinning_leaves_short_branches_apart_from_the_strokes() -> None:
    ink = np.zeros((90, 90), np.uint8)
    ink[40:45, 5:85] = 255
    ink[34:40, 30:34] = 255
    (drawing,) = drawings([ink])
    assert len(drawing.lines) == 1
    assert len(drawing.spurs) >= 1


@pytest.mark.parametrize(
    ("branches", "shape", "crossed"),
    [
        ([((4.3, 6.0), (3.7, 5.1))], TICK, False),  # its left arm, and both go on as one down to the tip
        ([((4.3, 6.0), (3.7, 5.8))], SLASH, False),  # level: half of a line through a /
        ([((5.5, 4.1), (4.9, 3.2))], SLASH, True),  # too high
        ([((4.3, 6.0), (4.9, 5.1))], SLASH, True),
        ([((4.3, 6.0), (3.7, 5.1)), ((5.5, 4.1), (6.2, 4.1))], SLASH, True),
        ([], SLASH, False),
    ],
)
def test_a_short_branch_near_the_lower_end_of_a_stroke_is_the_left_arm_of_a_tick(
    branches: list[tuple[Point, Point]], shape: str, crossed: bool
) -> None:
    stroke = Line(-1, -2, way((3.7, 7.2), (4.3, 6.0), (7.0, 1.0)))
    spurs = [Line(1, -9, way(*ends)) for ends in branches]
    drawing = Drawing([stroke], 0.5, 1, spurs=spurs)
    found, at = shape_of(drawing)
    assert found == shape
    assert struck(found, drawing, at) is crossed


def test_a_left_arm_that_gives_no_tick_is_none() -> None:
    bent = Line(-1, -2, way((3.7, 7.2), (4.3, 6.0), (4.6, 5.4), (9.5, 4.8)))
    assert shape_of(Drawing([bent], 0.5, 1, spurs=[Line(1, -9, way((4.3, 6.0), (3.9, 5.2)))]))[0] == OTHER


def test_an_open_ring_has_two_ends_already_and_a_line_through_it_gives_more() -> None:
    lines = SHAPES["open_ring"][0]
    assert not struck(RING, Drawing(lines, 0.5, 1, spurs=[branch(0.2, (2.5, 5.0))]), MIDDLE)
    assert struck(RING, Drawing(lines, 0.5, 1, spurs=[branch(0.3, (2.5, 5.0))]), MIDDLE)
    # Lines that close it at one place leave one there.
    assert not struck(RING, Drawing(SHAPES["ring"][0], 0.5, 1, spurs=[branch(0.3, (2.5, 5.0))]), MIDDLE)
