"""The text of a self-examination material: sections of a full text, items of a list, answers to points.

Kept as JSON in the sealed columns. Ids are stable from version to version: remarks of a reviewer, and later
the measures that follow from an item, point at them.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

# Blank for the count of characters: what Word does not count either, and marks that change the character before.
UNCOUNTED = frozenset({"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"})
ITEM_PARTS = {
    "problem": "问题",
    "example": "表现和事例",
    "cause": "原因",
    "measure": "整改措施",
    "owner": "责任人",
    "due": "完成时限",
}
ANSWER = "answer-"


def count_chars(text: str) -> int:
    """How many characters the text has, blanks not counted (Word: 字符数，不计空格); 𠮷 is one."""
    return sum(unicodedata.category(character) not in UNCOUNTED for character in text)


def section_id(head: str, part: str = "") -> str:
    """The id of the section on one head (方面) and part (栏); the same in every version."""
    return f"s{hashlib.sha256(f'{head}|{part}'.encode()).hexdigest()[:20]}"


def new_id() -> str:
    """An id for a new item."""
    return uuid.uuid4().hex


def lines_of(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, empty lines left out."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


@dataclass(frozen=True)
class Section:
    """What is written on one head and part; both empty where the notice names none."""

    head: str
    part: str
    text: str

    @property
    def id(self) -> str:
        """Stable from version to version."""
        return section_id(self.head, self.part)

    @property
    def title(self) -> str:
        """The heading as it is shown."""
        return " · ".join(word for word in (self.head, self.part) if word) or "正文"


@dataclass(frozen=True)
class Item:
    """One problem with its measure; `heading` is the head (方面) it belongs to."""

    id: str
    heading: str = ""
    problem: str = ""
    example: str = ""
    cause: str = ""
    measure: str = ""
    owner: str = ""
    due: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(getattr(self, part).strip() for part in ITEM_PARTS)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(label, text) of what is written."""
        return tuple(
            (label, text) for name, label in ITEM_PARTS.items() if (text := getattr(self, name).strip())
        )


@dataclass(frozen=True)
class Answer:
    """What is answered to a point that must be answered; `point` is its id, `question` its words."""

    point: str
    question: str
    text: str

    @property
    def id(self) -> str:
        """The id of its block."""
        return f"{ANSWER}{self.point}"[:40]


@dataclass(frozen=True)
class Block:
    """One stretch to be read, remarked on and compared: its paragraphs are counted from 0."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """A whole material."""

    sections: tuple[Section, ...] = ()
    items: tuple[Item, ...] = ()
    answers: tuple[Answer, ...] = ()

    @classmethod
    def loads(cls, text: str) -> Self:
        """The paper kept as `text`; an empty one for nothing."""
        stored: dict[str, Any] = json.loads(text) if text else {}
        return cls(
            tuple(Section(**_known(Section, one)) for one in stored.get("sections", ())),
            tuple(Item(**_known(Item, one)) for one in stored.get("items", ())),
            tuple(Answer(**_known(Answer, one)) for one in stored.get("answers", ())),
        )

    def dumps(self) -> str:
        """As it is kept; the same paper gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything the author wrote; headings given by the notice are not the author's."""
        items = (text for item in self.items for _label, text in item.parts)
        return (*(one.text for one in self.sections), *items, *(one.text for one in self.answers))

    @property
    def chars(self) -> int:
        """How many characters the author wrote, blanks not counted."""
        return sum(count_chars(text) for text in self.texts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not any(text.strip() for text in self.texts)

    @property
    def text(self) -> str:
        """Everything written as one text, for comparing with another."""
        return "\n".join(text for text in self.texts if text.strip())

    @property
    def answered(self) -> frozenset[str]:
        """The ids of the points that have an answer."""
        return frozenset(one.point for one in self.answers if one.text.strip())

    def blocks(self) -> tuple[Block, ...]:
        """What is written, in the order it is read; what is empty is left out."""
        found = [Block(one.id, one.title, lines_of(one.text)) for one in self.sections]
        for number, item in enumerate((i for i in self.items if not i.is_blank), 1):
            title = f"第 {number} 条" + (f" · {item.heading}" if item.heading else "")
            lines = (line for label, text in item.parts for line in _labelled(label, text))
            found.append(Block(item.id, title, tuple(lines)))
        found += [Block(one.id, f"回应：{one.question}", lines_of(one.text)) for one in self.answers]
        return tuple(block for block in found if block.paragraphs)


def arranged(items: Sequence[Item], order: str) -> tuple[Item, ...]:
    """The items after one order of the page: "add", "remove:id", "up:id" or "down:id"; others change nothing."""
    what, _, pk = order.partition(":")
    rows = list(items)
    if what == "add":
        return (*rows, Item(new_id()))
    at = next((place for place, item in enumerate(rows) if item.id == pk), None)
    to = {"up": -1, "down": 1}.get(what)
    if at is not None and what == "remove":
        del rows[at]
    elif at is not None and to is not None and 0 <= at + to < len(rows):
        rows[at], rows[at + to] = rows[at + to], rows[at]
    return tuple(rows)


def _known(kind: type[Any], stored: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the class among what was stored."""
    return {field.name: str(stored[field.name]) for field in fields(kind) if field.name in stored}


def _labelled(label: str, text: str) -> Iterable[str]:
    """The paragraphs of a part of an item, the first with its label."""
    first, *others = lines_of(text)
    return (f"{label}：{first}", *others)
