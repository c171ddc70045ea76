"""Places of numbers in a text, what has changed, and whom a report goes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.rules.report import (
    Change,
    Receiver,
    Section,
    changed,
    filled,
    keyed,
    keys_in,
    receivers,
    spoken,
    title_of,
    unknown_in,
    unwritten,
)

LABELS = {"study_times": "学习次数", "talk_times": "谈心人次"}
ABOVE = [(1, "云岭县委", "云岭县委"), (2, "青石镇党委", "青石镇"), (3, "宏达纺织党总支", "宏达总支")]


def test_numbers_stand_in_their_places_and_an_unknown_place_stays() -> None:
    text = "学习〔study_times〕次，又〔study_times〕次，〔else〕人。"
    assert filled(text, {"study_times": "4"}) == "学习4次，又4次，〔else〕人。"
    assert keys_in(text) == ("study_times", "else")


def test_a_number_is_not_put_into_what_a_number_says() -> None:
    assert filled("〔a〕〔b〕", {"a": "〔b〕", "b": "2"}) == "〔b〕2"


def test_people_read_labels_and_keys_are_kept() -> None:
    kept = "学习〔study_times〕次，谈心〔talk_times〕人次，〔else〕。"
    said = "学习〔学习次数〕次，谈心〔谈心人次〕人次，〔else〕。"
    assert spoken(kept, LABELS) == said
    assert keyed(said, LABELS) == kept
    assert keyed("〔 学习次数 〕", LABELS) == "〔study_times〕"


@given(
    st.lists(
        st.one_of(st.sampled_from(["〔study_times〕", "〔talk_times〕", "〔x〕", "〔", "〕"]), st.text())
    )
)
def test_what_is_read_and_typed_again_is_what_was_kept(parts: list[str]) -> None:
    text = "".join(parts)
    if all(label not in text for label in LABELS.values()):
        assert keyed(spoken(text, LABELS), LABELS) == text


def test_only_numbers_of_the_text_that_are_others_today_are_pointed_out() -> None:
    sections = (Section("a", "一、", "〔study_times〕〔talk_times〕〔gone〕"),)
    kept = {"study_times": "4", "talk_times": "7", "unused": "1"}
    now = {"study_times": "5", "talk_times": "7", "unused": "2"}
    assert changed(sections, kept, now, LABELS) == (Change("study_times", "学习次数", "4", "5"),)
    assert changed(sections, kept, {"study_times": "4"}, LABELS) == (
        Change("talk_times", "谈心人次", "7", ""),
    )
    assert changed(sections, {}, {"study_times": "4"}, {"study_times": "学习次数"})[0].was == ""


def test_what_nobody_knows_and_what_is_not_written_is_told() -> None:
    sections = (Section("a", "一、会前", "〔study_times〕〔学习〕"), Section("b", "二、会上", " \n"))
    assert unknown_in(sections, LABELS) == ("学习",)
    assert unwritten(sections) == ("二、会上",)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], [("宏达纺织党总支", 3)]),
        (["上一级党组织"], [("宏达纺织党总支", 3)]),
        (["上级党委", "上一级党组织"], [("宏达纺织党总支", 3)]),
        (["青石镇党委组织办", "青石镇"], [("青石镇党委组织办", 2), ("青石镇", 2)]),
        (
            ["云岭县委组织部", "云岭县委纪委", "上级纪委"],
            [("云岭县委组织部", 1), ("云岭县委纪委", None), ("上级纪委", None)],
        ),
    ],
)
def test_receivers_are_recognised_among_the_organisations_above(
    names: list[str], expected: list[tuple[str, int | None]]
) -> None:
    assert receivers(names, ABOVE) == tuple(Receiver(name, pk) for name, pk in expected)


def test_at_the_top_nobody_is_recognised() -> None:
    assert receivers([], []) == (Receiver("上一级党组织", None),)


def test_titles_name_the_organisation_and_what_it_is() -> None:
    assert title_of("新河村党支部", "民主评议党员", "special", is_life=False).endswith(
        "民主评议党员情况的专项报告"
    )
    assert title_of("新河村党支部", "民主评议党员", "summary", is_life=False).endswith("情况的总结")
    assert (
        title_of("青石镇党委", "民主生活会", "special", is_life=True)
        == "青石镇党委关于民主生活会情况的专题报告"
    )
    assert len(title_of("村" * 80, "活动" * 60, "special", is_life=False)) == 120
