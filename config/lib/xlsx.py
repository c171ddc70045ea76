"""Writing workbooks: a titled table with typed cells, ready to print, the same bytes for the same data.

One way for small and large tables (XlsxWriter); a text is always stored as text, never as a formula.
Reading of uploaded tables is in `config.lib.tables`.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Value = str | int | float | Decimal | Fraction | date | None
Kind = Literal["text", "name", "count", "percent", "date", "month"]
Style = Literal["body", "grey", "subtotal", "total", "red"]

LONGEST_TEXT = 32_767
LONGEST_SHEET_NAME = 31
LARGE = 5_000
TITLE_FONT, BODY_FONT, HEAD_FONT = "方正小标宋简体", "仿宋", "黑体"
ROW_HEIGHT, LINE_HEIGHT = 20.0, 15.5
_CREATED = datetime(2020, 1, 1, tzinfo=UTC)
_NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "name": "@",
    "count": "0",
    "percent": "0.00%",
    "date": "yyyy-mm-dd",
    "month": 'yyyy"."mm',
}
_SHADES: dict[Style, dict[str, Any]] = {
    "body": {},
    "grey": {"bg_color": "#E7E6E6", "font_color": "#595959"},
    "subtotal": {"bg_color": "#F2F2F2"},
    "total": {"bold": True, "bg_color": "#E2EFDA", "top": 2},
    "red": {"bg_color": "#FCE4D6", "font_color": "#9C0006"},
}


class ExportTooLong(ValueError):
    """A text is longer than a cell can hold; the message says in Chinese where."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in characters, what its cells are; equal neighbouring groups merge."""

    title: str
    width: float = 10
    kind: Kind = "count"
    group: str = ""


def sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """The text as a name Excel accepts for a sheet and that is not among those taken."""
    clean = "".join(c for c in text if c not in "[]:*?/\\" and c.isprintable()).strip("' ")
    clean = clean[:LONGEST_SHEET_NAME] or "表"
    used, name, number = {other.lower() for other in taken}, clean, 2
    while name.lower() in used:
        ending = f"({number})"
        name, number = clean[: LONGEST_SHEET_NAME - len(ending)] + ending, number + 1
    return name


def _lines(value: Value, width: float) -> int:
    """How many lines a text takes in a cell of this width (a hanzi is two characters wide)."""
    if not isinstance(value, str) or len(value) * 2 <= width:
        return 1
    room = max(1.0, width - 1)
    return sum(
        max(1, ceil(sum(2 if c > "\u2000" else 1.1 for c in part) / room)) for part in value.splitlines()
    )


