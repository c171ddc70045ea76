"""The summary tables as PDF: the same dataclasses as the workbook, laid out to print and sign."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.template.loader import render_to_string

from config.lib.pdf import render_pdf
from evaluations.reports.rollup_table import BRANCH, HEADS, RollUp, RollUpLine, RollUpSection
from evaluations.reports.summary import (
    BranchSummary,
    SummaryRow,
    count_text,
    date_text,
    percent_text,
)

STYLESHEET = "css/reports.css"
GRADES_ON_A4 = 4  # a roll-up with more grades needs A3


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell of a table as printed."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table as printed."""

    cells: tuple[_Cell, ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class _Section:
    """One scale of a roll-up as printed."""

    number: int
    scale: str
    branches: int
    grades: tuple[str, ...]
    heads: tuple[str, ...]
    columns: tuple[float, ...]
    rows: tuple[_Row, ...]
    notes: tuple[str, ...]


def _counts(values: Iterable[int | None]) -> list[_Cell]:
    """Cells of counts."""
    return [_Cell(count_text(value)) for value in values]


def _grades(figures: Iterable[tuple[int | None, Fraction | None]]) -> list[_Cell]:
    """Votes and share of each grade."""
    return [_Cell(text) for count, part in figures for text in (count_text(count), percent_text(part))]


def _widths(prefix: str, widths: Sequence[float]) -> str:
    """Style rules that share the width of a table out over its columns."""
    whole = sum(widths)
    return "".join(
        f".{prefix}{index}{{width:{width * 100 / whole:.3f}%}}" for index, width in enumerate(widths)
    )


def branch_pdf(summary: BranchSummary) -> bytes:
    """The form of one branch; portrait, or landscape when it has many grades."""
    widths = (9, 27, *(10.5, 15.5) * len(summary.grades), 9.5, 9.5, 25)
    heads = [
        (name, count_text(number), unit)
        for unit, counts in (
            ("人", summary.heads.people()),
            ("票", summary.heads.papers()),
            ("票", summary.heads.explaining()),
        )
        for name, number in counts
    ]
    html = render_to_string(
        "evaluations/reports/branch_summary.html",
        {
            "summary": summary,
            "day": date_text(summary.held_on),
            "heads": heads,
            "columns": widths,
            "rows": _branch_rows(summary),
        },
    )
    page = "@page{size:A4 landscape}" if summary.wide else ""
    return render_pdf(html, stylesheet=STYLESHEET, css=page + _widths("c", widths))


def _branch_rows(summary: BranchSummary) -> list[_Row]:
    """The rows of a branch and its total."""
    rows = [
        _branch_row(summary, row, summary.figures(row), str(row.ordinal), "" if row.graded else "plain")
        for row in summary.rows
    ]
    total = _branch_row(summary, summary.total(), summary.total_figures(), "", "total")
    return [*rows, total]


def _branch_row(
    summary: BranchSummary,
    row: SummaryRow,
    figures: Iterable[tuple[int | None, Fraction | None]],
    ordinal: str,
    style: str,
) -> _Row:
    """One row as printed."""
    cells = [_Cell(ordinal), _Cell(row.name, "name"), *_grades(figures)]
    cells += _counts((summary.abstained(row), summary.invalid(row)))
    return _Row((*cells, _Cell(row.remarks, "remark")), style)


def rollup_pdf(rollup: RollUp) -> bytes:
    """The table of a superior: each scale from a new page, then the branches not yet done."""
    sections = [_section(number, rollup, part) for number, part in enumerate(rollup.sections)]
    html = render_to_string(
        "evaluations/reports/rollup.html",
        {"rollup": rollup, "sections": sections, "several": len(sections) > 1},
    )
    most = max((len(section.grades) for section in sections), default=0)
    css = f"@page{{size:{'A3' if most > GRADES_ON_A4 else 'A4'} landscape;margin:14mm 9mm 15mm}}"
    for section in sections:
        css += _widths(f"s{section.number}c", section.columns)
    return render_pdf(html, stylesheet=STYLESHEET, css=css + _widths("p", (10, 70, 20, 50)))


def _section(number: int, rollup: RollUp, section: RollUpSection) -> _Section:
    """One scale as printed."""
    heads = tuple(9.0 if len(head) < 3 else 11.0 for head in HEADS)
    last = section is rollup.sections[-1]
    return _Section(
        number=number,
        scale=section.scale,
        branches=len(section.lines),
        grades=section.grades,
        heads=HEADS,
        columns=(8, 42, 15.5, *heads, *(11, 14) * len(section.grades), 9, 9, 18),
        rows=tuple(
            [_line(line, i) for i, line in enumerate(section.lines, 1)]
            + [_line(line, None) for line in (*section.subtotals, section.total)]
        ),
        notes=(*section.notes(), *(rollup.all_notes() if last else ())),
    )


def _line(line: RollUpLine, number: int | None) -> _Row:
    """One row of a roll-up as printed."""
    cells = [
        _Cell(str(line.ordinal or number or "")),
        _Cell(line.organization, "name"),
        _Cell(line.category),
        *_counts(line.heads()),
        *_grades(line.figures()),
        *_counts(line.rest()),
        _Cell(line.remarks, "remark"),
    ]
    return _Row(tuple(cells), "" if line.kind == BRANCH else line.kind)
