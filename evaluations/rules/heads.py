"""The head-counts of one ballot and the identities between them.

应到 ≥ 实到 ≥ 发出; 印制 = 发出 + 余票 + 损坏更换; 发出 = 收回 + 未收回; 收回 ≤ 发出, else the
ballot is invalid and held again; 收回 = 有效 + 整张作废 (参照选举规则: 收回票多于发出票的，测评无效，应重新进行).
With codes for a device in the room: 发出纸票 + 发出电子票 ≤ 实到, 发出电子票 = 已投 + 未用, 有效 = 纸质有效 + 已投.
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
    "codes": "发出电子票",
    "cast": "已投电子票",
}

PAPERS = ("printed", "issued", "replaced", "unused", "returned", "void")  # numbers of papers
CODES = ("codes", "cast")  # numbers of codes


def _less(whole: int | None, part: int | None) -> int | None:
    """The difference, None while a number is not known."""
    return None if whole is None or part is None else whole - part


@dataclass(frozen=True)
class Heads:
    """Numbers of people, of papers and of codes for a device; None while not yet known.

    `on_paper`, `on_device` say which of the two the ballot has; the numbers of the other stay None.
    """

    expected: int | None = None  # 应到 (people)
    present: int | None = None  # 实到 (people)
    printed: int | None = None  # 印制 (papers)
    issued: int | None = None  # 发出 (papers)
    replaced: int | None = None  # 损坏更换 (papers)
    unused: int | None = None  # 余票 (papers)
    returned: int | None = None  # 收回 (papers)
    void: int | None = None  # 整张作废 (papers)
    codes: int | None = None  # 发出电子票 (slips with a code)
    cast: int | None = None  # 已投电子票 (codes that voted)
    on_paper: bool = True
    on_device: bool = False

    @property
    def valid_papers(self) -> int | None:
        """纸质有效: papers returned and not void as a whole; a wholly blank paper is valid (弃权)."""
        return _less(self.returned, self.void)

    @property
    def valid(self) -> int | None:
        """有效: valid papers and votes cast on a device together."""
        return self._both(self.valid_papers, self.cast)

    @property
    def not_returned(self) -> int | None:
        """未收回: papers issued and not returned."""
        return _less(self.issued, self.returned)

    @property
    def codes_left(self) -> int | None:
        """未用: codes handed out that did not vote."""
        return _less(self.codes, self.cast)

    @property
    def all_issued(self) -> int | None:
        """发出 as a whole: papers and codes."""
        return self._both(self.issued, self.codes)

    @property
    def all_returned(self) -> int | None:
        """收回 as a whole: papers returned and votes cast."""
        return self._both(self.returned, self.cast)

    @property
    def all_not_returned(self) -> int | None:
        """未收回 as a whole: papers not returned and codes not used."""
        return _less(self.all_issued, self.all_returned)

    @property
    def all_void(self) -> int | None:
        """作废 as a whole: only a paper can be void."""
        return self.void if self.on_paper else 0

    def _both(self, papers: int | None, codes: int | None) -> int | None:
        """The sum over what the ballot has; None while a part is not known."""
        parts = [papers] * self.on_paper + [codes] * self.on_device
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

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
    off = PAPERS if not heads.on_paper else () if heads.on_device else CODES
    return [
        Problem(name, f"请填写{LABELS[name]}的张数，没有就填 0。")
        for name in fields
        if getattr(heads, name) is None and name not in off
    ]


def check_people(heads: Heads) -> list[Problem]:
    """A problem while it is not known how many 群众代表 were invited or came."""
    asked = (("expected", "请填写请了几位群众代表。"), ("present", "请填写到了几位群众代表。"))
    return [Problem(name, message) for name, message in asked if getattr(heads, name) is None]


def check_voters(heads: Heads, voters: int) -> list[Problem]:
    """A problem when more papers are handed out than there are people present who may fill one in."""
    issued = (heads.issued or 0) + (heads.codes or 0)
    if issued <= voters:
        return []
    field = "issued" if heads.on_paper else "codes"
    return [Problem(field, f"到会并且可以填票的有 {voters} 人，发出 {issued} 张多了，请核对。")]


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
    if heads.codes is not None and heads.codes < 1:
        problems.append(Problem("codes", "发出电子票至少为 1；一张票条也没有发的，请改回只用纸质票。"))
    if heads.on_device and heads.on_paper and heads.issued is not None and heads.codes is not None:
        together = heads.issued + heads.codes
        problems += _pair(together, heads.present, "codes", "发出的纸质票加电子票不能多于实到")
    problems += _pair(heads.issued, heads.present, "issued", "发出不能多于实到")
    problems += _pair(heads.codes, heads.present, "codes", "发出电子票不能多于实到")
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
    if heads.cast is not None and heads.codes is not None and heads.cast > heads.codes:
        problems.append(
            Problem(
                "codes",
                f"票箱里有 {heads.cast} 张电子票，多于发出的 {heads.codes} 张：{HELD_AGAIN}。"
                "请再点一遍发出的和剩下的票条；若确实多于发出，只能作废重来。",
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
    issued = h.all_issued
    people_holds = None
    if h.expected is not None and h.present is not None and issued is not None:
        people_holds = h.expected >= h.present >= issued
    people = f"应到 {_shown(h.expected)} ≥ 实到 {_shown(h.present)} ≥ 发出 {_shown(issued)}"
    if h.on_paper and h.on_device:
        people += f"（纸质票 {_shown(h.issued)} + 电子票 {_shown(h.codes)}）"
    lines = [Identity(people, people_holds)]
    lines += _paper_identities(h) if h.on_paper else []
    if h.on_device:
        text = f"发出电子票 {_shown(h.codes)} = 已投 {_shown(h.cast)} + 未用 {_shown(h.codes_left)}"
        lines.append(Identity(text, _at_least_none(h.codes_left)))
    if h.on_paper and h.on_device:
        parts = f"纸质有效 {_shown(h.valid_papers)} + 电子票 {_shown(h.cast)}"
        lines.append(Identity(f"有效 {_shown(h.valid)} = {parts}", _at_least_none(h.valid)))
    return lines


def _at_least_none(number: int | None) -> bool | None:
    """Whether a difference is not below zero; None while it is not known."""
    return None if number is None else number >= 0


def _paper_identities(h: Heads) -> list[Identity]:
    """The lines about papers."""
    printed_holds = None if h.printed is None or h.accounted is None else h.printed == h.accounted
    return [
        Identity(
            f"印制 {_shown(h.printed)} = 发出 {_shown(h.issued)} + 余票 {_shown(h.unused)}"
            f" + 损坏更换 {_shown(h.replaced)}",
            printed_holds,
        ),
        Identity(
            f"发出 {_shown(h.issued)} = 收回 {_shown(h.returned)} + 未收回 {_shown(h.not_returned)}",
            _at_least_none(h.not_returned),
        ),
        Identity(
            f"收回 {_shown(h.returned)} = 有效 {_shown(h.valid_papers)} + 整张作废 {_shown(h.void)}",
            _at_least_none(h.valid_papers),
        ),
    ]
