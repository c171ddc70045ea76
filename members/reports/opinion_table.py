"""征求意见汇总表: how many originals became how many points; each point with its originals word for word."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string

from branches.models import Campaign, Organization
from config.lib.pdf import render_pdf
from config.lib.xlsx import Column, Workbook
from members.reports.opinions import PointRow, point_rows
from members.services.must_answer import unanswered_points
from members.services.opinion_points import loose_opinions

STYLESHEET = "css/opinion-papers.css"
POINTS = (
    Column("序号", 6),
    Column("对谁", 10, "name"),
    Column("方面", 18, "text"),
    Column("梳理后的意见", 52, "name"),
    Column("来源", 14, "text"),
    Column("原文条数", 9),
    Column("核实", 10, "text"),
    Column("核实情况", 24, "name"),
    Column("回应", 24, "name"),
)
ORIGINALS = (Column("归并到第几条", 12), Column("意见原文", 110, "name"))


@dataclass(frozen=True)
class CompiledTable:
    """The table of the present round of an organisation."""

    organization: str
    campaign: str
    rows: tuple[PointRow, ...]
    loose: tuple[str, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> CompiledTable:
        """The table now."""
        open_points = unanswered_points(campaign, organization)
        return cls(
            organization=organization.name,
            campaign=campaign.name,
            rows=point_rows(campaign, organization, open_points, persons=True, originals=True),
            loose=tuple(loose_opinions(campaign, organization).values_list("text", flat=True)),
        )

    @property
    def originals(self) -> int:
        """How many originals there are."""
        return len(self.loose) + sum(len(row.originals) for row in self.rows)

    @property
    def summary(self) -> str:
        """How many became how many, in words."""
        named = sum(row.point.by_superior for row in self.rows)
        words = f"收到意见原文 {self.originals} 条，梳理成 {len(self.rows) - named} 条"
        if self.loose:
            words += f"，还有 {len(self.loose)} 条没有归并"
        return f"{words}；上级点明 {named} 条。" if named else f"{words}。"

    def file_name(self, ending: str) -> str:
        """Returns the name of the file."""
        return f"{self.organization}征求意见汇总表.{ending}"

    def to_pdf(self) -> bytes:
        """Returns the table as A4 PDF, originals under each point."""
        html = render_to_string("members/reports/opinion_table.html", {"table": self})
        return render_pdf(html, stylesheet=STYLESHEET)

    def to_xlsx(self) -> bytes:
        """Returns the workbook: the points, and on a second sheet the originals word for word."""
        book = Workbook("征求意见汇总表", author=self.organization)
        sheet = book.sheet("汇总表", POINTS)
        sheet.title(f"{self.organization}征求意见汇总表")
        sheet.meta(self.campaign, self.summary)
        sheet.header()
        for number, row in enumerate(self.rows, 1):
            one = row.point
            sheet.row(
                (
                    number,
                    row.whom,
                    one.heading,
                    one.text,
                    row.source,
                    len(row.originals),
                    one.get_verdict_display(),
                    one.verdict_note,
                    row.answer,
                )
            )
        sheet.finish()
        words = book.sheet("意见原文", ORIGINALS)
        words.title("意见原文（原汁原味）")
        words.header()
        for number, row in enumerate(self.rows, 1):
            for original in row.originals:
                words.row((number, original.text))
        for text in self.loose:
            words.row(("还没有归并", text))
        words.finish()
        return book.to_bytes()
