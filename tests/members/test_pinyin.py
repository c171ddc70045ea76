"""Pinyin order, initials and search texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.pinyin import full_pinyin, initials, pinyin_key, query_key, search_key, simplified


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("王芳", "wang2fang1"),
        ("单雄信", "shan4xiong2xin4"),
        ("曾强", "zeng1qiang2"),
        ("仇和", "qiu2he2"),
        ("解放", "xie4fang4"),
        ("区桂芝", "ou1gui4zhi1"),
        ("查良", "zha1liang2"),
        ("朴树", "piao2shu4"),
        ("尉迟恭", "yu4chi2gong1"),
        ("万俟明", "mo4qi2ming2"),
        ("吕布", "lv3bu4"),
        ("單雄信", "shan4xiong2xin4"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, key: str) -> None:
    assert pinyin_key(name) == key


def test_a_single_character_is_not_read_as_a_surname() -> None:
    assert pinyin_key("单") == "shan4" or pinyin_key("单") == "dan1"
    assert pinyin_key("") == ""


def test_names_are_ordered_syllable_by_syllable_then_by_tone() -> None:
    names = ["程刚", "陈刚", "安静", "王芳", "万芳"]
    assert sorted(names, key=pinyin_key) == ["安静", "陈刚", "程刚", "万芳", "王芳"]


def test_initials_and_full_pinyin_have_no_tones() -> None:
    assert initials("欧阳修") == "oyx"
    assert full_pinyin("吕布") == "lvbu"
    assert full_pinyin("张3") == "zhang3"


def test_traditional_names_are_found_by_simplified_ones_and_the_other_way_round() -> None:
    assert simplified("歐陽劉") == "欧阳刘"
    assert query_key("歐陽") in search_key("欧阳修")
    assert query_key("欧阳") in search_key("歐陽修")


@pytest.mark.parametrize("typed", ["王芳", "WF", "wangfang", "wang fang", "ＷＦ", " 王 芳 "])
def test_a_search_finds_name_initials_and_pinyin(typed: str) -> None:
    assert query_key(typed) in search_key("王芳")


@pytest.mark.parametrize("typed", ["lüb", "lyub", "lvb", "LÜB"])
def test_the_umlaut_may_be_typed_in_any_way(typed: str) -> None:
    assert query_key(typed) in search_key("吕布")


@given(st.text(max_size=40))
def test_no_text_breaks_the_keys(name: str) -> None:
    assert "\n" not in search_key(name)
    pinyin_key(name)
    initials(name)
