"""What the machine read of one page, as it is kept: sealed with the ballot's key and bound to the page."""

from __future__ import annotations

import json
from collections.abc import Iterable

from evaluations.models import ScanPage
from evaluations.paper.reading.result import RowReading
from evaluations.services.sealing import seal_bytes, unseal_bytes

STEP = 512  # the sealed rows are filled up to a multiple of this, so that their length says little


def _where(page: ScanPage) -> str:
    """What the seal of a page's rows is bound to."""
    return f"rows:{page.pk}"


def seal_rows(page: ScanPage, rows: Iterable[RowReading]) -> bytes:
    """The readings of a page for `ScanPage.sealed`."""
    plain = json.dumps([[r.row, r.mark, r.reason, r.guess] for r in rows]).encode()
    return seal_bytes(page.ballot_id, _where(page), plain.ljust(-(-len(plain) // STEP) * STEP))


def read_rows(page: ScanPage) -> list[RowReading]:
    """The readings of a page as the machine gave them. For counting only; no screen shows them."""
    if not page.sealed:
        return []
    plain = unseal_bytes(page.ballot_id, _where(page), page.sealed)
    return [RowReading(row, mark, reason, guess) for row, mark, reason, guess in json.loads(plain)]
