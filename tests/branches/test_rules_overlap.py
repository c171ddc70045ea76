"""What a text has from another: copies are found however they are dressed up, honest texts are not."""

from __future__ import annotations

import random
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules.overlap import SHORTEST, marked, overlap
from tests.pace import allowed

NOTICES = Path(__file__).parent / "notices"
ANY = st.text(max_size=200)
PLAN = """一、动员部署。11月20日前召开支委会研究方案，随后在新河村党群服务中心召开动员会，把要求讲清楚。
二、学习谈心。新河村党支部书记与每名支委、每名党员谈心一次，支委分片联系外出务工党员，用电话征求意见。
三、召开会议。12月6日晚七点半在村委会会议室召开党员大会，书记先作对照检查，党员逐个发言，最后现场测评。
四、整改公示。会后三天内把问题清单贴在新河村公开栏，由老党员李长河监督，逢主题党日通报一次进展。"""
HONEST = (
    "12月6日晚召开党员大会，先由书记通报班子检查情况，再按照个人自评、党员互评、民主测评的程序进行。"
    "外出的八名党员打电话征求意见，两名卧床老党员由支委上门听取意见。",
    "党员大会放在12月13日上午，散会后现场填写测评表。个人自评、党员互评分三个党小组进行，"
    "车间夜班的同志由组织委员另行送学，请镇里派人指导。",
)


def share(text: str, other: str) -> float:
    """The share as a plain number."""
    return float(overlap(text, other).share)


@given(ANY, ANY)
def test_a_share_is_between_nothing_and_all_and_passages_lie_in_the_text_in_order(a: str, b: str) -> None:
    found = overlap(a, b)
    assert 0 <= found.share <= 1
    places = [place for passage in found.passages for place in passage]
    assert places == sorted(places)
    assert all(0 <= place <= len(a) for place in places)
    assert all(start < end for start, end in found.passages)
    assert bool(found.passages) is (found.share > 0)


@given(st.text(st.characters(min_codepoint=0x5200, max_codepoint=0x5300), min_size=40, max_size=300))
def test_an_identical_text_is_wholly_taken(text: str) -> None:
    assert overlap(text, text).share == 1


@given(st.text("春夏秋冬雪雨风云山水", max_size=SHORTEST - 1))
def test_a_text_too_short_to_judge_is_never_a_copy(text: str) -> None:
    assert overlap(text, text).share == 0


@given(ANY, ANY)
def test_what_the_author_wrote_before_is_never_taken_from_another(a: str, b: str) -> None:
    assert overlap(a, b, own=a).share == 0
    assert overlap(a, b, own=b).share == 0


@given(st.permutations(PLAN.split("\n")))
def test_paragraphs_in_another_order_are_still_a_copy(paragraphs: list[str]) -> None:
    assert share("\n".join(paragraphs), PLAN) == 1


def test_names_and_numbers_exchanged_are_still_mostly_a_copy() -> None:
    swapped = PLAN.replace("新河村", "白沙").replace("12月6日", "十二月十三日").replace("11月20", "11月5")
    swapped = swapped.replace("李长河", "万德福").replace("七点半", "八点").replace("三天", "五天")
    found = overlap(swapped, PLAN)
    assert found.share > Fraction(17, 20)
    shown = "".join(swapped[start:end] for start, end in found.passages)
    assert "万德福" in shown, "a name exchanged inside a passage is shown with it"


def test_full_and_half_width_blanks_and_signs_change_nothing() -> None:
    dressed = PLAN.replace("，", ", ").replace("。", " ．\n").replace("1", "１").replace("2", " 2")
    assert share(dressed, PLAN) == share(PLAN, dressed) == 1


def test_a_passage_is_shown_where_it_stands_in_the_text_as_typed() -> None:
    text = "　　我们村自己商量的办法：\n" + PLAN.split("\n")[2] + "散会以后吃碗面。"
    ((start, end),) = overlap(text, PLAN).passages
    assert text[start:end] == PLAN.split("\n")[2][:-1]


def test_letters_that_stand_for_several_are_counted_but_shown_whole() -> None:
    text = "建筑面积共㎡约为会议室旁边那间党员活动室的大小"
    ((start, end),) = overlap(text, text.replace("㎡", "M2")).passages
    assert text[start:end] == text


def test_two_short_honest_plans_are_not_taken_for_copies() -> None:
    first, second = HONEST
    assert share(first, second) < 0.3
    assert share(second, first) < 0.3


def test_the_five_notices_share_next_to_nothing() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted(NOTICES.glob("*.txt"))]
    assert len(texts) == 5
    for text in texts:
        assert [share(text, other) < 0.1 for other in texts if other is not text] == [True] * 4


def test_a_plan_that_quotes_one_sentence_of_the_notice_is_no_copy_but_the_sentence_is_shown() -> None:
    notice = (NOTICES / "luoyang_2014.txt").read_text(encoding="utf-8")
    sentence = next(s for s in notice.split("。") if 40 < len(s) < 80)
    text = f"{HONEST[0]}{sentence}。{HONEST[1]}"
    found = overlap(text, notice)
    assert Fraction(1, 10) < found.share < Fraction(1, 2)
    assert sentence in [text[start:end] for start, end in found.passages]


def test_only_what_is_new_since_the_own_earlier_text_counts() -> None:
    first, *rest = PLAN.split("\n")
    found = overlap(PLAN, PLAN, own=first)
    assert Fraction(1, 2) < found.share < Fraction(9, 10)
    assert overlap(PLAN, "\n".join(rest), own=PLAN).passages == ()


def test_a_place_that_returns_often_is_followed_where_the_copy_goes_on() -> None:
    often = "按照个人自评的办法做好"
    other = "".join(f"{often}第{'甲乙丙丁戊己庚辛'[n]}组另行安排会议室一间" for n in range(8))
    text = other[200:] + other[:200]
    assert share(text, other) > 0.95


@pytest.mark.parametrize(
    ("text", "other", "most"),
    [
        ((PLAN * 60)[:10_000], (PLAN * 60)[3_000:13_000], 0.05),
        ("啊" * 10_000, "啊" * 10_000, 0.05),
        ("啊" * 5_000 + "".join(random.Random(3).choices("啊哦", k=5_000)), "啊" * 10_000, 0.25),
        ("".join(random.Random(1).choices("啊哦", k=10_000)), "".join(random.Random(2).choices("啊哦", k=10_000)), 0.25),
    ],
    ids=["a-copy", "one-letter", "mixed", "two-letters"],
)  # fmt: skip
def test_ten_thousand_against_ten_thousand_characters_is_quick(text: str, other: str, most: float) -> None:
    assert min(_seconds(text, other) for _ in range(5)) < allowed(most)


def _seconds(text: str, other: str) -> float:
    """How long one comparison takes."""
    begun = time.process_time()
    overlap(text, other)
    return time.process_time() - begun


@given(st.integers(0, 60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=8))
def test_pieces_rebuild_the_text_and_none_is_empty(length: int, passages: list[tuple[int, int]]) -> None:
    pieces = marked(length, [(a, b) for a, b in passages if a <= b])
    assert [p[0] for p in pieces] + [length] == [0] + [p[1] for p in pieces] if pieces else length == 0
    assert all(start < end for start, end, _ in pieces)
    inside = {n for start, end, hit in pieces if hit for n in range(start, end)}
    assert inside == {n for a, b in passages if a <= b for n in range(max(a, 0), min(b, length))}
