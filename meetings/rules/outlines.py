"""Outlines of criticism (批评提纲): who lists what for whom, when a cell is done, and how many are.

Source of the m×(m-1): 镇领导班子方案第四部分 (“每名班子成员都要……对其他班子成员”); of the pairs that talk before the
meeting (会前沟通): 咸直工通〔2015〕14号 (“会前进行充分沟通和交换意见”).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from branches.rules import Rules

REQUIRED, OPTIONAL, OFF = "required", "optional", "off"
DRAFT, SUBMITTED, RETURNED, VETTED, DISCLOSED = "draft", "submitted", "returned", "vetted", "disclosed"
IN_HAND = (DRAFT, RETURNED)
Cell = tuple[str, str]  # from whom, of whom: keys of people


@dataclass(frozen=True)
class Asked:
    """What the rules want: outlines at all, vetted, disclosed to the person before the meeting, talked over in pairs."""

    outlines: str
    vetted: bool
    disclosed: bool
    consulted: bool

    @classmethod
    def of(cls, rules: Rules) -> Asked:
        """What these rules want; nothing is vetted or disclosed where no outlines are written."""
        writes = rules.outlines != OFF
        return cls(
            rules.outlines,
            writes and rules.outline_reviewer != "none",
            writes and rules.disclose_before_meeting,
            rules.criticism_consulted,
        )

    @property
    def writes(self) -> bool:
        """Whether outlines can be written."""
        return self.outlines != OFF

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to write and nothing to talk over."""
        return not (self.writes or self.consulted)


@dataclass(frozen=True)
class Kept:
    """What is kept of one cell, without its text."""

    status: str = DRAFT
    has_text: bool = False
    on_paper: bool = False
    consulted: bool = False

    @property
    def is_handed_in(self) -> bool:
        """Whether it has left its author's hands, on paper or here."""
        return self.on_paper or self.status not in IN_HAND

    def is_done(self, asked: Asked) -> bool:
        """Whether nothing is left to do about it before the meeting; paper suffices."""
        if self.on_paper or self.status == DISCLOSED:
            return True
        return self.status == VETTED and not asked.disclosed

    def shown(self, asked: Asked) -> tuple[str, str]:
        """The state in words, and the tone of its tag."""
        if self.on_paper:
            return "纸质", "ok"
        if self.status == DRAFT:
            return ("填写中", "now") if self.has_text else ("未写", "idle")
        if self.status == VETTED:
            if asked.disclosed:
                return "待明示", "warn"
            return ("已通过" if asked.vetted else "已写好"), "ok"
        return {SUBMITTED: ("待审核", "now"), RETURNED: ("已退回", "bad"), DISCLOSED: ("已明示", "ok")}[
            self.status
        ]


NOTHING = Kept()


@dataclass(frozen=True)
class Tally:
    """Numbers of cells: all m×(m-1), handed in, done, returned, waiting for vetting or disclosure; and of pairs."""

    cells: int = 0
    owed: int = 0
    handed_in: int = 0
    done: int = 0
    returned: int = 0
    waiting: int = 0
    undisclosed: int = 0
    pairs: int = 0
    consulted: int = 0


def cells_of(keys: Sequence[str]) -> tuple[Cell, ...]:
    """Each of the people with each other, in the order of the seats: m×(m-1), none below two."""
    return tuple(itertools.permutations(keys, 2))


def pairs_of(keys: Sequence[str]) -> tuple[Cell, ...]:
    """Each two of the people once, the earlier seat first."""
    return tuple(itertools.combinations(keys, 2))


def is_consulted(kept: Mapping[Cell, Kept], one: str, other: str) -> bool:
    """Whether the two have talked it over, whichever of them noted it."""
    return any(kept.get(cell, NOTHING).consulted for cell in ((one, other), (other, one)))


def tally(keys: Sequence[str], kept: Mapping[Cell, Kept], asked: Asked) -> Tally:
    """How complete it is among the people of today; cells of others do not count.

    Where outlines are voluntary none is owed.
    """
    cells = [kept.get(cell, NOTHING) for cell in cells_of(keys)] if asked.writes else []
    pairs = pairs_of(keys) if asked.consulted else ()
    return Tally(
        cells=len(cells),
        owed=len(cells) if asked.outlines == REQUIRED else 0,
        handed_in=sum(cell.is_handed_in for cell in cells),
        done=sum(cell.is_done(asked) for cell in cells),
        returned=sum(cell.status == RETURNED for cell in cells),
        waiting=sum(cell.status == SUBMITTED for cell in cells),
        undisclosed=sum(cell.status == VETTED and not cell.is_done(asked) for cell in cells),
        pairs=len(pairs),
        consulted=sum(is_consulted(kept, *pair) for pair in pairs),
    )
