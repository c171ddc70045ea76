"""What a text for everybody hides: whatever is written, no name of the roll, no ID number and no mobile number is left."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.rules import redaction as r

NAMES = ("王小明", "李桂兰", "欧阳建国", "张敏", "阿卜杜拉·买买提", "文明")
ID = re.compile(r"\d{17}[\dXx]")
MOBILE = re.compile(r"1[3-9]\d{9}")
hanzi = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x4E20) | st.sampled_from("王李小明某同志×村")
)
some_names = st.lists(hanzi.filter(lambda one: 2 <= len(one) <= 4), max_size=6)
numbers = st.from_regex(
    r"\d{17}[0-9Xx]|1[3-9]\d{9}|1[3-9]\d-\d{4} \d{4}|\d{6} \d{8} \d{3}X|0\d{3}-\d{8}", fullmatch=True
)
blanks = st.sampled_from(["", " ", "　", "\u200b", "\xa0 "])


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Any text, with names (also spaced out) and numbers in it."""
    names = draw(some_names.map(lambda found: [one for one in found if "×" not in one]))
    words = st.text() | hanzi | numbers
    if names:
        words |= st.tuples(st.sampled_from(names), blanks).map(lambda pair: pair[1].join(pair[0]))
    return "".join(draw(st.lists(words, max_size=12))), names


@pytest.mark.parametrize("style", [r.HIDDEN, r.SURNAME])
@given(found=texts())
def test_nothing_personal_is_left_whatever_is_written(style: str, found: tuple[str, list[str]]) -> None:
    text, names = found
    pieces = r.redact(text, names, style=style)
    left = r.shown(pieces)
    for line in left.split("\n"):
        assert not any(name in r.squeezed(line) for name in names if style == r.HIDDEN)
        assert not any(name in line for name in names)
    assert not ID.search(left)
    assert not MOBILE.search(left)
    assert r.remains(left, names) == ()
    assert r.shown(r.redact(left, names, style=style)) == left


@given(st.text())
def test_numbers_are_hidden_also_where_names_are_written(text: str) -> None:
    left = r.shown(r.redact(f"{text}\n13812345678 {text}", [], style=r.KEPT))
    assert not MOBILE.search(left)


def hidden_in(text: str, **how: object) -> str:
    """The text as everybody will see it, by the roll of these tests."""
    return r.shown(r.redact(text, NAMES, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("王小明入户少", "×××入户少"),
        ("王　小 明同志", "×××同志"),
        ("阿卜杜拉•买买提家", "×××家"),
        ("责任人：李桂兰、欧阳建国", "责任人：×××、×××"),
        ("身份证42900419880312001x，电话138-1234 5678", "身份证×××，电话×××"),
        ("电话１３８１２３４５６７８", "电话×××"),
        ("电话13\u200b812345678", "电话×××"),
        ("监督电话0724-5550132", "监督电话×××"),
        ("3组12号的水管", "×××的水管"),
        ("家住青石镇新河村，多次反映", "×××，多次反映"),
        ("2号楼1单元302室", "×××"),
        ("邮箱a.b@example.cn，微信号：abc_12345", "邮箱×××，×××"),
        ("低保户陈大有没有走访", "低保户×××没有走访"),
        ("向周书记反映", "向×××书记反映"),
        ("王桂兰户的水渠，户均徐桥村户口", "×××户的水渠，户均徐桥村户口"),
        ("郑国梁反映、李树家里", "×××反映、×××家里"),
        ("群众张贴公告，村民周边，陆续向书记反映", "群众张贴公告，村民周边，陆续向书记反映"),
        ("罗湾村书记、范围内同志", "罗湾村书记、范围内同志"),
        ("新建5栋大棚，第3组2个问题", "新建5栋大棚，第3组2个问题"),
        ("2014年12月10日，共1200字，投入350000元", "2014年12月10日，共1200字，投入350000元"),
        ("患病住院", "患病住院"),
        ("第一段\r\n\r\n第二段", "第一段\n\n第二段"),
    ],
)
def test_what_is_written_and_what_is_seen(written: str, seen: str) -> None:
    assert hidden_in(written) == seen


def test_the_drafter_chooses_how_names_stand_on_paper_and_which_words_stay() -> None:
    text = "王小明在文明村，低保户陈大有，电话13812345678"
    assert hidden_in(text, style=r.SURNAME) == "王××在文××村，低保户陈××，电话×××"
    assert hidden_in(text, style=r.KEPT) == "王小明在文明村，低保户陈大有，电话×××"
    assert hidden_in(text, kept={"文明", "陈大有"}) == "×××在文明村，低保户陈大有，电话×××"


def test_words_on_health_and_family_are_hidden_where_people_write_of_themselves() -> None:
    assert hidden_in("他的妻子患病", hints=True) == "他的××××××"


def test_the_preview_says_what_was_hidden_how_often() -> None:
    pieces = r.redact("王小明、李桂兰，电话13812345678，村民陈大有", NAMES)
    assert r.hidden(pieces) == ((r.NAME, 2), (r.NUMBER, 1), (r.MAYBE, 1))
    assert r.redact("", NAMES) == ()


def test_what_remains_is_said_and_office_phones_pass() -> None:
    assert r.remains("请向王小明反映，电话13812345678，微信：abc_123456", NAMES) == (
        r.NAME,
        r.NUMBER,
        r.ADDRESS,
    )
    assert r.remains("请向支部反映，办公电话0724-5550132、12380", NAMES) == ()
    assert r.remains("办公电话07245550132", NAMES) == ()
    assert r.remains("王小明", ()) == ()
    assert r.remains("王", ("王",)) == ()  # no name is that short
