"""An attacker's tools: everything that can be read out of the files of a database, and how good a guess is.

The attacker knows in which order the voters came, how many rows the form has, and the published totals.
From each source he takes a list of papers in some order and matches them with the voters one by one.
"""

from __future__ import annotations

import random
import re
import sqlite3
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

GRADES = "1234"
Counts = dict[tuple[int, int], int]  # votes by row and grade
TRIALS = 2000
KEY = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def invented(seed: int, voters: int, rows: int) -> list[str]:
    """The papers of the voters in the order they came; every voter a profile of his own."""
    chance = random.Random(seed)
    return ["".join(chance.choice(GRADES + "11220x") for _ in range(rows)) for _ in range(voters)]


def hits(guess: Sequence[str], truth: Sequence[str]) -> int:
    """How many rows of how many voters were guessed."""
    return sum(a == b for mine, his in zip(guess, truth, strict=True) for a, b in zip(mine, his, strict=True))


def from_totals(truth: Sequence[str]) -> list[str]:
    """The best guess of somebody who knows the totals only: of each row the most frequent mark."""
    usual = "".join(Counter(column).most_common(1)[0][0] for column in zip(*truth, strict=True))
    return [usual] * len(truth)


def luck(guess: Sequence[str], truth: Sequence[str], seed: int = 7) -> float:
    """How often papers dealt out to the voters at random fit the guess as well: small means it is no luck."""
    chance, reached = random.Random(seed), hits(guess, truth)
    as_good = sum(hits(guess, chance.sample(list(truth), len(truth))) >= reached for _ in range(TRIALS))
    return (as_good + 1) / (TRIALS + 1)


def guesses(found: Sequence[str], truth: Sequence[str]) -> list[list[str]]:
    """Papers found in some order, given to the voters in theirs: forwards, backwards, first and last ones."""
    once = list(dict.fromkeys(found))
    filled = from_totals(truth)
    made = []
    for papers in (list(found), once):
        for order in (papers, papers[::-1]):
            for part in (order[: len(truth)], order[-len(truth) :]):
                made.append([*part, *filled[len(part) :]])
    return made


@dataclass
class Report:
    """How well the best guess from one source did."""

    source: str
    share: float  # of all rows of all voters
    luck: float  # corrected for the number of guesses


def attack(sources: Mapping[str, Sequence[str]], truth: Sequence[str]) -> list[Report]:
    """The best guess from each source; of a source without papers, that from the totals."""
    reports, cells = [], len(truth) * len(truth[0])
    for source, found in sources.items():
        if found:
            tried = guesses(found, truth)
            best = max(tried, key=lambda guess: hits(guess, truth))
            reports.append(
                Report(source, hits(best, truth) / cells, min(1.0, luck(best, truth) * len(tried)))
            )
        else:
            reports.append(Report(source, hits(from_totals(truth), truth) / cells, 1.0))
    return reports


def strings(data: bytes, rows: int) -> list[str]:
    """Whatever looks like the marks of one paper, standing alone or behind a random key; in the order of the bytes."""
    marks = rb"[0-4x]{%d}" % rows
    found = re.finditer(rb"(?:%s)(%s)|(?<![0-4x])(%s)(?![0-4x])" % (KEY, marks, marks), data)
    return [(one[1] or one[2]).decode() for one in found]


def increments(states: Iterable[Counts], rows: int) -> list[str]:
    """Papers from counters that went up by one vote a row from one state to the next."""
    papers = []
    for before, after in pairwise(states):
        up = {cell: after[cell] - before.get(cell, 0) for cell in after if after[cell] != before.get(cell, 0)}
        if up and set(up.values()) == {1} and len({row for row, _ in up}) == len(up):
            grades = dict(up)
            papers.append("".join(str(next((g for r, g in grades if r == row), 0)) for row in range(rows)))
    return papers


# SQLite: the file as it was after each commit, from the file and its journal.


