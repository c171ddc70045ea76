"""Whether every paper that came back is accounted for on every side of the form, when sheets are scanned.

收回 = 读出 + 空白 + 手工录入 + 整张作废, for each side by itself: the sides of one paper are not tied together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.rules.heads import Identity


@dataclass(frozen=True)
class Side:
    """One side of the form: sheets read, blank (confirmed), typed by hand; None while not known.

    `returned` and `void` are the papers counted by hand, the same for every side.
    """

    number: int
    returned: int | None
    read: int = 0
    blank: int = 0
    typed: int = 0
    void: int | None = None

    @property
    def found(self) -> int:
        """The papers this side is accounted for; void ones count as far as they are known."""
        return self.read + self.blank + self.typed + (self.void or 0)

    @property
    def missing(self) -> int:
        """How many papers are missing on this side; below zero when there are too many."""
        return (self.returned or 0) - self.found


def side_name(number: int, sides: int) -> str:
    """How a side is called: nothing where the form has only one, else 第 2 面."""
    return "" if sides == 1 else f"第 {number} 面："


def side_identities(sides: Sequence[Side]) -> list[Identity]:
    """The reconciliation line of each side, with whether it holds; None while the void papers are not known."""
    return [
        Identity(
            f"{side_name(side.number, len(sides))}收回 {_shown(side.returned)} = 读出 {side.read} + 空白 {side.blank}"
            f" + 手工录入 {side.typed} + 整张作废 {_shown(side.void)}",
            _holds(side),
        )
        for side in sides
    ]


def _holds(side: Side) -> bool | None:
    """Whether a side adds up: too many never does, too few may still be void papers."""
    if side.returned is None:
        return None
    if side.void is None and side.missing >= 0:
        return None
    return side.missing == 0


def side_problems(sides: Sequence[Side]) -> list[str]:
    """For each side that does not add up, what is missing or too much and what to do, in Chinese."""
    found = []
    for side in sides:
        name = side_name(side.number, len(sides))
        if side.missing > 0:
            found.append(
                f"{name}收回 {side.returned} 张，现在只有 {side.found} 张有着落，还差 {side.missing} 张。"
                "请查有没有漏扫的、读不了的：能重扫的再扫一次，不能重扫的由两位计票人手工录入。"
                + ("其中整张作废的不用扫，判读完时填张数。" if side.void is None else "")
            )
        elif side.missing < 0:
            found.append(
                f"{name}收回 {side.returned} 张，现在却有 {side.found} 张，多出 {-side.missing} 张。先不要往下做："
                "请查有没有同一张扫了两次的、已经扫进去又手工录入或者算作整张作废的，把多的一页改为不计；"
                "再点一遍收回的张数。确实多出来又找不到原因的，只能作废重来。"
            )
    return found


def _shown(number: int | None) -> str:
    return "—" if number is None else str(number)
