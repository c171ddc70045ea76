"""The machine that reads sheets, as the services of scanning use it; tests put a small stand-in in its place."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from evaluations.paper.reading import SheetReading
from evaluations.paper.template import FormTemplate

Reader = Callable[[bytes, FormTemplate, Container[int]], Iterator[SheetReading]]


@dataclass(frozen=True)
class Machine:
    """Reads the pages of a file (leaving out positions), counts them unread, and finds equal ink.

    `doubles` takes fingerprints of ink and gives pairs of their positions that look like one sheet.
    """

    read: Reader
    count: Callable[[bytes], int]
    doubles: Callable[[Sequence[bytes]], Iterable[tuple[int, int]]]
