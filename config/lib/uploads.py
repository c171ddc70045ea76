"""The gate every uploaded table passes before a parser sees it: type by content, size, bombs, XML tricks.

What comes out is safe to parse: a zip container is written anew from the parts that were read and
looked at, so nothing the gate did not see reaches the parser. A refusal says in Chinese what to do.
"""

import io
import re
import zipfile
import zlib
from typing import Any, BinaryIO, Literal
from xml.sax import SAXException

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

MAX_BYTES = 10 << 20
MAX_INFLATED = 50 << 20
MAX_PARTS = 200
MAX_RATIO = 100
MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CELLS = 5_000_000
MAX_SPACES = 10_000
_CHUNK = 1 << 20

TableKind = Literal["xlsx", "xls", "ods", "csv"]

_SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
_BOMB = "这个文件解开后大得不正常，可能已损坏。请把名册复制到一个新的 Excel 文件，另存为 .xlsx 再上传。"
_ODD = f"这个文件里有不该有的内容，不能读取。{_SAVE_AS}"
_FOREIGN = (
    (b"%PDF", "这是 PDF 文件。请上传 Excel 名册（.xlsx、.xls 或 .csv）。"),
    (b"\x89PNG", "这是图片。请上传 Excel 名册（.xlsx、.xls 或 .csv）。"),
    (b"\xff\xd8\xff", "这是图片。请上传 Excel 名册（.xlsx、.xls 或 .csv）。"),
    (b"Rar!", "这是压缩包。请先解压，再上传里面的 Excel 名册。"),
    (b"7z\xbc\xaf", "这是压缩包。请先解压，再上传里面的 Excel 名册。"),
    (b"\x1f\x8b", "这是压缩包。请先解压，再上传里面的 Excel 名册。"),
    (b"{\\rtf", f"这是文字文档，不是表格。{_SAVE_AS}"),
)


class UploadRefused(ValueError):
    """The file is not taken; the text says in Chinese why and what to do."""


def read_capped(file: BinaryIO, max_bytes: int = MAX_BYTES) -> bytes:
    """All bytes of the file. Raises UploadRefused when there are none or too many; reads no more."""
    limit = f"文件超过 {max_bytes >> 20} MB。请删去图片和多余的工作表，或者分成几个文件上传。"
    if (getattr(file, "size", None) or 0) > max_bytes:
        raise UploadRefused(limit)
    data = file.read(max_bytes + 1)
    if not data:
        raise UploadRefused("文件是空的（0 字节）。请确认文件已经保存并关闭，再重新选择。")
    if len(data) > max_bytes:
        raise UploadRefused(limit)
    return data


def accept_table(file: BinaryIO, max_bytes: int = MAX_BYTES) -> tuple[TableKind, bytes]:
    """The kind of the table by its content, and bytes that are safe to parse.

    The name of the file plays no part. Raises UploadRefused.
    """
    data = read_capped(file, max_bytes)
    for magic, reason in _FOREIGN:
        if data.startswith(magic):
            raise UploadRefused(reason)
    if data.startswith(b"PK"):
        return _accept_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _accept_ole(data)
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise UploadRefused(f"这个文件其实是网页，只是名字像 Excel。{_SAVE_AS}")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UploadRefused(f"认不出这个文件的格式。{_SAVE_AS}")
    return "csv", data


def _accept_ole(data: bytes) -> tuple[TableKind, bytes]:
    """An old .xls; the same container also holds Word files and encrypted workbooks."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UploadRefused("文件设了打开密码。请在 Excel 或 WPS 里取消密码，另存后再上传。")
    if "WordDocument".encode("utf-16-le") in data:
        raise UploadRefused("这是 Word 文档。请把里面的表格复制到 Excel，另存为 .xlsx 再上传。")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise UploadRefused(f"认不出这个文件的格式。{_SAVE_AS}")
    return "xls", data


def _accept_zip(data: bytes) -> tuple[TableKind, bytes]:
    """An .xlsx or .ods, written anew from its vetted XML parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            kind = _zip_kind(archive, [info.filename for info in infos])
            _check_claims(infos, len(data))
            return kind, _rewritten(archive, infos)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UploadRefused(f"文件已损坏，打不开。{_SAVE_AS}") from error
    except (DefusedXmlException, SAXException, UnicodeError, ValueError) as error:
        if isinstance(error, UploadRefused):
            raise
        raise UploadRefused(_ODD) from error
    except RuntimeError as error:  # an encrypted part
        raise UploadRefused("文件设了密码。请取消密码，另存后再上传。") from error


