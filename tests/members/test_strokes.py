"""姓氏笔画 order of names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.strokes import stroke_count, stroke_key


@pytest.mark.parametrize(
    ("character", "count"),
    [
        ("丁", 2),
        ("万", 3),
        ("王", 4),
        ("刘", 6),
        ("孙", 6),
        ("李", 7),
        ("张", 7),
        ("陈", 7),
        ("欧", 8),
        ("赵", 9),
        ("黄", 11),
        ("龘", 33),
    ],
)
def test_strokes_are_counted_in_the_mainland_form(character: str, count: int) -> None:
    assert stroke_count(character) == count


def test_a_letter_or_an_unknown_hanzi_has_no_stroke_count() -> None:
    assert stroke_count("A") is None
    assert stroke_count("𠀀") is None


def test_names_are_ordered_by_surname_strokes_then_by_the_following_characters() -> None:
    names = [
        "黄芳",
        "赵六",
        "王芳芳",
        "欧阳修",
        "王芳",
        "李四",
        "张三",
        "刘备",
        "孙权",
        "王二",
        "丁一",
        "万里",
        "陈平",
    ]
    assert sorted(names, key=stroke_key) == [
        *("丁一", "万里", "王二", "王芳", "王芳芳", "刘备", "孙权", "李四"),
        *("张三", "陈平", "欧阳修", "赵六", "黄芳"),
    ]


def test_equal_counts_follow_the_kinds_of_strokes_heng_shu_pie_dian_zhe() -> None:
    assert sorted("孔韦毛方牛", key=stroke_key) == list("韦牛毛方孔")  # 4 strokes: 1152 3112 3115 4153 5215


def test_the_kinds_of_strokes_decide_before_the_code_point() -> None:
    assert sorted("陈张李杨何宋", key=stroke_key) == list("李杨何宋张陈")


def test_middle_dots_and_blanks_do_not_change_the_place() -> None:
    assert stroke_key("买买提·艾力") == stroke_key("买买提艾力")


def test_latin_letters_come_before_hanzi_and_unknown_hanzi_after() -> None:
    assert stroke_key("Bob") < stroke_key("一") < stroke_key("龘") < stroke_key("𠀀")
    assert stroke_key("黄") < stroke_key("㐅")


@given(st.text(max_size=40))
def test_a_key_has_a_fixed_width_for_any_text_and_never_looks_like_an_id_number(name: str) -> None:
    key = stroke_key(name)
    assert len(key) % 8 == 0
    assert len(key) <= 320
    assert re.fullmatch(r"(\d\dx\d{5})*", key)
