"""《民主评议党员情况汇总表》 of a superior with grades (form F2, upper level): one row a branch, one section a scale.

People, not votes. Scales are never mixed, branches stand in the order of the organisations, and nothing is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evaluations.reports.rollup_table import BRANCH, TOTAL, NotYet
from evaluations.reports.summary import date_text, safe_name
from evaluations.rules import share

HEADS = ("党员总数", "正式", "预备", "应评", "参评")
OPINION_ONLY = "只提评定意见，不定等次"
NOTES = (
    "参评率 = 参评 ÷ 应评；各等次占比 = 该等次人数 ÷ 参评，保留两位小数。",
    "预备党员不评定等次，不计入应评和参评；按规定可以不参加评议的不计入应评，列在“未参评及原因”。",
    "各党支部按组织顺序排列，不排名次。",
)


@dataclass(frozen=True, slots=True)
class GradedLine:
    """One branch, or the sum of all. All counts are persons; `reasons` says how many were not assessed, and why."""

    organization: str
    members: int
    full: int
    probationary: int
    due: int
    assessed: int
    counts: tuple[int, ...]
    reasons: tuple[tuple[str, int], ...] = ()
    remarks: str = ""
    kind: str = BRANCH
    ordinal: int | None = None
    code: str = ""

    def heads(self) -> tuple[int, ...]:
        """The five counts in the order of the columns."""
        return (self.members, self.full, self.probationary, self.due, self.assessed)

    @property
    def rate(self) -> Fraction | None:
        """参评率; None where nobody was due."""
        return share(self.assessed, self.due)

    def figures(self) -> tuple[tuple[int, Fraction | None], ...]:
        """Persons and share of each grade."""
        return tuple((count, share(count, self.assessed)) for count in self.counts)

    @property
    def absent(self) -> str:
        """Who was not assessed, by reason: 2 人：患病 1 人、外出 1 人; 0 for none."""
        number = sum(count for _reason, count in self.reasons)
        if not number:
            return "0"
        return f"{number} 人：{'；'.join(f'{reason} {count} 人' for reason, count in self.reasons)}"


@dataclass(frozen=True, slots=True)
class GradedSection:
    """All branches that assessed on one scale, with their total; without grades only opinions were given."""

    grades: tuple[str, ...]
    lines: tuple[GradedLine, ...]
    total: GradedLine

    @classmethod
    def of(cls, grades: tuple[str, ...], lines: Sequence[GradedLine]) -> GradedSection:
        """The section with its total computed."""
        return cls(grades, tuple(lines), sum_graded(lines, len(grades)))

    @property
    def scale(self) -> str:
        """The grades in one line, or that there are none."""
        return "、".join(self.grades) or OPINION_ONLY


def sum_graded(lines: Sequence[GradedLine], grades: int) -> GradedLine:
    """One line with the sums of the lines."""
    return GradedLine(
        organization=f"合计（{len(lines)} 个党支部）",
        members=sum(line.members for line in lines),
        full=sum(line.full for line in lines),
        probationary=sum(line.probationary for line in lines),
        due=sum(line.due for line in lines),
        assessed=sum(line.assessed for line in lines),
        counts=tuple(sum(line.counts[place] for line in lines) for place in range(grades)),
        reasons=sum_reasons(line.reasons for line in lines),
        kind=TOTAL,
    )


def sum_reasons(parts: Iterable[Iterable[tuple[str, int]]]) -> tuple[tuple[str, int], ...]:
    """The reasons added up, in the order in which they first appear."""
    found: dict[str, int] = {}
    for part in parts:
        for reason, count in part:
            found[reason] = found.get(reason, 0) + count
    return tuple(found.items())


@dataclass(frozen=True, slots=True)
class GradedRollUp:
    """The whole table of a superior on one day; `others` are branches without a row, and why."""

    title: str
    filler: str
    campaign: str
    as_of: date
    sections: tuple[GradedSection, ...]
    others: tuple[NotYet, ...] = ()

    @property
    def branches(self) -> int:
        """How many branches have a row."""
        return sum(len(section.lines) for section in self.sections)

    @property
    def progress(self) -> str:
        """How many branches of how many are in the table."""
        return f"已列入 {self.branches} 个支部，共 {self.branches + len(self.others)} 个支部"

    @property
    def as_of_text(self) -> str:
        """The day the figures stand for."""
        return date_text(self.as_of)

    @property
    def notes(self) -> tuple[str, ...]:
        """The lines under the table."""
        return NOTES

    def file_stem(self) -> str:
        """Name of the file without its ending: 单位_年度工作_表名_截至yyyymmdd."""
        return safe_name(f"{self.filler}_{self.campaign}_评定等次汇总表_截至{self.as_of:%Y%m%d}")
