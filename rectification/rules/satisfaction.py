"""The satisfaction of the masses: whether counts add up, the exact rate, what a failed survey brings. Integers only.

Only totals of a class of respondents exist here, never what one person ticked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

FIRST, MAKE_UP = 1, 2
ANYBODY = ("群众",)  # who is asked where the rules name nobody
BASES = {"valid": "有效票", "returned": "收回票", "issued": "发出票"}
MAKE_UP_DUTY, MEASURES = "make_up", "measures"
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Count:
    """The papers of one class, or of all: ticks for each option in the scale's order, 弃权 (no tick), 作废."""

    counts: tuple[int, ...]
    abstained: int
    void: int

    @property
    def returned(self) -> int:
        """收回: every paper stands in exactly one place."""
        return sum(self.counts) + self.abstained + self.void

    @property
    def valid(self) -> int:
        """有效票 = 收回 − 作废; a paper without a tick is valid and not satisfied."""
        return sum(self.counts) + self.abstained

    @property
    def cells(self) -> tuple[int, ...]:
        """All numbers in the order of the columns: options, 弃权, 作废."""
        return (*self.counts, self.abstained, self.void)

    @classmethod
    def of(cls, cells: Sequence[int]) -> Count:
        """The count whose numbers are these, as `cells` gives them."""
        return cls(tuple(cells[:-2]), cells[-2], cells[-1])


def total(parts: Sequence[Count], options: int) -> Count:
    """The sum of several classes of one scale with so many options."""
    width = options + 2
    return Count.of([sum(part.cells[place] for part in parts) for place in range(width)])


def count_problem(name: str, count: Count, returned: int) -> str:
    """What does not add up in the count of one class, and what to do; empty when 合计 is 收回."""
    apart = returned - count.returned
    if not apart:
        return ""
    word = "少" if apart > 0 else "多"
    return (
        f"{name}：各栏合计 {count.returned} 张，收回的是 {returned} 张，{word} {abs(apart)} 张，请再数一遍。"
    )


def heads_problem(heads: Mapping[str, tuple[int | None, int | None]]) -> str:
    """What is wrong with 发出 and 收回 of the classes, the first thing only; empty when counting may begin."""
    for name, (issued, returned) in heads.items():
        if issued is None or returned is None:
            return f"{name}：请填写发出和收回的张数，没有的填 0。"
        if returned > issued:
            return f"{name}：收回 {returned} 张，多于发出的 {issued} 张。请重新点清；确实多了的，这次测评要作废重来。"
    if not sum(returned or 0 for _issued, returned in heads.values()):
        return "一张表也没有收回，不能计票。"
    return ""


def slips_problem(name: str, issued: int | None, answered: int) -> str:
    """What is wrong with the slips of a class handed out, and what to do; empty when counting may begin."""
    if issued is None:
        return f"{name}：请填写发出票条的张数，一张也没有发的填 0。"
    if answered > issued:
        return (
            f"{name}：网页上填了 {answered} 份，多于发出的票条 {issued} 张。"
            "请重新点清发出的票条；确实多了的，这次测评要作废重来。"
        )
    return ""


def differing(first: Count, second: Count) -> list[int]:
    """The places of `cells` in which two counts of one class differ."""
    return [place for place, (a, b) in enumerate(zip(first.cells, second.cells, strict=True)) if a != b]


def scale_problem(scale: Collection[str], satisfied: Collection[str]) -> str:
    """Why the rules cannot be counted by; empty when they can: some option counts as satisfied, not every one."""
    known = set(scale) & set(satisfied)
    if not scale:
        return "规则里没有满意度等次，请发起活动的党建办在规则里填写“满意度等次”。"
    if not known:
        return "规则里算满意的等次不在满意度等次里，请发起活动的党建办核对“哪些算满意”。"
    return (
        ""
        if known != set(scale)
        else "规则里所有等次都算满意，测评没有意义，请发起活动的党建办核对“哪些算满意”。"
    )


