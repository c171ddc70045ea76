"""What became of a reviewed text in its next version: of the paragraphs that were remarked on, and of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branches.rules.changes import ADDED, REMOVED, SAME, Piece, changes
from members.rules.paper import Block

KEPT, CHANGED, GONE = "same", "changed", "gone"
WORDS = {KEPT: "这一段没有改", CHANGED: "这一段改过了", GONE: "这一部分已经删去"}


@dataclass(frozen=True)
class BlockChange:
    """One stretch that reads otherwise than before."""

    title: str
    pieces: tuple[Piece, ...]


def paragraph_at(blocks: Sequence[Block], block: str, paragraph: int) -> str:
    """The paragraph at that place; empty when there is none."""
    for one in blocks:
        if one.id == block and 0 <= paragraph < len(one.paragraphs):
            return one.paragraphs[paragraph]
    return ""


def what_became(before: Sequence[Block], after: Sequence[Block], block: str, paragraph: int) -> str:
    """Whether a paragraph of the version before stands in the new one as it was, changed, or not at all.

    A paragraph that only moved within its block is taken as it was.
    """
    now = next((one for one in after if one.id == block), None)
    if now is None:
        return GONE
    return KEPT if paragraph_at(before, block, paragraph) in now.paragraphs else CHANGED


def changed_blocks(before: Sequence[Block], after: Sequence[Block]) -> tuple[BlockChange, ...]:
    """The stretches that were added, changed or removed, in the order of the new version, removed ones last."""
    old = {one.id: one for one in before}
    found = []
    for block in after:
        text = "\n".join(block.paragraphs)
        was = old.pop(block.id, None)
        if was is None:
            found.append(BlockChange(block.title, (Piece(text, ADDED),)))
            continue
        pieces = changes("\n".join(was.paragraphs), text)
        if any(piece.kind != SAME for piece in pieces):
            found.append(BlockChange(block.title, pieces))
    found += [BlockChange(b.title, (Piece("\n".join(b.paragraphs), REMOVED),)) for b in old.values()]
    return tuple(found)
