"""Spot checks as workbooks: the pool with its lots, so that the draw can be repeated; counts by branch."""

from __future__ import annotations

from django.utils import timezone

from config.lib.xlsx import LARGE, Column, Workbook
from members.models import Material, SpotCheck
from members.reports.spot_checks import Summary, SummaryRow, is_typed
from members.rules.drawing import ranked

POOL = (
    Column("名次", 7),
    Column("抽中", 7, "text"),
    Column("党组织", 26, "name"),
    Column("姓名（班子）", 16, "name"),
    Column("身份", 14, "text"),
    Column("材料编号", 40, "text"),
    Column("签值（SHA-256）", 70, "text"),
)
SUMMARY = (
    Column("党组织", 32, "name"),
    Column("抽中份数", 11),
    Column("其中纸质", 11),
    Column("已看份数", 11),
    Column("建议修改份数", 14),
)
HOW = (
    "怎样自己重抽一遍：把“种子”和“材料编号”连着写在一起（中间没有空格），算出它的 SHA-256 签值；"
    "每份材料都算一个，按签值从小到大排（先比第一位，0 到 9，再 a 到 f），排在最前面的几份就是抽中的。"
    "任何能算 SHA-256 的工具结果都一样。"
)


def pool_sheet(check: SpotCheck) -> bytes:
    """The whole pool of a draw in the order of the lots, with what is needed to repeat it."""
    lots = ranked(check.pool, check.seed)
    rows = Material.objects.filter(campaign=check.campaign_id, pk__in=check.pool)
    found = {str(m.pk): m for m in rows.select_related("organization", "member", "appointment")}
    workbook = Workbook("抽查范围", author=check.organization.name, large=len(lots) > LARGE)
    sheet = workbook.sheet("抽查范围", POOL)
    sheet.title("材料抽查：抽取范围和结果")
    drawn_at = timezone.localtime(check.drawn_at)
    origin = "当众产生，自填" if is_typed(check) else "机器产生"
    sheet.meta(
        f"{check.campaign.name}",
        f"{check.organization.name}",
        f"{drawn_at:%Y-%m-%d %H:%M}由{check.drawn_by}抽取",
    )
    sheet.meta(f"种子：{check.seed}（{origin}）", f"范围 {len(lots)} 份", f"抽取 {check.size} 份")
    sheet.header()
    for place, (lot, key) in enumerate(lots, 1):
        material = found.get(key)
        names = (
            (material.organization.name, material.subject, str(material.get_role_display()))
            if material is not None
            else ("（材料已不在）", "", "")
        )
        is_drawn = place <= check.size
        sheet.row((place, "抽中" if is_drawn else "", *names, key, lot), "total" if is_drawn else "body")
    sheet.note(HOW)
    sheet.finish()
    return workbook.to_bytes()


def summary_sheet(summary: Summary) -> bytes:
    """The counts by branch, in the order of the tree."""
    workbook = Workbook("材料抽查情况", author=summary.organization.name)
    sheet = workbook.sheet("抽查情况", SUMMARY, landscape=False)
    sheet.title("材料抽查情况")
    sheet.meta(
        summary.campaign.name, summary.organization.name, f"数据截至{timezone.localdate():%Y年%m月%d日}"
    )
    sheet.header()
    for row in summary.rows:
        sheet.row(_cells(row))
    sheet.row(_cells(summary.total), "total")
    sheet.note("按党组织顺序排列，不排名次。同一份材料抽中几次算几份。")
    sheet.finish()
    return workbook.to_bytes()


def _cells(row: SummaryRow) -> tuple[str, int, int, int, int]:
    return row.name, row.drawn, row.paper, row.checked, row.wants_more
