"""Groups of texts that largely repeat each other: the cheap look never overlooks what the full one finds."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches.rules import copies
from branches.rules.copies import copied_groups
from branches.rules.overlap import SHORTEST, counted, overlap

LEAST = Fraction(4, 5)
FORMULA = "能按时参加组织生活，按月交纳党费，为邻里办实事，服从支部安排，外出时主动请假。"
HONEST = "今年防汛连守大坝十一夜，帮三户老人转移；会上发言少，对年轻党员带得不够，愿意改。"
PIECES = st.lists(st.sampled_from("为邻里办实事好甲乙。3"), max_size=30).map("".join)


def full(texts: list[str], least: Fraction) -> list[tuple[int, ...]]:
    """The groups by comparing every pair in full."""
    of = {place: {place} for place in range(len(texts))}
    for a, b in combinations(range(len(texts)), 2):
        pair = ((texts[a], texts[b]), (texts[b], texts[a]))
        if all(overlap(one, other).share >= least for one, other in pair):
            together = of[a] | of[b]
            for place in together:
                of[place] = together
    return sorted({tuple(sorted(found)) for found in of.values() if len(found) > 1})


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=6), st.sampled_from((Fraction(1, 20), Fraction(1, 2), LEAST, Fraction(1))))
def test_the_groups_are_those_of_comparing_every_pair_in_full(texts: list[str], least: Fraction) -> None:
    assert copied_groups(texts, least) == full(texts, least)


@given(PIECES, PIECES)
def test_the_cheap_look_is_never_below_what_is_taken(one: str, other: str) -> None:
    a, b = (copies._Text.of(text, counted(text)) for text in (one, other))
    assert a.at_most(b) >= overlap(one, other).share * len(a.chars)


@given(st.lists(PIECES, max_size=6), st.randoms())
def test_the_order_of_the_texts_changes_no_group(texts: list[str], luck: random.Random) -> None:
    order = list(range(len(texts)))
    luck.shuffle(order)
    moved = copied_groups([texts[place] for place in order], LEAST)
    back = sorted(tuple(sorted(order[place] for place in group)) for group in moved)
    assert back == copied_groups(texts, LEAST)


def test_names_numbers_and_signs_that_were_changed_hide_nothing() -> None:
    texts = [f"张三{FORMULA}", HONEST, f"李四{FORMULA.replace('，', ' ')}", "", f"王五 2 次{FORMULA}"]
    assert copied_groups(texts, LEAST) == [(0, 2, 4)]


def test_short_formulas_and_empty_texts_are_nobodys_copy() -> None:
    short = "表现较好，同意评为合格。"
    assert len(counted(short)) < SHORTEST
    assert copied_groups([short, short, "", ""], LEAST) == []


def test_a_formula_inside_longer_honest_texts_joins_nobody() -> None:
    formula = "能按时参加组织生活，按月交纳党费，"
    texts = [
        formula,
        formula + HONEST,
        formula + "妻子生病期间仍带头清淤；脾气急，去年同邻居争吵，已经上门道歉。",
    ]
    assert copied_groups(texts, LEAST) == []


def test_a_third_text_leads_from_one_to_the_other() -> None:
    parts = [FORMULA[:20], FORMULA[20:], HONEST[:20], HONEST[20:]]
    first, between, last = "".join(parts[:3]), "".join(parts), "".join(parts[1:])
    least = Fraction(7, 10)
    assert copied_groups([first, last], least) == []
    assert copied_groups([first, last, between], least) == [(0, 1, 2)]


def test_texts_that_share_only_a_half_are_never_compared_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(copies, "overlap", lambda text, _other: compared.append(text))
    own = ["".join(chr(0x4E00 + 97 * n + at) for at in range(97)) for n in range(80)]
    assert copied_groups([HONEST + text for text in own], LEAST) == []
    assert compared == []


def test_eighty_equal_texts_are_one_group_without_any_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(copies, "overlap", lambda text, _other: compared.append(text))
    assert copied_groups([HONEST] * 80, LEAST) == [tuple(range(80))]
    assert compared == []
