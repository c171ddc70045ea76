"""Minutes as they are kept: the lines of the head and the sections, with what the data said when they were drafted.

The layout (会议名称、时间、地点、主持人、记录人、应到、实到、缺席及原因、列席、议题) is the customary one for
会议记录 of branches (domain notes R25, F7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

# The head of the minutes in the order in which it is printed: key → label.
HEAD = {
    "title": "会议名称",
    "time": "时间",
    "place": "地点",
    "chair": "主持人",
    "recorder": "记录人",
    "expected": "应到",
    "present": "实到",
    "absent": "缺席及原因",
    "elsewhere": "流入地参加",
    "guests": "列席",
    "topics": "议题",
}
# Lines of the head that are left out of the print when nothing stands in them.
OPTIONAL_HEAD = ("elsewhere",)
LONGEST_HEAD, LONGEST_TEXT = 2_000, 60_000  # characters of one line of the head, of one section
TOO_LONG = "这一节太长了，请分成几节，或者把长的发言稿作为附件另存。"


@dataclass(frozen=True)
class Piece:
    """One line of the head or one section: `base` marks the text the data gave when it was taken over.

    `is_off`: it is not printed.
    """

    key: str
    title: str
    text: str
    base: str = ""
    is_off: bool = False

    @property
    def is_edited(self) -> bool:
        """Whether people have written something else than the data said."""
        return mark(self.text) != self.base


@dataclass(frozen=True)
class Record:
    """Whole minutes: the head in its order, and the sections."""

    head: tuple[Piece, ...] = ()
    sections: tuple[Piece, ...] = ()

    @classmethod
    def loads(cls, facts: Mapping[str, Any], sections: Iterable[Mapping[str, Any]]) -> Record:
        """The minutes from what is stored; a line of the head that is not stored is empty."""
        return cls(
            tuple(
                Piece(key, label, facts.get(key, {}).get("text", ""), facts.get(key, {}).get("base", ""))
                for key, label in HEAD.items()
            ),
            tuple(
                Piece(one["key"], one["title"], one["text"], one.get("base", ""), one.get("off", False))
                for one in sections
            ),
        )

    def dumps(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What is stored: facts and sections."""
        return (
            {one.key: {"text": one.text, "base": one.base} for one in self.head},
            [
                {
                    "key": one.key,
                    "title": one.title,
                    "text": one.text,
                    "base": one.base,
                    "off": one.is_off,
                }
                for one in self.sections
            ],
        )

    def pieces(self) -> dict[str, Piece]:
        """Everything by its key."""
        return {one.key: one for one in (*self.head, *self.sections)}

    def edited(
        self,
        texts: Mapping[str, str],
        titles: Mapping[str, str] | None = None,
        off: Iterable[str] | None = None,
    ) -> Record:
        """The same with what people wrote; what is not named stays."""
        hidden = None if off is None else set(off)

        def new(one: Piece, *, is_section: bool) -> Piece:
            title = (titles or {}).get(one.key, "").strip() if is_section else ""
            is_off = one.is_off if hidden is None or not is_section else one.key in hidden
            text = texts.get(one.key, one.text)
            return replace(one, text=text, title=title or one.title, is_off=is_off)

        return Record(
            tuple(new(one, is_section=False) for one in self.head),
            tuple(new(one, is_section=True) for one in self.sections),
        )

    @property
    def too_long(self) -> tuple[str, ...]:
        """The titles of what is too long to be kept."""
        return (
            *(one.title for one in self.head if len(one.text) > LONGEST_HEAD),
            *(one.title for one in self.sections if len(one.text) > LONGEST_TEXT),
        )


def mark(text: str) -> str:
    """A short mark of a text, equal for equal texts whatever the ends of their lines."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]
