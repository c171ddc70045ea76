"""What stands in an archive: a document with how its files are made, and the shelf of one kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from config.home.archive.classes import Filed
from config.home.archive.papers import ArchivePaper

Maker = Callable[[], bytes]


@dataclass(frozen=True)
class Item:
    """One document: its title within its kind, and how each of its files is made, by ending."""

    title: str
    makers: tuple[tuple[str, Maker], ...]


@dataclass(frozen=True)
class Shelf:
    """One kind of document with those there are; `lacks` says why there is none, or what is left out."""

    filed: Filed
    items: tuple[Item, ...]
    lacks: str = ""


def pdf(title: str, make: Callable[[], ArchivePaper]) -> Item:
    """A document with a PDF only."""
    return Item(title, (("pdf", lambda: make().to_pdf()),))
