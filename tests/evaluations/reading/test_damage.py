"""Damaged pages: whatever is still certain is right, and the same sheet gives the same certain rows again."""

from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluations.paper.reading import READ, SheetReading, read_file, read_page
from tests.evaluations.reading.sheets import Grey, as_bytes, certain, template, voted, wrong

RNG = np.random.default_rng(77)
HIGH, WIDE = 2339, 1654


def grey(values: NDArray[Any]) -> Grey:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def turned(page: Grey, degrees: float, scale: float = 1.0) -> Grey:
    matrix = cv2.getRotationMatrix2D((WIDE / 2, HIGH / 2), degrees, scale)
    return np.asarray(cv2.warpAffine(page, matrix, (WIDE, HIGH), borderValue=255), np.uint8)


def photo(page: Grey) -> Grey:
    table = np.full((2600, 1950), 110, np.uint8)
    corners = np.array([(0, 0), (WIDE, 0), (WIDE, HIGH), (0, HIGH)], np.float32)
    places = np.array([(210, 160), (1780, 90), (1850, 2480), (90, 2400)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, places)
    shot = cv2.warpPerspective(page, matrix, (1950, 2600), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    return grey(cv2.GaussianBlur(shot, (0, 0), 0.8) + RNG.normal(0, 4, shot.shape))


def curled(page: Grey) -> Grey:
    ys, xs = np.mgrid[:HIGH, :WIDE].astype(np.float32)
    bent = ys + 11 * np.sin(xs / WIDE * np.pi).astype(np.float32)
    return np.asarray(cv2.remap(page, xs, bent, cv2.INTER_LINEAR, borderValue=255), np.uint8)


def shaded(page: Grey) -> Grey:
    light = np.ones((HIGH, WIDE), np.float32)
    light[:, 700:] = 0.45
    return grey(page * cv2.GaussianBlur(light, (0, 0), 6) + RNG.normal(0, 2, page.shape))


def folded(page: Grey) -> Grey:
    light = np.ones((HIGH, 1), np.float32)
    light[1150:1175] = np.linspace(0.6, 1, 25)[:, None]
    return grey(page * np.asarray(turned(grey(light.repeat(WIDE, 1) * 250), 1.5), np.float32) / 250)


def stained(page: Grey) -> Grey:
    ring = np.zeros((HIGH, WIDE), np.uint8)
    cv2.ellipse(ring, (900, 1100), (330, 310), 0, 0, 360, 255, 26)
    return grey(page * (1 - 0.3 * cv2.GaussianBlur(ring, (0, 0), 4).astype(np.float32) / 255))


def streaked(page: Grey) -> Grey:
    page = page.copy()
    page[:, 640:643] = page[:, 640:643] // 2
    page[:, 1201:1202] = page[:, 1201:1202] // 3
    return page


def jpeg(page: Grey, quality: int) -> Grey:
    coded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def resized(page: Grey, wide: float, high: float) -> Grey:
    return np.asarray(cv2.resize(page, None, fx=wide, fy=high, interpolation=cv2.INTER_AREA), np.uint8)


def moved(page: Grey) -> Grey:
    return np.asarray(cv2.filter2D(page, -1, np.full((1, 5), 0.2)), np.uint8)


DAMAGES: dict[str, tuple[Callable[[Grey], Grey], int]] = {
    "scan_150": (lambda page: jpeg(resized(page, 0.75, 0.75), 60), 36),
    "scan_100": (lambda page: resized(page, 0.5, 0.5), 30),
    "dense": (lambda page: np.asarray(cv2.resize(page, None, fx=2, fy=2), np.uint8), 36),
    "jpeg_40": (lambda page: jpeg(page, 40), 36),
    "turned": (lambda page: turned(page, 4, 0.93), 36),
    "photo": (photo, 34),
    "curled": (curled, 36),
    "shaded": (shaded, 34),
    "folded": (folded, 30),
    "stained": (stained, 15),
    "streaked": (streaked, 36),
    "blurred": (lambda page: np.asarray(cv2.GaussianBlur(page, (0, 0), 1.6), np.uint8), 30),
    "motion": (moved, 30),
    "pale": (lambda page: grey(255 - (255 - page.astype(float)) * 0.3), 34),
    "bilevel": (lambda page: grey(np.where(page > 150, 255, 0)), 34),
    "fax": (lambda page: grey(np.where(resized(page, 1.02, 0.49) > 170, 255, 0)), 20),
    "wechat": (lambda page: jpeg(resized(photo(page), 0.55, 0.55), 55), 25),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_certain_on_a_damaged_page_is_right(name: str) -> None:
    damage, enough = DAMAGES[name]
    page, voter = voted(31, blank=0.03, overvote=0.03, cancelled=0.03)
    people = sum(mark == "?" for mark in voter.truth.values())
    reading = read_page(damage(page), template())
    assert (reading.fate, reading.reason) == (READ, "")
    assert not wrong(reading.rows, voter.truth)
    assert certain(reading.rows) >= enough - people
    assert ("low_dpi" in reading.warnings) == (name in ("scan_100", "wechat"))
    assert ("streaks" in reading.warnings) == (name == "streaked")


AGAIN: dict[str, Callable[[Grey], Grey]] = {
    "upside_down": lambda page: np.ascontiguousarray(page[::-1, ::-1]),
    "on_its_side": lambda page: np.ascontiguousarray(np.rot90(page)),
    "smaller_print": lambda page: turned(page, 0, 0.97),
    "larger_scan": lambda page: resized(page, 1.03, 1.03),
    "lighter": lambda page: grey(255 * (page / 255.0) ** 0.7),
    "darker": lambda page: grey(255 * (page / 255.0) ** 1.5),
    "scanned_again": lambda page: grey(turned(page, 0.6) + RNG.normal(0, 3, page.shape)),
}


@cache
def usual_sheet() -> tuple[Grey, SheetReading]:
    page, _ = voted(32, blank=0.03, overvote=0.05)
    return page, read_page(page, template())


@pytest.mark.parametrize("name", AGAIN)
def test_the_same_sheet_gives_the_same_certain_rows(name: str) -> None:
    page, first = usual_sheet()
    second = read_page(AGAIN[name](page), template())
    assert second.fate == READ
    differing = [
        (one, two)
        for one, two in zip(first.rows, second.rows, strict=True)
        if one.certain and two.certain and one.mark != two.mark
    ]
    assert not differing
    assert certain(second.rows) >= certain(first.rows) - 2


@pytest.mark.parametrize("kind", ["PDF", "TIFF", "HEIF"])
def test_a_sheet_is_read_from_its_file(kind: str) -> None:
    page, voter = voted(33)
    options = {"resolution": 200} if kind == "PDF" else {}
    [reading] = read_file(as_bytes(page, kind=kind, **options), template(), name="扫描")
    assert reading.fate == READ
    assert reading.dpi == pytest.approx(200, abs=2)
    assert not wrong(reading.rows, voter.truth)
    assert certain(reading.rows) >= 37
