"""Rows of scanned sheets that two 计票人 decide, each alone; where they differ, both together.

A row counts here only while its page is read; a page set aside takes its rows with it. Which rows are
controls is told to nobody, and nobody sees what the machine read, or which page a row is from.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import (
    FIRST,
    READ_AGAIN,
    SECOND,
    SLOTS,
    Ballot,
    EntryMode,
    EntrySlot,
    PageFate,
    ScanPage,
    Strip,
    StripReading,
)
from evaluations.paper.reading import RowReading
from evaluations.rules import NOT_YET, read_marks
from evaluations.rules.strips import apart, draw_controls
from evaluations.services.entry import locked_for_entry, take_slot
from evaluations.services.scan_sealing import (
    open_reading,
    seal_reading,
    seal_strip,
    seal_strip_picture,
)
from evaluations.services.sealing import secret_order

_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class Decision:
    """A strip with what is seen in it; "?" while it is open."""

    strip: Strip
    mark: str


def add_strips(
    *, page: ScanPage, rows: Sequence[RowReading], pictures: Mapping[int, bytes], rated: Sequence[int]
) -> int:
    """Put the doubtful rows of a page just read, and two in a hundred of the others, before the 计票人.

    `pictures` has a JPEG by row, `rated` the ids of the rated rows in their order. Returns how many;
    both 计票人 have to say anew that they are done.
    """
    drawn = draw_controls([row.row for row in rows if row.certain], _CHANCE)
    chosen = [row for row in rows if not row.certain or row.row in drawn]
    made = []
    for row in chosen:
        strip = Strip(pk=uuid.uuid4(), ballot_id=page.ballot_id, page=page, subject_id=rated[row.row])
        strip.sealed = seal_strip(page.ballot_id, strip.pk, row)
        strip.picture = seal_strip_picture(page.ballot_id, strip.pk, pictures[row.row])
        made.append(strip)
    Strip.objects.bulk_create(made)
    if made:
        reopen_seats(page.ballot_id)
    return len(made)


def reopen_seats(ballot: uuid.UUID) -> None:
    """Both 计票人 have to say anew that they are done."""
    EntrySlot.objects.filter(ballot=ballot, number__in=SLOTS).update(finished=False)


def live_strips(ballot: Ballot) -> QuerySet[Strip]:
    """The rows to be decided: those of pages that count."""
    return Strip.objects.filter(ballot=ballot, page__fate=PageFate.READ)


def ordered_ids(ballot: Ballot, slot: int) -> list[uuid.UUID]:
    """The rows over all sheets in this seat's own order, rows of one sheet far from each other."""
    sheets = dict(live_strips(ballot).values_list("pk", "page_id"))
    names = {str(pk): pk for pk in sheets}
    shuffled = [names[name] for name in secret_order(ballot.pk, str(slot), names)]
    return apart((pk, sheets[pk]) for pk in shuffled)


def read_decisions(
    ballot: Ballot, slot: int, only: Iterable[uuid.UUID] | None = None
) -> dict[uuid.UUID, str]:
    """What one seat saw in each strip, by its id. Callers check who may see it."""
    rows = StripReading.objects.filter(ballot=ballot, slot=slot, strip__page__fate=PageFate.READ)
    if only is not None:
        rows = rows.filter(strip__in=list(only))
    return {
        pk: open_reading(ballot.pk, pk, slot, sealed) for pk, sealed in rows.values_list("strip_id", "sealed")
    }


def decided_ids(ballot: Ballot, slot: int) -> set[uuid.UUID]:
    """The strips this seat has decided."""
    rows = StripReading.objects.filter(ballot=ballot, slot=slot, strip__page__fate=PageFate.READ)
    return set(rows.values_list("strip_id", flat=True))


def own_decisions(*, ballot: Ballot, by: User, only: Sequence[uuid.UUID]) -> list[Decision]:
    """These strips, in this order, as the 计票人's own seat saw them so far."""
    slot = take_slot(ballot=ballot, by=by)
    seen = read_decisions(ballot, slot.number, only)
    strips = live_strips(ballot).in_bulk(list(only))
    return [Decision(strips[pk], seen.get(pk, NOT_YET)) for pk in only if pk in strips]


def decide_strip(*, ballot: Ballot, by: User, strip: uuid.UUID, mark: str) -> str:
    """Save what the 计票人 sees in one strip; returns it. What both had decided together for it is open again.

    Raises NotAllowed when the strip is gone (its page was set aside) or the mark is none.
    """
    with transaction.atomic():
        slot = take_slot(ballot=ballot, by=by)
        locked = locked_for_entry(ballot, by)
        found, seen = _strip(locked, strip), _mark(locked, mark)
        if read_decisions(locked, slot.number, [strip]).get(strip) != seen:
            store_decision(found, slot.number, seen)
            StripReading.objects.filter(strip=found, slot=READ_AGAIN).delete()
            EntrySlot.objects.filter(pk=slot.pk).update(finished=False)
    return seen


def _strip(ballot: Ballot, pk: uuid.UUID) -> Strip:
    """The strip; raises NotAllowed when this ballot is not scanned or the strip is gone."""
    if ballot.entry_mode != EntryMode.SCANNED:
        raise NotAllowed("这次测评不用扫描读票，没有要判读的行。")
    found = live_strips(ballot).filter(pk=pk).first()
    if found is None:
        raise NotAllowed("这一行所在的页已经不计，不用再判。请刷新本页。")
    return found


def _mark(ballot: Ballot, raw: str) -> str:
    """One mark in its canonical form; raises NotAllowed when it is none."""
    seen = read_marks(raw[:1], 1, len(ballot.scale))
    if seen == NOT_YET:
        raise NotAllowed("请选一个等次；没有划的选「弃权」，多选或认不清的选「无效」。")
    return seen


def store_decision(strip: Strip, slot: int, mark: str) -> None:
    """Write what one seat (or both together) see in a strip."""
    sealed = seal_reading(strip.ballot_id, strip.pk, slot, mark)
    StripReading.objects.update_or_create(
        strip=strip, slot=slot, defaults={"ballot_id": strip.ballot_id, "sealed": sealed}
    )


def differing(ballot: Ballot) -> dict[uuid.UUID, tuple[str, str]]:
    """What 甲 and 乙 saw in each strip they saw differently. Callers check that both are done."""
    first, second = read_decisions(ballot, FIRST), read_decisions(ballot, SECOND)
    return {pk: (first[pk], second[pk]) for pk in first if pk in second and first[pk] != second[pk]}


def decide_together(*, ballot: Ballot, by: User, strip: uuid.UUID, mark: str) -> None:
    """Settle a strip both saw differently, as both see it now. `ballot` is checked and locked by the caller."""
    found, seen = _strip(ballot, strip), _mark(ballot, mark)
    if strip not in differing(ballot):
        raise NotAllowed("这一行两人判的一样，不用再定。")
    store_decision(found, READ_AGAIN, seen)
    record(by=by, action="read_again", about=ballot)
