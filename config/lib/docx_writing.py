"""Documents of Word in the layout of official papers (公文): fonts by their names, for whoever has them.

Fonts are named, never carried: Word and WPS fall back to the nearest where 方正小标宋 or 仿宋_GB2312 is missing.
"""

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

TITLE, BODY, HEAD, SUBHEAD = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
AIR = 2  # points between the text of a cell and the lines above and below it
LATIN = "Times New Roman"
# What stands for a face that is missing, for Word to choose by.
_ALTERNATIVES = {TITLE: "宋体", BODY: "仿宋", SUBHEAD: "楷体"}


class OfficialPaper:
    """One document, filled from top to bottom."""

    def __init__(self, *, title: str, author: str, landscape: bool = False) -> None:
        self._file = docx.Document()
        self._file.core_properties.title, self._file.core_properties.author = title, author
        self._file.core_properties.comments = ""
        section = self._file.sections[0]
        width, height = Cm(21), Cm(29.7)
        if landscape:
            width, height, section.orientation = height, width, WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = width, height
        section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
        if landscape:
            section.top_margin = section.bottom_margin = Cm(2.5)
        normal: Any = self._file.styles["Normal"]
        normal.font.name, normal.font.size = LATIN, Pt(16)
        _east_asian(normal.element.get_or_add_rPr(), BODY)
        self._name_alternatives()
        self._number_pages(section)

    def title(self, text: str) -> None:
        """The title, in the middle."""
        line = self._line(text, TITLE, 22, align=WD_ALIGN_PARAGRAPH.CENTER)
        line.paragraph_format.space_after = Pt(12)

    def subtitle(self, text: str) -> None:
        """A line under the title."""
        self._line(text, SUBHEAD, 16, align=WD_ALIGN_PARAGRAPH.CENTER).paragraph_format.space_after = Pt(12)

    def head(self, text: str) -> None:
        """A heading of the first order (一、)."""
        self._line(text, HEAD, 16, indent=True).paragraph_format.keep_with_next = True

    def subhead(self, text: str) -> None:
        """A heading of the second order (（一）)."""
        self._line(text, SUBHEAD, 16, indent=True).paragraph_format.keep_with_next = True

    def salutation(self, text: str) -> None:
        """Whom it is addressed to (抬头), from the left margin."""
        self._line(text, BODY, 16)

    def paragraph(self, text: str) -> None:
        """A paragraph of the text, its first line indented by two characters."""
        self._line(text, BODY, 16, indent=True)

    def together(self, text: str) -> None:
        """A paragraph that stays on one page with what follows."""
        self._line(text, BODY, 16, indent=True).paragraph_format.keep_with_next = True

    def signature(self, text: str) -> None:
        """A line at the right-hand side."""
        self._line(text, BODY, 16, align=WD_ALIGN_PARAGRAPH.RIGHT)

    def gap(self) -> None:
        """An empty line."""
        self._line("", BODY, 16)

    def ruled(self, count: int) -> None:
        """Lines to write on by hand."""
        for _number in range(count):
            line = self._line("", BODY, 16)
            border: Any = OxmlElement("w:pBdr")
            # Word draws one border round paragraphs that are alike; the line between is named as well.
            for side in ("bottom", "between"):
                edge: Any = OxmlElement(f"w:{side}")
                for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "auto")):
                    edge.set(qn(f"w:{name}"), value)
                border.append(edge)
            line._p.get_or_add_pPr().insert_element_before(border, "w:spacing", "w:ind", "w:jc", "w:rPr")

    def table(self, rows: Sequence[Sequence[str]], *, widths: Sequence[float], size: float = 12) -> None:
        """A table with lines, its first row repeated on every page as head; widths in centimetres."""
        self._table(rows, widths, size, head=True)

    def particulars(self, rows: Sequence[Sequence[str]], *, widths: Sequence[float]) -> None:
        """A small table of labels and values."""
        self._table(rows, widths, 12, head=False)

    def to_bytes(self) -> bytes:
        """The document."""
        out = io.BytesIO()
        self._file.save(out)
        return out.getvalue()

    def _line(self, text: str, font: str, size: float, *, indent: bool = False, align: Any = None) -> Any:
        line = self._file.add_paragraph()
        _filled(line, text, font, size)
        shape = line.paragraph_format
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(28, size * 1.5))
        shape.space_before = shape.space_after = Pt(0)
        if indent:
            shape.first_line_indent = Pt(size * 2)
        line.alignment = align
        return line

    def _table(
        self, rows: Sequence[Sequence[str]], widths: Sequence[float], size: float, *, head: bool
    ) -> None:
        table = self._file.add_table(rows=0, cols=len(widths))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for number, row in enumerate(rows):
            added = table.add_row()
            cells = added.cells
            if not head:
                added.height = Cm(1.1)
            for at, (cell, text, width) in enumerate(zip(cells, row, widths, strict=True)):
                cell.width = Cm(width)
                if not head:
                    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                is_label = (head and number == 0) or (not head and at % 2 == 0)
                lines = text.split("\n") or [""]
                for place, one in enumerate(lines):
                    line = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
                    _filled(line, one, HEAD if is_label else BODY, size)
                    line.paragraph_format.space_after = Pt(0)
                    if is_label:
                        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
                cell.paragraphs[0].paragraph_format.space_before = Pt(AIR)
                cell.paragraphs[-1].paragraph_format.space_after = Pt(AIR)
            if head and number == 0:
                mark: Any = table.rows[0]._tr.get_or_add_trPr()
                mark.append(OxmlElement("w:tblHeader"))

    def _number_pages(self, section: Any) -> None:
        """“— 1 —” at the foot of every page."""
        line = section.footer.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _filled(line, "— ", "宋体", 14)
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = line.add_run()
            if text:
                code: Any = OxmlElement("w:instrText")
                code.text = text
            else:
                code = OxmlElement("w:fldChar")
                code.set(qn("w:fldCharType"), kind)
            run._r.append(code)
        _filled(line, " —", "宋体", 14)

    def _name_alternatives(self) -> None:
        """Tell Word what to take where a font is missing."""
        parts = self._file.part.package.iter_parts()
        fonts: Any = next((part for part in parts if str(part.partname) == "/word/fontTable.xml"), None)
        if fonts is None:
            return
        names = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
            for name, other in _ALTERNATIVES.items()
        )
        fonts._blob = fonts.blob.replace(b"</w:fonts>", names.encode() + b"</w:fonts>")


def _filled(line: Any, text: str, font: str, size: float) -> None:
    """Text in a font, added to a paragraph."""
    run = line.add_run(text)
    run.font.name, run.font.size = LATIN, Pt(size)
    _east_asian(run._r.get_or_add_rPr(), font)


def _east_asian(properties: Any, font: str) -> None:
    """Name the font of hanzi."""
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)
