"""Texts of outlines of criticism are kept as long as those of talks (`talk_keep_days`); that there was one stays."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from branches.models import Campaign
from branches.services.audit import record
from meetings.models import Outline
from members.services.purging import due_rows


def kept_outlines() -> QuerySet[Outline]:
    """Outlines with any text."""
    return Outline.objects.filter(~Q(text_sealed="") | ~Q(note_sealed=""))


def purge_outlines(*, today: datetime.date | None = None, dry_run: bool = False) -> int:
    """Empty what is past its time in every campaign; returns how many. Safe to run twice.

    With `dry_run` nothing is changed. A page still open is told that its text has changed.
    """
    day, found = today or timezone.localdate(), 0
    held = kept_outlines().order_by().values("campaign")
    for campaign in Campaign.objects.filter(pk__in=held).order_by("pk"):
        with transaction.atomic():
            emptied = sum(
                _empty(part, dry_run)
                for part in due_rows(
                    campaign, kept_outlines().filter(campaign=campaign), "talk_keep_days", day
                )
            )
            if emptied and not dry_run:
                record(by=None, action="purge_kept", about=campaign, detail={"outlines": emptied})
        found += emptied
    return found


def _empty(rows: QuerySet[Outline], dry_run: bool) -> int:
    """Take the texts out; returns of how many."""
    if dry_run:
        return rows.count()
    return rows.update(text_sealed="", note_sealed="", revision=F("revision") + 1)
