"""Uploaded tables: what is refused, why, quickly; and what is read, and how."""

import contextlib
import io
import random
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook as OpenpyxlWorkbook
from python_calamine import PasswordError

from config.lib import tables, uploads
from config.lib.tables import read_table
from config.lib.uploads import UploadRefused, accept_table, read_capped

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS_HEAD = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    b'<table:table table:name="a">'
)
ODS_TAIL = b"</table:table></office:spreadsheet></office:body></office:document-content>"


def saved(book: OpenpyxlWorkbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def roster() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["C4"], sheet["D4"] = "姓名", "党小组"
    sheet["C5"], sheet["D5"] = "王㛃", "第一党小组"
    sheet["C6"], sheet["E6"], sheet["F6"] = "李堃", 0.5, date(2026, 12, 10)
    sheet.merge_cells("D5:D7")
    sheet["C7"] = True
    return saved(book)


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return out.getvalue()


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    return archive(parts)


def ods(body: bytes) -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return archive(
        {
            "mimetype": kind,
            "content.xml": ODS_HEAD + body + ODS_TAIL,
            "META-INF/manifest.xml": manifest,
        }
    )


def cell(text: str, attributes: str = "") -> bytes:
    return (
        f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p>'
        "</table:table-cell>"
    ).encode()


def far(reference: str, content: str = "<v>1</v>") -> bytes:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    new = f'<row r="{row}"><c r="{reference}">{content}</c></row></sheetData>'
    return changed(roster(), SHEET, b"</sheetData>", new.encode())


def refused(data: bytes) -> str:
    with pytest.raises(UploadRefused) as refusal:
        read_table(io.BytesIO(data))
    return str(refusal.value)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "0 字节"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "图片"),
        (b"\xff\xd8\xff\xe0", "图片"),
        (b"Rar!\x1a", "压缩包"),
        (b"{\\rtf1", "另存为"),
        (b"\xef\xbb\xbf\r\n<HTML><table>", "网页"),
        (b"a\0b", "认不出"),
        (b"\xff\x81\xff\xff", "编码"),
        (b"PK\x03\x04rest", "损坏"),
        (OLE + b"x" * 600, "认不出"),
        (OLE + "Workbook".encode("utf-16-le") + b"x" * 600, "读不出来"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word"),
        (archive({"word/document.xml": b"<a/>"}), "Word"),
        (archive({"xl/workbook.bin": b"x"}), "xlsb"),
        (archive({"a.txt": b"x"}), "压缩包"),
        (archive({"mimetype": b"application/epub+zip", "content.xml": b"<a/>"}), "压缩包"),
        (archive({"xl/workbook.xml": b"<a/>"} | {f"{i}.png": b"" for i in range(200)}), "图片"),
        (archive({"xl/workbook.xml": b"<a/>", SHEET: b"\0" * (60 << 20)}), "大得不正常"),
        (archive({"xl/workbook.xml": b"<a>", SHEET: b"<a/>"}), "不该有"),
        (roster()[:2000], "损坏"),
        (far("A1048576"), "行"),
        (far("XFD2"), "列"),
        (far("CV90000"), "列"),
        (changed(roster(), SHEET, b"<sheetData>", b'<sheetData><row r="x"/>'), "不该有"),
        (
            changed(
                roster(),
                SHEET,
                b"<worksheet",
                b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><worksheet',
            ),
            "不该有",
        ),
        (changed(roster(), "xl/workbook.xml", b"<sheets>", b"<sheetz>"), "不该有"),
        (b"a,b\n" * 100_001, "太大"),
        (b"," * 300, "太大"),
        (b'a,"' + b"b" * 140_000, "读不出来"),
        (b"\n\n,,\n", "没有内容"),
        (saved(openpyxl.Workbook()), "没有内容"),
        (ods(b""), "没有内容"),
        (
            ods(
                b'<table:table-row table:number-rows-repeated="1000000">' + cell("x") + b"</table:table-row>"
            ),
            "行",
        ),
        (
            ods(
                b"<table:table-row>"
                + cell("x", 'table:number-columns-repeated="16000"')
                + b"</table:table-row>"
            ),
            "列",
        ),
        (
            ods(b"<table:table-row>" + cell('<text:s text:c="4000000000"/>') + b"</table:table-row>"),
            "不该有",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_a_bad_file_is_refused_in_chinese(data: bytes, word: str) -> None:
    assert word in refused(data)


def test_sixty_megabytes_are_refused_without_being_read() -> None:
    class Large(io.BytesIO):
        size = 60 << 20

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("read")

    with pytest.raises(UploadRefused, match="10 MB"):
        read_capped(Large())
    with pytest.raises(UploadRefused, match="10 MB"):
        read_capped(io.BytesIO(b"a" * (10 << 20) + b"a"))


def test_sizes_are_counted_as_really_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_check_claims", lambda infos, size: None)
    monkeypatch.setattr(uploads, "MAX_INFLATED", 1 << 20)
    bomb = archive({"xl/workbook.xml": b"<a/>", SHEET: b" " * (3 << 20)})
    assert "大得不正常" in refused(bomb)


def test_a_part_that_is_there_twice_is_refused() -> None:
    out = io.BytesIO(roster())
    with zipfile.ZipFile(out, "a") as written, pytest.warns(UserWarning, match="Duplicate"):
        written.writestr(SHEET, b"<worksheet/>")
    assert "不该有" in refused(out.getvalue())


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(roster())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(magic, start)) >= 0:
            data[start + offset] |= 1
            start += 4
    assert "密码" in refused(bytes(data))


def test_what_the_gate_did_not_read_does_not_reach_the_parser() -> None:
    data = changed(roster(), SHEET, b"<sheetData>", b"<sheetData>")
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    kind, clean = accept_table(io.BytesIO(archive(parts | {"xl/vbaProject.bin": b"x"})))
    assert kind == "xlsx"
    assert "xl/vbaProject.bin" not in zipfile.ZipFile(io.BytesIO(clean)).namelist()


def test_any_damage_ends_in_rows_or_in_a_refusal() -> None:
    dice = random.Random(2)
    for original in (roster(), "姓名,性别\n王,男\n".encode("gb18030")):
        for _ in range(150):
            data = bytearray(original)
            for _ in range(dice.randrange(1, 6)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            with contextlib.suppress(UploadRefused):
                assert read_table(io.BytesIO(bytes(data)))


def test_a_workbook_is_read_from_its_first_cell_with_merged_cells_filled_down() -> None:
    rows = read_table(io.BytesIO(roster()))
    assert rows[:3] == [[None] * 6] * 3
    assert rows[3] == [None, None, "姓名", "党小组", None, None]
    assert [row[2] for row in rows[4:]] == ["王㛃", "李堃", True]
    assert [row[3] for row in rows[4:]] == ["第一党小组"] * 3
    assert rows[5][4:] == [0.5, date(2026, 12, 10)]


def test_the_named_sheet_else_the_first_visible_filled_one_is_read() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("字典")["A1"] = "男"
    book.create_sheet("说明")["A1"] = "说明"
    book.create_sheet("数据")["A1"] = "姓名"
    book["字典"].sheet_state = "hidden"
    assert read_table(io.BytesIO(saved(book))) == [["说明"]]
    assert read_table(io.BytesIO(saved(book)), sheets=("无", "数据")) == [["姓名"]]


def test_far_empty_cells_and_wide_merges_do_no_harm() -> None:
    assert len(read_table(io.BytesIO(far("XFD1048576", "")))) == 7
    wide = b'<mergeCells count="2"><mergeCell ref="A2:XFD1048576"/><mergeCell ref="Z9:Z99"/></mergeCells>'
    old = b'<mergeCells count="1"><mergeCell ref="D5:D7"/></mergeCells>'
    with zipfile.ZipFile(io.BytesIO(roster())) as read:
        assert old in read.read(SHEET).replace(b" />", b"/>")
        found = old if old in read.read(SHEET) else old.replace(b"/>", b" />")
    assert len(read_table(io.BytesIO(changed(roster(), SHEET, found, wide)))) == 7


def test_cells_without_a_position_follow_the_one_before() -> None:
    plain = b"<row><c><v>7</v></c></row></sheetData>"
    rows = read_table(io.BytesIO(changed(roster(), SHEET, b"</sheetData>", plain)))
    assert rows[-1][0] == 7


def test_limits_hold_for_what_the_parser_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert "太大" in refused(roster())
    monkeypatch.setattr(tables, "MAX_ROWS", 100)
    monkeypatch.setattr(tables, "MAX_CELLS", 1)
    monkeypatch.setattr(tables, "_extent", lambda sheet: (1, 1))
    assert "太大" in refused(roster())


@pytest.mark.parametrize("error", ["password", "panic"])
def test_failures_of_the_parser_become_refusals(monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    class PanicException(BaseException):
        pass

    def fails(data: Any) -> None:
        raise PasswordError("x") if error == "password" else PanicException

    monkeypatch.setattr(tables, "_wanted", lambda book, names: fails(book))
    assert ("密码" if error == "password" else "读不出来") in refused(roster())


def test_an_interrupt_is_not_taken_for_a_bad_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(book: Any, names: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tables, "_wanted", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_table(io.BytesIO(roster()))


def test_open_document_tables_are_read() -> None:
    rows = b"<table:table-row>" + cell("姓名") + cell("性别") + b"</table:table-row>"
    empty = (
        b'<table:table-row table:number-rows-repeated="1048575">'
        b'<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert read_table(io.BytesIO(ods(rows + empty))) == [["姓名", "性别"]]


def test_times_of_day_become_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = 0.5
    sheet["A1"].number_format = "hh:mm:ss"
    assert read_table(io.BytesIO(saved(book))) == [["12:00:00"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_tables_are_read_in_the_usual_encodings(encoding: str, separator: str) -> None:
    text = f'姓名{separator}备注\r\n王㛃{separator}"一{separator}二\n三"\r\n{separator}\r\n'
    rows = read_table(io.BytesIO(text.encode(encoding)))
    assert rows == [["姓名", "备注"], ["王㛃", f"一{separator}二\n三"]]


def test_an_opened_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "名册.xls"
    path.write_bytes(roster())
    with path.open("rb") as file:
        assert read_table(file)[3][2] == "姓名"
