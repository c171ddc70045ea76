"""Which meetings the rules want in which order, from which size groups may be formed, and quorum on each base: plain values."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.rules.order import (
    Wants,
    fulfils,
    kinds_before,
    next_kind,
    split_refusal,
    waits_for_upper,
    wanted_kinds,
)
from meetings.rules.quorum import Quorum, share_words

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)
LUOYANG = Wants("committee_then_plenary", is_body=False, has_committee=True, upper_first=True)
SMALL = Wants("committee_then_plenary", is_body=False, has_committee=False)
XINYI = Wants("plenary_only", is_body=False, has_committee=True)
TOWN = Wants(
    "democratic_life",
    is_body=True,
    has_committee=False,
    mobilise=True,
    analysis=True,
    briefing=True,
    masses_briefing=True,
)


@pytest.mark.parametrize(
    ("wants", "kinds"),
    [
        (LUOYANG, ("committee", "plenary")),
        (SMALL, ("plenary",)),
        (XINYI, ("plenary",)),
        (Wants("group", is_body=False, has_committee=True), ("group",)),
        (TOWN, ("mobilise", "analysis", "democratic_life", "briefing", "masses_briefing")),
        (Wants("democratic_life", is_body=False, has_committee=True), ()),
        (
            Wants("committee_then_plenary", is_body=True, has_committee=False, upper_first=True),
            ("upper",),
        ),
        (Wants("plenary_only", is_body=True, has_committee=False), ()),
    ],
)
def test_the_rules_want_these_meetings_in_this_order(wants: Wants, kinds: tuple[str, ...]) -> None:
    assert wanted_kinds(wants) == kinds


def test_the_committee_comes_before_any_meeting_of_the_branch_and_nothing_before_the_committee() -> None:
    for kind in ("plenary", "thematic", "group"):
        assert kinds_before(kind, LUOYANG) == ("committee",)
        assert kinds_before(kind, SMALL) == kinds_before(kind, XINYI) == ()
    for kind in ("committee", "mobilise", "analysis"):
        assert kinds_before(kind, LUOYANG) == ()
    assert kinds_before("briefing", TOWN) == kinds_before("masses_briefing", TOWN) == ("democratic_life",)
    assert [
        kind for kind in ("committee", "plenary", "group", "briefing", "upper") if waits_for_upper(kind)
    ] == [
        "committee",
        "plenary",
        "group",
    ]


def test_what_comes_next_is_the_first_not_yet_arranged() -> None:
    wanted = wanted_kinds(LUOYANG)
    assert next_kind(wanted, ()) == "committee"
    assert next_kind(wanted, {"committee_meeting"}) == "plenary"
    assert next_kind(wanted, {"committee_meeting", "meeting"}) == "plenary"
    assert next_kind(("group", "briefing"), {"meeting"}) == "briefing"
    assert next_kind((), {"meeting"}) == ""


def test_a_meeting_of_a_group_stands_for_the_branch_only_where_the_rules_say_so() -> None:
    assert fulfils("group", "group") == "meeting"
    assert fulfils("group", "plenary_only") == ""
    assert fulfils("thematic", "plenary_only") == "meeting"
    assert fulfils("upper", "plenary_only") == "upper_meeting"


@pytest.mark.parametrize(("members", "refused"), [(19, True), (20, False), (21, False)])
def test_groups_are_formed_from_twenty_on(members: int, refused: bool) -> None:
    said = split_refusal(members, 20)
    assert bool(said) == refused
    if refused:
        assert "20 人以上" in said
        assert "19 人" in said


def test_where_the_rules_know_no_groups_none_are_formed() -> None:
    assert "不分党小组" in split_refusal(500, None)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (HALF, "半数以上"),
        (TWO_THIRDS, "三分之二以上"),
        (Fraction(4, 5), "五分之四以上"),
        (Fraction(1), "全部"),
        (Fraction(17, 20), "20分之17以上"),
    ],
)
def test_a_share_is_said_as_a_notice_says_it(share: Fraction, words: str) -> None:
    assert share_words(share) == words


def test_the_arithmetic_is_said_with_its_base() -> None:
    short = Quorum("班子成员", 7, 4, TWO_THIRDS, refuses=True)
    assert short.words == "班子成员 7 人，到会 4 人；须三分之二以上到会，即至少 5 人，不够。"
    assert not short.is_met
    assert Quorum("全体委员", 5, 3, HALF).words.endswith("已够。")
    nothing = Quorum("应到", 30, 0, None)
    assert nothing.is_met
    assert nothing.words == ""
    assert not Quorum("全体委员", 0, 0, HALF).is_met


@given(
    expected=st.integers(min_value=1, max_value=300),
    present=st.integers(min_value=0, max_value=300),
    share=st.fractions(min_value=0, max_value=1),
)
def test_a_quorum_is_met_exactly_from_the_least_number_on(
    expected: int, present: int, share: Fraction
) -> None:
    quorum = Quorum("应到", expected, present, share)
    assert quorum.is_met == (present >= quorum.least) == (present >= share * expected)