@dataclass(frozen=True)
class Demand:
    """What the rules want of a survey, as frozen when it began: `options` are key and label, best first."""

    options: tuple[tuple[str, str], ...]
    satisfied: tuple[str, ...]
    base: str
    threshold: Fraction | None

    def satisfied_of(self, count: Count) -> int:
        """How many ticked an option that counts as satisfied."""
        return sum(
            n for (key, _label), n in zip(self.options, count.counts, strict=True) if key in self.satisfied
        )

    def base_of(self, count: Count, issued: int) -> int:
        """The denominator: 有效票, 收回票 or 发出票."""
        return {"valid": count.valid, "returned": count.returned, "issued": issued}[self.base]

    @property
    def base_label(self) -> str:
        """The denominator in words."""
        return BASES[self.base]

    @property
    def satisfied_labels(self) -> list[str]:
        """The options that count as satisfied, in the scale's order."""
        return [label for key, label in self.options if key in self.satisfied]


def rate(satisfied: int, base: int) -> Fraction | None:
    """满意率, exactly; None without a base."""
    return Fraction(satisfied, base) if base else None


def passes(satisfied: int, base: int, threshold: Fraction | None) -> bool | None:
    """Whether the threshold is reached, by cross multiplication of integers; None without a threshold or a base."""
    if threshold is None or not base:
        return None
    return satisfied * threshold.denominator >= base * threshold.numerator


def arithmetic(demand: Demand, count: Count, issued: int) -> list[str]:
    """The whole sum in words, one step an item: 满意 134 + 比较满意 21 = 155；有效票 230；155 × 3 = 465 ≥ …"""
    satisfied, base = demand.satisfied_of(count), demand.base_of(count, issued)
    parts = [
        f"{label} {n}"
        for (key, label), n in zip(demand.options, count.counts, strict=True)
        if key in demand.satisfied
    ]
    said = [" + ".join(parts) + (f" = {satisfied}" if len(parts) > 1 else ""), f"{demand.base_label} {base}"]
    reached = passes(satisfied, base, demand.threshold)
    if demand.threshold is None or reached is None:
        return said
    above, below = demand.threshold.numerator, demand.threshold.denominator
    left, right = satisfied * below, base * above
    sign, word = ("≥", "达到") if reached else ("<", "没有达到")
    said.append(
        f"{satisfied} × {below} = {left} {sign} {base} × {above} = {right}，{word}{fraction_words(demand.threshold)}"
    )
    return said


def fraction_words(share: Fraction) -> str:
    """A fraction as notices write it: 2/3 in hanzi; above ninety-nine in figures."""
    above, below = share.numerator, share.denominator
    if below == 1:
        return "全部" if above else "零"
    if below > 99:
        return f"{above}/{below}"
    return f"{_numeral(below)}分之{_numeral(above)}"


def _numeral(number: int) -> str:
    """A number below a hundred in hanzi."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def shows_whole(valid: int, least: int) -> bool:
    """Whether the counts of a survey may be shown: not where so few valid papers came in that they tell on people."""
    return valid >= least


def shows_classes(valids: Sequence[int], least: int) -> bool:
    """Whether the classes may be shown apart: each that came in has enough papers."""
    return all(valid >= least for valid in valids if valid)


@dataclass(frozen=True)
class Consequence:
    """What a closed survey brings: the duties of the rule in its order, whether it is made up, whether a case opens."""

    duties: tuple[str, ...] = ()
    make_up: bool = False
    measures: bool = False


def consequence(turn: int, passed: bool | None, duties: Sequence[str], again: str) -> Consequence:
    """What follows; nothing where the demand is reached or there is none (盐城 领导责任制度第5条).

    The first failure brings the duties of `failing_duties`, 补课 among them; the second what `failing_again` says.
    """
    if passed is not False:
        return Consequence()
    if turn == FIRST:
        return Consequence(tuple(duties), MAKE_UP_DUTY in duties)
    return Consequence(measures=again == MEASURES)
