"""What comes out of reading one page: its fate with the reason, and one reading a row."""

from __future__ import annotations

from dataclasses import dataclass, field

READ, BLANK, REJECTED = "read", "blank", "rejected"
CERTAIN_BLANK = "0"  # nothing in any box of the row
UNSURE = "?"

# Why a page was rejected, and what to do, in Chinese. Keys are stable: they are stored.
ADVICE: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class RowReading:
    """One rated row. `mark` is "1".."9", "0" (certainly nothing) or "?" (a person decides, `reason` says why).

    `guess` is the machine's best guess where it is not certain ("" for none); it is never shown or counted.
    `reason` is a stable key: overvote, correction, cancelled, crosses_cells, on_line, faint, unlike, complex,
    blank_touched, many_blanks, column_sweep, tick_only, ...
    """

    row: int
    mark: str
    reason: str = ""
    guess: str = ""

    @property
    def certain(self) -> bool:
        """Whether no person needs to look at this row."""
        return self.mark != UNSURE


@dataclass(frozen=True, slots=True)
class SheetReading:
    """One page of an upload.

    `fate`: READ; BLANK (a form of this ballot without any ink: a person confirms once); REJECTED (`reason` is
    a key of ADVICE). `position` counts pages of the upload from 1, `page` is the side of the form (0: unknown),
    `dpi` the effective resolution. `ink` is a fingerprint to find the same sheet scanned twice. `picture` is
    the straightened sheet as a JPEG in grey; `strips` has a JPEG for every row, whatever its reading.
    `sha256` is over the decoded grey pixels of the page as uploaded.
    """

    position: int
    fate: str
    reason: str = ""
    page: int = 0
    rows: tuple[RowReading, ...] = ()
    dpi: float = 0.0
    sha256: str = ""
    ink: bytes = b""
    picture: bytes = b""
    strips: dict[int, bytes] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """What to do about a rejected page, in Chinese; empty for others."""
        return ADVICE.get(self.reason, "")
