"""Destroys what was typed of single papers: rows, key, and the database's memory of them."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from evaluations.models import Ballot, EntrySlot, PaperEntry, TotalsEntry
from evaluations.services.sealing import destroy_key


def destroy_papers(ballot: Ballot) -> int:
    """Delete all typing of the ballot and, once that is committed, its key; returns papers deleted.

    Must run inside a transaction: if it rolls back, nothing is destroyed.
    """
    pk: uuid.UUID = ballot.pk
    deleted, _ = PaperEntry.objects.filter(ballot=ballot).delete()
    TotalsEntry.objects.filter(ballot=ballot).delete()
    EntrySlot.objects.filter(ballot=ballot).delete()
    transaction.on_commit(lambda: _forget(pk))
    return deleted


def _forget(ballot: uuid.UUID) -> None:
    """Remove the key, then let SQLite overwrite its journal (deleted pages are overwritten already)."""
    destroy_key(ballot)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
