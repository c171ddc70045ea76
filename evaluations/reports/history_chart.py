"""Where everything of a branch's chart stands: one bar a year, drawn by a template. Whole units of a 340-wide picture.

Nothing rests on a shade: each part carries its words where they fit, and the numbers stand under the bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.reports.history import Year

WIDTH, ROW, TOP = 340, 66, 20  # the picture, one year with its words, from there to its bar
LETTER = 12  # of a Chinese character in a bar
PATTERNS = (
    "solid",
    "plain",
    "lines",
    "dots",
)  # told apart without colour, again from the first after the last


@dataclass(frozen=True)
class Part:
    """A part of a bar: from `x`, so wide, its pattern, and its words where they fit."""

    x: int
    width: int
    pattern: str
    label: str

    @property
    def middle(self) -> int:
        """Where the words stand."""
        return self.x + self.width // 2


@dataclass(frozen=True)
class Bar:
    """One year: its words above and below, the frame of all that were due, and the parts of those assessed."""

    y: int
    head: str
    foot: str
    frame: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Chart:
    """The picture: its height, its bars from the top, and what it says in words for who cannot see it."""

    height: int
    bars: tuple[Bar, ...]
    described: str


def chart_of(years: Sequence[Year]) -> Chart:
    """The chart of one branch's years in their order; the widest bar is the year with most people."""
    most = max((max(year.due, year.assessed) for year in years), default=0)
    bars = tuple(_bar(year, place * ROW, most) for place, year in enumerate(years))
    described = "；".join(f"{bar.head}，{bar.foot}" for bar in bars)
    return Chart(height=len(bars) * ROW, bars=bars, described=described)


def _bar(year: Year, top: int, most: int) -> Bar:
    """One year's bar under its words."""
    said = f"，参评 {year.assessed} 人" if year.done else ""
    parts = year.grades or ((("参评", year.assessed),) if year.done else ())
    return Bar(
        y=top + TOP,
        head=f"{year.year}年　应评 {year.due} 人{said}",
        foot=year.words if year.done else year.state,
        frame=_wide(max(year.due, year.assessed), most),
        parts=_parts(parts, most),
    )


def _wide(number: int, most: int) -> int:
    """So many people as a width, rounded down."""
    return number * (WIDTH - 2) // most if most else 0


def _parts(numbers: Sequence[tuple[str, int]], most: int) -> tuple[Part, ...]:
    """The parts side by side without a gap; a grade nobody was given has none."""
    found, before = [], 0
    for place, (label, number) in enumerate(numbers):
        x, end = _wide(before, most), _wide(before + number, most)
        before += number
        if number:
            found.append(
                Part(x + 1, end - x, PATTERNS[place % len(PATTERNS)], _fitting(label, number, end - x))
            )
    return tuple(found)


def _fitting(label: str, number: int, width: int) -> str:
    """The words of a part: the grade and its number, the number alone, or nothing."""
    words = (f"{label} {number}", str(number))
    return next((word for word in words if _long(word) <= width), "")


def _long(words: str) -> int:
    """How wide words are: a Chinese character LETTER, everything else the half, and air at both ends."""
    return sum(LETTER if ord(char) > 0x2E80 else LETTER // 2 for char in words) + LETTER
