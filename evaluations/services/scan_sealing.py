"""What is kept of a scanned page and of a single row, sealed with the ballot's key and bound to its row.

No length tells anything: marks are as long as the page has rows, a strip's reading is always equally long,
whether a person must decide the row or it is a hidden control.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from evaluations.models import ScanPage, Strip
from evaluations.paper.reading import UNSURE, RowReading
from evaluations.services.sealing import seal_bytes, unseal_bytes

STRIP_BYTES = 96


@dataclass(frozen=True, slots=True)
class StripContent:
    """The machine's reading of one row: `mark` is "?" where a person decides, `guess` is never shown or counted."""

    mark: str
    reason: str = ""
    guess: str = ""

    @property
    def is_control(self) -> bool:
        """Whether the machine was certain and people look at the row all the same."""
        return self.mark != UNSURE


def page_place(page: uuid.UUID, part: str) -> str:
    """What a part of a page (marks, ink, picture) is bound to."""
    return f"page:{page}:{part}"


def seal_page_part(ballot: uuid.UUID, page: uuid.UUID, part: str, plain: bytes) -> bytes:
    """Ink or picture of a page, sealed; nothing stays nothing."""
    return seal_bytes(ballot, page_place(page, part), plain) if plain else b""


def open_page_part(page: ScanPage, part: str) -> bytes:
    """Ink or picture of a page again; raises NotAllowed when the key is not here."""
    sealed = bytes(getattr(page, part))
    return unseal_bytes(page.ballot_id, page_place(page.pk, part), sealed) if sealed else b""


def seal_marks(ballot: uuid.UUID, page: uuid.UUID, rows: Iterable[RowReading]) -> bytes:
    """The marks of a page, one character a row in the order of the form; "?" where a person decides."""
    marks = "".join(row.mark for row in sorted(rows, key=lambda row: row.row))
    return seal_page_part(ballot, page, "marks", marks.encode("ascii"))


def open_marks(page: ScanPage) -> str:
    """The marks of a page, one character for each rated row of its side; empty for a page that was not read."""
    sealed = bytes(page.sealed)
    if not sealed:
        return ""
    return unseal_bytes(page.ballot_id, page_place(page.pk, "marks"), sealed).decode("ascii")


def _strip_place(strip: uuid.UUID, part: str) -> str:
    return f"strip:{strip}:{part}"


def seal_strip(ballot: uuid.UUID, strip: uuid.UUID, row: RowReading) -> bytes:
    """The machine's reading of a row, always equally long."""
    plain = json.dumps([row.mark, row.reason, row.guess], separators=(",", ":")).encode()
    return seal_bytes(ballot, _strip_place(strip, "machine"), plain.ljust(STRIP_BYTES))


def open_strip(strip: Strip) -> StripContent:
    """The machine's reading of a row again."""
    plain = unseal_bytes(strip.ballot_id, _strip_place(strip.pk, "machine"), strip.sealed)
    return StripContent(*json.loads(plain))


def seal_strip_picture(ballot: uuid.UUID, strip: uuid.UUID, picture: bytes) -> bytes:
    """The row as a JPEG, sealed."""
    return seal_bytes(ballot, _strip_place(strip, "picture"), picture)


def open_strip_picture(strip: Strip) -> bytes:
    """The row as a JPEG again."""
    return unseal_bytes(strip.ballot_id, _strip_place(strip.pk, "picture"), strip.picture)


def seal_reading(ballot: uuid.UUID, strip: uuid.UUID, slot: int, mark: str) -> bytes:
    """What one person (slot 1, 2), or both together (0), see in a row: "1".."9", "0", "x"; sealed."""
    return seal_bytes(ballot, _strip_place(strip, f"seen:{slot}"), mark.encode("ascii"))


def open_reading(ballot: uuid.UUID, strip: uuid.UUID, slot: int, sealed: bytes | memoryview[int]) -> str:
    """What somebody saw in a row again."""
    return unseal_bytes(ballot, _strip_place(strip, f"seen:{slot}"), sealed).decode("ascii")
