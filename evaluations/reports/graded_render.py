"""The summary with grades as workbook and as PDF: values, never formulas; each scale on a sheet of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string

from config.lib.pdf import render_pdf
from config.lib.xlsx import LARGE, Column, Value, Workbook
from evaluations.reports.graded_table import HEADS, GradedLine, GradedRollUp, GradedSection
from evaluations.reports.render_pdf import GRADES_ON_A4, STYLESHEET
from evaluations.reports.rollup_table import BRANCH
from evaluations.reports.summary import DASH, percent_text

SIGN = "负责人：　　　　　　　　填报人：　　　　　　　　联系电话：　　　　　　　　填报日期："


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """One scale as printed: the share of the width each column takes, and the rows as text."""

    number: int
    scale: str
    grades: tuple[str, ...]
    columns: tuple[float, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def css(self) -> str:
        """Style rules for the columns."""
        whole = sum(self.columns)
        widths = ((place, width * 100 / whole) for place, width in enumerate(self.columns))
        return "".join(f".g{self.number}c{place}{{width:{width:.3f}%}}" for place, width in widths)


def row_texts(line: GradedLine) -> tuple[str, ...]:
    """All cells of a row as text, in the order of the columns."""
    grades = [text for count, part in line.figures() for text in (str(count), percent_text(part))]
    heads = map(str, line.heads())
    first = str(line.ordinal or "")
    return (first, line.organization, *heads, percent_text(line.rate), *grades, line.absent, line.remarks)


def graded_pdf(table: GradedRollUp) -> bytes:
    """The table to print and sign: each scale from a new page, then the branches without a row."""
    sections = [_printed(number, section) for number, section in enumerate(table.sections)]
    html = render_to_string(
        "evaluations/reports/graded.html", {"table": table, "sections": sections, "heads": HEADS}
    )
    most = max((len(section.grades) for section in sections), default=0)
    css = f"@page{{size:{'A3' if most > GRADES_ON_A4 else 'A4'} landscape;margin:14mm 9mm 15mm}}"
    return render_pdf(html, stylesheet=STYLESHEET, css=css + "".join(section.css for section in sections))


def _printed(number: int, section: GradedSection) -> PrintedSection:
    """One scale as printed."""
    lines = (*section.lines, section.total)
    return PrintedSection(
        number=number,
        scale=section.scale,
        grades=section.grades,
        columns=(8, 40, 12, 9, 9, 9, 9, 13, *(9, 13) * len(section.grades), 34, 26),
        rows=tuple(("" if line.kind == BRANCH else line.kind, row_texts(line)) for line in lines),
    )


def graded_workbook(table: GradedRollUp) -> bytes:
    """The workbook: a sheet for each scale, and one of the branches without a row."""
    book = Workbook(table.title, author=table.filler, large=table.branches > LARGE)
    for section in table.sections:
        name = "评定等次汇总表" if len(table.sections) == 1 else f"汇总表（{section.scale}）"
        _sheet(book, table, section, name)
    if table.others or not table.sections:
        _others(book, table)
    return book.to_bytes()


def _sheet(book: Workbook, table: GradedRollUp, section: GradedSection, name: str) -> None:
    """The table of one scale."""
    grades = [
        column
        for grade in section.grades
        for column in (Column("人数", 7, "count", grade), Column("占比", 9, "percent", grade))
    ]
    heads = [Column(head, 9 if len(head) > 2 else 6.5) for head in HEADS]
    columns = [
        Column("序号", 6),
        Column("党支部", 28, "name"),
        *heads,
        Column("参评率", 9, "percent"),
        *grades,
        Column("未参评及原因", 30, "text"),
        Column("备注", 26, "text"),
    ]
    sheet = book.sheet(name, columns, frozen=2)
    sheet.title(table.title)
    sheet.meta(f"填报单位（章）：{table.filler}", f"数据截至：{table.as_of_text}", table.progress, "单位：人")
    sheet.header()
    for line in section.lines:
        sheet.row(_cells(line))
    sheet.row(_cells(section.total), "total")
    sheet.note("")
    for note in table.notes:
        sheet.note(f"注：{note}")
    sheet.note(SIGN, 32)
    sheet.finish()


def _cells(line: GradedLine) -> list[Value]:
    """One row of cells: counts and shares are numbers."""
    shares = [value for count, part in line.figures() for value in (count, DASH if part is None else part)]
    rate = DASH if line.rate is None else line.rate
    return [line.ordinal or "", line.organization, *line.heads(), rate, *shares, line.absent, line.remarks]


def _others(book: Workbook, table: GradedRollUp) -> None:
    """The branches without a row, and why."""
    columns = [
        Column("序号", 6),
        Column("党支部", 32, "name"),
        Column("领域", 12, "text"),
        Column("情况", 24, "text"),
    ]
    sheet = book.sheet("未列入", columns, landscape=False)
    sheet.title("没有列入汇总表的党支部")
    sheet.meta(f"填报单位：{table.filler}", f"数据截至：{table.as_of_text}", table.progress)
    sheet.header()
    for number, branch in enumerate(table.others, 1):
        sheet.row([number, branch.organization, branch.category, branch.state])
    sheet.finish()
