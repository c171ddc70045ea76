"""The head-counts of a ballot: seven different numbers, and the identities between them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules import (
    MOST,
    Heads,
    check_collected,
    check_issued,
    check_known,
    check_numbers,
    check_printed,
    check_voters,
    identities,
)

EVENING = Heads(expected=25, present=22, printed=24, issued=21, replaced=1, unused=2, returned=20, void=1)
counts = st.integers(min_value=0, max_value=200)
maybe = st.none() | counts


@st.composite
def evenings(draw: st.DrawFn) -> Heads:
    """Head-counts of an evening on which everything is right."""
    void = draw(counts)
    returned = void + draw(counts)
    issued = max(returned + draw(st.integers(0, 5)), 1)
    present = issued + draw(st.integers(0, 5))
    unused, replaced = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    return Heads(
        expected=present + draw(counts),
        present=present,
        printed=issued + unused + replaced,
        issued=issued,
        replaced=replaced,
        unused=unused,
        returned=returned,
        void=void,
    )


def test_the_seven_numbers_are_seven_different_numbers() -> None:
    numbers = (
        EVENING.expected,
        EVENING.present,
        EVENING.printed,
        EVENING.issued,
        EVENING.returned,
        EVENING.valid,
        EVENING.void,
    )
    assert numbers == (25, 22, 24, 21, 20, 19, 1)
    assert len(set(numbers)) == 7
    assert EVENING.not_returned == 1
    assert EVENING.accounted == EVENING.printed
    assert check_collected(EVENING) == []


def test_a_wholly_blank_paper_is_valid_and_only_a_void_one_is_not() -> None:
    assert replace(EVENING, void=0).valid == EVENING.returned


@given(evenings())
def test_a_right_evening_has_no_problem_and_every_identity_holds(heads: Heads) -> None:
    assert check_collected(heads) == []
    assert [line.holds for line in identities(heads)] == [True] * 4
    assert heads.expected is not None
    assert heads.present is not None
    assert heads.issued is not None
    assert heads.returned is not None
    assert heads.not_returned is not None
    assert heads.valid is not None
    assert heads.void is not None
    assert heads.expected >= heads.present >= heads.issued
    assert heads.issued == heads.returned + heads.not_returned
    assert heads.returned == heads.valid + heads.void
    assert heads.returned <= heads.issued


@given(st.builds(Heads, maybe, maybe, maybe, maybe, maybe, maybe, maybe, maybe))
def test_a_problem_is_found_exactly_when_an_identity_is_broken(heads: Heads) -> None:
    e, p, printed, issued = heads.expected, heads.present, heads.printed, heads.issued
    broken = [
        e is not None and p is not None and p > e,
        p is not None and issued is not None and issued > p,
        printed is not None and issued is not None and issued > printed,
        printed == 0,
        issued == 0,
        None not in (printed, issued, heads.unused, heads.replaced)
        and printed - issued - heads.unused - heads.replaced != 0,  # type: ignore[operator]
        heads.returned is not None and issued is not None and heads.returned > issued,
        heads.void is not None and heads.returned is not None and heads.void > heads.returned,
        issued is not None and printed is None,
    ]
    assert bool(check_collected(heads)) == any(broken)
    assert len(check_collected(heads)) == sum(broken)
    if not broken[3] and not broken[4]:
        assert (False in [line.holds for line in identities(heads)]) == any(
            (broken[0] and issued is not None, broken[1] and e is not None, *broken[5:8])
        )


@given(evenings(), st.integers(min_value=1, max_value=9))
def test_more_papers_back_than_handed_out_is_a_hard_stop(heads: Heads, more: int) -> None:
    assert heads.issued is not None
    problems = check_collected(replace(heads, returned=heads.issued + more, void=None))
    assert [problem.final for problem in problems] == [True]
    assert "无效，重新进行" in problems[0].message
    assert problems[0].field == "returned"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("present", 26, "实到不能多于应到（现填 26 和 25）。"),
        ("issued", 23, "发出不能多于实到（现填 23 和 22）。"),
        ("printed", 20, "发出不能多于印制（现填 21 和 20）。"),
        ("printed", 0, "印制张数至少为 1"),
        ("issued", 0, "发出张数至少为 1"),
        (
            "unused",
            3,
            "印制 24 应等于 发出 21 + 余票 3 + 损坏更换 1 = 25，请再点一遍余票和换下的票。",
        ),
        ("void", 21, "整张作废不能多于收回（现填 21 和 20）。"),
        ("returned", -1, "收回不能小于 0"),
        ("replaced", MOST + 1, "损坏更换 10000 太大了"),
    ],
)
def test_each_wrong_number_says_what_to_do(field: str, value: int, message: str) -> None:
    changed: dict[str, Any] = {field: value}
    problems = check_collected(replace(EVENING, **changed))
    assert any(message in problem.message for problem in problems)


def test_what_is_not_known_yet_is_no_problem_and_shown_as_a_dash() -> None:
    nothing = Heads()
    assert check_printed(nothing) == check_issued(nothing) == check_collected(nothing) == []
    assert check_numbers(nothing) == []
    assert [line.holds for line in identities(nothing)] == [None] * 4
    assert identities(nothing)[0].text == "应到 — ≥ 实到 — ≥ 发出 —"
    assert identities(EVENING)[1].text == "印制 24 = 发出 21 + 余票 2 + 损坏更换 1"
    assert identities(EVENING)[3].text == "收回 20 = 有效 19 + 整张作废 1"


def test_an_empty_number_that_is_needed_is_asked_for_and_nought_is_a_number() -> None:
    assert check_known(replace(EVENING, unused=0), ("unused",)) == []
    (problem,) = check_known(replace(EVENING, unused=None), ("unused", "issued"))
    assert (problem.field, problem.message) == ("unused", "请填写余票的张数，没有就填 0。")


def test_no_more_papers_than_people_present_who_may_fill_one_in() -> None:
    assert check_voters(EVENING, 21) == []
    assert check_voters(replace(EVENING, issued=None), 0) == []
    (problem,) = check_voters(EVENING, 20)
    assert problem.message == "到会并且可以填票的有 20 人，发出 21 张多了，请核对。"
