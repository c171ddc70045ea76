"""The gate of documents that are only kept and handed out again: kind by content and by the name's ending.

They are never opened here; a reader gets them as a download. A refusal says in Chinese what to do.
"""

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import BinaryIO

from config.lib.uploads import MAX_BYTES, UploadRefused, read_capped

LONGEST_NAME = 150
LONGEST_LISTING = 5000  # parts of one container

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."
# Ending → the kinds of content it may have, and the content type handed out.
_ENDINGS: dict[str, tuple[tuple[str, ...], str]] = {
    "pdf": (("pdf",), "application/pdf"),
    "doc": (("ole",), "application/msword"),
    "docx": (("docx",), f"{_OFFICE}wordprocessingml.document"),
    "xls": (("ole",), "application/vnd.ms-excel"),
    "xlsx": (("xlsx",), f"{_OFFICE}spreadsheetml.sheet"),
    "wps": (("ole", "docx"), "application/vnd.ms-works"),
    "jpg": (("jpeg",), "image/jpeg"),
    "jpeg": (("jpeg",), "image/jpeg"),
    "png": (("png",), "image/png"),
    "ofd": (("ofd",), "application/ofd"),
}
_MAGIC = ((b"%PDF-", "pdf"), (_OLE, "ole"), (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"))
_INSIDE = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("OFD.xml", "ofd"))
ACCEPTED = "、".join(_ENDINGS)
INPUT_ACCEPT = ",".join(f".{ending}" for ending in _ENDINGS)


@dataclass(frozen=True)
class Document:
    """A file that may be kept: its tidy name, the content type to hand it out with, its bytes."""

    name: str
    content_type: str
    data: bytes


def accept_document(name: str, file: BinaryIO, max_bytes: int = MAX_BYTES) -> Document:
    """The document, when name and content agree on a kind that is taken. Raises UploadRefused."""
    tidy = tidy_name(name)
    ending = tidy.rpartition(".")[2].lower()
    if ending not in _ENDINGS:
        raise UploadRefused(f"不收这种文件。可以上传 {ACCEPTED}；其他的请先另存为 PDF 再上传。")
    data = read_capped(file, max_bytes)
    kinds, content_type = _ENDINGS[ending]
    if _kind(data) not in kinds:
        raise UploadRefused(
            f"文件内容和名字的 .{ending} 对不上，可能改过后缀或者已损坏。请用原来的软件打开，另存后再上传。"
        )
    return Document(tidy, content_type, data)


def tidy_name(name: str) -> str:
    """The last part of a file name without characters that cannot be shown, short enough to be kept."""
    last = PureWindowsPath(PurePosixPath(name.replace("\\", "/")).name).name
    shown = "".join(
        c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C"
    ).strip()
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        return shown[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _kind(data: bytes) -> str:
    """What the content is by its first bytes or, in a container, by its parts; empty when unknown."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            if kind == "ole" and "EncryptedPackage".encode("utf-16-le") in data:
                raise UploadRefused("文件设了打开密码，别人打不开。请取消密码，另存后再上传。")
            return kind
    if not data.startswith(b"PK"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist()[:LONGEST_LISTING])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UploadRefused("文件已损坏，打不开。请用原来的软件打开，另存后再上传。") from error
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise UploadRefused("文件带有宏，别人打开不安全。请另存为不带宏的格式，或者 PDF，再上传。")
    return next((kind for part, kind in _INSIDE if part in names), "")
