"""《民主评议党员登记表》 as a document of Word, one sheet of A4 a member: offices add to it before they print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from config.lib.docx_forms import Box, FormPaper, Line
from evaluations.reports.registration import Registration
from evaluations.reports.registration_form import (
    WIDTH,
    WIDTHS,
    FormCell,
    FormRow,
    FormSheet,
    form_sheet,
    height_of,
)

SPARED = (
    12.0  # millimetres off the field 个人总结: Word's fonts differ, and no form may run on to a second page
)
SHORTEST_FIELD = 20.0
SIGNED_PT, SIGNED_MM = 10.5, 5.5  # type and height of the lines that are signed


def registration_docx(
    forms: Sequence[Registration], told: Callable[[int], None] = lambda done: None
) -> bytes:
    """The sheets one after the other; `told` hears how many are written."""
    paper = FormPaper(title=forms[0].title, author=forms[0].branch, widths=WIDTHS)
    for done, form in enumerate(forms, 1):
        _add(paper, form_sheet(form))
        if done % 20 == 0:
            told(done)
    return paper.to_bytes()


def _add(paper: FormPaper, sheet: FormSheet) -> None:
    """One member's sheet."""
    rows = [(_height(row), [_box(cell, _height(row)) for cell in row.cells]) for row in sheet.rows]
    paper.form(sheet.title, rows, sheet.notes)


def _height(row: FormRow) -> float:
    """The least height of a row; the field that is to be written in gives what Word may need elsewhere."""
    return max(SHORTEST_FIELD, row.mm - SPARED) if row.cells[0].text == "个人总结" else row.mm


def _box(cell: FormCell, height: float) -> Box:
    """One cell; what is signed stands at its lower end by the space above it."""
    if cell.foot:
        ends = [Line(cell.mark, SIGNED_PT, bold=True)] if cell.mark else []
        ends.append(Line(cell.foot, SIGNED_PT, "right"))
        text = height_of(cell.text, cell.pt, WIDTH - WIDTHS[0])
        ends[0] = replace(ends[0], before=max(0.0, height - text - SIGNED_MM * len(ends) - 1))
        return Box((*(Line(part, cell.pt) for part in cell.paragraphs), *ends), cell.span)
    align = "left" if cell.kind == "text" else "center"
    lines = tuple(Line(part, cell.pt, align, bold=cell.kind == "label") for part in cell.paragraphs)
    return Box(lines, cell.span, middle=True)
