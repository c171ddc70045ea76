"""How much of one text is taken from another (简单转发): the share, and the passages to show."""

from __future__ import annotations

import bisect
import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

GRAM = 6  # characters that must agree in a row before a place counts as the same
SHORTEST = 14  # characters a passage must share; what is shorter is a common formula
GAP = 8  # characters that may differ inside one passage: a name of a place, of a person
CANDIDATES = 4  # places of the other text tried for one place of this
DIGITS = frozenset("〇零一二三四五六七八九十百千两")


@dataclass(frozen=True)
class Overlap:
    """What a text has from another: `share` of its characters (0 to 1), and where (start, end) in the text.

    A passage includes the few characters in it that were changed; the share does not count them.
    """

    share: Fraction
    passages: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Plain:
    """A text without what does not count, and where each character stood: from `starts` up to `ends`."""

    chars: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True)
class _Run:
    """So many characters from `start` of this text that stand from `at` in the other."""

    start: int
    at: int
    length: int

    @property
    def end(self) -> int:
        """The first character after it."""
        return self.start + self.length


def overlap(text: str, other: str, *, own: str = "") -> Overlap:
    """Return how much of `text` is taken from `other`, and which passages.

    Full and half width, capitals, blanks and punctuation do not matter, any number equals any other; the
    order of passages does not matter. Passages of fewer than SHORTEST characters do not count, nor does
    what already stood in `own`, an earlier text of the same author.
    """
    plain = _plain(text)
    if len(plain.chars) < SHORTEST:
        return Overlap(Fraction(0), ())
    known = _known(plain.chars, _plain(own).chars)
    passages, taken = [], 0
    for chain in _chains(_runs(plain.chars, _plain(other).chars)):
        fresh = sum(known.count(0, run.start, run.end) for run in chain)
        if fresh >= SHORTEST:
            taken += fresh
            passages.append((plain.starts[chain[0].start], plain.ends[chain[-1].end - 1]))
    return Overlap(Fraction(taken, len(plain.chars)), tuple(passages))


def counted(text: str) -> str:
    """Return the characters of a text that are compared: folded, without blanks and signs, numbers as one 0."""
    return _plain(text).chars


def marked(length: int, passages: Iterable[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    """Cut a text of `length` characters into pieces (start, end, inside a passage), in order, none empty.

    Passages may overlap; what lies beyond the text is left out.
    """
    pieces, done = [], 0
    for start, end in _joined(passages):
        start, end = max(start, 0), min(end, length)
        if start >= end:
            continue
        if start > done:
            pieces.append((done, start, False))
        pieces.append((start, end, True))
        done = end
    if done < length:
        pieces.append((done, length, False))
    return pieces


def _joined(passages: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The passages in order, those that touch or overlap made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(passages):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


@functools.lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    """The characters one character counts as: none for blanks and signs, 0 for any digit."""
    if char in DIGITS:
        return "0"
    folded = "".join(c for c in unicodedata.normalize("NFKC", char).lower() if c.isalnum())
    return "0" if folded.isdigit() else folded


def _plain(text: str) -> _Plain:
    """The text as it is compared; several digits in a row become one."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, char in enumerate(text):
        folded = _folded(char)
        if folded == "0" and chars and chars[-1] == "0" and ends[-1] == place:
            ends[-1] = place + 1
            continue
        for one in folded:
            chars.append(one)
            starts.append(place)
            ends.append(place + 1)
    return _Plain("".join(chars), tuple(starts), tuple(ends))


def _known(chars: str, own: str) -> bytearray:
    """For each character 1 when it already stood in the author's earlier text, else 0."""
    known = bytearray(len(chars))
    for chain in _chains(_runs(chars, own)):
        for run in chain:
            known[run.start : run.end] = b"\1" * run.length
    return known


def _runs(chars: str, other: str) -> list[_Run]:
    """The runs both texts share, from left to right, none overlapping another in the first text."""
    index: dict[str, list[int]] = {}
    for place in range(len(other) - GRAM + 1):
        index.setdefault(other[place : place + GRAM], []).append(place)
    found: list[_Run] = []
    here, last = 0, len(chars) - GRAM
    while here <= last:
        places = index.get(chars[here : here + GRAM])
        if places is None:
            here += 1
            continue
        ahead = found[-1].at + here - found[-1].start if found else 0
        run = max(
            (_Run(here, at, _same(chars, here, other, at)) for at in _nearest(places, ahead)),
            key=lambda r: r.length,
        )
        found.append(run)
        here = run.end
    return found


def _nearest(places: Sequence[int], ahead: int) -> Sequence[int]:
    """The places to try: those just after where the last run left off, then the first ones."""
    if len(places) <= CANDIDATES:
        return places
    first = bisect.bisect_left(places, ahead)
    return [*places[first : first + CANDIDATES], *places[:CANDIDATES]]


def _same(chars: str, here: int, other: str, at: int) -> int:
    """How many characters agree from these two places on."""
    most = min(len(chars) - here, len(other) - at)
    low, high = GRAM, most
    while low < high:  # the longest agreement by halving: comparing slices is much faster than characters
        middle = (low + high + 1) // 2
        if chars[here + low : here + middle] == other[at + low : at + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _chains(runs: list[_Run]) -> list[list[_Run]]:
    """Runs that follow each other in both texts with at most GAP characters between, as passages.

    Only those of at least SHORTEST shared characters.
    """
    chains: list[list[_Run]] = []
    for run in runs:
        before = chains[-1][-1] if chains else None
        if (
            before is not None
            and run.start - before.end <= GAP
            and 0 <= run.at - before.at - before.length <= GAP
        ):
            chains[-1].append(run)
        else:
            chains.append([run])
    return [chain for chain in chains if sum(run.length for run in chain) >= SHORTEST]
