"""Noise in the shade of a photo is no stroke: pieces no darker than it are dropped before strokes are linked."""

from dataclasses import replace

import numpy as np
import pytest

from evaluations.paper.reading.ink import Ink, shaded
from evaluations.paper.reading.marks import group_strokes
from evaluations.paper.reading.reader import _groups
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
