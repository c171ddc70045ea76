"""The summary tables as Excel workbooks: values, never formulas; counts and shares are numbers."""

import itertools
from collections.abc import Callable, Iterable
from fractions import Fraction

from config.lib.xlsx import LARGE, Column, Style, Value, Workbook
from evaluations.reports.rollup_table import HEADS, SUBTOTAL, TOTAL, RollUp, RollUpLine, RollUpSection
from evaluations.reports.summary import DASH, BranchSummary, date_text

Told = Callable[[int], None]
ROWS_BETWEEN = 100


def _cell(value: int | Fraction | None) -> Value:
    """The number itself; a dash where it does not apply or is withheld."""
    return DASH if value is None else value


def _grade_columns(grades: Iterable[str]) -> list[Column]:
    """Two columns for each grade under its name."""
    columns = []
    for grade in grades:
        columns += [Column("票数", 7, "count", grade), Column("得票率", 9, "percent", grade)]
    return columns


def _grade_cells(figures: Iterable[tuple[int | None, Fraction | None]]) -> list[Value]:
    """Votes and share of each grade in one row of cells."""
    return [_cell(value) for pair in figures for value in pair]


def branch_workbook(summary: BranchSummary) -> bytes:
    """The .xlsx of one branch: the table to print and sign, and a sheet of the head-counts.

    Raises ExportTooLong when a text does not fit a cell.
    """
    book = Workbook(summary.title, author=summary.organization)
    columns = [
        Column("序号", 6),
        Column(summary.name_heading, 16, "name"),
        *_grade_columns(summary.grades),
        Column("弃权", 8),
        Column("无效", 8),
        Column("备注", 22, "text"),
    ]
    sheet = book.sheet("汇总表", columns, landscape=len(summary.grades) > 3, frozen=2)
    sheet.title(summary.title)
    sheet.meta(f"党支部（盖章）：{summary.organization}", date_text(summary.held_on), summary.round_text)
    sheet.meta(*(f"{name} {_cell(number)} 人" for name, number in summary.heads.people()),
               *(f"{name} {_cell(number)} 票" for name, number in summary.heads.papers()))  # fmt: skip
    sheet.header()
    for row in summary.rows:
        cells: list[Value] = [row.ordinal, row.name, *_grade_cells(summary.figures(row))]
        cells += [_cell(summary.abstained(row)), _cell(summary.invalid(row)), row.remarks]
        sheet.row(cells, "body" if row.graded else "grey")
    total = summary.total()
    sums: list[Value] = ["", total.name, *_grade_cells(summary.total_figures())]
    sheet.row([*sums, _cell(summary.abstained(total)), _cell(summary.invalid(total)), ""], "total")
    sheet.note("")
    for note in summary.all_notes():
        sheet.note(f"注：{note}")
    sheet.note("")
    blank = "　　　　　　　　"
    sheet.note(blank.join(f"{office}（签字）：" for office in summary.signatories), 32)
    sheet.note("　　　　年　　月　　日", 24)
    sheet.finish()
    _head_sheet(book, summary)
    return book.to_bytes()


def _head_sheet(book: Workbook, summary: BranchSummary) -> None:
    """The head-counts one below the other, as numbers."""
    columns = [Column("项目", 18, "name"), Column("数量", 12), Column("单位", 8, "text")]
    sheet = book.sheet("人数和票数", columns, landscape=False)
    sheet.title("人数和票数")
    sheet.meta(summary.organization, date_text(summary.held_on))
    sheet.header()
    for name, number in summary.heads.people():
        sheet.row([name, _cell(number), "人"])
    for name, number in (*summary.heads.papers(), *summary.heads.explaining()):
        sheet.row([name, _cell(number), "票"])
    for name, text in summary.others:
        sheet.row([name, text, ""])
    sheet.finish()


_STYLES: dict[str, Style] = {SUBTOTAL: "subtotal", TOTAL: "total"}


def rollup_workbook(rollup: RollUp, told: Told = lambda rows: None) -> bytes:
    """The .xlsx of a superior: a sheet for each scale, and one of the branches not yet done.

    `told(rows)` hears from time to time how many branches are written. Raises ExportTooLong when a text
    does not fit a cell.
    """
    written = itertools.count(1)

    def tell() -> None:
        number = next(written)
        if number % ROWS_BETWEEN == 0:
            told(number)

    book = Workbook(rollup.title, author=rollup.filler, large=rollup.branches > LARGE)
    for section in rollup.sections:
        name = "汇总表" if len(rollup.sections) == 1 else f"汇总表（{section.scale}）"
        _section_sheet(book, rollup, section, name, tell)
    if rollup.not_yet or not rollup.sections:
        _not_yet_sheet(book, rollup, tell)
    return book.to_bytes()


def _section_sheet(
    book: Workbook, rollup: RollUp, section: RollUpSection, name: str, tell: Callable[[], None]
) -> None:
    """The table of one scale: branches, subtotals, total, notes."""
    columns = [
        Column("序号", 6),
        Column("党支部", 24, "name"),
        Column("领域", 10, "text"),
        *(Column(head, 5.5 if len(head) < 3 else 7) for head in HEADS),
        *_grade_columns(section.grades),
        Column("弃权", 6),
        Column("无效", 6),
        Column("备注", 14, "text"),
    ]
    sheet = book.sheet(name, columns, frozen=3)
    sheet.title(rollup.title)
    sheet.meta(f"填报单位（盖章）：{rollup.filler}", f"数据截至：{rollup.as_of_text}", rollup.progress,
               "单位：人、票")  # fmt: skip
    sheet.header()
    for number, line in enumerate(section.lines, 1):
        sheet.row(_line_cells(line, number))
        tell()
    for line in (*section.subtotals, section.total):
        sheet.row(_line_cells(line, None), _STYLES[line.kind])
    sheet.note("")
    for note in (*section.notes(), *rollup.all_notes()):
        sheet.note(f"注：{note}")
    sheet.note("负责人：　　　　　　　　填报人：　　　　　　　　联系电话：　　　　　　　　填报日期：", 32)
    sheet.finish()


def _line_cells(line: RollUpLine, number: int | None) -> list[Value]:
    """One row of cells."""
    return [
        line.ordinal or number or "",
        line.organization,
        line.category,
        *(_cell(value) for value in line.heads()),
        *_grade_cells(line.figures()),
        *(_cell(value) for value in line.rest()),
        line.remarks,
    ]


def _not_yet_sheet(book: Workbook, rollup: RollUp, tell: Callable[[], None]) -> None:
    """The branches without a certified result."""
    columns = [
        Column("序号", 6),
        Column("党支部", 32, "name"),
        Column("领域", 12, "text"),
        Column("进展", 24, "text"),
    ]
    sheet = book.sheet("尚未完成", columns, landscape=False)
    sheet.title("尚未完成测评的党支部")
    sheet.meta(f"填报单位：{rollup.filler}", f"数据截至：{rollup.as_of_text}", rollup.progress)
    sheet.header()
    for number, branch in enumerate(rollup.not_yet, 1):
        sheet.row([number, branch.organization, branch.category, branch.state])
        tell()
    sheet.finish()
