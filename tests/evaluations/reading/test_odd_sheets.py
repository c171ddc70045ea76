"""Rows of unusual sheets: half empty, joined marks, marks over their line, tiny, filled and crossed-out ones."""

from evaluations.paper.reading import read_page
from evaluations.paper.reading.blanks import judge_blanks
from evaluations.paper.reading.found import Found, Usual
from tests.evaluations.reading.sheets import (
    INCH,
    Grey,
    Points,
    Voter,
    blank_sheet,
    certain,
    ring,
    template,
    voted,
    wobble,
    wrong,
)

S = 200 / INCH
SHEET = template().sheets[0]
Stroke = tuple[int, Points, float, int]  # row, mm from its first box, width in mm, grey


def drawn(*strokes: Stroke, empty: tuple[int, ...] = (), pen: float = 0.55) -> dict[int, tuple[str, str]]:
    """A neat sheet whose rows `empty` carry only `strokes`: the mark and the reason of each row."""
    voter = Voter(24)
    voter.ink, voter.width, voter.size = 40, pen, 6.5
    page: Grey = blank_sheet().copy()
    for row in SHEET.rows:
        if row.row not in (*empty, *(stroke[0] for stroke in strokes)):
            voter.mark(page, row.boxes[row.row % 4], S)
    for number, points, width, grey in strokes:
        box = SHEET.rows[number].boxes[0]
        line = [(box.x + x, box.y + y) for x, y in points]
        voter.stroke(page, [wobble(line, voter.rng, 0.02)], S, width=width, ink=grey)
    return {row.row: (row.mark, row.reason) for row in read_page(page, template()).rows}


def tick(x: float, y: float, high: float = 5.0) -> Points:
    """A √ whose tip lies at x, y."""
    return [(x - 0.4 * high, y - 0.5 * high), (x, y), (x + 0.8 * high, y - high)]


def test_empty_rows_are_certain_where_all_marks_are_dark() -> None:
    page, voter = voted(23, blank=0.5)
    rows = read_page(page, template()).rows
    assert not wrong(rows, voter.truth)
    assert certain(rows) >= 38


def test_a_sheet_left_half_empty_is_certain() -> None:
    rows = drawn(empty=tuple(range(12, 40)))
    assert {rows[number] for number in range(12, 40)} == {("0", "")}


def test_where_some_marks_are_pale_many_empty_rows_are_looked_at() -> None:
    pale = [(number, tick(8, 7), 0.55, 175) for number in (9, 10, 11)]
    rows = drawn(*pale, empty=tuple(range(12, 40)))
    assert {rows[number] for number in range(12, 40)} == {("?", "many_blanks")}


def test_two_marks_do_not_say_that_the_rest_is_empty() -> None:
    rows = drawn(*((number, tick(8, 7), 0.55, 40) for number in (0, 1)), empty=tuple(range(2, 40)))
    assert {rows[number][0] for number in range(2, 40)} == {"?"}


def blank(level: float) -> Found:
    """An empty row with that much noise."""
    return Found(0, level=level)


def mark(peak: float) -> Found:
    """A row with a mark of that darkness."""
    return Found(0, column=0, peak=peak, tile=blank_sheet()[:1])


def reasons(rows: list[Found], *, coarse: bool = False) -> set[str]:
    judge_blanks(rows, Usual(4.0, 100.0), coarse=coarse)
    return {row.reason for row in rows if row.column < 0}


def test_noise_and_black_and_white_leave_no_empty_row_certain() -> None:
    marks = [mark(100.0) for _ in range(10)]
    assert reasons([*marks, blank(20.0)]) == {""}
    assert reasons([*marks, blank(60.0)]) == {"faint"}
    assert reasons([*marks, blank(20.0)], coarse=True) == {"faint"}
    assert reasons([*marks, *(blank(20.0) for _ in range(10))]) == {""}
    assert reasons([*marks, *(blank(30.0) for _ in range(10))]) == {"many_blanks"}
    assert reasons([*marks, mark(60.0), *(blank(20.0) for _ in range(10))]) == {"many_blanks"}
    assert reasons([*marks, *(blank(20.0) for _ in range(10))], coarse=True) == {"many_blanks"}


def test_empty_rows_of_a_table_with_a_line_down_its_column_are_looked_at() -> None:
    line = (4, [(8.0, 3.0), (8.3, 85.0)], 0.55, 40)
    rows = drawn(line, empty=(5, 6, 7, 8, 9, 10, 11, 12, 16, 33))
    assert rows[6] == rows[16] == ("?", "column_sweep")
    assert rows[33] == ("0", "")


def test_ticks_that_meet_at_a_line_are_read_one_by_one() -> None:
    upper, lower = (3, tick(7.0, 9.9, 6.0), 0.5, 40), (4, [(1.6, 5.0), (3.6, 8.0), (7.2, -0.6)], 0.5, 40)
    rows = drawn(upper, lower)
    assert rows[3] == rows[4] == ("1", "")


def test_strokes_that_meet_at_a_line_without_being_whole_marks_stay_together() -> None:
    rows = drawn((3, [(9.0, 1.5), (7.0, 10.0)], 0.5, 40), (4, [(7.0, 0.0), (5.0, 8.5)], 0.5, 40))
    assert rows[3][0] == rows[4][0] == "?"
    rows = drawn((3, tick(7.0, 9.9, 6.0), 0.5, 40), (4, [(7.0, -0.3), (5.0, 8.5)], 0.5, 40))
    assert rows[3][0] == rows[4][0] == "?"


