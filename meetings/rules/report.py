"""Reports that go up: where numbers stand in the text, which of them have changed since, and whom a report goes to.

In the kept text 〔key〕 stands for a number; people read and type 〔label〕. Sources of the layout: domain.md F8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NOT_ASKED = "none"
PLACE = re.compile(r"〔([^〔〕\n]{1,40})〕")
UNKNOWN = "（未登记）"
LONGEST_SECTION = 20_000  # characters
# How notices name the organisation directly above without its name.
ABOVE = ("上一级党组织", "上级党组织", "上级党委", "所在地党委")
# Bodies that stand beside the party committee whose name they begin with: not its office.
BESIDE = ("纪委", "纪检", "纪工委")


@dataclass(frozen=True)
class Section:
    """One part of a report: its heading and what is written in it."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Change:
    """A number of the text that is another today; `now` is empty where there is none any more."""

    key: str
    label: str
    was: str
    now: str


@dataclass(frozen=True)
class Receiver:
    """Whom a report goes to: the key of an organisation here, or None for an office outside."""

    name: str
    organization: int | None


def keys_in(text: str) -> tuple[str, ...]:
    """What stands in 〔〕, in order, each once."""
    return tuple(dict.fromkeys(PLACE.findall(text)))


def filled(text: str, numbers: Mapping[str, str]) -> str:
    """The text as it is read: numbers in their places; a place nobody knows stays as it is."""
    return PLACE.sub(lambda found: numbers.get(found[1], found[0]), text)


def spoken(text: str, labels: Mapping[str, str]) -> str:
    """The text as people write it, with labels for keys."""
    return PLACE.sub(lambda found: f"〔{labels.get(found[1], found[1])}〕", text)


def keyed(text: str, labels: Mapping[str, str]) -> str:
    """The text as it is kept, with keys for labels; blanks inside the brackets do not matter."""
    keys = {label: key for key, label in labels.items()}
    return PLACE.sub(lambda found: f"〔{keys.get(found[1].strip(), found[1])}〕", text)


def used_in(sections: Iterable[Section]) -> tuple[str, ...]:
    """The keys of all sections in order."""
    return tuple(dict.fromkeys(key for section in sections for key in keys_in(section.text)))


def unknown_in(sections: Iterable[Section], known: Iterable[str]) -> tuple[str, ...]:
    """What stands in 〔〕 and is no number anybody knows."""
    names = set(known)
    return tuple(key for key in used_in(sections) if key not in names)


def unwritten(sections: Iterable[Section]) -> tuple[str, ...]:
    """The headings under which nothing is written."""
    return tuple(section.title for section in sections if not section.text.strip())


def changed(
    sections: Iterable[Section], kept: Mapping[str, str], now: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[Change, ...]:
    """The numbers of the text that are others today; nothing is said of a place nobody knows."""
    return tuple(
        Change(key, labels[key], kept.get(key, ""), now.get(key, ""))
        for key in used_in(sections)
        if key in labels and kept.get(key, "") != now.get(key, "")
    )


def receivers(names: Sequence[str], above: Sequence[tuple[int, str, str]]) -> tuple[Receiver, ...]:
    """Whom the rules name, the organisations here recognised; nobody named: the organisation directly above.

    `above`: key, name and short name of the organisations above, the nearest last. A name recognised twice
    stands once.
    """
    wanted = names or (ABOVE[0],)
    found: dict[str, Receiver] = {}
    for name in wanted:
        receiver = _receiver(name.strip(), above)
        found.setdefault(receiver.name, receiver)
    return tuple(found.values())


def _receiver(name: str, above: Sequence[tuple[int, str, str]]) -> Receiver:
    """One of them: 上一级党组织, or a name that begins with that of an organisation above (市直机关工委组织科)."""
    if name in ABOVE and above:
        nearest = above[-1]
        return Receiver(nearest[1], nearest[0])
    for pk, full, short in reversed(above):
        for called in (full, short):
            rest = name.removeprefix(called)
            if called and rest != name and not rest.startswith(BESIDE):
                return Receiver(name, pk)
    return Receiver(name, None)


def title_of(organization: str, campaign: str, kind: str, *, is_life: bool) -> str:
    """The title of the report; `is_life`: of a 民主生活会."""
    if is_life:
        return f"{organization}关于{campaign}情况的专题报告"[:120]
    word = "总结" if kind == "summary" else "专项报告"
    return f"{organization}关于{campaign}情况的{word}"[:120]
