"""Visits and findings of a campaign by organisation as a workbook, for the yearly appraisal: tree order, no ranking."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Campaign, Organization
from config.lib.xlsx import Column, Workbook
from rectification.models import Finding
from rectification.reports.supervision import lines_of
from rectification.reports.visits import state_of
from rectification.services.supervision import below

COLUMNS = (
    Column("序号", 6),
    Column("党组织", 30, "name"),
    Column("督查次数", 10),
    Column("列席会议", 10),
    Column("看过的环节", 12),
    Column("把关的阶段", 12),
    Column("提出意见", 10),
    Column("正在办理", 10),
)
FOUND = (
    Column("序号", 6),
    Column("党组织", 26, "name"),
    Column("日期", 12, "date"),
    Column("类型", 18, "text"),
    Column("内容", 50, "name"),
    Column("支部的答复", 40, "name"),
    Column("状态", 12, "text"),
    Column("办结情况", 30, "name"),
)


def visits_workbook(campaign: Campaign, body: Organization) -> bytes:
    """Two sheets: counts by organisation, and the findings; eight queries."""
    book = Workbook(f"{campaign.name}督查情况", author=body.name)
    rows = below(campaign, body)
    sheet = book.sheet("督查情况", COLUMNS)
    sheet.title(f"{campaign.name}督查情况")
    told = (
        f"填报单位：{body.name}",
        f"数据截至：{timezone.localdate():%Y-%m-%d}",
        "按党组织顺序排列，不排名次",
    )
    sheet.meta(*told)
    sheet.header()
    for number, line in enumerate(lines_of(campaign, rows), 1):
        counts = line.counts
        sheet.row(
            (
                number,
                line.organization.name,
                counts.made,
                counts.attended,
                counts.steps,
                counts.stages,
                counts.findings,
                counts.waiting,
            )
        )
    sheet.finish()
    found = Finding.objects.standing().filter(
        visit__campaign=campaign, visit__organization__in=rows.order_by().values("pk")
    )
    listed = book.sheet("督查意见", FOUND)
    listed.title(f"{campaign.name}督查意见")
    listed.meta(*told)
    listed.header()
    ordered = found.select_related("visit__organization").order_by(
        "visit__organization__path", "issued_on", "pk"
    )
    for number, one in enumerate(ordered, 1):
        listed.row(
            (
                number,
                one.organization.name,
                one.issued_on,
                one.get_kind_display(),
                one.text,
                one.answer,
                state_of(one),
                one.outcome,
            )
        )
    listed.finish()
    return book.to_bytes()
