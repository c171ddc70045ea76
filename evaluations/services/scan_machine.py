"""The machine that reads sheets, as the services of scanning use it; tests put a small stand-in in its place."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from evaluations.paper.reading import SheetReading, find_doubles, read_file
from evaluations.paper.reading.opening import count_pages
from evaluations.paper.template import FormTemplate

Reader = Callable[[bytes, FormTemplate, Container[int], bool], Iterator[SheetReading]]


@dataclass(frozen=True)
class Machine:
    """Reads the pages of a file, counts them unread, and finds equal ink.

    `read` leaves out positions; its last argument says that only a √ counts as a mark the machine may take.
    `doubles` takes fingerprints of ink and gives pairs of their positions that look like one sheet.
    """

    read: Reader
    count: Callable[[bytes], int]
    doubles: Callable[[Sequence[bytes]], Iterable[tuple[int, int]]]


def _read(
    data: bytes, template: FormTemplate, skip: Container[int], tick_only: bool
) -> Iterator[SheetReading]:
    return read_file(data, template, skip=skip, tick_only=tick_only)


def _doubles(inks: Sequence[bytes]) -> list[tuple[int, int]]:
    return [(one, other) for one, other, _ in find_doubles(inks)]


MACHINE = Machine(read=_read, count=count_pages, doubles=_doubles)
