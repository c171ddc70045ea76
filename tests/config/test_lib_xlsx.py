"""Workbooks: text stays text, numbers are numbers, nothing is cut, the same data give the same bytes."""

import io
from datetime import date
from fractions import Fraction

import openpyxl
import pytest

from config.lib.xlsx import LONGEST_TEXT, Column, ExportTooLong, Value, Workbook, sheet_name

COLUMNS = (
    Column("序号", 6),
    Column("姓名", 14, "name"),
    Column("票数", 8, "count", "优秀"),
    Column("得票率", 10, "percent", "优秀"),
    Column("票数", 8, "count", "单列"),
    Column("日期", 12, "date"),
    Column("备注", 20, "text"),
)
ROW: tuple[Value, ...] = (1, "=1+1", 0, Fraction(1, 3), None, date(2026, 12, 10), "@SUM(1)\n第二行")


def made(*, large: bool = False, text: str = "注") -> bytes:
    book = Workbook("汇总表", author="青石镇", large=large)
    sheet = book.sheet("汇总/表[1]", COLUMNS, frozen=2)
    sheet.title("青石镇汇总表")
    sheet.meta("填报单位：青石镇", "", "单位：票")
    sheet.header()
    sheet.row(ROW)
    sheet.row(["", "+1", 3, "—", "", None, "-2"], "total")
    sheet.note(text)
    sheet.finish()
    return book.to_bytes()


@pytest.mark.parametrize("large", [False, True])
def test_cells_keep_their_kind(large: bool) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(large=large)))
    sheet = book["汇总表1"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    first = 4 if large else 5
    values = [cell.value for cell in sheet[first]]
    assert values[:3] == [1, "=1+1", 0]
    assert values[3] == pytest.approx(1 / 3)
    assert values[4] is None
    assert values[6] == "@SUM(1)\n第二行"
    assert [sheet.cell(first, column).data_type for column in (2, 7)] == ["s", "s"]
    assert str(values[5]) == "2026-12-10 00:00:00"
    assert sheet.cell(first, 4).number_format == "0.00%"
    assert sheet.freeze_panes == f"C{first}"
    assert sheet.auto_filter.ref == f"A{first - 1}:G{first + 1}"
    assert sheet.print_title_rows == f"$1:${first - 1}"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)


@pytest.mark.parametrize("large", [False, True])
def test_the_same_data_give_the_same_bytes(large: bool) -> None:
    assert made(large=large) == made(large=large)


def test_a_group_stands_over_its_columns() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made())).active
    assert sheet is not None
    assert {"A1:G1", "A3:A4", "C3:D3"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    assert [sheet["C3"].value, sheet["C4"].value, sheet["D4"].value] == ["优秀", "票数", "得票率"]
    assert [sheet["E3"].value, sheet["E4"].value] == ["单列", "票数"]


def test_a_text_longer_than_a_cell_is_refused_and_not_cut() -> None:
    longest = "字" * LONGEST_TEXT
    sheet = openpyxl.load_workbook(io.BytesIO(made(text=longest))).active
    assert sheet is not None
    assert sheet["A7"].value == longest
    with pytest.raises(ExportTooLong, match="32767"):
        made(text=longest + "字")


def test_names_of_sheets_are_acceptable_and_different() -> None:
    assert sheet_name("a/b:c*[d]?\\") == "abcd"
    assert sheet_name("''") == "表"
    assert sheet_name("汇" * 40, ["汇" * 31]) == "汇" * 28 + "(2)"
    assert sheet_name("a", ["A", "a(2)"]) == "a(3)"


def test_an_empty_sheet_with_one_column_is_fine() -> None:
    book = Workbook("空")
    book.sheet("空", [Column("序号")], landscape=False).finish()
    sheet = book.sheet("只有表头", [Column("序号")], landscape=False)
    sheet.title("只有表头")
    sheet.header()
    sheet.finish()
    names = openpyxl.load_workbook(io.BytesIO(book.to_bytes())).sheetnames
    assert names == ["空", "只有表头"]
