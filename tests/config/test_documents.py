"""Documents kept as attachments: name and content must agree, and nothing dangerous is taken."""

from __future__ import annotations

import io
import zipfile

import pytest

from config.lib.documents import LONGEST_NAME, accept_document, tidy_name
from config.lib.uploads import UploadRefused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def container(*parts: str) -> bytes:
    """A zip container with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return out.getvalue()


DOCX = container("[Content_Types].xml", "word/document.xml")
GOOD = [
    ("通知.pdf", b"%PDF-1.7\n", "application/pdf"),
    ("通知.PDF", b"%PDF-1.4\n", "application/pdf"),
    ("通知.doc", OLE, "application/msword"),
    ("通知.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("名册.xls", OLE, "application/vnd.ms-excel"),
    (
        "名册.xlsx",
        container("xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("通知.wps", OLE, "application/vnd.ms-works"),
    ("通知.wps", DOCX, "application/vnd.ms-works"),
    ("图.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ("图.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ("图.png", b"\x89PNG\r\n\x1a\n", "image/png"),
    ("公文.ofd", container("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
]


@pytest.mark.parametrize(("name", "data", "kind"), GOOD, ids=[f"{n}-{k[-8:]}" for n, _, k in GOOD])
def test_the_kinds_offices_use_are_taken_as_they_came(name: str, data: bytes, kind: str) -> None:
    document = accept_document(name, io.BytesIO(data))
    assert (document.name, document.content_type, document.data) == (name, kind, data)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("网页.html", b"<html>", "不收这种文件"),
        ("没有后缀", b"%PDF-1.7", "不收这种文件"),
        ("程序.pdf.exe", b"MZ", "不收这种文件"),
        ("宏.docm", DOCX, "不收这种文件"),
        ("通知.pdf", DOCX, "对不上"),
        ("通知.docx", b"%PDF-1.7", "对不上"),
        ("通知.docx", container("xl/workbook.xml"), "对不上"),
        ("通知.pdf", b"<script>", "对不上"),
        ("通知.docx", b"PK\x03\x04 broken", "已损坏"),
        ("通知.docx", container("word/document.xml", "word/vbaProject.bin"), "宏"),
        ("通知.doc", OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("通知.pdf", b"", "空的"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_to_do(name: str, data: bytes, said: str) -> None:
    with pytest.raises(UploadRefused, match=said):
        accept_document(name, io.BytesIO(data))


def test_a_document_over_the_limit_is_refused() -> None:
    data = b"%PDF-" + b"0" * (1 << 20)
    with pytest.raises(UploadRefused, match="超过 1 MB"):
        accept_document("大.pdf", io.BytesIO(data), 1 << 20)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\通知.pdf", "通知.pdf"),
        ("通\u202e知\n.pdf", "通知.pdf"),
        ("长" * 400 + ".pdf", "长" * (LONGEST_NAME - 4) + ".pdf"),
        ("长" * 400, "长" * LONGEST_NAME),
        ("  附件1.pdf ", "附件1.pdf"),
    ],
)
def test_a_name_is_made_tidy(sent: str, kept: str) -> None:
    assert tidy_name(sent) == kept
