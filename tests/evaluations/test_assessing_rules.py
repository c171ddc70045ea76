"""The cap on the best grade for every base, what follows from a grade, a counted resolution, facts in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.assessing import (
    BASE_WORDS,
    COMMEND,
    DISPOSE,
    EXPECT,
    HELP,
    USES,
    Cap,
    Resolution,
    use_of,
)
from evaluations.rules.known_facts import Attended, DuesPaid, KnownFacts

MOST = 40
THIRD = [n // 3 for n in range(MOST + 1)]
FIFTEEN_PERCENT = [n * 15 // 100 for n in range(MOST + 1)]
SHARES = st.sampled_from(
    [Fraction(1, 3), Fraction(3, 20), Fraction(1, 4), Fraction(1, 5), Fraction(1), Fraction(0)]
)
HEADS = st.integers(min_value=0, max_value=MOST)


@pytest.mark.parametrize("base", list(BASE_WORDS))
@pytest.mark.parametrize(("share", "table"), [(Fraction(1, 3), THIRD), (Fraction(3, 20), FIFTEEN_PERCENT)])
def test_the_table_of_every_base_from_0_to_40(base: str, share: Fraction, table: list[int]) -> None:
    assert [Cap(share, base, n, 0).most for n in range(MOST + 1)] == table


def test_of_one_or_two_people_nobody_is_within_a_third() -> None:
    assert [Cap(Fraction(1, 3), "full_members", n, 1).over for n in (0, 1, 2, 3)] == [1, 1, 1, 0]


@pytest.mark.parametrize("base", list(BASE_WORDS))
@given(share=SHARES, number=HEADS, chosen=HEADS)
def test_the_cap_is_whole_people_rounded_down_never_more_than_the_share(
    base: str, share: Fraction, number: int, chosen: int
) -> None:
    cap = Cap(share, base, number, chosen)
    assert cap.most is not None
    assert cap.most * share.denominator <= number * share.numerator < (cap.most + 1) * share.denominator
    assert (cap.over > 0) == (chosen > number * share)
    assert chosen - cap.over <= cap.most
    assert cap.over in (0, chosen - cap.most)


@pytest.mark.parametrize("base", list(BASE_WORDS))
@given(share=SHARES, number=HEADS, chosen=HEADS)
def test_the_words_name_the_base_and_show_the_arithmetic(
    base: str, share: Fraction, number: int, chosen: int
) -> None:
    cap = Cap(share, base, number, chosen, "优秀")
    exact = (number * share).denominator == 1
    assert cap.words.startswith(
        f"{BASE_WORDS[base]} {number} 人 × {share.numerator}/{share.denominator} = {cap.most} 人"
    )
    assert ("往下取整" in cap.words) == (not exact)
    assert f"评定为“优秀” {chosen} 人" in cap.words
    assert (f"超过 {cap.over} 人" in cap.words) == (cap.over > 0)
    assert cap.words.endswith("。")


@given(number=HEADS, chosen=HEADS)
def test_without_a_share_there_is_no_cap_and_nothing_to_say(number: int, chosen: int) -> None:
    cap = Cap(None, "present", number, chosen)
    assert (cap.most, cap.over, cap.words) == (None, 0, "")


@pytest.mark.parametrize(
    ("scale", "uses"),
    [
        ("ab", [COMMEND, DISPOSE]),
        ("abc", [COMMEND, EXPECT, DISPOSE]),
        ("abcd", [COMMEND, EXPECT, HELP, DISPOSE]),
        ("abcde", [COMMEND, EXPECT, EXPECT, HELP, DISPOSE]),
    ],
)
def test_what_follows_goes_by_the_place_in_the_scale(scale: str, uses: list[str]) -> None:
    assert [use_of(grade, scale) for grade in scale] == uses
    assert set(uses) <= set(USES)
    assert use_of("", scale) == ""


def test_a_grade_of_another_scale_has_no_use() -> None:
    with pytest.raises(ValueError, match="x"):
        use_of("x", ["a", "b"])


def problems(*numbers: int, quorum: Fraction | None = Fraction(1, 2)) -> list[str]:
    return Resolution(*numbers).problems(quorum, Fraction(1, 2))


@given(
    expected=st.integers(1, MOST),
    absent=st.integers(0, MOST),
    against=st.integers(0, MOST),
    abstained=st.integers(0, MOST),
)
def test_a_resolution_is_carried_by_more_than_half_of_those_expected(
    expected: int, absent: int, against: int, abstained: int
) -> None:
    present = max(0, expected - absent)
    against = min(against, present)
    abstained = min(abstained, present - against)
    in_favour = present - against - abstained
    found = problems(expected, present, in_favour, against, abstained)
    assert (found == []) == (2 * in_favour > expected)
    assert any("不能表决" in line for line in found) == (2 * present < expected)


def test_each_thing_wrong_with_a_resolution_is_named() -> None:
    assert problems(10, 6, 6, 0, 0) == []
    assert problems(10, 6, 5, 1, 0) == ["赞成 5 票，须超过应到会有表决权党员 10 人的 1/2，没有通过。"]
    assert "到会 12 人多于应到 10 人" in problems(10, 12, 12, 0, 0)[0]
    assert "合计 8 票，到会有表决权 9 人" in problems(10, 9, 8, 0, 0)[0]
    assert "不够 6 人，不能表决" in problems(11, 5, 5, 0, 0)[0]
    assert problems(11, 5, 5, 0, 0, quorum=None)[0].startswith("赞成 5 票")


def test_facts_are_told_without_what_did_not_occur() -> None:
    assert Attended().words == "没有到会登记"
    assert Attended(present=3).words == "应到会 3 次，到会 3 次"
    assert Attended(2, 1, 1, 1).words == "应到会 5 次，到会 2 次，流入地参加 1 次，请假 1 次，缺席 1 次"
    assert DuesPaid().words == "台账里没有登记"
    assert DuesPaid(10, 1, 1).words == "已交 10 个月，免交 1 个月，未交 1 个月"
    assert DuesPaid(12).words == "已交 12 个月"


@pytest.mark.parametrize(
    "facts", [KnownFacts(), KnownFacts(Attended(1, 0, 2, 0)), KnownFacts(Attended(3), DuesPaid(1, 2, 3))]
)
def test_facts_are_kept_and_read_again(facts: KnownFacts) -> None:
    assert KnownFacts.read(facts.stored()) == facts
