"""One cell of an uploaded sheet as clean text, whatever it holds."""

import datetime
import math
import unicodedata
from functools import lru_cache
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None

NO_VALUE = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "空",
        "暂无",
        "不详",
        "未知",
        "未填",
        "N/A",
        "n/a",
        "#N/A",
        "null",
        "NULL",
        "None",
    }
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Where rare hanzi of names stand that Python's table does not know (yet): private use but for the signs of
# symbol fonts, and the planes of hanzi.
_RARE = (range(0xE000, 0xF000), range(0xF100, 0xF900), range(0x20000, 0x3FFFE))
_LONGEST = 2_000
# Full-width digits, letters and the signs that numbers and dates use; hanzi punctuation stays.
_RANGES = ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
_HALF = {ord(full): ord(full) - 0xFEE0 for full in "．－／＋＿"} | {
    full: full - 0xFEE0 for first, last in _RANGES for full in range(first, last + 1)
}


def as_text(cell: Cell) -> str:
    """Returns a cell as one trimmed line of text: half-width digits and letters, no invisible characters, whole numbers without ".0".

    Never raises; anything past 2,000 characters is cut, and a number that cannot be written is an empty text.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int):
        return str(cell) if -(10**40) < cell < 10**40 else ""
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e40 else repr(cell)
    if isinstance(cell, str):
        return _clean(cell[:_LONGEST])
    return str(cell)


@lru_cache(maxsize=16_384)
def _clean(text: str) -> str:
    if not text.isprintable():
        text = "".join(
            " " if character.isspace() else character
            for character in text
            if character.isspace() or not _is_invisible(character)
        )
    return " ".join(text.translate(_HALF).split())


def _is_invisible(character: str) -> bool:
    if any(ord(character) in block for block in _RARE):
        return False
    return unicodedata.category(character) in _INVISIBLE


def is_blank(cell: Cell) -> bool:
    """Returns whether a cell says nothing: empty, blanks, or one of the usual signs for "nothing"."""
    return as_text(cell) in NO_VALUE
