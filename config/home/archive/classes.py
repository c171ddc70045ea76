"""What belongs into the archive, as what, and how long it is kept: read from `classes.toml`."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("classes.toml")


@dataclass(frozen=True)
class Filed:
    """One kind of document: its place in the bundle, its title, class (门类) and retention in words."""

    number: int
    key: str
    title: str
    category: str
    retention: str

    @property
    def folder(self) -> str:
        """Its folder in the bundle: 03征求意见汇总表."""
        return f"{self.number:02d}{self.title}"


@dataclass(frozen=True)
class Never:
    """What never goes in, and why; `step` is the step of a campaign that brings it about."""

    step: str
    title: str
    why: str


@dataclass(frozen=True)
class Classes:
    """All kinds in the order of the bundle."""

    source: str
    is_open_point: bool
    entries: tuple[Filed, ...]
    never: tuple[Never, ...]


@functools.cache
def classes() -> Classes:
    """The classes as delivered."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    terms: dict[str, str] = read["retention"]
    return Classes(
        source=read["source"],
        is_open_point=read["is_open_point"],
        entries=tuple(
            Filed(
                number,
                one["key"],
                one["title"],
                one["class"],
                "；".join(terms[term] for term in one["retention"]),
            )
            for number, one in enumerate(read["entries"], 1)
        ),
        never=tuple(Never(one["step"], one["title"], one["why"]) for one in read["never"]),
    )
