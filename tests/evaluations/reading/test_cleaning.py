"""What is no ink is taken out before rows are decided: creases of a folded sheet, rings of a cup. Pens stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from evaluations.paper.reading import READ, read_page
from evaluations.paper.reading.creases import find_creases
from evaluations.paper.reading.straightening import LOW
from tests.evaluations.reading.sheets import (
    INCH,
    Grey,
    Points,
    Voter,
    blank_sheet,
    line,
    template,
    voted,
    wrong,
)

S = 200 / INCH
HIGH, WIDE = 2339, 1654


def creased(page: Grey, *, at: float, last: float, value: int = 200, upright: bool = True) -> Grey:
    """A thin grey line from edge to edge of the paper, at `at` mm of one edge and `last` mm of the other."""
    folded = page.copy()
    ends: Points = [(at, -1.0), (last, 298.0)] if upright else [(-1.0, at), (211.0, last)]
    crease = np.full_like(folded, 255)
    cv2.line(crease, *(tuple(round(value * S) for value in end) for end in ends), value, 2, cv2.LINE_AA)  # type: ignore[call-overload]
    return np.asarray(np.minimum(folded, crease), np.uint8)


def ringed(page: Grey, x: float, y: float, radius: float = 32.0, depth: float = 0.3) -> Grey:
    """The soft ring of a cup round x, y (mm), `depth` of the paper's light darker."""
    ys, xs = np.mgrid[:HIGH, :WIDE] / S
    away = np.hypot(xs - x, ys - y) - radius
    light = 1 - depth * np.exp(-((away / 1.1) ** 2))
    return np.asarray(np.clip(page * light, 0, 255), np.uint8)


def reasons(page: Grey) -> list[str]:
    read = read_page(page, template())
    assert read.fate == READ
    return [row.reason for row in read.rows if not row.certain]


@pytest.mark.parametrize(("at", "last"), [(58.0, 60.0), (150.0, 148.0)])
def test_a_crease_down_a_column_is_no_line_by_a_pen(at: float, last: float) -> None:
    page, voter = voted(3)
    plain = reasons(page)
    read = read_page(creased(page, at=at, last=last), template())
    assert not wrong(read.rows, voter.truth)
    doubts = [row.reason for row in read.rows if not row.certain]
    assert "column_sweep" not in doubts
    assert len(doubts) <= len(plain) + 3


def test_a_crease_along_a_row_leaves_the_row_readable() -> None:
    page, voter = voted(4)
    read = read_page(creased(page, at=146.0, last=147.5, upright=False), template())
    assert not wrong(read.rows, voter.truth)
    assert sum(not row.certain for row in read.rows) <= len(reasons(page)) + 1


def test_a_line_by_a_pen_down_a_column_is_still_for_people_on_a_folded_sheet() -> None:
    voter = Voter(5)
    page = voter.fill(blank_sheet().copy(), template().sheets[0], sweep=1.0)
    assert "?" in voter.truth.values()
    folded = creased(page, at=152.0, last=150.0)
    read = read_page(folded, template())
    assert not wrong(read.rows, voter.truth)
    assert sum(row.reason == "column_sweep" for row in read.rows) >= 5


def test_a_pale_line_through_the_whole_table_is_for_people_for_it_ends_before_the_edge_of_the_paper() -> None:
    page, voter = voted(6)
    line(page, [(58.0, 46.0), (59.5, 256.0)], 0.3, S, 190)
    assert "column_sweep" in reasons(page)
    assert not wrong(read_page(page, template()).rows, voter.truth | dict.fromkeys(range(20), "?"))


def test_a_crease_as_dark_as_the_pen_is_for_people() -> None:
    page, _ = voted(7)
    assert "column_sweep" in reasons(creased(page, at=58.0, last=59.0, value=20))


@pytest.mark.parametrize("upright", [True, False])
def test_creases_are_found_where_they_are(upright: bool) -> None:
    page = creased(blank_sheet(), at=100.0, last=103.0, upright=upright)
    small = cv2.resize(page, (round(210 * LOW), round(297 * LOW)), interpolation=cv2.INTER_AREA)
    (crease,) = find_creases(np.asarray(small, np.uint8))
    assert crease.upright is upright
    assert crease.first == pytest.approx(100.0, abs=0.6)
    assert crease.last == pytest.approx(103.0, abs=0.6)


def test_nothing_printed_and_nothing_written_is_a_crease() -> None:
    page, _ = voted(8, sweep=1.0)
    small = cv2.resize(page, (round(210 * LOW), round(297 * LOW)), interpolation=cv2.INTER_AREA)
    assert find_creases(np.asarray(small, np.uint8)) == []


def test_the_ring_of_a_cup_is_no_line_by_a_pen() -> None:
    page, voter = voted(9)
    plain = reasons(page)
    read = read_page(ringed(page, 70, 140), template())
    assert not wrong(read.rows, voter.truth)
    assert sum(not row.certain for row in read.rows) <= len(plain) + 4


@pytest.mark.parametrize(("value", "width"), [(30, 0.5), (130, 0.4)])
def test_a_second_mark_on_a_ring_is_seen_also_when_it_is_paler(value: int, width: float) -> None:
    page, voter = voted(10)
    row = template().sheets[0].rows[8]
    ringed_at = (row.boxes[0].x + 36, row.boxes[0].y + 5)
    box = row.boxes[0 if voter.truth[row.row] != "1" else 1]
    x, y = box.x + 6, box.y + 6
    line(page, [(x - 2, y - 1), (x, y + 2), (x + 4, y - 3)], width, S, value)
    read = read_page(ringed(page, *ringed_at), template())
    assert not {row.row: row for row in read.rows}[8].certain
    assert not wrong(read.rows, voter.truth | {8: "?"})
