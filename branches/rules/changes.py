"""What changed from one text to the next, sentence by sentence, within a changed sentence by characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]|[^。；！？\n]+")
MOST_SENTENCES = 800  # beyond this the whole middle is shown as replaced
MOST_CHARACTERS = 400  # a longer changed stretch is shown as replaced, not letter by letter
LEAST_ALIKE = 0.5


@dataclass(frozen=True)
class Piece:
    """A stretch of text: `kind` is same, added or removed."""

    text: str
    kind: str


def changes(old: str, new: str) -> tuple[Piece, ...]:
    """Return the two texts as one row of pieces; without the removed ones it is `new`, without the added `old`."""
    before, after = SENTENCE.findall(old), SENTENCE.findall(new)
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    found = [Piece("".join(after[:head]), SAME)]
    found += _middle(before[head : len(before) - tail], after[head : len(after) - tail])
    found.append(Piece("".join(after[len(after) - tail :]), SAME))
    return tuple(_tidy(found))


def _alike(first: list[str], second: list[str]) -> int:
    """How many sentences from the start on are the same."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _middle(before: list[str], after: list[str]) -> list[Piece]:
    """The part between the first and the last change."""
    if max(len(before), len(after)) > MOST_SENTENCES:
        return _replaced("".join(before), "".join(after))
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("".join(after[c:d]), SAME))
        else:
            found += _within("".join(before[a:b]), "".join(after[c:d]))
    return found


def _within(old: str, new: str) -> list[Piece]:
    """A changed stretch letter by letter, where it is short and still much the same."""
    if max(len(old), len(new)) > MOST_CHARACTERS:
        return _replaced(old, new)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return _replaced(old, new)
    found: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        found += [Piece(new[c:d], SAME)] if tag == "equal" else _replaced(old[a:b], new[c:d])
    return found


def _replaced(old: str, new: str) -> list[Piece]:
    """One text taken out, another put in."""
    return [Piece(old, REMOVED), Piece(new, ADDED)]


def _tidy(pieces: list[Piece]) -> list[Piece]:
    """The pieces without empty ones, neighbours of one kind joined."""
    found: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].kind == piece.kind:
            found[-1] = Piece(found[-1].text + piece.text, piece.kind)
        else:
            found.append(piece)
    return found
