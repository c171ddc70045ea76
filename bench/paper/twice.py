"""How well the same sheet read twice is told from another sheet with the same votes, from the ink alone."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from bench.paper import forms
from bench.paper.damage import CLASSES
from bench.paper.forms import Printed
from bench.paper.sheets import Leaf, damaged, write
from bench.paper.voters import Rng, Voter, careful, invent
from evaluations.paper import reading
from evaluations.paper.reading import find_doubles, likeness

FORM = forms.CORPUS["40 names"][1]
WAYS = ("scan200", "scan150", "scan300", "bilevel", "phone", "wechat")


def _ink(leaf: Leaf, seed: int, way: str, take: int) -> bytes:
    """The fingerprint of one take of a sheet; empty when the page was not read."""
    sheet = damaged(leaf, seed, f"{way} {take}", take, CLASSES[way])
    return reading.read_page(sheet.image, leaf.printed.form).ink


def _voter(rng: Rng, options: int, *, neat: bool) -> Voter:
    """Somebody who ticks every first box with a usual pen; neat hands differ least."""
    voter = invent(rng, options)
    pen = careful(voter)
    if neat:
        return replace(pen, favour=(1.0, *[0.0] * (options - 1)))
    return replace(
        voter,
        pen=pen.pen,
        width=pen.width,
        dark=pen.dark,
        grain=pen.grain,
        skips=pen.skips,
        style="tick",
        messy=0.0,
        sheet="usual",
        favour=(1.0, *[0.0] * (options - 1)),
    )


class _Pile:
    """Sheets with identical votes, their likeness, and all pages in the order of scanning."""

    def __init__(self) -> None:
        self.same: list[float] = []
        self.hand: list[float] = []
        self.others: list[float] = []
        self.pages: list[bytes] = []
        self.wanted = 0
        self.unread = 0
        self.firsts: list[bytes] = []

    def add(self, side: Printed, seed: int, index: int, *, neat: bool) -> None:
        """One more hand: a sheet read twice in two ways, and another sheet of that hand."""
        voter = _voter(np.random.default_rng([seed, index]), side.form.options, neat=neat)
        leaves = [write(side, np.random.default_rng([seed, index, copy]), voter) for copy in range(2)]
        ways = [WAYS[(index + step) % len(WAYS)] for step in range(2)]
        takes = [_ink(leaves[0], seed, way, take) for take, way in enumerate(ways)]
        again = _ink(leaves[1], seed, "scan200", 2)
        if not all(takes) or not again:
            self.unread += 1
            return
        self.same.append(likeness(takes[0], takes[1]))
        self.hand.append(likeness(takes[0], again))
        self.others += [likeness(takes[0], other) for other in self.firsts[-8:]]
        self.firsts.append(takes[0])
        self.pages += [takes[0], again]
        if len(self.firsts) % 10 == 0:
            self.pages.append(takes[1])
            self.wanted += 1

    def lines(self, name: str) -> list[str]:
        """Rows of the table."""
        pairs = (
            ("one sheet, read twice", self.same),
            ("two sheets of one hand", self.hand),
            ("sheets of two hands", self.others),
        )
        return [
            f"| {name}: {what} | {len(values)} | {min(values):.3f} | {np.median(values):.3f} | {max(values):.3f} |"
            for what, values in pairs
        ]

    def search(self, name: str) -> str:
        """What a search through the whole pile finds."""
        begun = time.process_time()
        found = find_doubles(self.pages)
        seconds = time.process_time() - begun
        pairs = len(self.pages) * (len(self.pages) - 1) // 2
        return (
            f"{name}: pile of {len(self.pages)} pages ({pairs:,} pairs), {self.wanted} sheets in it twice; "
            f"{len(found)} pairs shown to a person; {seconds:.1f} s. {self.unread} hands left out, a page not read."
        )


def measure(seeds: list[int], pages: int) -> list[str]:
    """Likeness of pairs, and the search through a whole pile; a table in Markdown."""
    side = forms.printed(FORM)[0]
    lines, said = (
        ["| votes and pen identical | pairs | lowest | median | highest |", "|---|---|---|---|---|"],
        [""],
    )
    for name, neat in (("usual hands", False), ("very neat hands", True)):
        pile = _Pile()
        for index in range(pages):
            pile.add(side, seeds[index % len(seeds)], index, neat=neat)
        lines += pile.lines(name)
        said.append("- " + pile.search(name))
    return lines + said