def _zip_kind(archive: zipfile.ZipFile, names: list[str]) -> TableKind:
    """Which table the container holds; raises UploadRefused for other documents."""
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise UploadRefused(f"不能读取 .xlsb 格式。{_SAVE_AS}")
    if "word/document.xml" in names:
        raise UploadRefused("这是 Word 文档。请把里面的表格复制到 Excel，另存为 .xlsx 再上传。")
    if "mimetype" in names and "content.xml" in names:
        with archive.open("mimetype") as part:
            if b"opendocument.spreadsheet" in part.read(100):
                return "ods"
    raise UploadRefused("这是压缩包或别的文档。请先解压，再上传里面的 Excel 名册。")


def _check_claims(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse by the sizes the directory of the container states, before inflating anything."""
    total = sum(info.file_size for info in infos)
    if len(infos) > MAX_PARTS:
        raise UploadRefused(f"文件里的图片或附件太多。请删去图片，{_SAVE_AS[1:]}")
    if total > MAX_INFLATED or total > MAX_RATIO * size:
        raise UploadRefused(_BOMB)


def _rewritten(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> bytes:
    """A new container, not compressed, of the XML parts; each was read to its end and scanned."""
    out, left, seen = io.BytesIO(), MAX_INFLATED, set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as clean:
        for info in infos:
            if info.filename in seen:
                raise UploadRefused(_ODD)
            seen.add(info.filename)
            if info.filename == "mimetype" or info.filename.endswith((".xml", ".rels")):
                content = _inflated(archive, info, left)
                left -= len(content)
                if info.filename != "mimetype":
                    _scan(content)
                clean.writestr(zipfile.ZipInfo(info.filename), content)
    return out.getvalue()


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """The bytes of a part, counted as they are really read."""
    chunks, size = [], 0
    with archive.open(info) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise UploadRefused(_BOMB)
            chunks.append(chunk)
    return b"".join(chunks)


def _scan(content: bytes) -> None:
    """Refuse a part with a document type, entities, broken XML or cells far outside any roster."""
    scanner = _Scanner()
    scanner.feed(content)
    scanner.close()


class _Scanner(DefusedExpatParser):
    """Walks through the XML of a sheet (.xlsx or .ods) and watches where its filled cells are."""

    def __init__(self) -> None:
        super().__init__(forbid_dtd=True)
        self.row = self.column = 0
        self.row_step = self.column_step = 1

    def reset(self) -> None:
        """Only the start of elements is looked at; the checks of the base class stay."""
        super().reset()
        parser: Any = vars(self)["_parser"]
        parser.StartElementHandler = self.start
        parser.EndElementHandler = parser.CharacterDataHandler = None
        parser.CommentHandler = parser.ProcessingInstructionHandler = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Follow the position; names may have a prefix."""
        local = name.rpartition(":")[2]
        if local in ("v", "is"):
            self.filled(self.row, self.column)
        elif local == "c":
            self.cell(attributes.get("r", ""))
        elif local == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
        elif local in ("sheetData", "table"):
            self.row = self.column = 0
            self.row_step = self.column_step = 1
            if local == "table":
                self.row_step = 0
        elif local == "table-row":
            self.row += self.row_step
            self.row_step = int(attributes.get("table:number-rows-repeated", 1))
            self.column, self.column_step = 0, 0
        elif local in ("table-cell", "covered-table-cell"):
            self.column += self.column_step
            self.column_step = int(attributes.get("table:number-columns-repeated", 1))
            if any(key.rpartition(":")[2] == "value-type" for key in attributes):
                self.repeated()
        elif local == "p":
            self.repeated()
        elif local == "s" and int(attributes.get("text:c", 0)) > MAX_SPACES:
            raise UploadRefused(_ODD)

    def cell(self, reference: str) -> None:
        """The position an .xlsx cell states (B12), or the next one."""
        self.column += 1
        if match := re.fullmatch(r"([A-Za-z]{1,3})(\d{1,7})", reference):
            self.column = 0
            for letter in match[1].upper():
                self.column = self.column * 26 + ord(letter) - 64
            self.row = int(match[2])

    def repeated(self) -> None:
        """A filled cell of an .ods, as often as it is repeated."""
        self.filled(self.row + self.row_step, self.column + self.column_step)

    def filled(self, row: int, column: int) -> None:
        """Refuse a filled cell so far out that the table in between would not fit into memory."""
        if row > MAX_ROWS:
            raise UploadRefused(
                f"表格超过 {MAX_ROWS} 行（第 {row} 行还有内容）。请删去名册下面多余的行，或者分几次导入。"
            )
        if column > MAX_COLUMNS or row * column > MAX_CELLS:
            raise UploadRefused(f"表格太宽（第 {column} 列还有内容）。请删去名册右边多余的列，另存后再上传。")
