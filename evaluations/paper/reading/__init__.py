"""Reads scanned or photographed ballot sheets. Plain Python, no Django.

`read_file` yields one `SheetReading` for each page of an upload and never raises for bad input: a page
that cannot be read comes out rejected with its reason.
"""

from evaluations.paper.reading.result import (
    ADVICE,
    BLANK,
    CERTAIN_BLANK,
    READ,
    REJECTED,
    UNSURE,
    RowReading,
    SheetReading,
)

__all__ = [
    "ADVICE",
    "BLANK",
    "CERTAIN_BLANK",
    "READ",
    "REJECTED",
    "UNSURE",
    "RowReading",
    "SheetReading",
]