def test_a_tip_that_lies_hidden_in_the_line_is_drawn_on() -> None:
    rows = drawn((3, tick(7.0, 10.0, 6.0), 0.4, 40), (8, tick(7.0, 10.2, 6.0), 0.4, 40))
    assert rows[3] == rows[8] == ("1", "")


def test_a_mark_over_the_side_line_counts_where_most_of_its_strokes_run() -> None:
    right = SHEET.rows[0].boxes[1].x - SHEET.rows[0].boxes[0].x
    rows = drawn(
        (3, tick(right - 3.8, 7.5), 0.5, 40),
        (8, tick(right - 1.6, 7.5), 0.5, 40),
        (13, tick(right - 0.4, 7.5), 0.5, 40),
    )
    assert rows[3] == ("1", "")
    assert rows[8] == ("?", "crosses_cells")
    assert rows[13][0] == "?"


def test_a_tip_a_little_below_the_line_is_certain_and_far_below_is_not() -> None:
    rows = drawn((3, tick(7.0, 10.3, 7.5), 0.5, 40), (8, tick(7.0, 12.2, 7.5), 0.5, 40), empty=(4, 9))
    assert rows[3] == ("1", "")
    assert rows[8][0] == rows[9][0] == "?"


def test_an_empty_row_beside_a_mark_at_its_line_is_looked_at() -> None:
    small = [(6.0, 9.0), (6.7, 9.8), (8.5, 8.2)]
    rows = drawn((3, small, 0.4, 40), empty=(4,))
    assert rows[4][0] == "?"


def test_a_mark_that_reaches_into_an_empty_row_may_be_meant_for_that() -> None:
    high = [(5.0, -0.8), (7.0, 4.2), (11.0, -1.0)]
    rows = drawn((10, high, 0.5, 40), empty=(9, 10))
    assert rows[9] == ("?", "blank_touched")
    assert rows[10] == ("?", "crosses_cells")
    rows = drawn((10, high, 0.5, 40), empty=(10,))  # the row above has a mark of its own
    assert rows[9][1] == ""
    assert rows[10] == ("1", "")


TINY = {
    "tick": ([(7.0, 4.5), (7.6, 5.5), (9.0, 3.6)], 0.35, 40, ""),
    "pale_tick": ([(7.0, 4.5), (7.6, 5.5), (9.0, 3.6)], 0.35, 120, "faint|unlike"),
    "slash": ([(7.0, 5.5), (8.3, 3.6)], 0.5, 40, ""),
    "dot_with_a_tail": ([(7.0, 5.5), (7.5, 4.9)], 0.9, 40, "complex|unlike|faint"),
    "broad_slash": ([(7.0, 5.8), (8.4, 3.6)], 1.1, 40, "unlike|complex"),
}


def test_tiny_marks_are_certain_only_when_clear() -> None:
    strokes = [(5 + 4 * k, *TINY[name][:3]) for k, name in enumerate(TINY)]
    rows = drawn(*strokes)
    for k, name in enumerate(TINY):
        mark, reason = rows[5 + 4 * k]
        assert reason in TINY[name][3].split("|"), name
        assert mark == ("?" if reason else "1")


def test_a_tiny_mark_beside_a_dot_is_looked_at() -> None:
    rows = drawn((5, TINY["tick"][0], 0.35, 40), (5, [(24.0, 5.0), (24.3, 5.1)], 0.8, 40))
    assert rows[5][0] == "?"


def test_the_dot_of_a_broad_pen_is_no_second_mark() -> None:
    rows = drawn((5, tick(8, 7.5, 6.5), 0.9, 40), (5, [(24.0, 5.0), (24.4, 5.1)], 0.9, 40), pen=0.9)
    assert rows[5] == ("1", "")


def test_what_was_scribbled_over_is_no_mark() -> None:
    block = [(3.0 + 0.5 * k, 3.0 if k % 2 else 7.0) for k in range(18)]
    ditto = [[(6.0, 7.0), (7.0, 4.0)], [(6.9, 7.0), (7.9, 4.0)]]
    rows = drawn((5, block, 0.7, 40), *((9, stroke, 0.5, 40) for stroke in ditto))
    assert rows[5][0] == rows[9][0] == "?"


def test_a_filled_block_is_no_mark_where_everybody_fills() -> None:
    strokes = [(number, [(5.0, 6.5), (9.5, 3.8)], 2.2, 40) for number in range(40)]
    assert {mark for mark, _ in drawn(*strokes).values()} == {"?"}


def test_a_ring_filled_wider_than_any_stroke_is_no_ring_though_its_middle_looks_like_paper() -> None:
    voter = Voter(12, "ring")
    voter.width, voter.ink, voter.size = 1.2, 60, 6.0
    page = blank_sheet().copy()
    for place in SHEET.rows:
        box = place.boxes[0]
        x, y = box.x + box.width / 2, box.y + box.height / 2
        if place.row == 7:  # filled once, and the ring under it shows darker
            voter.stroke(
                page, [[(x - 2.6, y + step), (x + 2.6, y + step)] for step in (-1.4, 0, 1.4)], S, width=1.8
            )
            voter.stroke(page, ring(x, y, 6.0, voter.rng), S, ink=10)
        else:
            voter.mark(page, box, S)
    rows = {row.row: (row.mark, row.reason) for row in read_page(page, template()).rows}
    assert rows[7] == ("?", "complex")
    assert rows[6] == rows[8] == ("1", "")
