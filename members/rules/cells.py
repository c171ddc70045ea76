"""One cell of an uploaded sheet as clean text, whatever it holds."""

import datetime
import math
import unicodedata
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
_LONGEST = 2_000


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


def _clean(text: str) -> str:
    kept = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in _INVISIBLE
    )
    halved = "".join(_half(character) for character in kept)
    return " ".join(halved.split())


def _half(character: str) -> str:
    """Returns the half-width form of a full-width digit, letter or sign that numbers and dates use; hanzi punctuation stays."""
    if (
        "０" <= character <= "９"
        or "Ａ" <= character <= "Ｚ"
        or "ａ" <= character <= "ｚ"
        or character in "．－／＋＿"
    ):
        return chr(ord(character) - 0xFEE0)
    return character


def is_blank(cell: Cell) -> bool:
    """Returns whether a cell says nothing: empty, blanks, or one of the usual signs for "nothing"."""
    return as_text(cell) in NO_VALUE
