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
