"""Arithmetic of meetings: quorum, order, notice, officers, and two people typing at once."""

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.rules import (
    has_quorum,
    least_present,
    may_split_into_groups,
    merge_marks,
    notice_is_short,
    notify_by,
    parts_before,
    repeated,
    scrutineers_needed,
    tell_apart,
    tellers_needed,
)

HALF = Fraction(1, 2)
shares = st.fractions(min_value=0, max_value=1)
people = st.integers(min_value=0, max_value=200)


@pytest.mark.parametrize(
    ("expected", "share", "least"),
    [
        (0, HALF, 0),
        (1, HALF, 1),
        (3, HALF, 2),
        (24, HALF, 12),
        (25, HALF, 13),
        (9, Fraction(2, 3), 6),
        (10, Fraction(2, 3), 7),
        (5, Fraction(4, 5), 4),
        (150, Fraction(1), 150),
        (150, None, 0),
    ],
)
def test_the_least_number_of_a_quorum_is_the_share_rounded_up(
    expected: int, share: Fraction | None, least: int
) -> None:
    assert least_present(expected, share) == least


@given(present=people, expected=people, share=shares)
def test_a_quorum_is_the_exact_comparison_of_fractions(present: int, expected: int, share: Fraction) -> None:
    assert has_quorum(present=present, expected=expected, share=share) == (present >= share * expected)


def test_without_a_share_anybody_is_enough() -> None:
    assert has_quorum(present=0, expected=150, share=None)


def test_exactly_half_is_enough_and_one_fewer_is_not() -> None:
    assert has_quorum(present=12, expected=24, share=HALF)
    assert not has_quorum(present=11, expected=24, share=HALF)


def test_everything_before_the_ballot_comes_before_it() -> None:
    parts = ("committee_report", "self_review", "mutual_review", "ballot")
    assert parts_before(parts, "ballot") == parts[:3]
    assert parts_before(parts, "committee_report") == ()
    assert parts_before(("self_review",), "ballot") == ()


def test_members_are_told_so_many_whole_days_before() -> None:
    meets_on = datetime.date(2026, 12, 6)
    assert notify_by(meets_on, 3) == datetime.date(2026, 12, 3)
    assert not notice_is_short(notified_on=datetime.date(2026, 12, 3), meets_on=meets_on, days=3)
    assert notice_is_short(notified_on=datetime.date(2026, 12, 4), meets_on=meets_on, days=3)


def test_the_number_itself_already_allows_groups() -> None:
    assert may_split_into_groups(20, 20)
    assert not may_split_into_groups(19, 20)
    assert not may_split_into_groups(500, None)


@pytest.mark.parametrize(
    ("on_roster", "scrutineers", "needed"),
    [(30, 1, 2), (3, 1, 2), (2, 1, 1), (1, 0, 1), (1, 1, 0), (0, 0, 0)],
)
def test_a_tiny_branch_is_asked_only_for_the_people_it_has(
    on_roster: int, scrutineers: int, needed: int
) -> None:
    assert tellers_needed(asked=2, on_roster=on_roster, scrutineers=scrutineers) == needed


def test_one_person_alone_needs_no_scrutineer() -> None:
    assert scrutineers_needed(asked=1, on_roster=1) == 0
    assert scrutineers_needed(asked=1, on_roster=0) == 0
    assert scrutineers_needed(asked=1, on_roster=2) == 1


def test_names_given_twice_are_found_once_each() -> None:
    assert repeated(["a", "b", "a", "a", "c", "b"]) == ("a", "b")
    assert repeated([]) == ()


PRESENT, LEAVE, ABSENT, NONE = ("present", ""), ("leave", "住院"), ("absent", ""), ("", "")


@pytest.mark.parametrize(
    ("mine", "seen", "now", "changes", "conflicts"),
    [
        (LEAVE, PRESENT, PRESENT, {"1": LEAVE}, ()),
        (PRESENT, PRESENT, LEAVE, {}, ()),
        (LEAVE, PRESENT, LEAVE, {}, ()),
        (LEAVE, PRESENT, ABSENT, {}, ("1",)),
        (NONE, PRESENT, PRESENT, {"1": NONE}, ()),
        (NONE, NONE, NONE, {}, ()),
    ],
    ids=["only mine", "only theirs", "the same", "both", "taken away", "never marked"],
)
def test_two_people_typing_at_once_lose_nothing(
    mine: tuple[str, str],
    seen: tuple[str, str],
    now: tuple[str, str],
    changes: dict[str, tuple[str, str]],
    conflicts: tuple[str, ...],
) -> None:
    merged = merge_marks(mine={"1": mine}, seen={"1": seen}, now={"1": now})
    assert merged.changes == changes
    assert merged.conflicts == conflicts


marks = st.sampled_from([PRESENT, LEAVE, ABSENT, NONE])
sheets = st.dictionaries(st.sampled_from("12345"), marks)


@given(mine=sheets, seen=sheets, now=sheets)
def test_merging_never_overwrites_what_i_have_not_seen(
    mine: dict[str, tuple[str, str]], seen: dict[str, tuple[str, str]], now: dict[str, tuple[str, str]]
) -> None:
    merged = merge_marks(mine=mine, seen=seen, now=now)
    for key, mark in merged.changes.items():
        assert mark == mine[key]
        assert now.get(key, NONE) == seen.get(key, NONE)
    for key in merged.conflicts:
        assert len({mine[key], seen.get(key, NONE), now.get(key, NONE)}) == 3


def test_namesakes_are_told_apart_by_their_month_of_birth() -> None:
    born = datetime.date(1970, 5, 4)
    people = [("1", "王桂兰", born), ("2", "刘德福", born), ("3", "王桂兰", None)]
    assert tell_apart(people) == {"1": "1970年5月生", "3": "同名"}
