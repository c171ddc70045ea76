"""A material out of the paragraphs and tables of a Word draft, as a start for its author to check.

A table with columns named 问题 and 措施 becomes items; in running text a short line that names a head begins
its section, and a numbered paragraph a new item. What fits nowhere goes where the author sees it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from members.rules.cleaning import clean_text
from members.rules.paper import ITEM_PARTS, Item, Paper, Section, new_id

COLUMNS = {
    "heading": ("方面", "类别"),
    "measure": ("措施", "怎么改"),
    "example": ("表现", "事例"),
    "cause": ("原因", "根源"),
    "owner": ("责任人", "责任"),
    "due": ("时限", "期限", "完成时间"),
    "problem": ("问题",),
}
_LABELS = "|".join(word for words in COLUMNS.values() for word in words)
_LABELLED = re.compile(
    rf"^\W?(?:[（(]?[一二三四五六七八九十\d]+[）)、.．]\s*)?(\S{{0,4}}(?:{_LABELS})\S{{0,4}}?)[：:]\s*(.*)$"
)
_NUMBERED = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,3}[.、．])\s*"
)
LONGEST_HEADING = 40
Rows = Sequence[Sequence[str]]


def paper_from(
    blocks: Iterable[str | Rows], *, as_list: bool, heads: Sequence[str], parts: Sequence[str]
) -> Paper:
    """The draft as a paper of the form that is owed."""
    items: list[Item] = []
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines += clean_text(block).split("\n")
            continue
        found = _items_of(block, heads)
        items += found
        if not found:
            lines += (clean_text("　".join(row)) for row in block)
    lines = [line for line in lines if line]
    if not as_list:
        return Paper(sections=_sections(lines, heads, parts), items=tuple(items))
    return Paper(items=tuple(items) if items else _items_in(lines, heads))


def merged(before: Paper, draft: Paper) -> Paper:
    """What is written already with the draft behind it; what is there in the same words is not put in twice."""
    sections = {one.id: one for one in before.sections}
    for one in draft.sections:
        had = sections.get(one.id)
        if had is None or not had.text:
            sections[one.id] = one
        elif one.text not in had.text:
            sections[one.id] = replace(had, text=f"{had.text}\n{one.text}")
    had_items = {item.parts for item in before.items}
    fresh = tuple(item for item in draft.items if item.parts not in had_items)
    kept = tuple(item for item in before.items if not item.is_blank)
    return Paper(tuple(sections.values()), (*kept, *fresh), before.answers)


def _column(label: str) -> str:
    """Which part of an item a label means; empty for none."""
    words = "".join(label.split())
    return next((name for name, known in COLUMNS.items() if any(one in words for one in known)), "")


def _heading(text: str, heads: Sequence[str]) -> str:
    """The head a short text names; empty for none."""
    plain = "".join(text.split())
    return next((head for head in heads if "".join(head.split()) in plain), "")


def _items_of(rows: Rows, heads: Sequence[str]) -> list[Item]:
    """The items of a table that has columns for problems and measures; none of another table."""
    for at, row in enumerate(rows):
        columns = [_column(cell) for cell in row]
        if "problem" not in columns or "measure" not in columns:
            continue
        items = []
        for cells in rows[at + 1 :]:
            typed = {name: clean_text(cell) for name, cell in zip(columns, cells, strict=False) if name}
            typed["heading"] = _heading(typed.get("heading", ""), heads)
            item = Item(new_id(), **typed)
            if not item.is_blank:
                items.append(item)
        return items
    return []


def _sections(lines: Sequence[str], heads: Sequence[str], parts: Sequence[str]) -> tuple[Section, ...]:
    """Running text by head and part."""
    first = (heads[0] if heads else "", parts[0] if parts else "")
    found: dict[tuple[str, str], list[str]] = {}
    here = first
    for line in lines:
        if len(line) <= LONGEST_HEADING and not line.endswith(("。", "；", "：")):
            if head := _heading(line, heads):
                here = (head, first[1])
                continue
            if part := _heading(line, parts):
                here = (here[0], part)
                continue
        found.setdefault(here, []).append(line)
    return tuple(Section(*place, "\n".join(text)) for place, text in found.items())


def _items_in(lines: Sequence[str], heads: Sequence[str]) -> tuple[Item, ...]:
    """Running text as items: a numbered line or the word 问题： begins one, other words with ： its parts."""
    items: list[dict[str, str]] = []
    heading, part = "", "problem"
    for line in lines:
        labelled = _LABELLED.match(line)
        if labelled:
            part, text = _column(labelled[1]), labelled[2]
        elif len(line) <= LONGEST_HEADING and _heading(line, heads) and not line.endswith("。"):
            heading, part = _heading(line, heads), "problem"
            continue
        else:
            text = _NUMBERED.sub("", line)
            part = "problem" if text != line else part
        begins = part == "problem" and (labelled is not None or text != line)
        if not items or (begins and items[-1].get("problem")):
            items.append({"heading": heading})
        before = items[-1].get(part, "")
        items[-1][part] = f"{before}\n{text}" if before else text
    known = {"heading", *ITEM_PARTS}
    made = (Item(new_id(), **{k: v for k, v in one.items() if k in known}) for one in items)
    return tuple(item for item in made if not item.is_blank)
