"""A noisy picture is read with its noise spread; what is struck through at its edge, or lies at a shadow's edge, is not certain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluations.paper.reading import BLANK, NOTICES, READ, SheetReading, read_page
from evaluations.paper.reading.calming import MOST, calm_of
from evaluations.paper.reading.found import Found, Usual
from evaluations.paper.reading.ink import find_ink
from evaluations.paper.reading.looking import Look
from evaluations.paper.reading.reader import Examined, examine
from evaluations.paper.reading.shapes import TICK
from tests.evaluations.reading.sheets import (
    INCH,
    Grey,
    Voter,
    blank_sheet,
    certain,
    line,
    template,
    voted,
    wrong,
)
from tests.evaluations.reading.test_parting import UPPER, table

S = 200 / INCH


def noisy(page: Grey, *, contrast: float = 0.25, noise: float = 24.0) -> Grey:
    """The page by a weak lamp: little contrast, and noise."""
    pale = 255 - (255 - page.astype(float)) * contrast
    pale += np.random.default_rng(4).normal(-25, noise, page.shape)
    return np.asarray(np.clip(pale, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("noise", "level", "calm"),
    [(0.1, 0.1, 0.0), (0.35, 0.35, 1.0), (0.45, 0.45, MOST), (0.1, 0.5, 0.0), (0.1, 0.6, MOST)],
)
def test_noise_is_spread_the_more_the_nearer_it_comes_to_the_strokes(
    noise: float, level: float, calm: float
) -> None:
    ink, _ = table(UPPER)
    ink = replace(ink, noise=np.full((3, 2), 200 * noise), levels=np.full((3, 2), 200 * level))
    assert calm_of([ink], 200.0) == calm


def test_where_no_stroke_was_found_noise_is_spread_most() -> None:
    ink, _ = table(UPPER)
    assert calm_of([ink], 0.0) == MOST


def test_noise_in_a_small_part_of_a_sheet_changes_nothing() -> None:
    ink, _ = table(UPPER)
    noise = np.full((3, 2), 20.0)
    noise[0, 0] = 190.0
    assert calm_of([replace(ink, noise=noise)], 200.0) == 0.0


def test_the_rows_people_see_stay_as_they_are() -> None:
    page = noisy(voted(25)[0])
    found = examine(page, template())
    assert isinstance(found, Examined)
    block = found.inks[0].block
    calm = find_ink(page, found.straight, block, 1.5)
    assert np.array_equal(calm.wide, found.inks[0].wide)
    assert not np.array_equal(calm.area, found.inks[0].area)
    assert np.median(calm.levels) < 0.6 * np.median(found.inks[0].levels)


def test_a_page_in_which_paler_strokes_are_unseen_says_so_and_a_calm_one_does_not() -> None:
    page, voter = voted(25)
    dim, clear = read_page(noisy(page), template()), read_page(page, template())
    assert not wrong(dim.rows, voter.truth)
    assert certain(dim.rows) >= 36
    assert (dim.notice, clear.notice) == ("pale_ink", "")


def test_pale_strokes_in_much_noise_are_no_empty_sheet() -> None:
    page = blank_sheet().copy()
    voter = Voter(7)
    voter.ink, voter.width = 170, 0.5
    voter.fill(page, template().sheets[0])
    reading = read_page(noisy(page, contrast=0.35, noise=16.0), template())
    assert reading.fate == READ
    assert not wrong(reading.rows, voter.truth)
    assert read_page(noisy(blank_sheet(), contrast=0.6, noise=4.0), template()).fate == BLANK


def test_an_empty_row_with_the_edge_of_a_shadow_in_its_box_is_for_people() -> None:
    page = blank_sheet().copy()
    voter = Voter(9)
    voter.fill(page, template().sheets[0], blank=0.1)
    blanks = [number for number, mark in voter.truth.items() if mark == "0"]
    assert len(blanks) >= 2
    before = {row.row: row.mark for row in read_page(page, template()).rows}
    assert {before[number] for number in blanks} == {"0"}
    box = template().sheets[0].rows[blanks[0]].boxes[1]
    edge = round((box.x + box.width / 2) * S)
    shaded = page.astype(float)
    shaded[:, :edge] *= 0.6
    after = {row.row: row for row in read_page(shaded.astype(np.uint8), template()).rows}
    assert after[blanks[0]].reason == "faint"


@pytest.mark.parametrize(
    ("warnings", "fate", "notice"),
    [
        ((), READ, ""),
        (("corner_missing",), READ, ""),
        (("streaks", "low_dpi", "pale_ink"), READ, "pale_ink"),
        (("streaks", "low_dpi"), READ, "low_dpi"),
        (("pale_ink",), BLANK, ""),
    ],
)
def test_the_most_important_notice_of_a_page_that_was_read(
    warnings: tuple[str, ...], fate: str, notice: str
) -> None:
    assert SheetReading(1, fate, warnings=warnings).notice == notice
    assert all(len(key) <= 30 for key in NOTICES)


def struck_ring(y: float) -> SheetReading:
    """A sheet of ○ of which the first is struck through, `y` mm below its middle."""
    page, voter = blank_sheet().copy(), Voter(24, "ring")
    voter.width, voter.ink, voter.size = 0.5, 30, 5.0
    sheet = template().sheets[0]
    voter.fill(page, sheet)
    box = sheet.rows[0].boxes[int(voter.truth[0]) - 1]
    middle = box.x + box.width / 2, box.y + box.height / 2 + y
    line(page, [(middle[0] - 4.2, middle[1]), (middle[0] + 4.2, middle[1] + 0.2)], 0.5, S, 30)
    return read_page(page, template())


@pytest.mark.parametrize("y", [-2.4, -1.5, 0.0, 1.5, 2.0, 2.4])
def test_a_ring_struck_through_is_for_people_wherever_the_line_runs(y: float) -> None:
    assert struck_ring(y).rows[0].reason


@pytest.mark.parametrize(("level", "torn"), [(20.0, False), (120.0, True)])
def test_in_much_noise_few_clear_marks_among_what_was_written_may_be_scraps(level: float, torn: bool) -> None:
    ink, _ = table(UPPER)
    ink = replace(ink, levels=np.full((3, 2), level))
    rows = [
        Found(0, column=0, shape=TICK, tile=np.full((9, 9), 255, np.uint8)),
        Found(1, reason="overvote"),
        Found(2, reason="crosses_cells"),
    ]
    assert Look.of([ink], rows, Usual(area=4.0, peak=200.0, size=5.0), coarse=False).torn is torn


@pytest.mark.parametrize(("struck", "reason"), [(6, True), (22, False)])
def test_a_cross_among_slashes_may_be_a_slash_struck_through(struck: int, reason: bool) -> None:
    page = blank_sheet().copy()
    sheet = template().sheets[0]
    for number, row in enumerate(sheet.rows):
        box = row.boxes[number % 4]
        x, y = box.x + box.width / 2, box.y + box.height / 2
        line(page, [(x - 2.2, y + 2.2), (x + 2.2, y - 2.2)], 0.45, S, 40)
        if number < struck:
            line(page, [(x - 2.2, y - 1.9), (x + 2.2, y + 1.9)], 0.45, S, 40)
    rows = read_page(page, template()).rows
    assert all((row.reason == "unlike") is reason for row in rows[:struck])
