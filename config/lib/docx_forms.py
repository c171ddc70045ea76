"""Printed forms in Word: a grid of cells with heights, one form a page. Fonts by their names, see `docx_writing`.

The grid is written as XML at once: through the objects of the library eighty forms would take half a minute.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from config.lib.docx_writing import BODY, HEAD, LATIN, TITLE

TWIPS = 56.6929  # twentieths of a point in a millimetre
_BORDER = '<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
_MARGINS = "".join(
    [
        "<w:tblCellMar>",
        *(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right")),
        "</w:tblCellMar>",
    ]
)
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a cell: its text, size in points, how it stands (left, center, right), millimetres above."""

    text: str
    pt: float
    align: str = "left"
    bold: bool = False
    before: float = 0


@dataclass(frozen=True, slots=True)
class Box:
    """One cell over so many columns, filled from the top unless `middle`."""

    lines: tuple[Line, ...]
    span: int = 1
    middle: bool = False


class FormPaper:
    """A document of forms on A4, each on a page of its own; widths and heights in millimetres."""

    def __init__(self, *, title: str, author: str, widths: Sequence[float]) -> None:
        self._file = docx.Document()
        properties = self._file.core_properties
        properties.title, properties.author, properties.comments = title, author, ""
        self._widths, self._begun = [round(width * TWIPS) for width in widths], False
        section = self._file.sections[0]
        section.page_width, section.page_height, section.start_type = Mm(210), Mm(297), WD_SECTION.NEW_PAGE
        section.top_margin, section.bottom_margin = Mm(10), Mm(8)
        section.left_margin = section.right_margin = Mm((210 - sum(widths)) / 2)
        self._body: Any = self._file.element.body

    def form(self, title: str, rows: Sequence[tuple[float, Sequence[Box]]], notes: Sequence[str]) -> None:
        """One form: the title, the rows as (least height, cells), the lines below."""
        self._add(_paragraph(Line(title, 18, "center", bold=True), TITLE, after=100, new_page=self._begun))
        self._begun = True
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self._widths)
        edges = "".join(_BORDER.format(side=side) for side in _SIDES)
        self._add(
            f"<w:tbl><w:tblPr><w:tblW w:w=\"{sum(self._widths)}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>"
            f"<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type=\"fixed\"/>{_MARGINS}</w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(self._row(mm, boxes) for mm, boxes in rows)}</w:tbl>"
        )  # fmt: skip
        for note in notes:
            self._add(_paragraph(Line(note, 8.5), BODY))

    def to_bytes(self) -> bytes:
        """The document."""
        out = io.BytesIO()
        self._file.save(out)
        return out.getvalue()

    def _add(self, xml: str) -> None:
        """Put an element at the end, before the properties of the section, which stay the last."""
        place = xml.index(">")
        element = parse_xml(f"{xml[:place]} {nsdecls('w')}{xml[place:]}")
        self._body.find(qn("w:sectPr")).addprevious(element)

    def _row(self, mm: float, boxes: Sequence[Box]) -> str:
        """One row, not broken over two pages."""
        cells, column = [], 0
        for box in boxes:
            width = sum(self._widths[column : column + box.span])
            column += box.span
            span = f'<w:gridSpan w:val="{box.span}"/>' if box.span > 1 else ""
            middle = '<w:vAlign w:val="center"/>' if box.middle else ""
            text = "".join(_paragraph(line, HEAD if line.bold else BODY) for line in box.lines)
            cells.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{middle}</w:tcPr>{text}</w:tc>'
            )
        height = round(mm * TWIPS)
        return (
            f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr>'
            f"{''.join(cells)}</w:tr>"
        )


def _paragraph(line: Line, font: str, *, after: int = 0, new_page: bool = False) -> str:
    """One paragraph with single spacing; characters that XML cannot hold are left out."""
    text = "".join(c for c in line.text if c >= " ")
    size = round(line.pt * 2)
    return (
        f"<w:p><w:pPr>{'<w:pageBreakBefore/>' if new_page else ''}"
        f'<w:spacing w:before="{round(line.before * TWIPS)}" w:after="{after}" w:line="240" w:lineRule="auto"/>'
        f'<w:jc w:val="{line.align}"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}"'
        f' w:eastAsia="{font}"/><w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )
