"""《民主评议党员测评汇总表》 of a superior (form F2, upper level): one row a branch, one section a scale.

Scales are never mixed: each section has its own grades, subtotals and total. A branch whose counts
are withheld keeps its row with dashes, and no sum contains its votes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evaluations.reports.summary import NOT_AN_ASSESSMENT, date_text, safe_name
from evaluations.rules import share

BRANCH, SUBTOTAL, TOTAL = "branch", "subtotal", "total"


@dataclass(frozen=True, slots=True)
class RollUpLine:
    """One branch, or a sum of branches. `base` is the number of votes its percentages divide by.

    members/full/probationary and expected/present are persons; issued/returned/valid/void papers;
    subjects the persons rated; counts, abstained and invalid votes over all subjects.
    """

    organization: str
    category: str
    members: int | None
    full: int | None
    probationary: int | None
    expected: int | None
    present: int | None
    issued: int | None
    returned: int | None
    valid: int | None
    void: int | None
    subjects: int | None
    counts: tuple[int | None, ...]
    abstained: int | None
    invalid: int | None
    base: int | None
    remarks: str = ""
    withheld: bool = False
    kind: str = BRANCH
    ordinal: int | None = None

    def figures(self) -> tuple[tuple[int | None, Fraction | None], ...]:
        """Votes and share of each grade; nothing where they are withheld."""
        if self.withheld:
            return ((None, None),) * len(self.counts)
        return tuple((count, share(count, self.base)) for count in self.counts)

    def heads(self) -> tuple[int | None, ...]:
        """The ten counts of persons and papers in the order of the columns."""
        return (
            self.members,
            self.full,
            self.probationary,
            self.expected,
            self.present,
            self.issued,
            self.returned,
            self.valid,
            self.void,
            self.subjects,
        )

    def rest(self) -> tuple[int | None, int | None]:
        """Abstentions and invalid marks; nothing where they are withheld."""
        return (None, None) if self.withheld else (self.abstained, self.invalid)


HEADS = ("党员总数", "正式", "预备", "应到", "实到", "发出", "收回", "有效", "作废", "被测评")
_SUMMED = (
    "members",
    "full",
    "probationary",
    "expected",
    "present",
    "issued",
    "returned",
    "valid",
    "void",
    "subjects",
)


def _sum(values: Iterable[int | None]) -> int:
    return sum(value for value in values if value is not None)


def sum_lines(
    lines: Sequence[RollUpLine], *, label: str, kind: str, grades: int, category: str = ""
) -> RollUpLine:
    """One line with the sums of the lines; votes of withheld branches are left out of the sums.

    When every branch is withheld the sum is withheld too.
    """
    shown = [line for line in lines if not line.withheld]
    hidden = len(lines) - len(shown)
    heads = {name: _sum(getattr(line, name) for line in lines) for name in _SUMMED}
    return RollUpLine(
        organization=label,
        category=category,
        **heads,
        counts=tuple(_sum(line.counts[i] for line in shown) for i in range(grades)),
        abstained=_sum(line.abstained for line in shown),
        invalid=_sum(line.invalid for line in shown),
        base=_sum(line.base for line in shown),
        remarks=f"票数不含 {hidden} 个支部" if hidden else "",
        withheld=bool(lines) and not shown,
        kind=kind,
    )


@dataclass(frozen=True, slots=True)
class RollUpSection:
    """All branches that voted on one scale, with subtotals by category and the total."""

    grades: tuple[str, ...]
    base_name: str
    lines: tuple[RollUpLine, ...]
    subtotals: tuple[RollUpLine, ...]
    total: RollUpLine

    @classmethod
    def of(
        cls,
        grades: tuple[str, ...],
        base_name: str,
        lines: Sequence[RollUpLine],
        categories: Sequence[str],
    ) -> "RollUpSection":
        """The section with its sums computed; categories give the order of the subtotals."""
        found: dict[str, list[RollUpLine]] = {name: [] for name in categories}
        for line in lines:
            found.setdefault(line.category, []).append(line)
        return cls(
            grades,
            base_name,
            tuple(lines),
            tuple(
                sum_lines(
                    group,
                    label=f"{name}小计（{len(group)} 个）",
                    kind=SUBTOTAL,
                    grades=len(grades),
                    category=name,
                )
                for name, group in found.items()
                if group
            ),
            sum_lines(lines, label=f"合计（{len(lines)} 个党支部）", kind=TOTAL, grades=len(grades)),
        )

    @property
    def scale(self) -> str:
        """The grades in one line: 优秀、合格、基本合格、不合格."""
        return "、".join(self.grades)

    @property
    def base_statement(self) -> str:
        """What the percentages divide by."""
        return f"得票率 = 该等次票数 ÷ 各支部（{self.base_name} × 被测评人数）之和，保留两位小数。"

    @property
    def hidden(self) -> int:
        """How many branches show no votes."""
        return sum(line.withheld for line in self.lines)

    def notes(self) -> tuple[str, ...]:
        """The lines under the section's table."""
        if not self.hidden:
            return (self.base_statement,)
        return (
            self.base_statement,
            f"{self.hidden} 个支部有效票太少，为保密不显示票数（以“—”表示），"
            "小计、合计的票数和得票率都不含这些支部。",
        )


@dataclass(frozen=True, slots=True)
class NotYet:
    """A branch that has no certified ballot, and how far it is."""

    organization: str
    category: str
    state: str


@dataclass(frozen=True, slots=True)
class RollUp:
    """The whole table of a superior on one day."""

    title: str
    filler: str
    campaign: str
    as_of: date
    sections: tuple[RollUpSection, ...]
    not_yet: tuple[NotYet, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def branches(self) -> int:
        """How many branches have a row."""
        return sum(len(section.lines) for section in self.sections)

    @property
    def progress(self) -> str:
        """How many branches of how many are in the table."""
        return f"已完成测评 {self.branches} 个支部，共 {self.branches + len(self.not_yet)} 个支部"

    @property
    def as_of_text(self) -> str:
        """The day the figures stand for."""
        return date_text(self.as_of)

    def all_notes(self) -> tuple[str, ...]:
        """The lines at the end of the table."""
        return (*self.notes, NOT_AN_ASSESSMENT)

    def file_stem(self) -> str:
        """Name of the file without its ending: 单位_年度工作_表名_截至yyyymmdd."""
        return safe_name(f"{self.filler}_{self.campaign}_测评汇总表_截至{self.as_of:%Y%m%d}")
