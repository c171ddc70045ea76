"""Sheets whose ink is too broken to be trusted go to people, row by row."""

import numpy as np

from evaluations.paper.reading import read_page
from tests.evaluations.reading.sheets import INCH, Voter, blank_sheet, certain, template
from tests.evaluations.reading.test_rows import row

S = 200 / INCH
SHEET = template().sheets[0]


def test_black_and_white_scans_may_have_lost_the_hook_or_what_crossed_a_slash() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        voter.stroke(page, [[(box.x + 6, box.y + 8), (box.x + 9, box.y + 2.2)]], S, width=0.5, ink=40)
    assert row(read_page(page, template()), 6) == ("1", "")
    coarse = read_page(np.where(page > 140, 255, 0).astype(np.uint8), template())
    assert row(coarse, 6) == ("?", "complex")


def test_a_black_and_white_scan_of_which_little_ink_is_left_is_looked_at() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        tick = [(box.x + 5, box.y + 5), (box.x + 5.8, box.y + 6.2), (box.x + 7.4, box.y + 4)]
        voter.stroke(page, [tick], S, width=0.2, ink=40)
    coarse = read_page(np.where(page > 100, 255, 0).astype(np.uint8), template())
    assert {found.reason for found in coarse.rows} == {"complex"}
    assert certain(read_page(page, template()).rows) > 30


def test_a_sheet_whose_marks_are_mostly_of_no_clear_shape_is_looked_at() -> None:
    page, voter = blank_sheet().copy(), Voter(24)
    for place in SHEET.rows:
        box = place.boxes[0]
        level = [(box.x + 4, box.y + 5), (box.x + 11, box.y + 5)]
        tick = [(box.x + 5, box.y + 5), (box.x + 7, box.y + 7.5), (box.x + 11, box.y + 2.5)]
        voter.stroke(page, [tick if place.row % 3 == 0 else level], S, width=0.5, ink=40)
    assert certain(read_page(page, template()).rows) == 0
