"""The same sheet twice is found from its ink; honest sheets with the same votes are not."""

import numpy as np

from evaluations.paper.reading import find_doubles, likeness, read_page
from tests.evaluations.reading.sheets import Voter, blank_sheet, printed, template
from tests.evaluations.reading.test_damage import jpeg, photo, turned


def same_votes(seed: int) -> bytes:
    """The ink of a sheet of somebody who thinks everybody excellent, and that of its photo."""
    return read_page(sheet(seed), template()).ink


def sheet(seed: int) -> np.ndarray:
    voter = Voter(seed)
    page = blank_sheet().copy()
    for row in template().sheets[0].rows:
        voter.mark(page, row.boxes[0], 200 / 25.4)
    return page


def test_a_sheet_scanned_and_photographed_is_found_twice() -> None:
    once = same_votes(1)
    again = read_page(jpeg(turned(sheet(1), 1.0), 60), template()).ink
    shot = read_page(photo(sheet(1)), template()).ink
    others = [same_votes(seed) for seed in range(2, 6)]
    assert likeness(once, again) > 0.85
    assert likeness(once, shot) > 0.85
    assert max(likeness(once, other) for other in others) < 0.7
    pairs = find_doubles([*others, once, again, b"", shot])
    assert {(i, j) for i, j, _ in pairs} == {(4, 5), (4, 7), (5, 7)}
    assert pairs[0][2] >= pairs[-1][2] > 0.75


def test_sides_and_empty_pages_are_never_alike() -> None:
    once = same_votes(1)
    form = template(pages=2)
    voter, back = Voter(9), printed(form, 2)
    reading = read_page(voter.fill(back, form.sheets[1]), form)
    assert reading.page == 2
    assert likeness(once, reading.ink) == 0
    assert likeness(once, b"") == 0
    assert find_doubles([]) == []
    assert find_doubles([once, reading.ink, b""]) == []


def test_sheets_filled_on_one_half_only_are_compared_by_that_half() -> None:
    voter, page = Voter(4), blank_sheet().copy()
    for row in template().sheets[0].rows[:20]:
        voter.mark(page, row.boxes[1], 200 / 25.4)
    half = read_page(page, template()).ink
    again = read_page(jpeg(page, 70), template()).ink
    assert likeness(half, again) > 0.85
    assert likeness(half, same_votes(1)) < 0.3
