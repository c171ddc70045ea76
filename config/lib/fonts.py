"""The vendored Chinese typeface: where its files are, and whether PDF files can be made with it here."""

import functools
import subprocess
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
FOLDER = STATIC / "vendor" / "fonts"
REGULAR = FOLDER / "NotoSerifSC-Regular.ttf"
BOLD = FOLDER / "NotoSerifSC-Bold.ttf"
CHECK_SECONDS = 60
# Run one after the other: the rare hanzi are in the file, and a PDF comes out.
PROBES = ("config.lib.glyphs", "config.lib.fontprobe")


@functools.cache
def problem() -> str:
    """Why 「党」 and rare names cannot be rendered into a PDF here, in Chinese; empty when they can.

    Runs in processes of their own: neither the import of the renderer (a second) nor a crash of a
    missing system library reaches the caller. The answer is kept for the life of the process.
    """
    for font in (REGULAR, BOLD):
        if not font.is_file():
            return f"缺少中文字体文件 {font}，请重新取得完整的程序目录"
    return next(filter(None, map(_failure, PROBES)), "")


def _failure(module: str) -> str:
    """The last line of what the module says when it is run and fails; empty when it succeeds."""
    try:
        probe = subprocess.run(
            [sys.executable, "-m", module],
            cwd=STATIC.parent,
            capture_output=True,
            text=True,
            timeout=CHECK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{CHECK_SECONDS} 秒内没有生成 PDF"
    if probe.returncode == 0:
        return ""
    lines = probe.stderr.strip().splitlines() or ["没有说明原因"]
    return lines[-1]
