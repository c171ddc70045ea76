"""Which characters the vendored typeface can print; `python -m config.lib.glyphs` checks its rare hanzi."""

import functools
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.ttLib import TTFont

from config.lib.fonts import REGULAR

# In names of people and places; an older copy of the typeface lacks some of these.
RARE = "𠮷㛃䶮𬭎㐂☐☑"
# Printed for a character the typeface lacks: a box in which it can be written by hand.
BLANK = "□"
# Extension A to the unified block, private use and compatibility, planes 2 and 3, private planes.
_HANZI = (range(0x3400, 0xA000), range(0xE000, 0xFB00), range(0x20000, 0x40000), range(0xF0000, 0x110000))
# They choose a form of the hanzi before them and print nothing themselves.
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


@functools.cache
def characters(font: Path = REGULAR) -> frozenset[int]:
    """The code points the font file has a glyph for (read once a process)."""
    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def missing(text: str, font: Path = REGULAR) -> str:
    """The characters of `text` that the font cannot print, each once, in order of appearance."""
    known = characters(font)
    lost = (c for c in text if ord(c) not in known and not c.isspace() and c not in _SELECTORS)
    return "".join(dict.fromkeys(lost))


def boxed(text: str, *, only_hanzi: bool = False) -> str:
    """The text with a box for each character that cannot be printed, and without variation selectors.

    `only_hanzi` leaves other scripts and control characters as they are (for HTML).
    """
    used = set(text)
    lost = (ord(c) for c in missing("".join(used)))
    table: dict[int, str | None] = {
        code: BLANK for code in lost if not only_hanzi or any(code in block for block in _HANZI)
    }
    table.update((ord(c), None) for c in used & _SELECTORS)
    return text.translate(table) if table else text


def note(texts: Iterable[str]) -> str:
    """A sentence for the screen on the characters that will not be printed; empty when all will be."""
    lost = missing("".join(texts))
    if not lost:
        return ""
    listed = "".join(f"「{character}」" for character in lost)
    return f"系统字体里没有{listed}，打印时此处留空框“{BLANK}”，请打印后手工填写。"


def main() -> int:
    """Exit code of the check; what is wrong goes to the standard error, in Chinese."""
    lost = missing(RARE)
    if lost:
        sys.stderr.write(f"字体文件 {REGULAR} 缺少罕用字「{lost}」，请重新取得完整的程序目录\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