def sqlite_images(database: bytes, wal: bytes) -> Iterator[bytes]:
    """The database after each commit that is still in the journal, beginning with the file as it lies there."""
    pages = bytearray(database)
    yield bytes(pages)
    if len(wal) < 32:
        return
    size, salts = struct.unpack(">I", wal[8:12])[0], wal[16:24]
    for start in range(32, len(wal) - 23 - size, 24 + size):
        number, commit = struct.unpack(">II", wal[start : start + 8])
        if wal[start + 8 : start + 16] != salts:
            return
        end = number * size
        pages.extend(b"\0" * (end - len(pages)))
        pages[end - size : end] = wal[start + 24 : start + 24 + size]
        if commit:
            yield bytes(pages)


def sqlite_open(image: bytes) -> sqlite3.Connection:
    """An image of a database in memory; the two bytes say that it needs no journal."""
    opened = sqlite3.connect(":memory:")
    opened.deserialize(image[:18] + b"\1\1" + image[20:])
    return opened


def sqlite_states(images: Iterable[bytes], read: Callable[[sqlite3.Connection], Counts]) -> Iterator[Counts]:
    """The counters after each commit; a state without the table has none."""
    for image in images:
        opened = sqlite_open(image)
        try:
            yield read(opened)
        except sqlite3.DatabaseError:
            yield {}
        finally:
            opened.close()


def sqlite_rows(image: bytes, rows: int) -> dict[str, list[str]]:
    """Of each table the papers its rows hold, in the hidden order in which they were written."""
    opened, found = sqlite_open(image), {}
    try:
        for (table,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            kept = opened.execute(f'SELECT * FROM "{table}" ORDER BY rowid').fetchall()
            found[table] = [text for row in kept for text in papers_in(row, rows)]
    finally:
        opened.close()
    return found


def papers_in(row: Sequence[object], rows: int) -> list[str]:
    """The marks of papers in the columns of one row."""
    texts = [value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row]
    return [paper for text in texts for paper in strings(text.encode(), rows)]


# PostgreSQL: its write-ahead log, and pages of a table as they lie on the disk, with the rows that are gone.

LOG_PAGE, LONG_HEADER, SHORT_HEADER = 8192, 40, 24  # bytes; the first page of a segment has the long header


def log_records(segments: Sequence[bytes], start: int, end: int) -> bytes:
    """The records between two offsets of the log without the headers of its pages, which would cut papers in two."""
    log, found = b"".join(segments), bytearray()
    firsts = {sum(len(one) for one in segments[:n]) for n in range(len(segments))}
    for page in range(start - start % LOG_PAGE, end, LOG_PAGE):
        header = LONG_HEADER if page in firsts else SHORT_HEADER
        found += log[max(start, page + header) : min(end, page + LOG_PAGE)]
    return bytes(found)


@dataclass
class Version:
    """One version of one row on a page: the transaction that wrote it, and its columns as bytes."""

    xmin: int
    data: bytes


def heap_versions(relation: bytes, page_size: int = 8192) -> list[Version]:
    """All versions of rows in the pages of a table, live and dead, by transaction."""
    found = []
    for start in range(0, len(relation), page_size):
        page = relation[start : start + page_size]
        lower = struct.unpack("<H", page[12:14])[0]
        for pointer in range(24, lower, 4):
            item = struct.unpack("<I", page[pointer : pointer + 4])[0]
            offset, flags, length = item & 0x7FFF, (item >> 15) & 3, item >> 17
            if flags == 1 and length >= 23:
                row = page[offset : offset + length]
                found.append(Version(struct.unpack("<I", row[:4])[0], row[row[22] :]))
    return sorted(found, key=lambda version: version.xmin)


def heap_states(
    versions: Sequence[Version], read: Callable[[bytes], tuple[tuple[int, int], int]]
) -> list[Counts]:
    """The counters after each transaction, from the versions of their rows."""
    states: list[Counts] = [{}]
    for xmin in sorted({version.xmin for version in versions}):
        written = dict(read(version.data) for version in versions if version.xmin == xmin)
        states.append({**states[-1], **written})
    return states[1:]
