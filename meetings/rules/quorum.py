"""Quorum on the right base (到会人数的基数): who counts depends on the kind of meeting and on what it is to decide.

Sources: 《支部工作条例》第十一条 (表决须有半数以上有表决权的党员到会), 第十二条 (支委会须半数以上委员到会); 民主生活会若干规定
(到会三分之二以上); shares are keys of the rule set and include the share itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from meetings.rules.counting import has_quorum, least_present

ALL_EXPECTED = "应到"
ENTITLED = "应到会有表决权的正式党员"
SEATED = "全体委员"
LEADERS = "班子成员"
HALF = Fraction(1, 2)


NUMERALS = "零一二三四五六七八九十"


def share_words(share: Fraction) -> str:
    """A share as a notice says it: 半数以上, 三分之二以上."""
    if share == 1:
        return "全部"
    if share == HALF:
        return "半数以上"
    parts = (str(n) if n >= len(NUMERALS) else NUMERALS[n] for n in (share.denominator, share.numerator))
    return f"{'分之'.join(parts)}以上"


@dataclass(frozen=True)
class Quorum:
    """How many of a base are present and how many must be; `share` None: nothing is asked.

    `refuses`: below it the meeting cannot do what it is for; else a reason is asked for.
    """

    base: str
    expected: int
    present: int
    share: Fraction | None
    refuses: bool = False

    @property
    def least(self) -> int:
        """The least number present that suffices."""
        return least_present(self.expected, self.share)

    @property
    def is_met(self) -> bool:
        """Whether enough are present; nobody expected is never enough where a share is asked."""
        if self.share is None:
            return True
        return self.expected > 0 and has_quorum(
            present=self.present, expected=self.expected, share=self.share
        )

    @property
    def words(self) -> str:
        """Base and arithmetic in words; empty where nothing is asked."""
        if self.share is None:
            return ""
        return (
            f"{self.base} {self.expected} 人，到会 {self.present} 人；"
            f"须{share_words(self.share)}到会，即至少 {self.least} 人，{'已够' if self.is_met else '不够'}。"
        )
