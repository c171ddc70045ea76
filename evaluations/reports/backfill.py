"""The table a national system is typed from (回填表): one row a member, ID numbers masked unless asked for by who may."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Organization
from config.lib.xlsx import LARGE, Column, Workbook
from evaluations.models import Assessment, AssessmentSheet
from evaluations.reports.backfill_csv import csv_bytes
from evaluations.reports.summary import date_text, safe_name
from evaluations.services.exporting import Standing
from members.models import MemberKind

Told = Callable[[int], None]
HEADS = ("支部", "姓名", "公民身份证号码", "开展评议日期", "结束评议日期", "评议结果")
FORMATS = {
    "xlsx": "Excel（.xlsx）",
    "csv-gbk": "CSV，GBK 编码（老系统用；GBK 没有的罕用字按 GB18030 写）",
    "csv-utf8": "CSV，UTF-8 编码",
}
ENCODINGS = {"csv-gbk": "gb18030", "csv-utf8": "utf-8-sig"}
NOT_GRADED, NOT_ASSESSED, OPINION_ONLY = "不评定等次", "未参加评议", "只提评定意见"
COLUMNS = (
    Column(HEADS[0], 30, "text"),
    Column(HEADS[1], 14, "name"),
    Column(HEADS[2], 22, "text"),
    Column(HEADS[3], 14, "date"),
    Column(HEADS[4], 14, "date"),
    Column(HEADS[5], 14, "text"),
)
ROWS_BETWEEN = 500


@dataclass(frozen=True, slots=True)
class BackfillRow:
    """One member: when the assessment began (the meeting) and ended (in force), and what came out."""

    branch: str
    name: str
    id_number: str
    begun: datetime.date
    ended: datetime.date | None
    result: str

    def values(self) -> tuple[str, str, str, datetime.date, datetime.date | None, str]:
        """The six cells."""
        return (self.branch, self.name, self.id_number, self.begun, self.ended, self.result)


@dataclass(frozen=True, slots=True)
class BackfillTable:
    """All rows of one organisation on one day; `left_out` counts its branches that are not in it."""

    filler: str
    campaign: str
    as_of: datetime.date
    full: bool
    rows: tuple[BackfillRow, ...]
    left_out: int

    @property
    def notes(self) -> tuple[str, ...]:
        """The lines under the table."""
        kept = "含完整身份证号码，请妥善保管，用完删除。" if self.full else "身份证号码已部分隐去。"
        without = sum(not row.id_number for row in self.rows)
        found = [kept]
        if without:
            found.append(f"{without} 人没有登记身份证号码。")
        if self.left_out:
            found.append(f"{self.left_out} 个党支部还没有评定，或者按规定由支部掌握，没有列入。")
        return tuple(found)

    def file_name(self, file_format: str) -> str:
        """The name of the file: 单位_年度工作_表名_截至yyyymmdd, and for .csv the encoding."""
        stem = f"{self.filler}_{self.campaign}_回填表_截至{self.as_of:%Y%m%d}"
        ending = {"csv-gbk": "_GBK.csv", "csv-utf8": "_UTF8.csv"}.get(file_format, ".xlsx")
        return f"{safe_name(stem)}{ending}"


def backfill_table(
    campaign: Campaign,
    organization: Organization,
    standing: Standing,
    *,
    full: bool,
    told: Told = lambda rows: None,
) -> BackfillTable:
    """The rows of every branch that stands, in the order of organisations and of each branch's list. One query."""
    sheets = {sheet.pk: sheet for sheet in standing.sheets.values()}
    found = Assessment.objects.filter(
        sheet__campaign=campaign, sheet__organization__path__range=organization.subtree_range
    )
    ordered = found.select_related("entry__member").order_by("sheet__organization__path", "ordinal")
    rows = []
    for assessment in ordered.iterator(chunk_size=2000):
        sheet = sheets.get(assessment.sheet_id)
        if sheet is None:
            continue
        rows.append(_row(sheet, assessment, full))
        if len(rows) % ROWS_BETWEEN == 0:
            told(len(rows))
    return BackfillTable(
        filler=organization.name,
        campaign=campaign.name,
        as_of=timezone.localdate(),
        full=full,
        rows=tuple(rows),
        left_out=len(standing.branches) - len(standing.sheets),
    )


def _row(sheet: AssessmentSheet, assessment: Assessment, full: bool) -> BackfillRow:
    """One member's row."""
    member = assessment.entry.member
    return BackfillRow(
        branch=sheet.organization.name,
        name=assessment.name,
        id_number=member.id_number if full else member.masked_id_number,
        begun=sheet.ballot.meeting.day,
        ended=sheet.effective_on,
        result=_result(sheet, assessment),
    )


def _result(sheet: AssessmentSheet, assessment: Assessment) -> str:
    """The grade in words; for those without one, why."""
    if assessment.graded:
        return sheet.labels.get(assessment.grade, OPINION_ONLY)
    return NOT_GRADED if assessment.entry.kind == MemberKind.PROBATIONARY else NOT_ASSESSED


def backfill_bytes(table: BackfillTable, file_format: str) -> bytes:
    """The table as .xlsx, or as .csv in one of two encodings."""
    if file_format in ENCODINGS:
        rows = [HEADS, *(row.values() for row in table.rows)]
        return csv_bytes(rows, encoding=ENCODINGS[file_format])
    return _workbook(table)


def _workbook(table: BackfillTable) -> bytes:
    """The workbook: every number of an ID card a text, every day a date."""
    book = Workbook("民主评议党员回填表", author=table.filler, large=len(table.rows) > LARGE)
    sheet = book.sheet("回填表", COLUMNS, landscape=False, frozen=2)
    sheet.title("民主评议党员回填表")
    sheet.meta(f"填报单位：{table.filler}", f"共 {len(table.rows)} 人", f"数据截至：{date_text(table.as_of)}")
    sheet.header()
    for row in table.rows:
        sheet.row(row.values())
    for note in table.notes:
        sheet.note(f"注：{note}")
    sheet.finish()
    return book.to_bytes()
