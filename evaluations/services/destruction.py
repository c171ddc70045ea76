"""Destroys what was typed and scanned of single papers: rows, files, key, and the database's memory of them."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from evaluations.models import (
    COUNTING,
    Ballot,
    EntrySlot,
    PaperEntry,
    ScanBatch,
    ScanDouble,
    ScanPage,
    Strip,
    StripReading,
    TotalsEntry,
)
from evaluations.services.scan_files import remove_all_stored
from evaluations.services.sealing import destroy_key, kept_keys


def destroy_typing(ballot: Ballot) -> int:
    """Delete what was typed, decided and scanned of the ballot's papers; returns papers and pages deleted.

    Must run inside a transaction: if it rolls back, nothing is destroyed, and the files stay too.
    """
    pk: uuid.UUID = ballot.pk
    deleted, _ = PaperEntry.objects.filter(ballot=ballot).delete()
    for kept in (TotalsEntry, EntrySlot, StripReading, Strip, ScanDouble):
        kept.objects.filter(ballot=ballot).delete()
    pages, _ = ScanPage.objects.filter(ballot=ballot).delete()
    ScanBatch.objects.filter(ballot=ballot).delete()
    transaction.on_commit(lambda: remove_all_stored(pk), robust=True)
    return deleted + pages


def destroy_papers(ballot: Ballot) -> int:
    """The same, and once that is committed the ballot's key is destroyed; returns papers and pages deleted."""
    pk: uuid.UUID = ballot.pk
    deleted = destroy_typing(ballot)
    transaction.on_commit(lambda: _forget(pk), robust=True)
    return deleted


def _forget(ballot: uuid.UUID) -> None:
    """Remove the key, then let SQLite overwrite its journal (deleted pages are overwritten already).

    The key comes first: without it the journal holds nothing that can be opened.
    """
    destroy_key(ballot)
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def forget_leftovers() -> int:
    """Destroy keys of certified and voided ballots, left by a crash after the commit; returns how many."""
    over = Ballot.objects.filter(pk__in=kept_keys()).exclude(status__in=COUNTING)
    left = list(over.values_list("pk", flat=True))
    for pk in left:
        _forget(pk)
    return len(left)
