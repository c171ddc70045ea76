"""Arithmetic of the assessment (组织评定): the cap on the best grade, and what follows from a grade.

Nothing here turns votes into a grade: 测评 is a vote, 评定 a decision of people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

BASE_WORDS = {
    "full_members": "组织关系在本支部的正式党员",
    "assessed": "参评党员",
    "present": "到会党员",
}
TYPED_EVIDENCE = {
    "performance": "平时表现",
    "tasks": "完成党组织交给的任务",
    "stars": "评星定级",
    "points": "积分管理",
}  # the kinds of evidence (rule `assessment_evidence`) somebody types; the program knows the others
COMMEND, EXPECT, HELP, DISPOSE = "commend", "expect", "help", "dispose"
USES = {COMMEND: "表扬褒奖", EXPECT: "肯定优点、提出希望和要求", HELP: "教育帮扶", DISPOSE: "组织处置"}


@dataclass(frozen=True)
class Cap:
    """How many may be given the best grade: floor(`number` of `base` × `share`); `share` None: no cap.

    `base` is a key of BASE_WORDS, `number` its head-count, `chosen` how many have the best grade.
    """

    share: Fraction | None
    base: str
    number: int
    chosen: int
    grade: str = "优秀"

    @property
    def most(self) -> int | None:
        """The largest number within the cap, whole people, rounded down; None without a cap."""
        return None if self.share is None else math.floor(self.number * self.share)

    @property
    def over(self) -> int:
        """How many are above the cap; 0 within it or without one."""
        return 0 if self.most is None else max(0, self.chosen - self.most)

    @property
    def words(self) -> str:
        """Base and arithmetic in one sentence, as every form prints it; empty without a cap."""
        if self.share is None:
            return ""
        exact = self.number * self.share
        rounded = "" if exact.denominator == 1 else "（往下取整）"
        line = (
            f"{BASE_WORDS[self.base]} {self.number} 人 × {self.share.numerator}/{self.share.denominator}"
            f" = {self.most} 人{rounded}，评定为“{self.grade}” {self.chosen} 人"
        )
        return f"{line}，超过 {self.over} 人。" if self.over else f"{line}。"


def use_of(grade: str, scale: Sequence[str]) -> str:
    """What follows from a grade (COMMEND, EXPECT, HELP or DISPOSE) by its place in the scale, best first.

    The best is commended, the last disposed of; of four or more the last but one is helped; the rest is told
    what is expected. "" for no grade. Raises ValueError for a grade that is not of the scale.
    """
    if not grade:
        return ""
    place = list(scale).index(grade)
    if place == 0:
        return COMMEND
    if place == len(scale) - 1:
        return DISPOSE
    return HELP if len(scale) >= 4 and place == len(scale) - 2 else EXPECT


@dataclass(frozen=True)
class Resolution:
    """A counted vote of a 党员大会 on a disposal (支部工作条例第十一条).

    `expected` and `present` count those with a right to vote; the shares it is measured by come from the rules.
    """

    expected: int
    present: int
    in_favour: int
    against: int
    abstained: int

    def problems(self, quorum: Fraction | None, majority: Fraction) -> list[str]:
        """What is wrong with it, in Chinese; empty when it is carried.

        `quorum`: the share of `expected` that must be present at least; `majority`: the share of `expected` that
        must be exceeded by those in favour.
        """
        found = []
        if self.present > self.expected:
            found.append(f"到会 {self.present} 人多于应到 {self.expected} 人，请核对。")
        votes = self.in_favour + self.against + self.abstained
        if votes != self.present:
            found.append(f"赞成、反对、弃权合计 {votes} 票，到会有表决权 {self.present} 人，应当相等。")
        if quorum is not None and self.present < quorum * self.expected:
            found.append(f"到会 {self.present} 人，不够 {math.ceil(quorum * self.expected)} 人，不能表决。")
        if self.in_favour <= majority * self.expected:
            found.append(
                f"赞成 {self.in_favour} 票，须超过应到会有表决权党员 {self.expected} 人的"
                f" {majority.numerator}/{majority.denominator}，没有通过。"
            )
        return found
