"""Text out of an uploaded .docx: the gate it passes first, then paragraphs and tables in reading order.

Only the text of the document proper is taken. It is put into a new container of its own, so that nothing
else of the upload (pictures, links, macros, other parts) reaches the parser. A refusal says in Chinese what to do.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO
from xml.sax import SAXException

import docx
from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from docx.oxml.ns import nsmap, qn

from config.lib.uploads import MAX_BYTES, MAX_RATIO, UploadRefused, read_capped

MAX_TEXT_BYTES = 20 << 20  # of the part that holds the text, inflated
MAX_CLAIMED = 50 << 20
MAX_PARTS = 2000
MAX_DEPTH = 200
MAX_ELEMENTS = 400_000
_CHUNK = 1 << 20
_TEXT_PART, _TYPES_PART = "word/document.xml", "[Content_Types].xml"

_SAVE_AS = "请用 Word 或 WPS 打开后另存为 .docx 再上传；也可以把文字直接复制到页面里。"
_BOMB = f"这个文件解开后大得不正常，不能读取。{_SAVE_AS}"
_ODD = f"这个文件里有不该有的内容，不能读取。{_SAVE_AS}"
_DAMAGED = f"文件已损坏，打不开。{_SAVE_AS}"
_FOREIGN = (
    (b"%PDF", f"这是 PDF 文件。{_SAVE_AS}"),
    (b"\x89PNG", "这是图片，取不出文字。请上传 Word 文档（.docx），或者把文字输入到页面里。"),
    (b"\xff\xd8\xff", "这是图片，取不出文字。请上传 Word 文档（.docx），或者把文字输入到页面里。"),
    (b"Rar!", "这是压缩包。请先解压，再上传里面的 Word 文档。"),
    (b"7z\xbc\xaf", "这是压缩包。请先解压，再上传里面的 Word 文档。"),
    (b"{\\rtf", f"这是 RTF 文档。{_SAVE_AS}"),
)
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_TABLE, _ROW, _CELL, _PARAGRAPH = (qn(f"w:{name}") for name in ("tbl", "tr", "tc", "p"))
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Struck out by tracked changes, notes of the author's, and the second copy of a drawing.
_UNREAD = frozenset({qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), f"{_MARKUP}Fallback"})
Row = tuple[str, ...]


@dataclass(frozen=True)
class DocxText:
    """The text of a document: its blocks in order, a paragraph as text or a table as rows of cells."""

    blocks: tuple[str | tuple[Row, ...], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no text at all."""
        return not any(block if isinstance(block, str) else any(map(any, block)) for block in self.blocks)


