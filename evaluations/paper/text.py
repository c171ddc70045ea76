"""Measuring and breaking Chinese text for the ballot form, in the vendored typeface only."""

import functools
import re
from dataclasses import dataclass
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from config.lib import fonts, glyphs

REGULAR, BOLD = "OfficeSerif", "OfficeSerif-Bold"
LEADING = 1.25  # line height in multiples of the type size
# A line never starts with one of these (避头) and never ends with one of those (避尾).
_NOT_FIRST = frozenset("、，。；：？！）》」』】”’…—·%")
_NOT_LAST = frozenset("（《「『【“‘")
BLANK = glyphs.BLANK
_FIVE_DIGITS = re.compile(r"<([0-9A-F]{5,6})>$", re.MULTILINE)


def _utf16(found: re.Match[str]) -> str:
    """The code point in the two halves a PDF file asks for."""
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


class _Typeface(TTFont):
    """A TrueType font whose characters beyond U+FFFF can also be searched and copied in the PDF file."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        """Write the font into the document; the library leaves those code points as five digits."""
        super().addObjects(doc)
        for name, written in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                written.content = _FIVE_DIGITS.sub(_utf16, written.content)


@functools.cache
def load_fonts() -> None:
    """Register the vendored typeface with ReportLab, once a process."""
    pdfmetrics.registerFont(_Typeface(REGULAR, str(fonts.REGULAR)))
    pdfmetrics.registerFont(_Typeface(BOLD, str(fonts.BOLD)))


def printable(text: str) -> str:
    """The text on one line, with a box for each character the typeface lacks."""
    return glyphs.boxed(" ".join(text.split()))


def face(text: str, *, bold: bool) -> str:
    """The font to set the text in: bold only if the bold weight has every character."""
    return BOLD if bold and not glyphs.missing(text, fonts.BOLD) else REGULAR


def width_mm(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in mm at the type size in points."""
    load_fonts()
    return float(pdfmetrics.stringWidth(text, face(text, bold=bold), size)) / mm


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines of at most `width` mm; an unbreakable character alone may be wider."""
    lines: list[str] = []
    line = ""
    for character in printable(text):
        if line and width_mm(line + character, size, bold=bold) > width:
            whole, keep = line + character, len(line)
            while keep > 1 and (whole[keep] in _NOT_FIRST or whole[keep - 1] in _NOT_LAST):
                keep -= 1
            lines.append(line[:keep].rstrip())
            line = line[keep:].lstrip()
        line += character
    return (*lines, line)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines of text and the type size (points) at which they fit a width."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """Height of all lines in mm."""
        return len(self.lines) * self.size * LEADING / mm


# Type sizes tried from large to small, with the number of lines allowed at each.
Steps = tuple[tuple[float, int], ...]
NAME_STEPS: Steps = ((14.0, 2), (13.0, 2), (12.0, 2), (11.0, 3), (10.0, 3), (9.0, 4))
NARROW_STEPS: Steps = ((14.0, 1), (13.0, 1), (12.0, 1), (10.0, 2), (9.0, 2), (8.0, 3))  # two tables a side
LARGE_STEPS: Steps = ((22.0, 1), (20.0, 1), (18.0, 2), (16.0, 2), (14.0, 3), (12.0, 4))


@functools.lru_cache(maxsize=4096)
def fit(
    text: str,
    width: float,
    steps: Steps = NAME_STEPS,
    bold: bool = False,
) -> Fitted:
    """The text at the largest size that fits; at the smallest it takes the lines it needs."""
    for size, most in steps:
        fitted = Fitted(wrap(text, size, width, bold=bold), size)
        if len(fitted.lines) <= most:
            break
    return fitted


@functools.lru_cache(maxsize=4096)
def fit_evenly(text: str, width: float, steps: Steps = NAME_STEPS, bold: bool = False) -> Fitted:
    """Like `fit`, for titles and names: two lines part at a pause, more are about equally long."""
    fitted = fit(text, width, steps, bold)
    count, size = len(fitted.lines), fitted.size
    if count == 1:
        return fitted
    for pause in "）·，、":
        before, found, after = printable(text).partition(pause)
        parts = (before + found, after)
        if count == 2 and after and max(width_mm(part, size, bold=bold) for part in parts) <= width:
            return Fitted(parts, size)
    least = width_mm(text, size, bold=bold) / count
    lines = wrap(text, size, least, bold=bold)
    while len(lines) > count:
        least += size / 2 / mm
        lines = wrap(text, size, min(least, width), bold=bold)
    return Fitted(lines, size)
