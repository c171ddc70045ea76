"""A table as .csv for office programs: no cell can become a formula, and long numbers stay text."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence

# What makes a spreadsheet read a cell as a formula; the wide forms do so where the language is Chinese.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_LONG_NUMBER = re.compile(r"\d{12,}[\dXx]?", re.ASCII)


def csv_bytes(rows: Iterable[Sequence[object]], *, encoding: str) -> bytes:
    """The rows as they are, comma-separated, one a line (CR LF). Every character fits utf-8-sig and gb18030."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode(encoding)


def cell(value: object) -> str:
    """One cell as text. A text that could run as a formula gets an apostrophe before it; a number too long for a
    spreadsheet's fifteen digits a tab after it, which keeps it a text and which importing programs cut off."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value)
    if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS):
        return f"'{text}"
    return f"{text}\t" if _LONG_NUMBER.fullmatch(text) else text
