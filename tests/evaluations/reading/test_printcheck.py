"""The test sheet before the meeting: usable, or what to mend at printer and scanner."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from evaluations.paper.reading import check_file, check_print
from tests.evaluations.reading.sheets import Grey, as_bytes, blank_sheet, template
from tests.evaluations.reading.test_damage import curled, photo, resized, streaked, turned

FORM = template(test=True)


def page() -> Grey:
    return blank_sheet(test=True)


def test_a_good_print_can_be_used() -> None:
    for scan in (page(), np.ascontiguousarray(page()[::-1, ::-1]), photo(page())):
        check = check_print(scan, FORM)
        assert (check.usable, check.verdict, check.findings, check.hints) == (True, "可以使用", (), ())
        assert check.page == 1


def pale(scan: Grey) -> Grey:
    """Only the tables pale: markers and code as black as ever."""
    part = scan[300:2100]
    out = scan.copy()
    out[300:2100] = 255 - (255 - part.astype(float)) * 0.2
    return out


def without_corner(scan: Grey) -> Grey:
    out = scan.copy()
    out[2100:, :300] = 255
    return out


FINDINGS: dict[str, tuple[Callable[[Grey], Grey], str]] = {
    "pale": (pale, "太淡"),
    "low_resolution": (lambda scan: resized(scan, 0.6, 0.6), "120 dpi"),
    "blurred": (lambda scan: np.asarray(cv2.GaussianBlur(scan, (0, 0), 2.4), np.uint8), "模糊"),
    "corner_missing": (without_corner, "黑方块"),
    "small_print": (lambda scan: turned(scan, 0, 0.85), "打印比例约为 85%"),
    "black_and_white": (lambda scan: np.where(scan > 128, 255, 0).astype(np.uint8), "灰度"),
    "not_ours": (lambda _: blank_sheet("ffffffffffffffff0000"), "另一次测评"),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_what_stops_a_form_is_named(name: str) -> None:
    damage, words = FINDINGS[name]
    check = check_print(damage(page()), FORM)
    assert not check.usable
    assert check.verdict != "可以使用"
    assert any(words in finding for finding in check.findings), check


HINTS: dict[str, tuple[Callable[[Grey], Grey], str]] = {
    "small_print": (lambda scan: turned(scan, 0, 0.95), "95%"),
    "large_print": (lambda scan: turned(scan, 0, 1.05), "105%"),
    "streaks": (streaked, "玻璃"),
    "skew": (lambda scan: turned(scan, 12, 0.8), "放歪"),
    "bent": (curled, "压平"),
}


@pytest.mark.parametrize("name", HINTS)
def test_what_is_better_mended_is_only_a_hint(name: str) -> None:
    damage, words = HINTS[name]
    check = check_print(damage(page()), FORM)
    assert check.usable, check
    assert any(words in hint for hint in check.hints), check


def test_a_print_so_large_that_its_corners_are_cut_is_told_so() -> None:
    check = check_print(turned(page(), 0, 1.12), FORM)
    assert not check.usable
    assert "放大" in check.hints[0]
    square = check_print(page()[:1600], FORM)
    assert (square.usable, square.hints) == (False, ())


def test_a_file_is_checked_page_by_page() -> None:
    good, bad = check_file(as_bytes(page(), np.full((2339, 1654), 255, np.uint8), kind="TIFF"), FORM)
    assert good.usable
    assert not bad.usable
    [empty] = check_file(b"", FORM)
    assert "0 字节" in empty.findings[0]
