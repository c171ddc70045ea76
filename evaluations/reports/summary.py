"""《民主评议党员测评汇总表》 of one branch (form F2, lower level): the values, and how they are written.

The figures are votes (票). A vote is not a grade: what a member is assessed as is decided later.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evaluations.rules import percent_text as percent_text
from evaluations.rules import share

DASH = "—"  # stands where a figure does not apply; a zero is written as 0
NOT_AN_ASSESSMENT = "本表是测评得票情况，不是评定等次；评定等次由党支部按规定另行研究确定。"
SIGNATORIES = ("监票人", "计票人", "支部书记")


def count_text(value: int | None) -> str:
    """A count as text; a dash where it does not apply or is not shown."""
    return DASH if value is None else str(value)


def date_text(day: date) -> str:
    """A day as it stands in official papers: 2026年12月10日."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class HeadCounts:
    """The numbers of a ballot; None = not entered. Seven of them are on the form, the rest explain."""

    expected: int | None = None
    present: int | None = None
    printed: int | None = None
    issued: int | None = None
    returned: int | None = None
    valid: int | None = None
    void: int | None = None
    unused: int | None = None
    replaced: int | None = None
    not_returned: int | None = None

    def people(self) -> tuple[tuple[str, int | None], ...]:
        """Head-counts of the meeting, in persons."""
        return (("应到会", self.expected), ("实到会", self.present))

    def papers(self) -> tuple[tuple[str, int | None], ...]:
        """Counts of papers, in the order in which they arise."""
        return (
            ("印制", self.printed),
            ("发出", self.issued),
            ("收回", self.returned),
            ("有效", self.valid),
            ("作废", self.void),
        )

    def explaining(self) -> tuple[tuple[str, int | None], ...]:
        """The papers that make up the differences."""
        return (
            ("余票", self.unused),
            ("损坏更换", self.replaced),
            ("未交回", self.not_returned),
        )


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The votes one subject got; counts None where the subject is not graded."""

    ordinal: int
    name: str
    counts: tuple[int | None, ...]
    abstained: int | None
    invalid: int | None
    remarks: str = ""
    graded: bool = True


@dataclass(frozen=True, slots=True)
class BranchSummary:
    """All that stands on the branch's form. `base` is the number each percentage divides by.

    `withheld` True hides every count of votes (a small branch on screen or upwards); the signed
    branch form itself is made with False.
    """

    title: str
    organization: str
    campaign: str
    round_no: int
    held_on: date
    heads: HeadCounts
    grades: tuple[str, ...]
    rows: tuple[SummaryRow, ...]
    base_name: str
    base: int | None
    name_heading: str = "姓名"
    signatories: tuple[str, ...] = SIGNATORIES
    notes: tuple[str, ...] = ()
    withheld: bool = False
    withheld_reason: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def wide(self) -> bool:
        """Whether the table needs the sheet lying across."""
        return len(self.grades) > 4

    @property
    def base_statement(self) -> str:
        """What the percentages divide by, as printed under the table."""
        number = "" if self.base is None else f"（{self.base} 票）"
        return f"得票率 = 该等次票数 ÷ {self.base_name}{number}，保留两位小数。"

    @property
    def round_text(self) -> str:
        """第 2 轮 from the second round on; empty for the first."""
        return f"第 {self.round_no} 轮" if self.round_no > 1 else ""

    def all_notes(self) -> tuple[str, ...]:
        """Every line under the table in order: base, withheld, own notes, what the table is not."""
        hidden = (self.withheld_reason,) if self.withheld and self.withheld_reason else ()
        return (self.base_statement, *hidden, *self.notes, NOT_AN_ASSESSMENT)

    def figures(self, row: SummaryRow) -> tuple[tuple[int | None, Fraction | None], ...]:
        """Votes and share of each grade; nothing where withheld or the subject is not graded."""
        if self.withheld or not row.graded or not row.counts:
            return ((None, None),) * len(self.grades)
        return tuple((count, share(count, self.base)) for count in row.counts)

    def abstained(self, row: SummaryRow) -> int | None:
        """Abstentions of the row; nothing where they are withheld."""
        return None if self.withheld else row.abstained

    def invalid(self, row: SummaryRow) -> int | None:
        """Invalid marks of the row; nothing where they are withheld."""
        return None if self.withheld else row.invalid

    def total(self) -> SummaryRow:
        """The sums over all graded subjects; a cross-check, and what goes into the roll-up."""
        graded = [row for row in self.rows if row.graded and row.counts]
        return SummaryRow(
            ordinal=0,
            name=f"合计（{len(graded)} 人）" if self.name_heading == "姓名" else "合计",
            counts=tuple(sum(row.counts[i] or 0 for row in graded) for i in range(len(self.grades))),
            abstained=sum(row.abstained or 0 for row in graded),
            invalid=sum(row.invalid or 0 for row in graded),
        )

    def total_figures(self) -> tuple[tuple[int | None, Fraction | None], ...]:
        """Sum of votes and its share of all votes for each grade; nothing where withheld."""
        graded = sum(row.graded and bool(row.counts) for row in self.rows)
        if self.withheld:
            return ((None, None),) * len(self.grades)
        base = None if self.base is None else self.base * graded
        return tuple((count, share(count, base)) for count in self.total().counts)

    def file_stem(self, as_of: date) -> str:
        """Name of the file without its ending: 单位_年度工作_表名_截至yyyymmdd."""
        return safe_name(f"{self.organization}_{self.campaign}_测评汇总表_截至{as_of:%Y%m%d}")


def safe_name(text: str) -> str:
    """The text as a file name: without the characters that some system refuses, at most 80 long."""
    kept = "".join(c for c in text if c.isprintable() and c not in '\\/:*?"<>|')
    return kept.strip(" .")[:80] or "汇总表"
