"""姓氏笔画 order: fewest strokes first, then the kinds of strokes 横竖撇点折 one by one, then the table's own order."""

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "strokes.txt"
_UNKNOWN_HANZI = 99
_NOT_HANZI = 0
_LAST_RANK = 99_999


@cache
def _table() -> dict[str, tuple[int, int]]:
    """Returns (stroke count, place in the whole order) of each hanzi of the vendored table."""
    table: dict[str, tuple[int, int]] = {}
    with _TABLE.open(encoding="utf-8") as lines:
        for line in lines:
            count, _sequence, characters = line.rstrip("\n").split("\t")
            for character in characters:
                table[character] = (int(count), len(table))
    return table


def stroke_count(character: str) -> int | None:
    """Returns the number of strokes of one hanzi in its mainland form, or None when the table does not have it."""
    entry = _table().get(character)
    return entry[0] if entry else None


@cache
def _character_key(character: str) -> str:
    entry = _table().get(character)
    if entry is not None:
        return f"{entry[0]:02d}x{entry[1]:05d}"
    code = ord(character)
    if code >= 0x20000:
        return f"{_UNKNOWN_HANZI:02d}x{min(code - 0x20000, _LAST_RANK):05d}"
    block = _UNKNOWN_HANZI if 0x3400 <= code <= 0x9FFF else _NOT_HANZI
    return f"{block:02d}x{min(code, _LAST_RANK):05d}"


def stroke_key(name: str) -> str:
    """Returns a text whose plain order is 姓氏笔画 order of the names.

    Names are compared character by character; a name that is the beginning of another comes first. Eight characters for
    each, digits around an x, so the order is the same in every collation of every database and no key looks like an ID number.
    Middle dots and spaces do not count.
    """
    return "".join(_character_key(character) for character in name if character.isalnum())
