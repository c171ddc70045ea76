"""Sheets whose ink is too broken to be trusted: their rows go to people, or the sheet is scanned again in grey."""

import numpy as np
import pytest

from evaluations.paper.reading import READ, REJECTED, read_page
from evaluations.paper.reading.blanks import ink_is_lost
from evaluations.paper.reading.result import UNSURE, RowReading, SheetReading
from tests.evaluations.reading.sheets import INCH, Grey, Voter, blank_sheet, certain, template
from tests.evaluations.reading.test_rows import row

S = 200 / INCH
SHEET = template().sheets[0]


def slashes(gap: float) -> tuple[Grey, Grey]:
    """A sheet of slashes of which every third has a gap (mm), in grey, and in black and white."""
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        middle = (box.x + 7.5, box.y + 5.1)
        apart = gap / 2 if place.row % 3 == 0 else 0.0
        lower = [(box.x + 6, box.y + 8), (middle[0] - apart / 2, middle[1] + apart)]
        upper = [(middle[0] + apart / 2, middle[1] - apart), (box.x + 9, box.y + 2.2)]
        voter.stroke(page, [lower], S, width=0.7, ink=40)
        voter.stroke(page, [upper], S, width=0.7, ink=40)
    return page, np.where(page > 140, 255, 0).astype(np.uint8)


def test_where_black_and_white_has_eaten_ink_what_crossed_a_slash_may_be_gone() -> None:
    grey, coarse = slashes(gap=1.6)
    assert row(read_page(grey, template()), 7) == ("1", "")
    assert refused(read_page(coarse, template()))
    assert row(read_page(slashes(gap=0.0)[1], template()), 7) == ("1", "")


def refused(reading: SheetReading) -> bool:
    """Whether it has to be scanned again in grey."""
    return (reading.fate, reading.reason, reading.rows) == (REJECTED, "black_and_white", ())


@pytest.mark.parametrize(("torn", "again"), [(0, False), (20, False), (21, True), (40, True)])
def test_black_and_white_is_scanned_again_when_the_ink_of_more_than_half_of_the_rows_is_torn(
    torn: int, again: bool
) -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        tick = [(box.x + 5, box.y + 5), (box.x + 7, box.y + 7.5), (box.x + 11, box.y + 2.5)]
        if place.row < torn:
            voter.stroke(page, [tick[:2]], S, width=0.5, ink=40)
            voter.stroke(
                page, [[(box.x + 8.5, box.y + 5.6), (box.x + 9.5, box.y + 4.3)]], S, width=0.5, ink=40
            )
            voter.stroke(page, [[(box.x + 10.4, box.y + 3.2), tick[2]]], S, width=0.5, ink=40)
        else:
            voter.stroke(page, [tick], S, width=0.5, ink=40)
    reading = read_page(np.where(page > 140, 255, 0).astype(np.uint8), template())
    assert refused(reading) == again
    if not again:
        assert reading.fate == READ
        assert all(row(reading, number)[1] == "complex" for number in range(torn))
    in_grey = read_page(page, template())
    assert in_grey.fate == READ, "scanned again it is read"
    assert "手工录入" in reading.advice or not again


def test_black_and_white_that_kept_its_ink_is_never_refused_for_marks_that_people_must_see() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        tick = [(box.x + 4, box.y + 5), (box.x + 6.5, box.y + 8.2), (box.x + 11, box.y + 1.8)]
        cross = [
            [(box.x + 4, box.y + 2), (box.x + 10, box.y + 8)],
            [(box.x + 10, box.y + 2), (box.x + 4, box.y + 8)],
        ]
        voter.stroke(page, cross if place.row % 2 else [tick], S, width=1.3, ink=20)
    reading = read_page(np.where(page > 140, 255, 0).astype(np.uint8), template())
    assert reading.fate == READ
    assert sum(one.reason == "complex" for one in reading.rows) >= len(SHEET.rows) // 2


def test_black_and_white_with_many_empty_rows_has_lost_ink() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows[: len(SHEET.rows) // 2]:
        voter.mark(page, place.boxes[0], S)
    assert certain(read_page(page, template()).rows) == len(SHEET.rows)
    assert refused(read_page(np.where(page > 140, 255, 0).astype(np.uint8), template()))


def test_a_black_and_white_scan_of_which_little_ink_is_left_is_scanned_again() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        tick = [(box.x + 5, box.y + 5), (box.x + 5.8, box.y + 6.2), (box.x + 7.4, box.y + 4)]
        voter.stroke(page, [tick], S, width=0.2, ink=40)
    assert refused(read_page(np.where(page > 100, 255, 0).astype(np.uint8), template()))
    assert certain(read_page(page, template()).rows) > 30


def test_a_sheet_whose_marks_are_mostly_of_no_clear_shape_is_looked_at() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        level = [(box.x + 4, box.y + 5), (box.x + 11, box.y + 5)]
        tick = [(box.x + 5, box.y + 5), (box.x + 7, box.y + 7.5), (box.x + 11, box.y + 2.5)]
        voter.stroke(page, [tick if place.row % 3 == 0 else level], S, width=0.5, ink=40)
    assert certain(read_page(page, template()).rows) == 0


@pytest.mark.parametrize(
    ("dropped", "torn", "lost"),
    [
        (0, 0, False),
        (10, 0, False),
        (11, 0, True),
        (0, 20, False),
        (0, 21, True),
        (8, 12, False),
        (8, 13, True),
    ],
)
def test_rows_that_look_empty_weigh_more_than_marks_in_pieces(dropped: int, torn: int, lost: bool) -> None:
    reasons = [*["faint", "many_blanks"] * 20][:dropped] + [*["complex", "unlike"] * 20][:torn]
    rows = [RowReading(k, UNSURE, reason) for k, reason in enumerate(reasons)]
    rows += [RowReading(len(rows) + k, "1") for k in range(40 - len(rows))]
    assert ink_is_lost(rows) is lost


def test_a_broad_pen_whose_marks_have_no_clear_shape_is_for_people_not_to_be_scanned_again() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        blob = [(box.x + 5, box.y + 4.5), (box.x + 6.5, box.y + 6.5), (box.x + 8.5, box.y + 4)]
        voter.stroke(page, [blob, [(box.x + 5.5, box.y + 4), (box.x + 8, box.y + 6.5)]], S, width=1.9, ink=30)
    reading = read_page(np.where(page > 140, 255, 0).astype(np.uint8), template())
    assert reading.fate == READ
    assert certain(reading.rows) == 0
