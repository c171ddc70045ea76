"""The fate of whole pages: ours and not ours, cut, turned, doubled, empty, spoiled."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from evaluations.paper.layout import Rect
from evaluations.paper.reading import ADVICE, BLANK, READ, REJECTED, count_pages, read_file, read_page
from evaluations.paper.template import Marker
from tests.evaluations.reading.sheets import (
    Grey,
    as_bytes,
    blank_sheet,
    certain,
    printed,
    template,
    voted,
    wrong,
)

RNG = np.random.default_rng(11)
WHITE: Grey = np.full((2339, 1654), 250, np.uint8)
CAT: Grey = np.asarray(cv2.resize(RNG.integers(0, 255, (40, 30), np.uint8), (900, 1200)), np.uint8)


def without(page: Grey, *corners: int) -> Grey:
    """The page with the given corners torn off."""
    page = page.copy()
    high, wide = page.shape
    for corner in corners:
        y = slice(0, 250) if corner in (0, 1) else slice(high - 250, high)
        x = slice(0, 250) if corner in (0, 3) else slice(wide - 250, wide)
        page[y, x] = 250
    return page


def other(text: str) -> Grey:
    """A sheet like ours whose code says something else."""
    return printed(template(), qr=text)


def stretched(page: Grey, wide: float, high: float) -> Grey:
    return np.asarray(cv2.resize(page, None, fx=wide, fy=high, interpolation=cv2.INTER_AREA), np.uint8)


def folded_over(page: Grey) -> Grey:
    """The middle of the sheet pushed up by 6 mm: no smooth paper does that."""
    page = page.copy()
    page[700:1700] = page[747:1747]
    return page


def markers_swapped(page: Grey) -> Grey:
    """The two lower corners stuck on in each other's place."""
    page = page.copy()
    left, right = page[2180:2310, 30:160].copy(), page[2180:2310, 1494:1624].copy()
    page[2180:2310, 30:160], page[2180:2310, 1494:1624] = right, left
    return page


def without_table(page: Grey) -> Grey:
    """Corners and code of ours, but nothing printed between them."""
    page = page.copy()
    page[310:2160] = 255
    return page


