"""Reading an uploaded table (.xlsx, .xls, .ods, .csv) into rows of plain values."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from config.lib.uploads import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    UploadRefused,
    accept_table,
)

Cell = str | int | float | bool | date | datetime | None
Merged = list[tuple[tuple[int, int], tuple[int, int]]]

_TOO_LARGE = f"表格太大（最多 {MAX_ROWS} 行、{MAX_COLUMNS} 列）。请删去名册以外多余的行和列，或者分几次导入。"
_LOCKED = "文件设了打开密码。请在 Excel 或 WPS 里取消密码，另存后再上传。"
_UNREADABLE = "文件读不出来，可能已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
_ENCODINGS = ("utf-8-sig", "gb18030")
MOST_KEPT = 20_000
_SEPARATORS = ",\t;，"


def read_table(file: BinaryIO, *, sheets: Sequence[str] = (), max_bytes: int = MAX_BYTES) -> list[list[Cell]]:
    """The rows of the table as they stand, from row 1 and column 1; empty cells are None.

    Of several sheets the first one named in `sheets` is read, else the first visible one with any
    content. A cell merged over several rows is repeated in each of them (in its first column), so a
    党小组 written once beside ten members stands beside each. Rows at the end that are empty are
    left out. Raises UploadRefused with a Chinese text for a file that is refused or cannot be read.
    """
    kind, data = accept_table(file, max_bytes)
    rows = _read_csv(data) if kind == "csv" else _read_workbook(data, sheets)
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    if not rows:
        raise UploadRefused("表格里没有内容。请确认名册在第一个工作表里，保存后再上传。")
    return rows


def _read_workbook(data: bytes, sheets: Sequence[str]) -> list[list[Cell]]:
    """The rows of the wanted sheet of a workbook."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheet = _wanted(book, sheets)
            if sheet is None:
                return []
            height, width = _extent(sheet)
            if height > MAX_ROWS or width > MAX_COLUMNS or width * height > MAX_CELLS:
                raise UploadRefused(_TOO_LARGE)
            rows = _plain_rows(sheet)
            _fill_down(rows, sheet.merged_cell_ranges or [])
            return rows
    except UploadRefused:
        raise
    except PasswordError as error:
        raise UploadRefused(_LOCKED) from error
    except (CalamineError, ValueError, OSError, IndexError, MemoryError) as error:
        raise UploadRefused(_UNREADABLE) from error
    except BaseException as error:
        # The parser is native code: its panics are not Exceptions.
        if "Panic" not in type(error).__name__:
            raise
        raise UploadRefused(_UNREADABLE) from error


def _wanted(book: CalamineWorkbook, names: Sequence[str]) -> CalamineSheet | None:
    """The sheet to read; None when no visible sheet has any content."""
    for name in names:
        if name in book.sheet_names:
            return book.get_sheet_by_name(name)
    for data in book.sheets_metadata:
        if data.visible == SheetVisibleEnum.Visible and data.name in book.sheet_names:
            sheet = book.get_sheet_by_name(data.name)
            if sheet.end is not None:
                return sheet
    return None


def _extent(sheet: CalamineSheet) -> tuple[int, int]:
    """Number of rows and columns up to the last filled ones."""
    last_row, last_column = sheet.end or (-1, -1)
    return last_row + 1, last_column + 1


def _plain_rows(sheet: CalamineSheet) -> list[list[Cell]]:
    """The rows from row 1 and column 1; texts that recur are kept once, which saves memory."""
    height, width = _extent(sheet)
    kept: dict[str, str] = {}
    rows: list[list[Cell]] = []
    for row in sheet.iter_rows():
        cells: list[Cell] = [None] * (width - len(row))
        for value in row:
            plain = _plain(value)
            if isinstance(plain, str):
                plain = kept.get(plain, plain)
                if len(kept) < MOST_KEPT:  # what recurs is met early; the rest is different in every row
                    kept[plain] = plain
            cells.append(plain)
        rows.append(cells)
    # The iterator leaves out the empty columns, in some versions also the rows, before the data.
    rows[:0] = [[None] * width for _ in range(height - len(rows))]
    return rows


def _plain(value: str | float | bool | time | date | datetime | timedelta) -> Cell:
    """The value as one of the plain kinds; an empty text is None, a time of day its text."""
    if isinstance(value, time | timedelta):
        return str(value)
    return None if value == "" else value


def _fill_down(rows: list[list[Cell]], merged: Merged) -> None:
    """Repeat the value of a cell merged over several rows in the rows below it."""
    work = 0
    for (top, left), (bottom, _) in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        last = min(bottom, len(rows) - 1)
        work += max(0, last - top)
        if work > MAX_CELLS:
            raise UploadRefused(_TOO_LARGE)
        for row in rows[top + 1 : last + 1]:
            row[left] = rows[top][left]


def _read_csv(data: bytes) -> list[list[Cell]]:
    """The rows of a text table in UTF-8, UTF-16 (with its mark) or GB 18030."""
    text = _decoded(data)
    first = text.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    rows: list[list[Cell]] = []
    try:
        for fields in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(rows) >= MAX_ROWS or len(fields) > MAX_COLUMNS:
                raise UploadRefused(_TOO_LARGE)
            rows.append([field if field != "" else None for field in fields])
    except csv.Error as error:
        raise UploadRefused(_UNREADABLE) from error
    return rows


def _decoded(data: bytes) -> str:
    """The text, whichever of the usual encodings it is in."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else _ENCODINGS
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UploadRefused("文字编码认不出来。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
