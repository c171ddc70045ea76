"""Noise is no stroke: pieces no darker than the shade of a photo, and specks far paler than the sheet's strokes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from evaluations.paper.reading.finding import rows_of, usual_of
from evaluations.paper.reading.ink import Ink, shaded
from evaluations.paper.reading.marks import group_strokes
from evaluations.paper.reading.reader import _groups, _strokes
from tests.evaluations.reading.test_parting import UPPER, table


def dirty(darkness: int) -> Ink:
    """A √ and, in another box of a shaded row, a piece of that darkness."""
    ink, _ = table(UPPER)
    ink.dark[220:228, 200:208] = darkness
    firm = ink.levels.copy()
    firm[2] = 60.0
    return replace(ink, firm=firm)


@pytest.mark.parametrize(("darkness", "strokes"), [(45, 1), (90, 2)])
def test_only_pieces_darker_than_the_noise_of_the_shade_are_strokes(darkness: int, strokes: int) -> None:
    ink = dirty(darkness)
    before, after = group_strokes(ink), group_strokes(ink, shaded(ink, 200.0))
    assert before is not None
    assert after is not None
    assert (len(before.area), len(after.area)) == (2, strokes)
    assert after.area.max() == before.area.max()


def test_the_noise_of_the_shade_counts_only_where_it_is_far_below_the_ink_of_the_sheet() -> None:
    ink = dirty(45)
    levels = shaded(ink, 200.0)
    assert levels is not None
    assert np.array_equal(levels, ink.firm)
    assert shaded(ink, 100.0) is None


def test_an_evenly_lit_sheet_has_no_shade() -> None:
    ink, _ = table(UPPER)
    assert shaded(ink, 200.0) is None


def test_a_block_full_of_texture_is_no_handwriting_and_refuses_the_sheet() -> None:
    clean, _ = table(UPPER)
    dirty_one, _ = table(UPPER)
    dirty_one.dark[::3, ::3] = 200  # a pattern all over: more pieces than anybody writes
    assert group_strokes(dirty_one) is None
    assert _groups([clean, dirty_one]) is None
    found = _groups([clean])
    assert found is not None
    assert len(found) == 1


@pytest.mark.parametrize(("darkness", "strokes"), [(45, 1), (90, 2)])
def test_a_sheet_drops_what_is_no_darker_than_its_shade(darkness: int, strokes: int) -> None:
    found = _groups([dirty(darkness)])
    assert found is not None
    assert len(found[0].area) == strokes


def specked(specks: int, second: int = 0) -> Ink:
    """A √ with so many pale specks of a compressed photo about it, and perhaps a mark in the box beside it."""
    ink, _ = table([(60, 80), (84, 104), (124, 54)])
    for number in range(specks):
        y, x = 50 + 6 * (number // 12), 52 + 9 * (number % 12)
        part = ink.dark[y : y + 3, x : x + 3]
        np.maximum(part, 45, out=part)
    if second:
        cv2.polylines(ink.dark, [np.array([(200, 80), (224, 104), (264, 54)], np.int32)], False, second, 4)
    return ink


@pytest.mark.parametrize(("specks", "parts"), [(10, True), (100, False)])
def test_specks_far_paler_than_the_strokes_of_the_sheet_are_part_of_none_where_there_are_many(
    specks: int, parts: bool
) -> None:
    clean = group_strokes(specked(0))
    ink = specked(specks)
    first = _groups([ink])
    assert clean is not None
    assert first is not None
    found = _strokes([ink], first)[0]
    assert first[0].area.max() > clean.area.max()
    assert bool(found.area.max() > clean.area.max()) is parts
    assert np.array_equal(found.pale, first[0].pale)
    assert np.array_equal(found.traces, first[0].traces)


@pytest.mark.parametrize(("darkness", "reason"), [(0, ""), (45, "faint"), (190, "overvote")])
def test_a_paler_second_mark_among_specks_is_still_seen(darkness: int, reason: str) -> None:
    ink = specked(100, darkness)
    first = _groups([ink])
    assert first is not None
    groups = _strokes([ink], first)
    assert rows_of(ink, groups[0], usual_of(groups, [ink]))[0].reason == reason


@pytest.mark.parametrize(("specks", "reason"), [(0, ""), (1, ""), (24, "faint")])
def test_much_more_pale_ink_than_boxes_usually_have_may_be_a_mark_in_pieces(specks: int, reason: str) -> None:
    ink = specked(100)
    for number in range(specks):
        y, x = 50 + 8 * (number // 12), 192 + 9 * (number % 12)
        ink.dark[y : y + 5, x : x + 6] = 45
    first = _groups([ink])
    assert first is not None
    groups = _strokes([ink], first)
    assert rows_of(ink, groups[0], usual_of(groups, [ink]))[0].reason == reason
