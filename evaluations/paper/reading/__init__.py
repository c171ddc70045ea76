"""Reads scanned or photographed ballot sheets. Plain Python, no Django.

`read_file` yields one `SheetReading` for each page of an upload and never raises for bad input: a page
that cannot be read comes out rejected with its reason.
"""

from evaluations.paper.reading.doubles import find_doubles, likeness
from evaluations.paper.reading.opening import count_pages
from evaluations.paper.reading.printcheck import PrintCheck, check_file, check_print
from evaluations.paper.reading.reader import read_file, read_page
from evaluations.paper.reading.result import (
    ADVICE,
    BLANK,
    CERTAIN_BLANK,
    NOTICES,
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
    "NOTICES",
    "READ",
    "REJECTED",
    "UNSURE",
    "PrintCheck",
    "RowReading",
    "SheetReading",
    "check_file",
    "check_print",
    "count_pages",
    "find_doubles",
    "likeness",
    "read_file",
    "read_page",
]
