"""What comes out of reading one page: its fate with the reason, and one reading a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

READ, BLANK, REJECTED = "read", "blank", "rejected"
CERTAIN_BLANK = "0"  # nothing in any box of the row
UNSURE = "?"

# Why a page was rejected, and what to do. Keys are stable: they are stored.
ADVICE: dict[str, str] = {
    # The file
    "empty_file": "文件是空的（0 字节）。请重新扫描或拍照后再上传。",
    "not_a_picture": "这不是图片或 PDF。请上传扫描得到的 PDF、TIFF，或手机照片（JPG、PNG、HEIC）。",
    "broken_file": "文件不完整，打不开。请从扫描仪或手机重新取一次原文件，再上传。",
    "encrypted_pdf": "这个 PDF 加了密码。请用扫描仪直接存成不加密的 PDF 后再上传。",
    "too_large": "图片太大。请用 200 至 300 dpi 扫描，或用手机普通分辨率拍照后再上传。",
    "too_many_pages": "一个文件的页数太多，后面的页没有读。请分成几个文件上传。",
    # The page
    "empty_page": "这一页是白纸，没有测评表。若是双面扫描的背面，可以不管；否则请检查是否放反了。",
    "no_form": "这一页上找不到测评表。请只上传本次的测评表，四个角的黑方块都要拍到。",
    "few_markers": "测评表没有照全，四角的黑方块至少要看清三个。请把整张表放平、拍全后重传。",
    "several_forms": "一张图里有不止一张测评表。请一张一张地扫描或拍照。",
    "cut_off": "测评表的边被裁掉了，有的格子看不到。请把整张纸扫全后重传。",
    "not_registered": "四角的黑方块对不上，可能是纸折了、揉了，或拍得太斜。请把纸压平，从正上方重拍。",
    "not_flat": "纸面不平，表格线对不上。请把纸压平，或用扫描仪重扫。",
    "low_resolution": "图片太小，看不清笔迹。请用 200 dpi 以上扫描；手机请发原图，不要用压缩过的图。",
    "blurred": "图片模糊。请拿稳手机、对准焦再拍一次，或用扫描仪重扫。",
    "too_pale": "印出的表格线太淡，读不准。请把扫描的深浅调深后重扫；打印机该换墨粉了。",
    "too_dirty": "画面太脏，有条纹、污渍或花纹，读不准。请擦净扫描仪玻璃后重扫。",
    "black_and_white": "这是黑白二值扫描，笔迹丢了不少，人也看不清。请把扫描仪改为“灰度”，只重扫这一张，读好的不要再扫；扫不成灰度的，对着原票手工录入。",
    # The form
    "qr_unreadable": "表上的二维码看不清，不能确认是哪一次的表。请擦净二维码处、对准焦后重扫。",
    "foreign_form": "这不是本系统印的测评表。请只上传本次的测评表。",
    "other_version": "这张表是用别的版本的程序印的，不能自动读。请由计票人手工录入或核对是不是本次的票。",
    "other_form": "这是另一次测评的表（别的支部、往年的，或名单改动以前印的），不能计入本次。请取出核对。",
    "test_sheet": "这是试印的表，印有“试”的标记，不能计入正式票。请把它取出来。",
    "official_sheet": "这是正式票，现在是试读。请用试印的表来试。",
    "side_without_rows": "这一面没有要划的格子，不用扫描。",
}

# What people should know of a page that was read, the most important first. Keys are stable: they are stored.
NOTICES: dict[str, str] = {
    "pale_ink": "画面暗，或者笔迹淡：比这更淡的笔画看不见。请翻一翻原票，有淡笔涂改的，不计这一页，改为手工录入。下一批请开灯拍，或者用扫描仪。",
    "low_dpi": "图片偏小，多半被聊天软件压缩过，存疑的行会多。下一批请发原图，或者用扫描仪。",
    "streaks": "画面上有竖条纹，已经避开。是玻璃脏了的，请擦净再扫下一批；是折痕的，不用管。",
}


@dataclass(frozen=True, slots=True)
class RowReading:
    """One rated row. `mark` is "1".."9", "0" (certainly nothing) or "?" (a person decides, `reason` says why).

    `guess` is the machine's best guess where it is not certain ("" for none); it is never shown or counted.
    `reason` is a stable key: overvote, correction, cancelled, crosses_cells, on_line, faint, unlike, complex,
    blank_touched, many_blanks, column_sweep, tick_only, ...
    """

    row: int
    mark: str
    reason: str = ""
    guess: str = ""

    @property
    def certain(self) -> bool:
        """Whether no person needs to look at this row."""
        return self.mark != UNSURE


@dataclass(frozen=True, slots=True)
class SheetReading:
    """One page of an upload.

    `fate`: READ; BLANK (a form of this ballot without any ink: a person confirms once); REJECTED (`reason` is
    a key of ADVICE). `position` counts pages of the upload from 1, `page` is the side of the form (0: unknown),
    `dpi` the effective resolution. `ink` is a fingerprint to find the same sheet scanned twice. `picture` is
    the straightened sheet as a JPEG in grey; `strips` has a JPEG for every row, made when asked for.
    `sha256` is over the decoded grey pixels of the page as uploaded. `warnings` are keys of NOTICES, and
    `corner_missing` where one of the four corner marks was not found.
    """

    position: int
    fate: str
    reason: str = ""
    page: int = 0
    rows: tuple[RowReading, ...] = ()
    dpi: float = 0.0
    sha256: str = ""
    ink: bytes = b""
    picture: bytes = b""
    strips: Mapping[int, bytes] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def notice(self) -> str:
        """The key of the most important thing to know of a page that was read; empty for none."""
        return next((key for key in NOTICES if key in self.warnings), "") if self.fate == READ else ""

    @property
    def advice(self) -> str:
        """What to do about a rejected page, in Chinese; empty for others."""
        return ADVICE.get(self.reason, "")
