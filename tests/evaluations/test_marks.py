"""What is on one paper, typed twice: canonical form, differences, what was read again."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evaluations.rules import NOT_YET, Mismatch, Paper, agreed_papers, blank_marks, mismatches, read_marks

MARKS = st.text(alphabet="1234560x", min_size=6, max_size=6)
typed_papers = st.builds(Paper, MARKS, st.booleans())
anything = st.text(alphabet=st.characters() | st.sampled_from("0123456789xX?０３９ｘＸ√×"), max_size=12)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("120x", "120x"),
        ("１２０Ｘ", "120x"),
        ("12", "12??"),
        ("", "????"),
        ("4a b", "????"),
        ("1230x12", "1230"),
        ("xXｘＸ", "xxxx"),
        ("1İ23", "1?23"),
        ("1\n23", "1?23"),
    ],
)
def test_marks_are_read_into_one_form(raw: str, read: str) -> None:
    assert read_marks(raw, 4, 3) == read


@given(anything, st.integers(0, 9), st.integers(1, 9))
def test_marks_always_fill_the_rows_and_nothing_slides_into_another_row(
    raw: str, rows: int, options: int
) -> None:
    read = read_marks(raw, rows, options)
    assert len(read) == rows
    assert set(read) <= {"0", "x", "?", *(str(n) for n in range(1, options + 1))}
    assert read_marks(read, rows, options) == read
    for position, character in enumerate(raw[:rows]):
        if character in "0x" or (
            character.isascii() and character.isdigit() and 0 < int(character) <= options
        ):
            assert read[position] == character


def test_a_paper_is_complete_when_no_row_is_open_or_it_is_void() -> None:
    assert Paper("10x2").complete
    assert not Paper("1?x2").complete
    assert Paper("1?x?").missing == [1, 3]
    assert Paper("????", void=True).complete
    assert Paper("????", void=True).missing == []
    assert blank_marks(3) == "???"


@given(st.lists(st.tuples(typed_papers, typed_papers), max_size=8))
def test_differences_are_exactly_the_places_that_differ(pairs: list[tuple[Paper, Paper]]) -> None:
    first = {n: a for n, (a, _) in enumerate(pairs, 1)}
    second = {n: b for n, (_, b) in enumerate(pairs, 1)}
    wanted: set[tuple[int, int | None]] = set()
    for number, (a, b) in enumerate(pairs, 1):
        if a.void != b.void:
            wanted.add((number, None))
        elif not a.void:
            wanted |= {(number, i) for i in range(6) if a.marks[i] != b.marks[i]}
    found = mismatches(first, second, len(pairs))
    assert {(m.paper, m.row) for m in found} == wanted
    assert found == sorted(found, key=lambda m: (m.paper, -1 if m.row is None else m.row))
    swapped = mismatches(second, first, len(pairs))
    assert [(m.paper, m.row, m.first, m.second) for m in found] == [
        (m.paper, m.row, m.second, m.first) for m in swapped
    ]


def test_a_difference_about_the_whole_paper_is_said_in_words() -> None:
    typed, void = Paper("11"), Paper("11", void=True)
    assert mismatches({1: typed}, {1: void}, 1) == [Mismatch(1, None, "有效", "整张作废")]
    assert mismatches({1: typed}, {}, 1) == [Mismatch(1, None, "有效", "没有录")]
    assert mismatches({}, {1: void}, 1) == [Mismatch(1, None, "没有录", "整张作废")]
    assert mismatches({}, {}, 1) == []
    assert mismatches({1: void}, {1: Paper("22", void=True)}, 1) == []


@given(st.lists(st.tuples(typed_papers, typed_papers), min_size=1, max_size=6), st.data())
def test_nothing_is_agreed_while_any_difference_is_open(
    pairs: list[tuple[Paper, Paper]], data: st.DataObject
) -> None:
    first = {n: a for n, (a, _) in enumerate(pairs, 1)}
    second = {n: b for n, (_, b) in enumerate(pairs, 1)}
    open_papers = {m.paper for m in mismatches(first, second, len(pairs))}
    again = {n: data.draw(typed_papers) for n in open_papers}
    agreed = agreed_papers(first, second, again, len(pairs))
    assert agreed is not None
    assert agreed == [again.get(n, first[n]) for n in range(1, len(pairs) + 1)]
    for number in open_papers:
        rest = {n: p for n, p in again.items() if n != number}
        assert agreed_papers(first, second, rest, len(pairs)) is None


@given(typed_papers)
def test_a_paper_both_left_open_is_not_agreed(paper: Paper) -> None:
    assume(not paper.void)
    half = Paper(NOT_YET + paper.marks[1:])
    assert agreed_papers({1: half}, {1: half}, {}, 1) is None
    assert agreed_papers({1: half}, {}, {}, 1) is None
    assert agreed_papers({}, {}, {}, 1) is None
    assert agreed_papers({}, {}, {}, 0) == []
