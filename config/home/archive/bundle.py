"""The bundle: one .zip with every document in its folder and an index that names, counts and seals each file."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from pypdf import PdfReader

from config.home.archive.classes import Filed, classes
from config.home.archive.items import Archive
from config.home.archive.papers import ArchivePaper
from config.lib.pdf import archival
from config.lib.xlsx import Column, Value, Workbook

Told = Callable[[int, str], None]
# The same for everybody: the files say themselves of which day they are, and equal data make equal bundles.
STAMP = (2020, 1, 1, 0, 0, 0)
FORBIDDEN = '\\/:*?"<>|'
LONGEST_NAME = 80  # characters; with its folder below what Windows unpacks
COLUMNS = (
    Column("序号", 6),
    Column("题名", 40, "name"),
    Column("门类", 12, "text"),
    Column("保管期限", 34, "name"),
    Column("页数", 7),
    Column("文件", 46, "name"),
    Column("校验值（SHA-256）", 68, "text"),
)


@dataclass(frozen=True)
class Bundled:
    """One file of the bundle: where it lies, how many pages (PDF only), and its SHA-256."""

    filed: Filed
    title: str
    path: str
    content: bytes

    @property
    def pages(self) -> int | None:
        """How many pages a PDF has; None for other files."""
        if not self.path.endswith(".pdf"):
            return None
        return len(PdfReader(io.BytesIO(self.content)).pages)

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def safe(name: str) -> str:
    """A name that every system can unpack."""
    clean = "".join(" " if c in FORBIDDEN or not c.isprintable() else c for c in name).strip(" .")
    return clean[:LONGEST_NAME] or "文件"


def bundled(archive: Archive, told: Told = lambda done, what: None) -> list[Bundled]:
    """Every file, rendered in the order of the index; PDF as PDF/A."""
    files: list[Bundled] = []
    with archival():
        for shelf in archive.shelves:
            for number, item in enumerate(shelf.items, 1):
                for ending, make in item.makers:
                    told(len(files), item.title)
                    name = f"{number:02d}-{safe(item.title)}.{ending}"
                    path = f"{shelf.filed.folder}/{name}"
                    files.append(Bundled(shelf.filed, item.title, path, make()))
    return files


def zipped(archive: Archive, told: Told = lambda done, what: None) -> bytes:
    """The bundle of an archive: equal data give equal bytes. Names are UTF-8."""
    files = bundled(archive, told)
    told(len(files), "目录")
    with archival():
        index_pdf = index_paper(archive, files).to_pdf()
    contents = [
        ("目录.pdf", index_pdf),
        ("目录.xlsx", index_workbook(archive, files)),
        *((one.path, one.content) for one in files),
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for path, content in contents:
            info = zipfile.ZipInfo(path, STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            file.writestr(info, content)
    return out.getvalue()


def notes_of(archive: Archive) -> tuple[str, ...]:
    """What stands under the index: what is not there, what never is, and where classes and terms come from."""
    found = classes()
    lacking = [f"{shelf.filed.title}（{shelf.lacks}）" for shelf in archive.shelves if shelf.lacks]
    never = [f"{one.title}（{one.why}）" for one in archive.never]
    return (
        *((f"没有收入：{'、'.join(lacking)}。",) if lacking else ()),
        *((f"按规定不收入：{'、'.join(never)}。",) if never else ()),
        f"门类和保管期限的依据：{found.source}具体期限请按本单位归档规定核定。",
        "PDF 文件按长期保存格式（PDF/A）生成；校验值用来核对文件有没有改动。签字原件由支部另存。",
    )


def index_paper(archive: Archive, files: list[Bundled]) -> ArchivePaper:
    """The index as a paper."""
    return ArchivePaper(
        title=f"{archive.organization.name}档案目录",
        organization=archive.organization.name,
        lines=(archive.campaign.name, f"共 {len(files)} 个文件"),
        columns=("序号", "题名", "门类", "保管期限", "页数", "文件和校验值（SHA-256）"),
        widths=(5, 21, 9, 21, 6, 38),
        rows=tuple(
            (
                str(number),
                one.title,
                one.filed.category,
                one.filed.retention,
                str(one.pages or "—"),
                f"{one.path}\n{one.digest}",
            )
            for number, one in enumerate(files, 1)
        ),
        notes=notes_of(archive),
        is_wide=True,
    )


def index_workbook(archive: Archive, files: list[Bundled]) -> bytes:
    """The index as a workbook."""
    book = Workbook("档案目录", author=archive.organization.name)
    sheet = book.sheet("目录", COLUMNS)
    sheet.title(f"{archive.organization.name}档案目录")
    sheet.meta(archive.campaign.name, f"共 {len(files)} 个文件")
    sheet.header()
    for number, one in enumerate(files, 1):
        row: list[Value] = [number, one.title, one.filed.category, one.filed.retention, one.pages]
        sheet.row([*row, one.path, one.digest])
    for note in notes_of(archive):
        sheet.note(note)
    sheet.finish()
    return book.to_bytes()
