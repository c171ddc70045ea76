"""The arithmetic of satisfaction: sums, exact thresholds, words, what may be shown, what follows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import load_preset, resolve
from rectification.rules.satisfaction import (
    Consequence,
    Count,
    Demand,
    arithmetic,
    consequence,
    count_problem,
    differing,
    fraction_words,
    heads_problem,
    passes,
    rate,
    scale_problem,
    shows_classes,
    shows_whole,
    total,
)

OPTIONS = (("satisfied", "满意"), ("fairly", "比较满意"), ("basic", "基本满意"), ("dissatisfied", "不满意"))
TWO_THIRDS = Fraction(2, 3)
YANCHENG = resolve(load_preset("yancheng_2005").values, {}, "")
numbers = st.integers(0, 400)
counts = st.builds(Count, st.tuples(numbers, numbers, numbers, numbers), numbers, numbers)


def demand(base: str = "valid", threshold: Fraction | None = TWO_THIRDS) -> Demand:
    return Demand(OPTIONS, ("satisfied", "fairly"), base, threshold)


def test_the_two_thirds_rule_of_yancheng_for_every_number_of_papers_up_to_300() -> None:
    threshold = YANCHENG.satisfaction_threshold
    for base in range(1, 301):
        least = -(-2 * base // 3)  # two thirds of the papers, rounded up
        for satisfied in range(base + 1):
            reached = passes(satisfied, base, threshold)
            assert reached is (satisfied >= least)
            assert reached is (rate(satisfied, base) >= TWO_THIRDS)  # type: ignore[operator]


def test_one_paper_less_than_two_thirds_fails_and_exactly_two_thirds_passes() -> None:
    assert passes(2, 3, TWO_THIRDS) is True
    assert passes(66_666, 99_999, TWO_THIRDS) is True
    assert passes(66_665, 99_999, TWO_THIRDS) is False
    # 0.6666666666666666 as a float would call this one reached
    assert passes(2 * 10**16 - 1, 3 * 10**16, TWO_THIRDS) is False


@given(st.integers(0, 5_000), st.integers(1, 5_000), st.fractions(0, 1, max_denominator=500))
def test_any_threshold_is_compared_exactly(satisfied: int, base: int, threshold: Fraction) -> None:
    assert passes(satisfied, base, threshold) is (Fraction(satisfied, base) >= threshold)


def test_without_a_threshold_or_a_base_nothing_is_judged() -> None:
    assert passes(1, 2, None) is None
    assert passes(0, 0, TWO_THIRDS) is None
    assert rate(1, 0) is None


@given(st.lists(counts, min_size=1, max_size=6))
def test_the_sum_of_the_classes_loses_no_paper(parts: list[Count]) -> None:
    whole = total(parts, 4)
    assert whole.returned == sum(part.returned for part in parts)
    assert whole.valid == sum(part.valid for part in parts)
    assert whole.returned == whole.valid + whole.void
    assert Count.of(whole.cells) == whole


@given(counts, counts)
def test_two_counts_differ_exactly_where_their_cells_differ(first: Count, second: Count) -> None:
    places = differing(first, second)
    assert (places == []) is (first == second)
    assert all(first.cells[place] != second.cells[place] for place in places)


@pytest.mark.parametrize(
    ("base", "number"),
    [("valid", 230), ("returned", 235), ("issued", 250)],
    ids=["valid", "returned", "issued"],
)
def test_the_denominator_is_the_one_of_the_rules(base: str, number: int) -> None:
    count = Count((134, 21, 60, 10), 5, 5)
    assert demand(base).base_of(count, 250) == number
    assert demand(base).satisfied_of(count) == 155


def test_which_grades_count_as_satisfied_is_the_rules_choice() -> None:
    count = Count((10, 5, 3, 1), 0, 0)
    all_but_last = Demand(OPTIONS, ("satisfied", "fairly", "basic"), "valid", TWO_THIRDS)
    assert all_but_last.satisfied_of(count) == 18
    assert all_but_last.satisfied_labels == ["满意", "比较满意", "基本满意"]
    assert demand().base_label == "有效票"


def test_the_sum_is_said_in_words() -> None:
    count = Count((134, 21, 60, 15), 0, 0)
    assert "；".join(arithmetic(demand(), count, 240)) == (
        "满意 134 + 比较满意 21 = 155；有效票 230；155 × 3 = 465 ≥ 230 × 2 = 460，达到三分之二"
    )
    failed = arithmetic(demand(), Count((132, 21, 62, 15), 0, 0), 240)
    assert failed[-1] == "153 × 3 = 459 < 230 × 2 = 460，没有达到三分之二"
    assert arithmetic(demand(threshold=None), count, 240) == ["满意 134 + 比较满意 21 = 155", "有效票 230"]
    only = Demand(OPTIONS, ("satisfied",), "issued", Fraction(3, 5))
    assert arithmetic(only, count, 240) == [
        "满意 134",
        "发出票 240",
        "134 × 5 = 670 < 240 × 3 = 720，没有达到五分之三",
    ]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(2, 3), "三分之二"),
        (Fraction(7, 10), "十分之七"),
        (Fraction(11, 15), "十五分之十一"),
        (Fraction(17, 20), "二十分之十七"),
        (Fraction(21, 25), "二十五分之二十一"),
        (Fraction(67, 100), "67/100"),
        (Fraction(1), "全部"),
        (Fraction(0), "零"),
    ],
)
def test_a_fraction_is_written_as_notices_write_it(share: Fraction, words: str) -> None:
    assert fraction_words(share) == words


def test_a_class_that_does_not_add_up_is_told_by_how_much() -> None:
    count = Count((10, 5, 3, 1), 1, 0)
    assert count_problem("群众", count, 20) == ""
    assert count_problem("群众", count, 22) == "群众：各栏合计 20 张，收回的是 22 张，少 2 张，请再数一遍。"
    assert "多 1 张" in count_problem("群众", count, 19)


def test_papers_must_be_known_and_no_more_come_back_than_went_out() -> None:
    assert heads_problem({"群众": (10, 8), "服务对象": (0, 0)}) == ""
    assert "请填写发出和收回" in heads_problem({"群众": (10, None)})
    assert "请填写发出和收回" in heads_problem({"群众": (None, None)})
    assert "多于发出的 10 张" in heads_problem({"群众": (10, 11)})
    assert "一张表也没有收回" in heads_problem({"群众": (10, 0)})


def test_rules_that_cannot_be_counted_by_are_named() -> None:
    assert scale_problem(["a", "b"], ["a"]) == ""
    assert "没有满意度等次" in scale_problem([], ["a"])
    assert "不在满意度等次里" in scale_problem(["a", "b"], ["satisfied"])
    assert "所有等次都算满意" in scale_problem(["a", "b"], ["a", "b"])


def test_few_papers_are_not_shown_and_few_of_a_class_are_not_shown_apart() -> None:
    assert shows_whole(5, 5)
    assert not shows_whole(4, 5)
    assert shows_classes([30, 6], 5)
    assert shows_classes([30, 6, 0], 5)
    assert not shows_classes([30, 4], 5)
    assert shows_classes([30], 5)


def test_what_follows_is_what_the_rules_say() -> None:
    duties = YANCHENG.failing_duties
    assert consequence(1, True, duties, "measures") == Consequence()
    assert consequence(1, None, duties, "measures") == Consequence()
    first = consequence(1, False, duties, "measures")
    assert first == Consequence(("make_up", "self_criticism", "admonition", "accountability"), make_up=True)
    assert consequence(1, False, ("admonition",), "measures") == Consequence(("admonition",))
    assert consequence(2, False, duties, YANCHENG.failing_again) == Consequence(measures=True)
    assert consequence(2, False, duties, "none") == Consequence()
    assert consequence(2, True, duties, "measures") == Consequence()
