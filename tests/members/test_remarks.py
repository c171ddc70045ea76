"""What became of a reviewed text in its next version."""

from __future__ import annotations

import pytest

from branches.rules.changes import ADDED, REMOVED, SAME
from members.rules.paper import Block
from members.rules.remarks import WORDS, changed_blocks, paragraph_at, what_became

BEFORE = (Block("a", "学习", ("一。", "二。")), Block("b", "作风", ("三。",)))
AFTER = (Block("c", "担当", ("新的。",)), Block("a", "学习", ("先插一段。", "一。", "二，改过了。")))


@pytest.mark.parametrize(
    ("block", "paragraph", "became"),
    [("a", 0, "same"), ("a", 1, "changed"), ("b", 0, "gone"), ("a", 9, "changed"), ("x", 0, "gone")],
)
def test_what_became_of_a_paragraph(block: str, paragraph: int, became: str) -> None:
    assert what_became(BEFORE, AFTER, block, paragraph) == became
    assert WORDS[became]


def test_the_paragraph_at_a_place() -> None:
    assert paragraph_at(BEFORE, "a", 1) == "二。"
    assert [paragraph_at(BEFORE, *place) for place in (("a", 2), ("a", -1), ("x", 0))] == [""] * 3


def test_what_changed_block_by_block() -> None:
    found = changed_blocks(BEFORE, AFTER)
    assert [block.title for block in found] == ["担当", "学习", "作风"]
    assert [(p.kind, p.text) for p in found[0].pieces] == [(ADDED, "新的。")]
    assert [(p.kind, p.text) for p in found[2].pieces] == [(REMOVED, "三。")]
    assert {piece.kind for piece in found[1].pieces} >= {SAME, ADDED}
    assert changed_blocks(BEFORE, BEFORE) == ()
