"""Destroys what was typed and scanned of single papers and what is left of the urn: rows, files, keys, the database's memory."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection, models, transaction

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
    Urn,
    UrnCode,
    UrnLine,
    UrnSlot,
    UrnState,
)
from evaluations.services.scan_files import remove_all_stored
from evaluations.services.sealing import destroy_codes_key, destroy_key, kept_keys


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
    """The same and what is left of the urn, and once that is committed the ballot's keys; returns papers and pages."""
    pk: uuid.UUID = ballot.pk
    deleted = destroy_typing(ballot)
    _destroy_urn(ballot)
    forget_keys(pk)
    return deleted


def _destroy_urn(ballot: Ballot) -> None:
    """Delete codes, boxes and sums of the urn; its receipts stay."""
    urn = Urn.objects.select_for_update().filter(ballot=ballot).first()
    if urn is None:
        return
    urn.state = UrnState.DESTROYED
    urn.save(update_fields=["state"])
    for model in (UrnCode, UrnSlot, UrnLine):
        model.objects.filter(urn=urn).delete()


def forget_keys(name: uuid.UUID) -> None:
    """Once the transaction is committed, destroy all keys of this name and let SQLite overwrite its journal."""
    transaction.on_commit(lambda: _forget(name), robust=True)


def forget_urn_key(name: uuid.UUID) -> None:
    """Once the transaction is committed, destroy the urn's key and let SQLite overwrite its journal."""

    def forget() -> None:
        destroy_codes_key(name)
        _empty_journal()

    transaction.on_commit(forget, robust=True)


def _forget(ballot: uuid.UUID) -> None:
    """Remove the key, then let SQLite overwrite its journal (deleted pages are overwritten already).

    The key comes first: without it the journal holds nothing that can be opened.
    """
    destroy_key(ballot)
    _empty_journal()


def _empty_journal() -> None:
    """Let SQLite overwrite its journal; PostgreSQL has none that could be asked to."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def forget_leftovers() -> int:
    """Destroy keys of certified and voided ballots, left by a crash after the commit; returns how many."""
    return forget_all(Ballot.objects.filter(pk__in=kept_keys()).exclude(status__in=COUNTING))


def forget_all(over: models.QuerySet[Any]) -> int:
    """Destroy the keys of these, which are over; returns how many there were."""
    left: list[uuid.UUID] = list(over.values_list("pk", flat=True))
    for pk in left:
        _forget(pk)
    return len(left)
