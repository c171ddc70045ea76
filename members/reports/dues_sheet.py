"""The dues ledger of a branch on paper: one page A4 across, and a workbook that can be filled in and imported."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from config.lib.pdf import render_pdf
from config.lib.xlsx import Column, Value, Workbook
from members.reports.dues import WAIVED, Cell, Ledger
from members.rules.dues import delivered

STYLESHEET = "css/dues-sheet.css"
WAIVED_WORD = "免交"


@dataclass(frozen=True)
class DuesSheet:
    """The ledger of a year as it is printed and handed over."""

    ledger: Ledger
    as_of: datetime.date

    @classmethod
    def of(cls, ledger: Ledger) -> DuesSheet:
        """The sheet as things stand today."""
        return cls(ledger, timezone.localdate())

    @property
    def title(self) -> str:
        """The heading."""
        return f"{self.ledger.organization.name}{self.ledger.year}年党费交纳台账"

    @property
    def note(self) -> str:
        """The sentence below the table."""
        return f"空格为未登记；{delivered().clauses['no_advance']}"

    def file_name(self, ending: str) -> str:
        """The name of the file."""
        return f"{self.title}.{ending}"

    def to_pdf(self) -> bytes:
        """The sheet as PDF, A4 landscape."""
        html = render_to_string("members/dues_sheet.html", {"sheet": self, "ledger": self.ledger})
        return render_pdf(html, stylesheet=STYLESHEET)

    def to_xlsx(self) -> bytes:
        """The sheet as a workbook, whose columns an import understands."""
        ledger = self.ledger
        book = Workbook(self.title, author=ledger.organization.name)
        columns = (
            Column("序号", 6),
            Column("姓名", 13, "name"),
            Column("每月应交", 9, "text"),
            *(Column(f"{month.month}月", 7.5, "text") for month in ledger.months),
            Column("本年已交", 10, "text"),
        )
        sheet = book.sheet(f"{ledger.year}年", columns, frozen=2)
        sheet.title(self.title)
        sheet.meta(f"共{len(ledger.lines)}人", f"数据截至{self.as_of:%Y年%m月%d日}", "单位：元")
        sheet.header()
        for number, line in enumerate(ledger.lines, start=1):
            monthly = f"{line.terms.monthly}" if line.terms else ""
            cells: list[Value] = [_text(cell) for cell in line.cells]
            sheet.row([number, line.member.name, monthly, *cells, f"{line.total}"])
        sheet.row(["", "合计", "", *(f"{amount}" for amount in ledger.sums), f"{ledger.total}"], "total")
        sheet.note(self.note)
        sheet.note("党支部书记（签字）：　　　　　　　　组织委员（签字）：　　　　　　　　填表日期：", 32)
        sheet.finish()
        return book.to_bytes()


def _text(cell: Cell) -> str:
    """What stands in a cell of the workbook."""
    if cell.state == WAIVED:
        return WAIVED_WORD
    return f"{cell.row.amount}" if cell.row is not None else ""