def from_far_below(page: Grey) -> Grey:
    """Photographed so low over the table that the far side is a quarter of the near one."""
    high, wide = page.shape
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    places = np.array([(900, 60), (1560, 60), (2300, 2000), (200, 2000)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, places)
    return np.asarray(cv2.warpPerspective(page, matrix, (2500, 2100), borderValue=255), np.uint8)


REJECTIONS = {
    "cat": (CAT, "no_form"),
    "noise": (RNG.integers(0, 255, (900, 700), np.uint8), "no_form"),
    "white": (WHITE, "empty_page"),
    "tiny": (WHITE[:150, :150], "low_resolution"),
    "two_corners": (without(blank_sheet(), 0, 2), "few_markers"),
    "only_the_code": (blank_sheet()[50:1000, 900:1510], "few_markers"),
    "two_sheets": (np.hstack([blank_sheet(), blank_sheet()]), "several_forms"),
    "low_resolution": (stretched(blank_sheet(), 0.36, 0.36), "low_resolution"),
    "last_year": (blank_sheet("ffffffffffffffff0000"), "other_form"),
    "another_version": (other("PJ0|abc|1"), "other_version"),
    "another_text": (other("https://example.org"), "foreign_form"),
    "without_code": (other("x"), "foreign_form"),
    "test_sheet": (blank_sheet(test=True), "test_sheet"),
    "another_side": (other(template().qr_text(1).replace("1/1", "3/3")), "side_without_rows"),
    "too_blurred": (cv2.GaussianBlur(blank_sheet(), (0, 0), 3.6), "blurred"),
    "no_table": (without_table(blank_sheet()), "not_flat"),
    "from_far_below": (from_far_below(blank_sheet()), "not_registered"),
    "pushed": (folded_over(blank_sheet()), "not_flat"),
    "markers_moved": (markers_swapped(blank_sheet()), "not_registered"),
    "bilevel_without_ink": (np.where(blank_sheet() > 128, 255, 0).astype(np.uint8), "black_and_white"),
}


@pytest.mark.parametrize("name", REJECTIONS)
def test_a_page_that_cannot_be_read_says_why(name: str) -> None:
    page, reason = REJECTIONS[name]
    reading = read_page(np.asarray(page, np.uint8), template(), position=7)
    assert (reading.fate, reading.reason, reading.position) == (REJECTED, reason, 7)
    assert reading.advice == ADVICE[reason]
    assert reading.rows == ()
    assert len(reading.sha256) == 64
    assert cv2.imdecode(np.frombuffer(reading.picture, np.uint8), cv2.IMREAD_GRAYSCALE) is not None


def test_a_sheet_whose_boxes_are_cut_off_is_not_read() -> None:
    sheet = template().sheets[0]
    places = [(60, 7), (140, 7), (140, 280), (60, 280)]
    markers = tuple(Marker(n, Rect(x, y, 10, 10)) for n, (x, y) in enumerate(places))
    form = replace(template(), sheets=(replace(sheet, markers=markers),))
    page = printed(form)
    assert read_page(page, form).fate == BLANK
    assert read_page(page[:, : round(191 * 7.874)], form).reason == "cut_off"


def test_an_official_sheet_is_no_test_sheet() -> None:
    assert read_page(blank_sheet(), template(test=True)).reason == "official_sheet"


def test_a_covered_code_cannot_be_read() -> None:
    page = blank_sheet().copy()
    page[100:200, 1290:1400] = 20
    assert read_page(page, template()).reason == "qr_unreadable"


def test_a_pale_print_is_refused() -> None:
    page = blank_sheet().astype(float)
    pale = np.where(page < 255, 255 - (255 - page) * 0.05, 255)
    pale[:260], pale[2150:] = page[:260], page[2150:]
    pale[180:480, 1250:] = page[180:480, 1250:]
    reading = read_page(pale.astype(np.uint8), template())
    assert reading.reason in ("too_pale", "not_flat")


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_dirt_everywhere_is_no_handwriting(share: float) -> None:
    page = blank_sheet().copy()
    page[480:1970, 310:1500][RNG.random((1490, 1190)) < share] = 0
    assert read_page(page, template()).reason == "too_dirty"


def test_boxes_so_full_of_specks_that_nothing_could_be_told_are_refused() -> None:
    page, chance = blank_sheet().copy(), np.random.default_rng(3)
    pixels = page.shape[1] / 210
    for box in (box for row in template().sheets[0].rows for box in row.boxes):
        y0, y1, x0, x1 = (
            round(side * pixels) for side in (box.y + 1, box.bottom - 1, box.x + 1, box.right - 1)
        )
        inside = page[y0:y1, x0:x1]
        inside[chance.random(inside.shape) < 0.19] = 0
    assert read_page(page, template()).reason == "too_dirty"


def test_an_empty_form_is_blank_for_a_person_to_confirm() -> None:
    reading = read_page(blank_sheet(), template())
    assert (reading.fate, reading.page, reading.reason) == (BLANK, 1, "")


def test_a_missing_corner_is_made_up_for() -> None:
    page, voter = voted(3)
    reading = read_page(without(page, 3), template())
    assert reading.fate == READ
    assert "corner_missing" in reading.warnings
    assert not wrong(reading.rows, voter.truth)
    assert certain(reading.rows) > 34


def test_a_false_marker_is_left_out() -> None:
    page, voter = voted(3)
    page = page.copy()
    corner = page[2160:2330, 30:160].copy()
    page[2160:2330, 30:160] = 255
    page[2000:2170, 30:160] = corner
    reading = read_page(page, template())
    assert reading.fate == READ
    assert not wrong(reading.rows, voter.truth)


def test_a_batch_goes_on_after_blanks_and_foreign_pages() -> None:
    one, first = voted(5)
    two, second = voted(6)
    data = as_bytes(one, WHITE, CAT, two, kind="PDF", resolution=200)
    readings = list(read_file(data, template()))
    assert [(r.position, r.fate, r.reason) for r in readings] == [
        (1, READ, ""),
        (2, REJECTED, "empty_page"),
        (3, REJECTED, "no_form"),
        (4, READ, ""),
    ]
    assert count_pages(data) == 4
    assert not wrong(readings[0].rows, first.truth)
    assert not wrong(readings[3].rows, second.truth)
    assert [r.position for r in read_file(data, template(), skip={1, 3, 4})] == [2]


def test_sides_of_a_form_are_told_apart() -> None:
    form = template(pages=2, rows=5, options=3)
    back = printed(form, 2)
    assert read_page(back, form).page == 2
    reading = read_page(np.rot90(back).copy(), form)
    assert (reading.fate, reading.page) == (BLANK, 2)


def test_a_picture_nobody_thought_of_is_rejected_not_raised() -> None:
    reading = read_page(np.zeros((250, 250), np.uint8), template())
    assert (reading.fate, reading.reason) == (REJECTED, "empty_page")
    assert read_page(np.full((210, 9000), 128, np.uint8), template()).fate == REJECTED
    assert read_page(np.zeros((900, 700), np.int8), template()).reason == "no_form"


def test_a_scan_cropped_to_the_corners_is_read() -> None:
    page, voter = voted(3)
    reading = read_page(page[56:-56, 56:-56], template())
    assert reading.fate == READ
    assert not wrong(reading.rows, voter.truth)


def test_a_lined_background_is_not_taken_for_dirt_on_the_glass() -> None:
    page = blank_sheet().copy()
    page[:, 20::40] = 140
    assert "streaks" not in read_page(page, template()).warnings


def test_a_single_dot_on_an_empty_form_is_looked_at() -> None:
    page = blank_sheet().copy()
    page[700:706, 700:706] = 30
    reading = read_page(page, template())
    assert reading.fate == READ
    assert certain(reading.rows) == 0