def read_docx(file: BinaryIO, max_bytes: int = MAX_BYTES) -> DocxText:
    """The text of an uploaded .docx; its name plays no part. Raises UploadRefused."""
    data = read_capped(file, max_bytes)
    for magic, reason in _FOREIGN:
        if data.startswith(magic):
            raise UploadRefused(reason)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UploadRefused("文件设了打开密码。请在 Word 或 WPS 里取消密码，另存后再上传。")
        raise UploadRefused(f"这是旧版的 .doc 或 .wps 文档。{_SAVE_AS}")
    if not data.startswith(b"PK"):
        raise UploadRefused(f"这不是 Word 文档（.docx）。{_SAVE_AS}")
    try:
        found = _text(_container(_text_part(data)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UploadRefused(_DAMAGED) from error
    except (DefusedXmlException, SAXException, UnicodeError, KeyError, ValueError) as error:
        if isinstance(error, UploadRefused):
            raise
        raise UploadRefused(_ODD) from error
    except RuntimeError as error:  # an encrypted part
        raise UploadRefused("文件设了密码。请取消密码，另存后再上传。") from error
    if found.is_empty:
        raise UploadRefused("文档里没有文字，可能全是图片（扫描件）。请把文字输入到页面里。")
    return found


def _text_part(data: bytes) -> bytes:
    """The part that holds the text, inflated within bounds and scanned."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        names = [info.filename for info in infos]
        if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
            raise UploadRefused(f"文件带有宏，不能读取。{_SAVE_AS}")
        if _TEXT_PART not in names:
            raise UploadRefused(_not_word(names))
        total = sum(info.file_size for info in infos)
        if len(infos) > MAX_PARTS or total > MAX_CLAIMED or total > MAX_RATIO * len(data):
            raise UploadRefused(_BOMB)
        if names.count(_TEXT_PART) > 1:
            raise UploadRefused(_ODD)
        if b"macroEnabled" in _inflated(archive, _TYPES_PART, MAX_TEXT_BYTES // 20):
            raise UploadRefused(f"文件是带宏的文档（.docm），不能读取。{_SAVE_AS}")
        content = _inflated(archive, _TEXT_PART, MAX_TEXT_BYTES)
    scanner = _Scanner()
    scanner.feed(content)
    scanner.close()
    return content


def _not_word(names: list[str]) -> str:
    """What a container is that has no Word text."""
    if any(name.startswith("xl/") for name in names):
        return f"这是 Excel 表格，不是 Word 文档。{_SAVE_AS}"
    if any(name.startswith("ppt/") for name in names):
        return f"这是演示文稿，不是 Word 文档。{_SAVE_AS}"
    return f"这是压缩包或别的文档，不是 Word 文档（.docx）。{_SAVE_AS}"


def _inflated(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The bytes of a part, counted as they are really read."""
    chunks, size = [], 0
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise UploadRefused(_BOMB)
            chunks.append(chunk)
    return b"".join(chunks)


class _Scanner(DefusedExpatParser):
    """Refuses document types and entities, and XML too deep or too large to be built as a tree."""

    def __init__(self) -> None:
        super().__init__(forbid_dtd=True)
        self.depth = self.count = 0

    def reset(self) -> None:
        """Only the start and end of elements are looked at; the checks of the base class stay."""
        super().reset()
        parser: Any = vars(self)["_parser"]
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = parser.CommentHandler = parser.ProcessingInstructionHandler = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count an element."""
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH or self.count > MAX_ELEMENTS:
            raise UploadRefused(_BOMB)

    def end(self, name: str) -> None:
        """Leave it."""
        self.depth -= 1


def _container(content: bytes) -> io.BytesIO:
    """A new document of nothing but the text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as clean:
        clean.writestr(_TYPES_PART, _TYPES)
        clean.writestr("_rels/.rels", _RELATIONS)
        clean.writestr(_TEXT_PART, content)
    out.seek(0)
    return out


def _text(file: io.BytesIO) -> DocxText:
    """Paragraphs and tables of the body."""
    body = docx.Document(file).element.body
    blocks: list[str | tuple[Row, ...]] = []
    for element in _outermost(body):
        if element.tag == _TABLE:
            blocks.append(_rows(element))
        elif text := _words(element).strip():
            blocks.append(text)
    return DocxText(tuple(blocks))


def _outermost(parent: Any) -> Any:
    """Paragraphs and tables below an element, not those inside another."""
    for child in parent:
        if child.tag in (_PARAGRAPH, _TABLE):
            yield child
        elif child.tag not in _UNREAD:
            yield from _outermost(child)


def _rows(table: Any) -> tuple[Row, ...]:
    """The cells of a table as text."""
    rows = (row for row in table.iter(_ROW) if next(row.iterancestors(_TABLE)) is table)
    return tuple(
        tuple("\n".join(_words(p) for p in _outermost(cell)).strip() for cell in row.iterchildren(_CELL))
        for row in rows
    )


def _words(element: Any) -> str:
    """The words of a paragraph with what was inserted by tracked changes, without what was struck out."""
    prefix = f"{{{nsmap['w']}}}"
    words = []
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _UNREAD:
            continue
        if tag == f"{prefix}t":
            words.append(child.text or "")
        elif tag == f"{prefix}tab":
            words.append("\t")
        elif tag in (f"{prefix}br", f"{prefix}cr"):
            words.append("\n")
        else:
            words.append(_words(child))
    return "".join(words)
