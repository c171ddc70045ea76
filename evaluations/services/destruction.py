"""Destroys what was typed of single papers and what is left of the urn: rows, keys, and the database's memory of them."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from evaluations.models import (
    COUNTING,
    Ballot,
    EntrySlot,
    PaperEntry,
    TotalsEntry,
    Urn,
    UrnCode,
    UrnLine,
    UrnSlot,
    UrnState,
)
from evaluations.services.sealing import destroy_codes_key, destroy_key, kept_keys


def destroy_papers(ballot: Ballot) -> int:
    """Delete all typing of the ballot and, once that is committed, its key; returns papers deleted.

    Must run inside a transaction: if it rolls back, nothing is destroyed.
    """
    pk: uuid.UUID = ballot.pk
    deleted, _ = PaperEntry.objects.filter(ballot=ballot).delete()
    TotalsEntry.objects.filter(ballot=ballot).delete()
    EntrySlot.objects.filter(ballot=ballot).delete()
    _destroy_urn(ballot)
    transaction.on_commit(lambda: _forget(pk), robust=True)
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


def forget_urn_key(ballot: uuid.UUID) -> None:
    """Once the transaction is committed, destroy the urn's key and let SQLite overwrite its journal."""

    def forget() -> None:
        destroy_codes_key(ballot)
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
    over = Ballot.objects.filter(pk__in=kept_keys()).exclude(status__in=COUNTING)
    left = list(over.values_list("pk", flat=True))
    for pk in left:
        _forget(pk)
    return len(left)
