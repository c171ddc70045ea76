"""The register as a workbook and as an A4 sheet across: the same rows as on the page."""

from __future__ import annotations

from django.template.loader import render_to_string

from config.lib.pdf import render_pdf
from config.lib.xlsx import Column, Workbook
from rectification.reports.ledger import Ledger

STYLESHEET = "css/rectification-sheet.css"
COLUMNS = (
    Column("序号", 6),
    Column("问题", 34, "name"),
    Column("来源", 12, "text"),
    Column("整改措施", 34, "name"),
    Column("责任领导", 10, "text"),
    Column("责任人", 10, "text"),
    Column("整改时限", 12, "text"),
    Column("进展", 28, "name"),
    Column("完成情况", 16, "text"),
    Column("备注", 16, "text"),
)
NOTHING = "—"


def ledger_xlsx(ledger: Ledger) -> bytes:
    """The workbook; a text is always stored as text."""
    book = Workbook(ledger.title, author=ledger.organization.name)
    sheet = book.sheet(ledger.what, COLUMNS, frozen=2)
    sheet.title(ledger.title)
    sheet.meta(*particulars(ledger))
    sheet.header()
    for number, row in enumerate(ledger.all_rows, 1):
        sheet.row([number, *(cell or NOTHING for cell in row.cells)])
    sheet.note("　　　　".join(f"{who}（签字）：" for who in ledger.signatories), 30)
    sheet.finish()
    return book.to_bytes()


def ledger_pdf(ledger: Ledger) -> bytes:
    """The sheet, A4 across; the first responsible person on top of every page, lines to sign at the end of it."""
    html = render_to_string(
        "rectification/reports/ledger.html",
        {
            "ledger": ledger,
            "columns": [column.title for column in COLUMNS],
            "particulars": particulars(ledger),
            "nothing": NOTHING,
        },
    )
    return render_pdf(html, stylesheet=STYLESHEET)


def particulars(ledger: Ledger) -> tuple[str, ...]:
    """The line above the table."""
    first = f"整改第一责任人：{ledger.first}" if ledger.first else ""
    return tuple(filter(None, (f"单位：{ledger.organization.name}", first, f"数据截至：{ledger.as_of_text}")))
