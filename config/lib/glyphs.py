"""Which characters the vendored typeface can print."""

import functools
from pathlib import Path

from fontTools.ttLib import TTFont

from config.lib.fonts import REGULAR


@functools.cache
def characters(font: Path = REGULAR) -> frozenset[int]:
    """The code points the font file has a glyph for (read once a process)."""
    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def missing(text: str, font: Path = REGULAR) -> str:
    """The characters of `text` that the font cannot print, each once, in order of appearance."""
    known = characters(font)
    return "".join(dict.fromkeys(c for c in text if ord(c) not in known and not c.isspace()))
