"""Looks at a test sheet before the meeting: can the forms of this printer and this scanner be read?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.opening import open_pages
from evaluations.paper.reading.reader import Examined, examine, is_coarse
from evaluations.paper.reading.result import ADVICE
from evaluations.paper.template import FormTemplate

Grey = NDArray[np.uint8]

USABLE = "可以使用"
SCALE_TOLERANCE = 0.035  # a print may be so much larger or smaller (a share)
SCALE_MOST = 0.075  # and so much where it is said but still read
FLAT_SKEW = 2.0  # degrees: a sheet that lies less straight is no scan of just the paper
TOO_LARGE = "打印时放大了的，四角会印不全：请选“实际大小”或“100%”再印一张。"
COARSE = "这是黑白二值扫描，淡的笔会扫丢，投完票再扫就晚了。请把扫描仪改为“灰度”再扫；没有灰度的，用手机拍。"
GOOD_DPI = 140.0
PAPER_LONG, PAPER_WIDE = 297.0, 210.0
MOST_SKEW = 10.0  # degrees
PALE_LINES = 60.0  # darkness of printed lines, of 255
MOST_BEND = 0.9  # mm
SMEARED = 5.5  # pixels (at 200 dpi) a line is wide to each side


@dataclass(frozen=True, slots=True)
class PrintCheck:
    """`usable`, and in Chinese what to say: `findings` stop, `hints` are better mended but do not stop."""

    usable: bool
    findings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    page: int = 0
    dpi: float = 0.0

    @property
    def verdict(self) -> str:
        """可以使用, or that it is not."""
        return USABLE if self.usable else "还不能使用，请按下面的提示处理后再试印、再扫描一次。"


def check_file(data: bytes, template: FormTemplate) -> tuple[PrintCheck, ...]:
    """The print check of every page of an uploaded file."""
    return tuple(
        PrintCheck(False, (ADVICE[page],)) if isinstance(page, str) else check_print(page, template)
        for _, page in open_pages(data)
    )


def check_print(grey: Grey, template: FormTemplate) -> PrintCheck:
    """What a page in grey says of printer and scanner. `template` is that of the test form."""
    examined = examine(grey, template)
    if not isinstance(examined, Examined):
        cut = (TOO_LARGE,) if examined.reason == "no_form" and _just_the_paper(grey) else ()
        return PrintCheck(False, (ADVICE[examined.reason],), cut, examined.page, examined.dpi)
    findings, hints = [], []
    if is_coarse(grey):
        findings.append(COARSE)
    lines = float(np.median([ink.lines for ink in examined.inks]))
    if lines < PALE_LINES:
        findings.append("印得太淡，请换墨粉或调深打印浓度。")
    if examined.place.dpi < GOOD_DPI:
        findings.append(f"清晰度只有约 {examined.place.dpi:.0f} dpi，请把扫描仪设为 200 或 300 dpi。")
    if max(ink.smear for ink in examined.inks) > SMEARED:
        findings.append("画面模糊，请检查扫描仪的对焦和玻璃，或拿稳手机再拍。")
    if examined.place.markers < len(examined.sheet.markers):
        findings.append("四角的黑方块没有全部印出或扫到，请检查打印的页边距和扫描的范围。")
    skew = _skew(examined)
    scale = _scale(examined, grey)
    off = f"打印比例约为 {scale * 100:.0f}%"
    if skew <= FLAT_SKEW and abs(scale - 1) > SCALE_MOST:
        findings.append(f"{off}，格子大小变了，容易读不准。请在打印时选“实际大小”或“100%”再印一张。")
    elif abs(scale - 1) > SCALE_TOLERANCE:
        hints.append(f"{off}，能读，但请在打印时选“实际大小”或“100%”。")
    if examined.streaks:
        hints.append("画面上有竖直的条纹，请擦净扫描仪玻璃。")
    if skew > MOST_SKEW:
        hints.append(f"纸放歪了约 {skew:.0f} 度，能读，但请尽量放正。")
    if float(np.abs(examined.straight.bend).max()) > MOST_BEND:
        hints.append("纸面不平，请把纸压平。")
    return PrintCheck(not findings, tuple(findings), tuple(hints), examined.sheet.page, examined.place.dpi)


def _skew(examined: Examined) -> float:
    """Degrees the sheet is turned away from upright, level or upside down."""
    ends = examined.place.points(np.array([[20.0, 150.0], [190.0, 150.0]]))
    angle = math.degrees(math.atan2(ends[1, 1] - ends[0, 1], ends[1, 0] - ends[0, 0]))
    return abs((angle + 45) % 90 - 45)


def _just_the_paper(grey: Grey) -> bool:
    """Whether the picture has the shape of the paper, as a scanner makes it."""
    long, wide = max(grey.shape), min(grey.shape)
    return bool(abs(long / wide - PAPER_LONG / PAPER_WIDE) <= 0.02)


def _scale(examined: Examined, grey: Grey) -> float:
    """How large the print is against the paper; 1 where the picture is no scan of just the paper."""
    if not _just_the_paper(grey):
        return 1.0
    return float(examined.place.dpi / (max(grey.shape) / PAPER_LONG * 25.4))
