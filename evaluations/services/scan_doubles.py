"""Sheets that look as if they were scanned twice are found by their ink; a person says whether they are one."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import QuerySet

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import Ballot, PageFate, ScanDouble, ScanPage
from evaluations.services.count_chain import note
from evaluations.services.scan_machine import Machine
from evaluations.services.scan_pages import DOUBLE, judged, put_aside
from evaluations.services.scan_sealing import open_page_part


def find_new_doubles(ballot: Ballot, machine: Machine) -> int:
    """Note every pair of counted pages of one side that look alike and were not asked about; returns how many."""
    found = 0
    pages = ScanPage.objects.filter(ballot=ballot, fate=PageFate.READ).only("ballot", "form_page", "ink")
    for side in sorted(set(pages.order_by().values_list("form_page", flat=True))):
        same_side = [page for page in pages.filter(form_page=side).order_by("pk") if page.ink]
        inks = [open_page_part(page, "ink") for page in same_side]
        for one, other in machine.doubles(inks):
            first, second = sorted((same_side[one], same_side[other]), key=lambda page: str(page.pk))
            found += ScanDouble.objects.get_or_create(
                first=first, second=second, defaults={"ballot": ballot}
            )[1]
    return found


def open_doubles(ballot: Ballot) -> QuerySet[ScanDouble]:
    """Pairs a person has yet to look at; a pair of which one page is not counted any more asks nothing."""
    counted = {"first__fate": PageFate.READ, "second__fate": PageFate.READ}
    pairs = ScanDouble.objects.filter(ballot=ballot, verdict=ScanDouble.Verdict.OPEN, **counted)
    heavy = [f"{page}__{part}" for page in ("first", "second") for part in ("sealed", "ink", "picture")]
    return pairs.select_related("first__batch", "second__batch").defer(*heavy).order_by("pk")


def settle_double(*, ballot: Ballot, by: User, double: uuid.UUID, same: bool) -> None:
    """Say that two pages show one sheet (one of them is then not counted), or that they are two papers.

    Of one sheet the page with fewer doubtful rows stays, then the finer one.
    """
    with transaction.atomic():
        locked = judged(ballot, by)
        pair = open_doubles(locked).filter(pk=double).first()
        if pair is None:
            raise NotAllowed("这一对已经判断过了。")
        pair.verdict = ScanDouble.Verdict.SAME if same else ScanDouble.Verdict.DIFFERENT
        pair.save(update_fields=["verdict"])
        if same:
            worse = max(pair.first, pair.second, key=lambda page: (page.doubtful, -page.dpi, str(page.pk)))
            put_aside(locked, worse, DOUBLE)
        note(locked, "double", {"side": pair.first.form_page, "same": same})
        record(by=by, action="settle_double", about=locked, detail={"same": same})
