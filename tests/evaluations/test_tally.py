"""From papers to counts and percentages, recounted independently."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules import (
    BASES,
    Heads,
    Line,
    Paper,
    base_number,
    check_line,
    least_apart,
    line_problems,
    percent_text,
    share,
    sum_lines,
    tally,
    uniform,
    withheld,
)

SCALES = st.sampled_from([3, 4])


@st.composite
def boxes(draw: st.DrawFn) -> tuple[list[Paper], int, int]:
    """Complete papers of one ballot with its rows and options."""
    rows, options = draw(st.integers(1, 8)), draw(SCALES)
    letters = "".join(str(n) for n in range(1, options + 1)) + "0x"
    marks = st.text(alphabet=letters, min_size=rows, max_size=rows)
    return draw(st.lists(st.builds(Paper, marks, st.booleans()), max_size=12)), rows, options


@given(boxes())
def test_the_tally_is_what_a_recount_row_by_row_gives(box: tuple[list[Paper], int, int]) -> None:
    papers, rows, options = box
    lines, void = tally(papers, rows, options)
    counted = [paper.marks for paper in papers if not paper.void]
    assert void == len(papers) - len(counted)
    columns = list(zip(*counted, strict=True)) or [()] * rows
    for line, column in zip(lines, columns, strict=True):
        heap = Counter(column)
        assert line == Line(tuple(heap[str(n + 1)] for n in range(options)), heap["0"], heap["x"])
        assert check_line(line, len(counted))
        assert line.total == len(papers) - void


@given(boxes())
def test_the_order_of_the_papers_does_not_matter(box: tuple[list[Paper], int, int]) -> None:
    papers, rows, options = box
    shuffled = sorted(papers, key=lambda paper: (paper.marks[::-1], paper.void))
    assert tally(papers, rows, options) == tally(shuffled, rows, options)


@given(boxes(), boxes())
def test_two_boxes_counted_together_are_the_sum_of_both(
    one: tuple[list[Paper], int, int], other: tuple[list[Paper], int, int]
) -> None:
    rows, options = one[1], one[2]
    fitting = [p for p in other[0] if len(p.marks) == rows and other[2] == options]
    both, void = tally([*one[0], *fitting], rows, options)
    first, void_first = tally(one[0], rows, options)
    second, void_second = tally(fitting, rows, options)
    assert void == void_first + void_second
    assert both == [sum_lines(pair, options) for pair in zip(first, second, strict=True)]


def test_a_line_that_does_not_sum_names_the_row_and_both_rows_of_one_name() -> None:
    lines = [
        ("王伟", Line((3, 1, 0), 0, 0)),
        ("王伟", Line((2, 1, 0), 0, 0)),
        ("李敏", Line((4, 1, 0), 0, 0)),
    ]
    assert line_problems(lines, 4) == [
        "王伟：各栏合计 3，应为有效票 4，少 1 票，请核对。",
        "李敏：各栏合计 5，应为有效票 4，多 1 票，请核对。",
    ]
    assert not check_line(Line((5, -1, 0), 0, 0), 4)


def test_sums_of_no_lines_are_noughts() -> None:
    assert sum_lines([], 3) == Line((0, 0, 0), 0, 0)


@pytest.mark.parametrize(("base", "number"), [("valid", 19), ("returned", 20), ("present", 22)])
def test_each_base_divides_by_its_own_number(base: str, number: int) -> None:
    heads = Heads(present=22, issued=21, returned=20, void=1)
    assert base_number(base, heads) == number
    assert set(BASES) == {"valid", "returned", "present"}


def test_a_share_is_exact_and_none_without_votes_or_base() -> None:
    assert share(2, 3) == Fraction(2, 3)
    assert share(0, 3) == 0
    assert share(None, 3) is None
    assert share(2, None) is None
    assert share(2, 0) is None


@pytest.mark.parametrize(
    ("votes", "base", "text"),
    [
        (1, 3, "33.33%"),
        (2, 3, "66.67%"),
        (1, 7, "14.29%"),
        (1, 800, "0.13%"),  # 0.125: the half goes up, never to the even digit
        (3, 800, "0.38%"),
        (1, 2000, "0.05%"),
        (0, 5, "0.00%"),
        (5, 5, "100.00%"),
        (1, 20000, "0.01%"),
        (1, 20001, "0.00%"),
    ],
)
def test_percentages_have_two_decimals_and_halves_go_up(votes: int, base: int, text: str) -> None:
    assert percent_text(share(votes, base)) == text


def test_no_share_is_a_dash() -> None:
    assert percent_text(None) == "—"


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_percentages_are_the_nearest_hundredth(votes: int, base: int) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(votes) * 100 / Decimal(base)
        wanted = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    text = percent_text(share(votes, base))
    assert text == f"{wanted}%"
    assert abs(Fraction(text[:-1]) / 100 - Fraction(votes, base)) <= Fraction(1, 20000)


@given(boxes())
def test_shares_of_the_valid_papers_sum_to_one(box: tuple[list[Paper], int, int]) -> None:
    papers, rows, options = box
    lines, void = tally(papers, rows, options)
    valid = len(papers) - void
    for line in lines:
        parts = [share(n, valid) for n in (*line.counts, line.abstained, line.invalid)]
        assert (parts == [None] * len(parts)) if valid == 0 else sum(p or 0 for p in parts) == 1


@pytest.mark.parametrize(
    ("valid", "minimum", "hidden"),
    [(4, 5, True), (5, 5, False), (0, 5, True), (None, 5, False), (1, 0, False)],
)
def test_counts_are_withheld_below_the_minimum_and_shown_from_it_on(
    valid: int | None, minimum: int, hidden: bool
) -> None:
    assert withheld(valid, minimum) is hidden


@given(boxes())
def test_uniform_means_that_all_valid_papers_are_the_same_single_grade(
    box: tuple[list[Paper], int, int],
) -> None:
    papers, rows, options = box
    lines, void = tally(papers, rows, options)
    marks = {mark for paper in papers if not paper.void for mark in paper.marks}
    assert uniform(lines, len(papers) - void) == (len(marks) == 1 and marks <= set("123456789"))


def test_nobody_rated_is_not_uniform() -> None:
    assert not uniform([], 5)


@pytest.mark.parametrize(("minimum", "least"), [(1, 5), (5, 5), (8, 8)])
def test_a_part_is_told_from_five_votes_or_the_rules_minimum(minimum: int, least: int) -> None:
    assert least_apart(minimum) == least
