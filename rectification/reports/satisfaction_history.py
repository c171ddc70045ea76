"""群众满意度历年情况: the certified surveys of an organisation and of those below, year by year, for the yearly appraisal.

Exact fraction and percentage both; in the order of the tree and of time, never ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Organization, User
from config.lib.xlsx import LARGE, Column, Value, Workbook
from evaluations.reports.summary import DASH, safe_name
from rectification.models import RoundStatus, SurveyRound
from rectification.progress.satisfaction import closed_word
from rectification.rules.satisfaction import BASES

MOST_ROWS = 20_000
FEW = "票数少，不列"
NOTES = (
    "满意率 = 满意票 ÷ 基数，先按整数比较是不是达到要求，百分比只供阅读，保留两位小数。",
    "算满意的等次和基数按各次活动的规则，写在各行里；规则不同的年份不宜直接相比。",
    "各组织按组织顺序排列，不排名次。",
)


class TooMany(ValueError):
    """More rows than one sheet should have; the text says in Chinese what to do."""


@dataclass(frozen=True)
class HistoryLine:
    """One certified round: satisfied and base are papers; None where so few came in that they tell on people."""

    organization: str
    year: int
    campaign: str
    survey: str
    turn: str
    day: date | None
    satisfied: int | None
    base: int | None
    base_label: str
    counted: str
    threshold: Fraction | None
    word: str
    failed: bool
    for_appraisal: bool

    @property
    def fraction(self) -> str:
        """满意率 as a fraction of papers, not reduced."""
        return FEW if self.satisfied is None else f"{self.satisfied}/{self.base}"

    @property
    def rate(self) -> Fraction | None:
        """满意率, exactly."""
        return None if self.satisfied is None or not self.base else Fraction(self.satisfied, self.base)

    @property
    def demanded(self) -> str:
        """The share to be reached, as the notice writes it."""
        return DASH if self.threshold is None else f"{self.threshold.numerator}/{self.threshold.denominator}"


@dataclass(frozen=True)
class History:
    """All lines of an organisation and of those below."""

    organization: Organization
    lines: tuple[HistoryLine, ...]
    as_of: date

    @property
    def title(self) -> str:
        """The heading."""
        return "群众满意度历年情况"

    def file_stem(self) -> str:
        """The name of the file without its ending."""
        return safe_name(f"{self.organization.short_name}_{self.title}_截至{self.as_of:%Y%m%d}")


def certified_below(organization: Organization, reader: User) -> QuerySet[SurveyRound]:
    """The certified rounds of an organisation and of all below, in the order of the tree, the newest year first."""
    return (
        SurveyRound.objects.visible_to(reader)
        .filter(status=RoundStatus.CLOSED, survey__organization__path__range=organization.subtree_range)
        .select_related("survey__campaign", "survey__organization")
        .order_by(
            "survey__organization__path", "-survey__campaign__year", "day", "survey__step", "turn", "pk"
        )
    )


def history_line(one: SurveyRound) -> HistoryLine:
    """One certified round as a line."""
    return HistoryLine(
        organization=one.survey.organization.name,
        year=one.survey.campaign.year,
        campaign=one.survey.campaign.name,
        survey=one.survey.label,
        turn=one.get_turn_display(),
        day=one.day,
        satisfied=None if one.few else one.satisfied_votes,
        base=None if one.few else one.base_votes,
        base_label=BASES[one.base],
        counted="、".join(one.demand.satisfied_labels),
        threshold=one.threshold,
        word=closed_word(one.turn, one.passed),
        failed=one.passed is False,
        for_appraisal=one.for_appraisal,
    )


def history_of(organization: Organization, reader: User, year: int | None = None) -> History:
    """The whole history, or one year of it; raises TooMany. Two queries."""
    rows: QuerySet[Any] = certified_below(organization, reader)
    if year is not None:
        rows = rows.filter(survey__campaign__year=year)
    if rows.count() > MOST_ROWS:
        raise TooMany(f"超过 {MOST_ROWS} 行，请选择年度，分年度下载。")
    return History(organization, tuple(history_line(one) for one in rows), timezone.localdate())


def history_workbook(history: History) -> bytes:
    """The workbook: values, never formulas; the exact fraction beside the percentage. Narrow enough to be printed."""
    columns = [
        Column("序号", 5),
        Column("党组织", 18, "name"),
        Column("年度", 6),
        Column("活动", 22, "text"),
        Column("测评", 14, "text"),
        Column("第几次", 8, "text"),
        Column("测评日期", 11, "date"),
        Column("满意票", 7),
        Column("基数", 6),
        Column("满意率", 8, "percent"),
        Column("要求", 6, "text"),
        Column("结果", 16, "text"),
        Column("算满意的等次", 12, "text"),
        Column("基数是", 8, "text"),
        Column("作为考核内容", 7, "text"),
    ]
    book = Workbook(history.title, author=history.organization.name, large=len(history.lines) > LARGE)
    sheet = book.sheet(history.title, columns, frozen=2)
    sheet.title(f"{history.organization.name}{history.title}")
    sheet.meta(f"填报单位：{history.organization.name}", f"数据截至：{history.as_of.isoformat()}", "单位：张")
    sheet.header()
    for number, line in enumerate(history.lines, 1):
        sheet.row(_cells(number, line))
    sheet.note("")
    for note in NOTES:
        sheet.note(f"注：{note}")
    sheet.finish()
    return book.to_bytes()


def _cells(number: int, line: HistoryLine) -> list[Value]:
    """One row of cells."""
    return [
        number,
        line.organization,
        line.year,
        line.campaign,
        line.survey,
        line.turn,
        line.day,
        FEW if line.satisfied is None else line.satisfied,
        DASH if line.satisfied is None else line.base,
        DASH if line.rate is None else line.rate,
        line.demanded,
        line.word,
        line.counted,
        line.base_label,
        "是" if line.for_appraisal else "否",
    ]
