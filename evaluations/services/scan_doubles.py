"""Sheets that look as if they were scanned twice are found by their ink; a person says whether they are one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import combinations

from django.db import transaction
from django.db.models import Q, QuerySet

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import Ballot, PageFate, ScanDouble, ScanPage
from evaluations.services.count_chain import note
from evaluations.services.scan_machine import MACHINE, Machine
from evaluations.services.scan_pages import DOUBLE, find_page, judged, put_aside
from evaluations.services.scan_sealing import open_page_part
from evaluations.services.strips import reopen_seats

AT_A_TIME = 30  # pages; twice as many are opened at once


def find_new_doubles(ballot: Ballot, machine: Machine, only: ScanPage | None = None) -> int:
    """Note every pair of counted pages of one side that look alike and were not asked about; returns how many.

    `only`: just the pairs with this page. Few pages at a time are opened, so that memory stays bounded.
    """
    pages = ScanPage.objects.filter(ballot=ballot, fate=PageFate.READ).only("ballot", "form_page", "ink")
    found = 0
    for side in sorted(set(pages.order_by().values_list("form_page", flat=True))):
        inks = {page.pk: open_page_part(page, "ink") for page in pages.filter(form_page=side) if page.ink}
        for some in _portions(sorted(inks), only):
            for one, other in machine.doubles([inks[pk] for pk in some]):
                first, second = sorted((some[one], some[other]), key=str)
                pair = {"first_id": first, "second_id": second}
                found += ScanDouble.objects.get_or_create(**pair, defaults={"ballot": ballot})[1]
    return found


def _portions(keys: list[uuid.UUID], only: ScanPage | None) -> Iterator[list[uuid.UUID]]:
    """Pages to compare at a time, so that every pair (or every pair with `only`) comes together once or more."""
    groups = [keys[start : start + AT_A_TIME] for start in range(0, len(keys), AT_A_TIME)]
    if only is not None:
        yield from ([only.pk, *(pk for pk in group if pk != only.pk)] for group in groups if only.pk in keys)
    elif len(groups) == 1:
        yield from groups
    else:
        yield from ([*one, *other] for one, other in combinations(groups, 2))


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


def count_again(*, ballot: Ballot, by: User, page: uuid.UUID, machine: Machine = MACHINE) -> None:
    """Count a page again that was set aside; pairs with it are asked about anew, a blank one confirmed anew."""
    with transaction.atomic():
        locked = judged(ballot, by)
        found = find_page(locked, page, PageFate.SET_ASIDE)
        fate = PageFate.READ if found.sealed else PageFate.BLANK
        ScanPage.objects.filter(pk=found.pk).update(fate=fate, reason="")
        pairs = ScanDouble.objects.filter(Q(first=found) | Q(second=found), verdict=ScanDouble.Verdict.SAME)
        pairs.update(verdict=ScanDouble.Verdict.OPEN)
        find_new_doubles(locked, machine, found)
        reopen_seats(locked.pk)
        note(locked, "page_again", {"side": found.form_page})
        record(by=by, action="count_page_again", about=locked)
