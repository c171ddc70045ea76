"""The head-counts of one ballot and the identities between them.

应到 ≥ 实到 ≥ 发出; 印制 = 发出 + 余票 + 损坏更换; 发出 = 收回 + 未收回; 收回 ≤ 发出, else the
ballot is invalid and held again; 收回 = 有效 + 整张作废 (参照选举规则: 收回票多于发出票的，测评无效，应重新进行).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HELD_AGAIN = "无效，重新进行"
MOST = 9999  # a larger number is a slip of the finger
LABELS = {
    "expected": "应到",
    "present": "实到",
    "printed": "印制",
    "issued": "发出",
    "replaced": "损坏更换",
    "unused": "余票",
    "returned": "收回",
    "void": "整张作废",
}


@dataclass(frozen=True)
class Heads:
    """Numbers of people and of papers; None while not yet known."""

    expected: int | None = None  # 应到 (people)
    present: int | None = None  # 实到 (people)
    printed: int | None = None  # 印制 (papers)
    issued: int | None = None  # 发出 (papers)
    replaced: int | None = None  # 损坏更换 (papers)
    unused: int | None = None  # 余票 (papers)
    returned: int | None = None  # 收回 (papers)
    void: int | None = None  # 整张作废 (papers)

    @property
    def valid(self) -> int | None:
        """有效: papers returned and not void as a whole; a wholly blank paper is valid (弃权)."""
        if self.returned is None or self.void is None:
            return None
        return self.returned - self.void

    @property
    def not_returned(self) -> int | None:
        """未收回: papers issued and not returned."""
        if self.issued is None or self.returned is None:
            return None
        return self.issued - self.returned

    @property
    def accounted(self) -> int | None:
        """发出 + 余票 + 损坏更换: the papers that are accounted for; must equal 印制."""
        if self.issued is None or self.unused is None or self.replaced is None:
            return None
        return self.issued + self.unused + self.replaced


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field, in Chinese; `final` when the ballot cannot go on as it is."""

    field: str
    message: str
    final: bool = False


@dataclass(frozen=True)
class Identity:
    """One line of the reconciliation: its text and whether it holds (None: not known yet)."""

    text: str
    holds: bool | None


def _pair(small: int | None, large: int | None, field: str, message: str) -> list[Problem]:
    """A problem when both numbers are known and the small one is the larger."""
    if small is None or large is None or small <= large:
        return []
    return [Problem(field, f"{message}（现填 {small} 和 {large}）。")]


def check_numbers(heads: Heads) -> list[Problem]:
    """Problems of numbers that cannot be counts: below zero, or far too large."""
    problems = []
    for name, label in LABELS.items():
        number = getattr(heads, name)
        if number is not None and number < 0:
            problems.append(Problem(name, f"{label}不能小于 0，请重新填写。"))
        elif number is not None and number > MOST:
            problems.append(Problem(name, f"{label} {number} 太大了，请核对是否多按了数字。"))
    return problems


def check_known(heads: Heads, fields: Sequence[str]) -> list[Problem]:
    """A problem for each of `fields` that is still empty; 0 is a number too."""
    return [
        Problem(name, f"请填写{LABELS[name]}的张数，没有就填 0。")
        for name in fields
        if getattr(heads, name) is None
    ]


def check_voters(heads: Heads, voters: int) -> list[Problem]:
    """A problem when more papers are handed out than there are people present who may fill one in."""
    if heads.issued is None or heads.issued <= voters:
        return []
    return [Problem("issued", f"到会并且可以填票的有 {voters} 人，发出 {heads.issued} 张多了，请核对。")]


def check_printed(heads: Heads) -> list[Problem]:
    """Problems of 应到, 实到 and 印制."""
    problems = check_numbers(heads)
    problems += _pair(heads.present, heads.expected, "present", "实到不能多于应到")
    if heads.printed is not None and heads.printed < 1:
        problems.append(Problem("printed", "印制张数至少为 1，请填实际印了多少张。"))
    return problems


def check_issued(heads: Heads) -> list[Problem]:
    """Problems once papers are handed out: 发出 ≤ 实到 and 发出 ≤ 印制."""
    problems = check_printed(heads)
    if heads.issued is not None and heads.issued < 1:
        problems.append(Problem("issued", "发出张数至少为 1；还没有发票请先不要填。"))
    if heads.issued is not None and heads.printed is None:
        problems.append(Problem("printed", "已经填了发出的张数，请把印制的张数也填上。"))
    problems += _pair(heads.issued, heads.present, "issued", "发出不能多于实到")
    problems += _pair(heads.issued, heads.printed, "issued", "发出不能多于印制")
    return problems


def check_collected(heads: Heads) -> list[Problem]:
    """Problems once the box is emptied: 印制 = 发出 + 余票 + 损坏更换, 收回 ≤ 发出, 作废 ≤ 收回."""
    problems = check_issued(heads)
    accounted = heads.accounted
    if accounted is not None and heads.printed is not None and heads.printed != accounted:
        problems.append(
            Problem(
                "unused",
                f"印制 {heads.printed} 应等于 发出 {heads.issued} + 余票 {heads.unused}"
                f" + 损坏更换 {heads.replaced} = {accounted}，请再点一遍余票和换下的票。",
            )
        )
    if heads.returned is not None and heads.issued is not None and heads.returned > heads.issued:
        problems.append(
            Problem(
                "returned",
                f"收回 {heads.returned} 张，多于发出 {heads.issued} 张：{HELD_AGAIN}。"
                "请再点一遍；若确实多于发出，只能作废重来。",
                final=True,
            )
        )
    problems += _pair(heads.void, heads.returned, "void", "整张作废不能多于收回")
    return problems


def _shown(number: int | None) -> str:
    """The number, or a dash while it is not known."""
    return "—" if number is None else str(number)


def identities(heads: Heads) -> list[Identity]:
    """The reconciliation lines in the order they are read out, each with whether it holds."""
    h = heads
    printed_holds = None if h.printed is None or h.accounted is None else h.printed == h.accounted
    people_holds = None
    if h.expected is not None and h.present is not None and h.issued is not None:
        people_holds = h.expected >= h.present >= h.issued
    returned_holds = None if h.not_returned is None else h.not_returned >= 0
    valid_holds = None if h.valid is None else h.valid >= 0
    return [
        Identity(
            f"应到 {_shown(h.expected)} ≥ 实到 {_shown(h.present)} ≥ 发出 {_shown(h.issued)}",
            people_holds,
        ),
        Identity(
            f"印制 {_shown(h.printed)} = 发出 {_shown(h.issued)} + 余票 {_shown(h.unused)}"
            f" + 损坏更换 {_shown(h.replaced)}",
            printed_holds,
        ),
        Identity(
            f"发出 {_shown(h.issued)} = 收回 {_shown(h.returned)} + 未收回 {_shown(h.not_returned)}",
            returned_holds,
        ),
        Identity(
            f"收回 {_shown(h.returned)} = 有效 {_shown(h.valid)} + 整张作废 {_shown(h.void)}",
            valid_holds,
        ),
    ]
