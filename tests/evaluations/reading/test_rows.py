"""Rows: one clean mark is certain and right, everything a person should see goes to a person."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from evaluations.paper.reading import READ, SheetReading, read_page
from evaluations.paper.reading.deciding import is_clear
from evaluations.paper.reading.found import Found, Usual
from evaluations.paper.reading.looking import Look, _most
from evaluations.paper.reading.shapes import CROSS, RING, SLASH
from evaluations.paper.reading.shapes import TICK as TICK_SHAPE
from evaluations.paper.reading.strokes import Drawing
from tests.evaluations.reading.sheets import (
    INCH,
    Grey,
    Voter,
    blank_sheet,
    certain,
    template,
    voted,
    wobble,
    wrong,
)

S = 200 / INCH
SHEET = template().sheets[0]


@pytest.mark.parametrize("shape", ["tick", "cross", "ring"])
def test_neat_marks_are_certain(shape: str) -> None:
    page, voter = voted(21, shape, blank=0.04)
    reading = read_page(page, template())
    assert reading.fate == READ
    assert not wrong(reading.rows, voter.truth)
    assert certain(reading.rows) >= 38
    assert sorted(reading.strips) == list(range(40))
    assert len(reading.strips) == 40
    picture = np.asarray(cv2.imdecode(np.frombuffer(reading.strips[7], np.uint8), cv2.IMREAD_GRAYSCALE))
    whole = SHEET.rows[7].whole
    assert picture.shape[0] == pytest.approx((whole.height + 3) * 5.5, abs=2)
    assert picture.shape[1] > whole.width * 5.5
    assert picture.min() < 100
    assert reading.dpi == pytest.approx(200, abs=1)


def test_what_only_a_person_may_decide_goes_to_a_person() -> None:
    seen = set()
    for seed in (1, 2, 3):
        page, voter = voted(
            seed, overvote=0.15, correction=0.15, cancelled=0.15, on_line=0.15, blank=0.03, sweep=1
        )
        reading = read_page(page, template())
        assert not wrong(reading.rows, voter.truth)
        seen |= {row.reason for row in reading.rows if not row.certain}
    assert {"overvote", "complex", "crosses_cells", "column_sweep"} <= seen


def test_only_ticks_count_where_the_rule_says_so() -> None:
    page, voter = voted(22, "ring")
    reading = read_page(page, template(), tick_only=True)
    assert {row.reason for row in reading.rows if not row.certain} == {"tick_only"}
    assert certain(reading.rows) == 0
    assert [row.guess for row in reading.rows] == [voter.truth[row.row] for row in reading.rows]
    page, voter = voted(22)
    assert certain(read_page(page, template(), tick_only=True).rows) >= 38


def drawn(
    *extra: tuple[int, list[tuple[float, float]], float, int],
    ink: int = 40,
    shape: str = "tick",
    empty: tuple[int, ...] = (7,),
) -> SheetReading:
    """A neat sheet with row 3 and `empty` left out, and strokes (row, mm from its first box, width, grey) on it."""
    voter = Voter(24, shape)
    voter.ink, voter.width, voter.size = ink, 0.55, 5.5
    page: Grey = blank_sheet().copy()
    for row in SHEET.rows:
        if row.row not in (3, *empty):
            voter.mark(page, row.boxes[row.row % 4], S)
    for number, points, width, grey in extra:
        box = SHEET.rows[number].boxes[0]
        line = [(box.x + x, box.y + y) for x, y in points]
        voter.stroke(page, [wobble(line, voter.rng, 0.02)], S, width=width, ink=grey)
    return read_page(page, template())


def row(reading: SheetReading, number: int) -> tuple[str, str]:
    return reading.rows[number].mark, reading.rows[number].reason


TICK = [(5.0, 5.0), (7.0, 7.5), (11.0, 2.5)]


def test_empty_rows_are_certain_when_few() -> None:
    reading = drawn((7, TICK, 0.5, 40))
    assert row(reading, 3) == ("0", "")
    assert row(reading, 7) == ("1", "")
    assert reading.rows[3].certain


ODD: dict[str, tuple[list[tuple[float, float]], float, int, str]] = {
    "faint_mark": (TICK, 0.5, 205, "faint"),
    "hair": ([(4.0, 5.0), (6.0, 6.0)], 0.2, 200, "faint"),
    "dot": ([(8.0, 5.0), (8.2, 5.1)], 0.8, 40, "faint"),
    "tiny": ([(7.0, 4.5), (7.5, 5.2), (8.6, 4.0)], 0.45, 40, ""),
    "large": ([(1.5, 3.0), (5.0, 9.2), (15.0, 0.8)], 1.9, 40, "complex|unlike|crosses_cells"),
    "level_stroke": ([(3.0, 5.0), (12.0, 5.0)], 0.5, 40, "complex"),
    "upright_stroke": ([(8.0, 1.8), (8.0, 8.0)], 0.5, 40, "complex"),
    "word": (
        [(5.0, 3.0), (9.0, 3.2), (5.0, 7.0), (9.0, 7.0), (7.0, 2.0), (7.0, 8.0)],
        0.5,
        40,
        "complex",
    ),
    "upside_down_tick": ([(5.0, 7.0), (8.0, 2.5), (11.0, 7.5)], 0.5, 40, "complex"),
    "tick_on_the_side": ([(15.0, 5.0), (16.5, 7.5), (20.0, 2.5)], 0.5, 40, "crosses_cells|on_line"),
    "tick_at_the_side": ([(9.6, 5.0), (11.8, 7.5), (17.2, 2.5)], 0.5, 40, ""),
    "low_tick": (
        [(5.0, 9.0), (7.0, 11.5), (11.0, 6.5)],
        0.5,
        40,
        "crosses_cells|blank_touched|on_line|overvote",
    ),
    "tick_reaching_out": ([(8.8, 5.0), (10.9, 7.6), (19.0, 2.2)], 0.5, 40, ""),
    "tip_below_the_line": ([(5.0, 7.6), (7.0, 11.2), (11.5, 3.0)], 0.5, 40, "on_line|crosses_cells"),
    "small_at_the_line": ([(5.0, 2.6), (6.2, 4.2), (9.0, 1.0)], 0.42, 40, "on_line"),
    "stout_tick": ([(4.5, 4.5), (7.0, 7.6), (12.0, 2.4)], 1.6, 40, "unlike|complex"),
    "short_thick_slash": ([(6.0, 6.6), (7.6, 4.4)], 1.0, 40, "unlike|complex"),
    "slash_among_ticks": ([(6.0, 8.0), (9.0, 2.2)], 0.5, 40, ""),
    "short_slash": ([(6.0, 6.4), (7.4, 3.7)], 0.5, 40, ""),
    "very_long": ([(3.0, 8.0), (33.0, 2.0)], 0.5, 40, "crosses_cells"),
    "nib": ([(5.0, 5.0), (7.0, 7.0), (7.0, 7.9), (7.0, 7.0), (11.0, 2.0)], 0.4, 40, "|complex"),
    "pale_mark": (TICK, 0.5, 160, "faint"),
}


TOGETHER = 6  # odd marks on one sheet, so that the others still say what is usual
PLACES = (7, 12, 18, 24, 29, 35)


@cache
def odd_sheet(part: int) -> SheetReading:
    """One of the sheets that carry the odd marks."""
    marks = list(ODD.values())[part * TOGETHER : (part + 1) * TOGETHER]
    strokes = [(place, *mark[:3]) for place, mark in zip(PLACES, marks, strict=False)]
    return drawn(*strokes, empty=PLACES[: len(marks)])


@pytest.mark.parametrize("name", ODD)
def test_an_odd_mark_alone_in_its_row(name: str) -> None:
    reasons = ODD[name][3]
    part, place = divmod(list(ODD).index(name), TOGETHER)
    mark, reason = row(odd_sheet(part), PLACES[place])
    assert reason in reasons.split("|")
    assert mark == ("?" if reason else "1")


SECOND: dict[str, tuple[int, list[tuple[float, float]], float, int, str]] = {
    "dust": (4, [(24.0, 5.0), (24.2, 5.0)], 0.25, 150, ""),
    "dot": (4, [(24.0, 5.0), (24.3, 5.1)], 0.8, 40, ""),
    "fibre": (4, [(24.0, 5.0), (25.5, 6.0)], 0.3, 190, ""),
    "stroke": (4, [(24.0, 4.0), (26.0, 6.5)], 0.5, 40, "overvote"),
    "from_the_name": (4, [(-8.0, 5.0), (3.0, 5.5)], 0.5, 40, "crosses_cells|overvote"),
    "from_the_row_above": (5, [(24.0, -6.0), (26.0, 3.0)], 0.5, 40, "crosses_cells|overvote"),
}


@pytest.mark.parametrize("name", SECOND)
def test_ink_besides_the_mark(name: str) -> None:
    number, points, width, grey, reasons = SECOND[name]
    mark, reason = row(drawn((number, points, width, grey)), number)
    assert reason in reasons.split("|")
    assert (mark == "?") == bool(reason)


def test_a_mark_of_the_row_below_that_reaches_up_touches_the_empty_row() -> None:
    reading = drawn((3, [(21.0, 15.5), (23.0, 18.0), (27.0, 9.2)], 0.5, 40))
    assert row(reading, 3)[0] == "?"


def test_empty_rows_of_a_sheet_in_faint_pencil_are_looked_at() -> None:
    reading = drawn(ink=222)
    assert {row(reading, 3)[1], row(reading, 7)[1]} <= {"faint", "many_blanks"}
    assert row(reading, 3)[0] == "?"


def test_two_rare_shapes_are_not_taken_for_votes() -> None:
    x = [(5.0, 2.5), (10.5, 7.5)], [(10.5, 2.5), (5.0, 7.5)]
    reading = drawn(*((7, list(points), 0.5, 40) for points in x))
    assert row(reading, 7) == ("?", "unlike")


def test_a_slash_among_rings_is_looked_at() -> None:
    assert row(drawn((7, [(6.0, 8.0), (9.0, 2.2)], 0.5, 40), shape="ring"), 7) == ("?", "complex")


def test_two_strokes_beside_each_other_are_not_one() -> None:
    ditto = [(7, [(6.0 + x, 7.0), (8.0 + x, 3.0)], 0.5, 40) for x in (0.0, 1.35)]
    assert row(drawn(*ditto), 7) == ("?", "complex")


def test_a_mark_scribbled_over_until_it_is_one_block_goes_to_a_person() -> None:
    """In a blurred picture the block has the middle line of a √ or a /."""
    rows = [place.row for place in SHEET.rows[5::5]]
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        voter.mark(page, place.boxes[0], S)
        if place.row in rows:
            box, lean = place.boxes[0], (place.row % 3) * 0.8
            low, high = box.y + 7.5, box.y + 2.5
            over = [
                (box.x + 4 + 0.9 * k, (high if k % 2 else low) - lean * k / 4)
                for k in range(4 + place.row % 5)
            ]
            voter.stroke(page, [over], S, width=1.2, ink=40)
    reading = read_page(np.asarray(cv2.GaussianBlur(page, (0, 0), 2.0), np.uint8), template())
    assert [row(reading, number)[0] for number in rows] == ["?"] * len(rows)
    assert certain(reading.rows) >= len(SHEET.rows) - len(rows) - 3


def test_a_pen_that_ran_dry_is_read_over_its_gap() -> None:
    x = [[(5.0, 2.5), (7.2, 4.5)], [(8.3, 5.5), (10.5, 7.5)], [(10.5, 2.5), (5.0, 7.5)]]
    marks = [(number, line, 0.5, 40) for number in (3, 7) for line in x]
    reading = drawn(*marks, shape="cross")
    assert row(reading, 3) == row(reading, 7) == ("1", "")


def test_empty_rows_between_broken_marks_of_a_black_and_white_scan_are_looked_at() -> None:
    page: Grey = blank_sheet().copy()
    voter = Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        if place.row in (3, 7):
            continue
        line = [(box.x + 5, box.y + 5), (box.x + 7, box.y + 7.5), (box.x + 11, box.y + 2.5)]
        if place.row % 5 == 1:
            voter.stroke(page, [line[:2]], S, width=0.5, ink=40)
            voter.stroke(page, [[(box.x + 9.5, box.y + 4.3), line[2]]], S, width=0.5, ink=40)
        else:
            voter.stroke(page, [line], S, width=0.5, ink=40)
    reading = read_page(np.where(page > 140, 255, 0).astype(np.uint8), template())
    assert row(reading, 3) == row(reading, 7) == ("?", "faint")


def test_black_and_white_scans_may_have_lost_what_was_pale() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        line = [(box.x + 5, box.y + 5), (box.x + 7, box.y + 7.5), (box.x + 11, box.y + 2.5)]
        if place.row != 3:
            voter.stroke(page, [line], S, width=0.5, ink=40)
    assert row(read_page(page, template()), 3) == ("0", "")
    coarse = read_page(np.where(page > 140, 255, 0).astype(np.uint8), template())
    assert row(coarse, 3) == ("?", "faint")
    assert row(coarse, 6) == ("1", "")


def test_a_second_ring_is_seen_where_everybody_drew_thick_rings() -> None:
    """Boxes full of ink must not raise what counts as ink in them."""
    voter, page = Voter(24, "ring"), blank_sheet().copy()
    voter.ink, voter.width, voter.size = 60, 1.1, 8.2
    for place in SHEET.rows:
        voter.mark(page, place.boxes[0], S)
        if place.row in (15, 30):
            voter.mark(page, place.boxes[1], S)
    reading = read_page(np.asarray(cv2.GaussianBlur(page, (0, 0), 2.4), np.uint8), template())
    assert reading.fate == READ
    assert not row(reading, 15)[0].isdigit()
    assert not row(reading, 30)[0].isdigit()
    assert all(found.mark in ("1", "?") for found in reading.rows)


@pytest.mark.parametrize(("noise", "least", "most"), [(24.0, 36, 40), (60.0, 0, 0)])
def test_noise_is_spread_and_where_a_second_mark_could_still_hide_in_it_nothing_is_certain(
    noise: float, least: int, most: int
) -> None:
    page, voter = voted(25)
    pale = 255 - (255 - page.astype(float)) * 0.25 + np.random.default_rng(4).normal(-25, noise, page.shape)
    reading = read_page(np.clip(pale, 0, 255).astype(np.uint8), template())
    assert least <= certain(reading.rows) <= most
    assert not wrong(reading.rows, voter.truth)


def test_a_tiny_slash_hardly_longer_than_its_pen_is_wide_is_a_dot() -> None:
    usual = Usual(area=4.0, peak=100.0, size=5.0)
    slash = Found(0, shape=SLASH, size=1.9, thick=0.7, peak=100.0, area=1.0)
    assert is_clear(slash, usual)
    assert not is_clear(replace(slash, thick=0.75), usual)


CALM = Look(
    soft=False,
    coarse=False,
    torn=False,
    eaten=False,
    lost=False,
    rest=1.15,
    around=1.6,
    swollen=0.0,
    crosses=True,
)


@pytest.mark.parametrize(
    ("shape", "area", "rest", "soft", "coarse", "hides"),
    [
        (TICK_SHAPE, 4.0, 1.0, True, True, False),
        (TICK_SHAPE, 5.8, 1.0, False, False, False),
        (TICK_SHAPE, 5.8, 1.0, True, False, True),
        (TICK_SHAPE, 5.8, 1.0, False, True, True),
        (TICK_SHAPE, 4.0, 1.2, False, False, True),
        (CROSS, 4.0, 1.0, False, True, False),
        (CROSS, 5.8, 1.0, False, True, True),
        (CROSS, 4.0, 1.0, True, False, False),
        (CROSS, 4.6, 1.0, True, False, True),
        (SLASH, 4.0, 1.0, True, False, False),
        (SLASH, 4.0, 1.0, False, True, False),
    ],
)
def test_a_picture_that_may_hide_a_second_stroke_leaves_the_mark_to_a_person(
    shape: str, area: float, rest: float, soft: bool, coarse: bool, hides: bool
) -> None:
    look = replace(CALM, soft=soft, coarse=coarse)
    row, usual = Found(0, shape=shape, area=area, rest=rest), Usual(area=4.0, peak=100.0, size=5.0)
    assert look.may_hide(row, usual) is hides
    assert replace(look, torn=True).may_hide(row, usual)


def test_a_soft_page_in_black_and_white_that_lost_ink_has_no_certain_cross() -> None:
    look = replace(CALM, soft=True, coarse=True)
    row, usual = Found(0, shape=CROSS, area=4.0, peak=100.0), Usual(area=4.0, peak=100.0, size=5.0)
    assert not look.may_hide(row, usual)
    assert replace(look, eaten=True).may_hide(row, usual)


def test_where_black_and_white_has_eaten_ink_what_a_mark_has_beyond_its_box_may_be_more_than_is_seen() -> (
    None
):
    look = replace(CALM, coarse=True, eaten=True)
    row, usual = Found(0, shape=TICK_SHAPE, area=4.0, share=0.88), Usual(area=4.0, peak=100.0, size=5.0)
    assert look.may_hide(row, usual)
    assert not look.may_hide(replace(row, share=0.92), usual)
    assert not replace(look, eaten=False).may_hide(row, usual)


def test_where_black_and_white_has_eaten_ink_a_mark_in_pieces_may_be_what_is_left_of_a_cancelled_one() -> (
    None
):
    look = replace(CALM, coarse=True, eaten=True)
    row, usual = Found(0, shape=TICK_SHAPE, area=4.0), Usual(area=4.0, peak=100.0, size=5.0)
    assert not look.may_hide(row, usual)
    assert not look.may_hide(replace(row, largest=0.55), usual)
    assert look.may_hide(replace(row, largest=0.45), usual)
    assert look.may_hide(replace(row, largest=0.7, share=0.95), usual)
    assert not look.may_hide(replace(row, largest=0.8, share=0.95), usual)
    assert not replace(look, eaten=False).may_hide(replace(row, largest=0.45), usual)
    assert look.may_hide(replace(row, shape=SLASH), usual)


@pytest.mark.parametrize(
    ("shape", "area", "peak", "swollen", "hides"),
    [
        (TICK_SHAPE, 5.2, 100.0, 0.45, True),
        (SLASH, 5.2, 100.0, 0.45, True),
        (TICK_SHAPE, 5.0, 100.0, 0.45, False),
        (TICK_SHAPE, 5.2, 100.0, 0.38, False),
        (RING, 5.2, 100.0, 0.45, False),
        (TICK_SHAPE, 4.0, 116.0, 0.45, True),
        (TICK_SHAPE, 4.0, 116.0, 0.38, False),
        (TICK_SHAPE, 4.0, 114.0, 0.45, False),
    ],
)
def test_a_tick_with_more_or_darker_ink_and_wider_somewhere_than_the_others_may_be_struck_through(
    shape: str, area: float, peak: float, swollen: float, hides: bool
) -> None:
    look = replace(CALM, swollen=0.2)
    row = Found(0, shape=shape, area=area, peak=peak, drawing=Drawing(swollen=swollen))
    assert look.may_hide(row, Usual(area=4.0, peak=100.0, size=5.0)) is hides


@pytest.mark.parametrize(
    ("coarse", "eaten", "crosses", "peak", "hides"),
    [
        (False, False, False, 100.0, False),
        (False, False, True, 107.0, False),
        (False, False, True, 109.0, True),  # two coats are darker than one
        (True, False, True, 100.0, False),
        (True, True, True, 100.0, True),
        (True, False, False, 100.0, True),
    ],
)
def test_a_cross_that_may_be_a_cross_over_a_cross_goes_to_a_person(
    coarse: bool, eaten: bool, crosses: bool, peak: float, hides: bool
) -> None:
    look = replace(CALM, coarse=coarse, eaten=eaten, crosses=crosses)
    row = Found(0, shape=CROSS, area=4.0, peak=peak)
    assert look.may_hide(row, Usual(area=4.0, peak=100.0, size=5.0)) is hides


@pytest.mark.parametrize(("thick", "hides"), [(1.1, False), (1.3, True)])
def test_a_cross_by_a_broad_marker_may_cover_another(thick: float, hides: bool) -> None:
    row = Found(0, shape=CROSS, area=4.0, peak=100.0, thick=thick)
    assert replace(CALM, crosses=True).may_hide(row, Usual(area=4.0, peak=100.0, size=5.0)) is hides


@pytest.mark.parametrize(("around", "hides"), [(1.5, False), (1.7, True)])
def test_much_paler_ink_about_a_mark_may_be_what_crossed_it_out(around: float, hides: bool) -> None:
    row = Found(0, shape=TICK_SHAPE, area=4.0, around=around)
    assert CALM.may_hide(row, Usual(area=4.0, peak=100.0, size=5.0)) is hides


@pytest.mark.parametrize(
    ("values", "most"), [([], 0.0), ([1.0, 1.0, 1.0], 1.6), ([1.0, 1.2, 1.4, 1.6, 1.8], 2.6)]
)
def test_how_much_ink_about_a_mark_is_like_the_others_grows_with_the_noise(
    values: list[float], most: float
) -> None:
    assert _most(values, 0.6) == pytest.approx(most)


@pytest.mark.parametrize(("spread", "most"), [(0.0, 1.1), (0.01, 1.1), (0.02, 1.12), (0.2, 1.15)])
def test_a_paler_stroke_is_told_the_sooner_the_more_the_marks_of_a_sheet_are_alike(
    spread: float, most: float
) -> None:
    values = [1.0 - 2 * spread, 1.0 - spread, 1.0, 1.0 + spread, 1.0 + 2 * spread]
    assert _most(values, 0.1, 0.15) == pytest.approx(most)


def test_in_black_and_white_a_sheet_of_crosses_is_read() -> None:
    page, voter = voted(21, "cross", blank=0.04)
    black = np.where(page > 128, 255, 0).astype(np.uint8)
    reading = read_page(black, template())
    assert reading.fate == READ
    assert not wrong(reading.rows, voter.truth)
    assert certain(reading.rows) >= 30


@pytest.mark.parametrize(("away", "certain_blank"), [(0.4, False), (3.2, True)])
def test_a_mark_outside_of_the_table_at_the_end_of_an_empty_row_may_be_meant_for_it(
    away: float, certain_blank: bool
) -> None:
    end = 64.0 + away  # mm from the first box; the table ends at 64
    reading = drawn((27, [(end, 5.0), (end + 1.0, 7.0), (end + 2.6, 3.0)], 0.5, 40), empty=(27,))
    assert row(reading, 27) == (("0", "") if certain_blank else ("?", "blank_touched"))
