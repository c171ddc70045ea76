"""The numbers for the yearly statistics (党内统计 第八表): who took part, each grade, who did not and why, disposals.

Also the numbers of one branch in the order in which they are typed into another system.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from branches.models import Campaign, Organization, User
from config.lib.xlsx import Column, Workbook
from evaluations.models import AssessmentSheet, DisposalCase, DisposalKind, DisposalStatus
from evaluations.reports.graded_rollup import graded_rollup
from evaluations.reports.graded_table import GradedRollUp, sum_reasons
from evaluations.reports.summary import date_text, safe_name

DECIDED = (DisposalStatus.IN_FORCE, DisposalStatus.ENDED)
BRANCHES, PEOPLE = "个", "人"
NOTES = (
    "只列入评定已经生效、按规定可以上报的党支部；预备党员不评定等次，不计入参加评议的人数。",
    "组织处置只计上级党组织已经批准的。",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it counts; `inner` stands under the one before it."""

    name: str
    number: int
    unit: str = PEOPLE
    inner: bool = False


@dataclass(frozen=True, slots=True)
class StatisticsTable:
    """The numbers of one organisation on one day."""

    filler: str
    campaign: str
    year: int
    as_of: date
    branches: int
    figures: tuple[Figure, ...]

    @property
    def title(self) -> str:
        """The title of the table."""
        return f"{self.year}年度民主评议党员情况统计数"

    def file_name(self) -> str:
        """The name of the workbook."""
        return f"{safe_name(f'{self.filler}_{self.campaign}_统计数_截至{self.as_of:%Y%m%d}')}.xlsx"


def statistics_table(
    campaign: Campaign, organization: Organization, *, reader: User | None
) -> StatisticsTable:
    """The numbers of an organisation and all below it, in the order of the yearly form."""
    table = graded_rollup(campaign, organization, reader=reader)
    branches = [
        Figure("应开展民主评议的党支部", table.branches + len(table.others), BRANCHES),
        Figure("列入本表的党支部", table.branches, BRANCHES, inner=True),
    ]
    return StatisticsTable(
        filler=organization.name,
        campaign=campaign.name,
        year=campaign.year,
        as_of=table.as_of,
        branches=table.branches,
        figures=(*branches, *people_figures(table), *disposal_figures(campaign, organization)),
    )


def people_figures(table: GradedRollUp) -> list[Figure]:
    """Members, those who took part, each grade of each scale, those who did not and why."""
    totals = [section.total for section in table.sections]
    found = [
        Figure("党员总数", sum(total.members for total in totals)),
        Figure("正式党员", sum(total.full for total in totals), inner=True),
        Figure("预备党员", sum(total.probationary for total in totals), inner=True),
        Figure("应参加评议的党员", sum(total.due for total in totals)),
        Figure("参加评议的党员", sum(total.assessed for total in totals)),
    ]
    several = len(table.sections) > 1
    for section in table.sections:
        for grade, (number, _share) in zip(section.grades, section.total.figures(), strict=True):
            found.append(Figure(f"{grade}（{section.scale}）" if several else grade, number, inner=True))
    reasons = sum_reasons(total.reasons for total in totals)
    found.append(Figure("未参加评议的党员", sum(number for _reason, number in reasons)))
    return found + [Figure(reason, number, inner=True) for reason, number in reasons]


def disposal_figures(campaign: Campaign, organization: Organization) -> list[Figure]:
    """Disposals that followed from the campaign and were approved, by kind. One query."""
    cases = DisposalCase.objects.filter(
        campaign=campaign, organization__path__range=organization.subtree_range, status__in=DECIDED
    )
    counted = dict(cases.order_by().values_list("kind").annotate(Count("pk")))
    kinds = [Figure(label, counted.get(kind, 0), inner=True) for kind, label in DisposalKind.choices]
    return [Figure("组织处置", sum(counted.values())), *kinds]


def typing_lines(sheet: AssessmentSheet, *, reader: User) -> tuple[tuple[str, str, bool], ...]:
    """The numbers of one branch in typing order as (name, value, inner): first the days, then the people."""
    branch = sheet.organization
    days = [
        ("开展评议日期", date_text(sheet.ballot.meeting.day), False),
        ("结束评议日期", date_text(sheet.effective_on) if sheet.effective_on else "", False),
    ]
    figures = people_figures(graded_rollup(sheet.campaign, branch, reader=reader))
    figures += disposal_figures(sheet.campaign, branch)
    return (*days, *((figure.name, str(figure.number), figure.inner) for figure in figures))


def statistics_workbook(table: StatisticsTable) -> bytes:
    """The numbers one below the other."""
    book = Workbook(table.title, author=table.filler)
    columns = [Column("项目", 46, "name"), Column("数量", 12), Column("单位", 8, "text")]
    sheet = book.sheet("统计数", columns, landscape=False)
    sheet.title(table.title)
    sheet.meta(f"填报单位：{table.filler}", f"数据截至：{date_text(table.as_of)}")
    sheet.header()
    for figure in table.figures:
        sheet.row([f"　　{figure.name}" if figure.inner else figure.name, figure.number, figure.unit])
    for note in NOTES:
        sheet.note(f"注：{note}")
    sheet.finish()
    return book.to_bytes()
