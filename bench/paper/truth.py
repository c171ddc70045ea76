"""What stands on a sheet, as the person who wrote it knows it."""

from __future__ import annotations

from dataclasses import dataclass

INVALID = "x"  # a person would call the row invalid
NOTHING = "0"


@dataclass(frozen=True, slots=True)
class RowTruth:
    """One rated row: `mark` is "1".."9", "0" (nothing) or "x" (invalid).

    `human` rows are those that only a person should decide; `mark` is then what a person would decide.
    `kind` says what is special about the row, empty for a plain mark.
    """

    row: int
    mark: str
    human: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SheetTruth:
    """One side of a filled form; `page` is the side of the form, counted from 1."""

    page: int
    rows: tuple[RowTruth, ...]
    pen: str
    style: str
    size: str
    sheet: str

    @property
    def empty(self) -> bool:
        """Whether nobody wrote into any box."""
        return self.sheet == "empty"