class Workbook:
    """A workbook being written; `large` streams the rows to disk (more than LARGE rows)."""

    def __init__(self, title: str, *, author: str = "", large: bool = False) -> None:
        self._out = io.BytesIO()
        self.large = large
        self.book = xlsxwriter.Workbook(
            self._out,
            {
                "constant_memory": large,
                "in_memory": not large,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self.book.set_properties({"title": title, "author": author, "created": _CREATED})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._names: list[str] = []

    def format(self, **properties: Any) -> Format:
        """The cell format with these properties; each is made once a workbook."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def sheet(
        self, name: str, columns: Sequence[Column], *, landscape: bool = True, frozen: int = 0
    ) -> "Sheet":
        """A new sheet with these columns; `frozen` columns stay when scrolling sideways."""
        name = sheet_name(name, self._names)
        self._names.append(name)
        return Sheet(self, self.book.add_worksheet(name), columns, landscape, frozen)

    def to_bytes(self) -> bytes:
        """The finished file. Nothing can be written afterwards."""
        self.book.close()
        return self._out.getvalue()


class Sheet:
    """One sheet, written from top to bottom: title, meta, header, rows, notes; then `finish`."""

    def __init__(
        self,
        workbook: Workbook,
        sheet: Worksheet,
        columns: Sequence[Column],
        landscape: bool,
        frozen: int,
    ) -> None:
        self.workbook, self.sheet, self.columns = workbook, sheet, tuple(columns)
        self.next_row = 0
        self._frozen, self._filter_row, self._last_body = frozen, -1, -1
        self._row_formats: dict[Style, list[Format]] = {}
        for index, column in enumerate(self.columns):
            sheet.set_column(index, index, column.width)
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_default_row(ROW_HEIGHT)
        sheet.hide_gridlines(2)
        sheet.set_footer("&C第 &P 页　共 &N 页")

    def title(self, text: str) -> None:
        """The title over all columns."""
        style = self.workbook.format(
            font_name=TITLE_FONT, font_size=20, align="center", valign="vcenter", text_wrap=True
        )
        self._across(text, style, 36)

    def meta(self, *parts: str) -> None:
        """A line of particulars over all columns: who, when, in which unit."""
        style = self.workbook.format(
            font_name=BODY_FONT, font_size=11, align="left", valign="vcenter", text_wrap=True
        )
        self._across("　　".join(part for part in parts if part), style, 20)

    def header(self) -> None:
        """The headings (two rows where columns are grouped), frozen, filtered, repeated in print."""
        style = self.workbook.format(
            font_name=HEAD_FONT, font_size=11, align="center", valign="vcenter",
            border=1, text_wrap=True, bg_color="#D9D9D9",
        )  # fmt: skip
        grouped = any(column.group for column in self.columns) and not self.workbook.large
        first = self.next_row
        if grouped:
            self.sheet.set_row(first, 20)
            self._group_row(first, style)
            self.next_row += 1
        else:
            for index, column in enumerate(self.columns):
                self._text(first, index, f"{column.group}{column.title}", style)
        self.sheet.set_row(self.next_row, 20 if grouped else 32)
        self._filter_row = self.next_row
        self.next_row += 1
        self.sheet.freeze_panes(self.next_row, self._frozen)
        self.sheet.repeat_rows(0, self.next_row - 1)

    def _group_row(self, first: int, style: Format) -> None:
        """Two header rows: a group over its columns, a lone column over both rows."""
        index = 0
        while index < len(self.columns):
            column, end = self.columns[index], index
            if not column.group:
                self.sheet.merge_range(first, index, first + 1, index, "", style)
                self._text(first, index, column.title, style)
            else:
                while end + 1 < len(self.columns) and self.columns[end + 1].group == column.group:
                    end += 1
                if end > index:
                    self.sheet.merge_range(first, index, first, end, "", style)
                self._text(first, index, column.group, style)
                for inner in range(index, end + 1):
                    self._text(first + 1, inner, self.columns[inner].title, style)
            index = end + 1

    def row(self, values: Sequence[Value], style: Style = "body") -> None:
        """One row of typed cells; None is an empty cell, a text in a number column stays a text."""
        formats = self._formats(style)
        row, write_text, write_number = self.next_row, self._text, self.sheet.write_number
        for index, (value, cell) in enumerate(zip(values, formats, strict=True)):
            if isinstance(value, str):
                write_text(row, index, value, cell)
            elif value is None:
                self.sheet.write_blank(row, index, None, cell)
            elif isinstance(value, date):
                self.sheet.write_datetime(row, index, value, cell)
            else:
                write_number(row, index, float(value) if isinstance(value, Fraction) else value, cell)
        lines = max(
            (_lines(value, column.width) for value, column in zip(values, self.columns, strict=True)),
            default=1,
        )
        if lines > 1:
            self.sheet.set_row(row, ROW_HEIGHT + LINE_HEIGHT * (lines - 1))
        self._last_body = row
        self.next_row += 1

    def note(self, text: str, height: float = 0) -> None:
        """A line of remarks over all columns, below the table."""
        style = self.workbook.format(
            font_name=BODY_FONT, font_size=10, align="left", valign="vcenter", text_wrap=True
        )
        room = sum(column.width for column in self.columns)
        self._across(text, style, height or LINE_HEIGHT * _lines(text, room))

    def finish(self) -> None:
        """Set the filter and the print area: call after the last line."""
        if self._filter_row >= 0 and self._last_body > self._filter_row:
            self.sheet.autofilter(self._filter_row, 0, self._last_body, len(self.columns) - 1)
        if self.next_row:
            self.sheet.print_area(0, 0, self.next_row - 1, len(self.columns) - 1)

    def _formats(self, style: Style) -> list[Format]:
        """The cell formats of a row in this style, one a column."""
        if style not in self._row_formats:
            self._row_formats[style] = [
                self.workbook.format(
                    font_name=BODY_FONT, font_size=11, valign="vcenter", border=1,
                    align="left" if column.kind == "name" else "center",
                    indent=int(column.kind == "name"),
                    text_wrap=column.kind in ("text", "name"),
                    num_format=_NUMBER_FORMATS[column.kind], **_SHADES[style],
                )
                for column in self.columns
            ]  # fmt: skip
        return self._row_formats[style]

    def _across(self, text: str, style: Format, height: float) -> None:
        """One text over the whole width in the next row."""
        self.sheet.set_row(self.next_row, height)
        if len(self.columns) > 1:
            self.sheet.merge_range(self.next_row, 0, self.next_row, len(self.columns) - 1, "", style)
        self._text(self.next_row, 0, text, style)
        self.next_row += 1

    def _text(self, row: int, column: int, text: str, style: Format) -> None:
        """A text cell, always text. Raises ExportTooLong instead of cutting it."""
        if len(text) > LONGEST_TEXT:
            raise ExportTooLong(
                f"第 {row + 1} 行第 {column + 1} 列的文字有 {len(text)} 字，"
                f"超过 Excel 一格 {LONGEST_TEXT} 字的上限，请缩短后再导出（没有截断，也没有生成文件）。"
            )
        if text:
            self.sheet.write_string(row, column, text, style)
        else:
            self.sheet.write_blank(row, column, None, style)
