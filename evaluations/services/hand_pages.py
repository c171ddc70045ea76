"""Sides of papers that no scanner could read, typed from the paper by both 计票人, each alone.

How many there are of each side is entered by number; the sheets lie shuffled and get pencil numbers from 1.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import (
    FIRST,
    READ_AGAIN,
    SECOND,
    SLOTS,
    Ballot,
    BallotSubject,
    EntryMode,
    EntrySlot,
    PaperEntry,
)
from evaluations.rules import NOT_YET, Mismatch, Paper, agreed_papers, mismatches, read_marks
from evaluations.services.entry import (
    locked_for_entry,
    read_papers,
    store_paper,
    take_slot,
    typed_paper,
    typed_papers,
)
from evaluations.services.form import sides


def page_counts(ballot: Ballot) -> dict[int, int]:
    """How many sheets of each side are typed by hand; sides without any are left out."""
    rows = PaperEntry.objects.filter(ballot=ballot, slot=FIRST, form_page__gt=0)
    counts = rows.order_by("form_page").values_list("form_page").annotate(most=Max("paper_no"))
    return dict(counts)


def _side(ballot: Ballot, side: int) -> tuple[BallotSubject, ...]:
    """The rows of a side; raises NotAllowed when sheets of this ballot are not scanned or there is no such side."""
    if ballot.entry_mode != EntryMode.SCANNED:
        raise NotAllowed("这次测评不用扫描读票，不单独录入读不了的页。")
    rows = sides(ballot).get(side)
    if rows is None:
        raise NotAllowed(f"测评表没有第 {side} 面。")
    return rows


def set_page_count(*, ballot: Ballot, by: User, side: int, count: int, drop: bool = False) -> None:
    """Say how many sheets of one side are typed by hand; both 计票人 then have that many to type.

    Raises NotAllowed when sheets beyond the new number are typed already, unless `drop` says that they go.
    """
    with transaction.atomic():
        locked = locked_for_entry(ballot, by)
        _side(locked, side)
        if not 0 <= count <= (locked.returned or 0):
            raise NotAllowed(f"手工录入的张数须在 0 到收回的 {locked.returned} 张之间。")
        before = page_counts(locked).get(side, 0)
        if before == count:
            return
        of_side = PaperEntry.objects.filter(ballot=locked, form_page=side)
        beyond = of_side.filter(paper_no__gt=count)
        if beyond.exclude(sealed=b"").exists() and not drop:
            raise NotAllowed(f"第 {count} 张以后的已经有人录了。确实多录的，请勾选“多录的不要了”再保存。")
        beyond.delete()
        PaperEntry.objects.bulk_create(
            PaperEntry(ballot=locked, slot=slot, form_page=side, paper_no=number, sealed=b"")
            for slot in SLOTS
            for number in range(before + 1, count + 1)
        )
        EntrySlot.objects.filter(ballot=locked, number__in=SLOTS).update(finished=False)
        record(by=by, action="set_hand_pages", about=locked, detail={"side": side, "count": count})


def own_hand_page(*, ballot: Ballot, by: User, side: int, number: int) -> Paper | None:
    """One sheet's side of the 计票人's own place, or None when nothing is typed yet."""
    slot = take_slot(ballot=ballot, by=by)
    return typed_paper(ballot, slot.number, number, side)


def save_hand_page(*, ballot: Ballot, by: User, side: int, number: int, marks: str) -> Paper:
    """Save one side of one sheet as far as it is typed; returns it as saved.

    Raises NotAllowed when there is no such sheet. A change opens the own place again, and what was read
    again together for this sheet.
    """
    with transaction.atomic():
        slot = take_slot(ballot=ballot, by=by)
        locked = locked_for_entry(ballot, by)
        rows, count = _side(locked, side), page_counts(locked).get(side, 0)
        if not 1 <= number <= count:
            raise NotAllowed(f"第 {side} 面手工录入 {count} 张，没有第 {number} 张。")
        paper = Paper(read_marks(marks, len(rows), len(locked.scale)))
        if paper != typed_paper(locked, slot.number, number, side):
            store_paper(locked, slot.number, number, paper, side)
            again = PaperEntry.objects.filter(ballot=locked, slot=READ_AGAIN, form_page=side)
            again.filter(paper_no=number).delete()
            EntrySlot.objects.filter(pk=slot.pk).update(finished=False)
    return paper


def missing_pages(ballot: Ballot, slot: int) -> list[tuple[int, int]]:
    """Side and number of every sheet one place has not completely typed."""
    return [
        (side, number)
        for side, count in page_counts(ballot).items()
        for number in sorted(set(range(1, count + 1)) - typed_papers(ballot, slot, side))
    ]


def differing_pages(ballot: Ballot) -> dict[int, list[Mismatch]]:
    """Where 甲 and 乙 typed a side differently and it is not settled, by side. Callers check that both are done."""
    found = {}
    for side, count in page_counts(ballot).items():
        settled = read_papers(ballot, READ_AGAIN, side)
        places = mismatches(read_papers(ballot, FIRST, side), read_papers(ballot, SECOND, side), count)
        if left := [place for place in places if place.paper not in settled]:
            found[side] = left
    return found


def read_page_again(*, ballot: Ballot, by: User, side: int, number: int, marks: dict[int, str]) -> None:
    """Settle one side as read again together: `marks` gives the rows that differed, by position on the side.

    `ballot` is checked and locked by the caller. Raises NotAllowed when a row is not given or nothing differs.
    """
    rows = _side(ballot, side)
    first, second = typed_paper(ballot, FIRST, number, side), typed_paper(ballot, SECOND, number, side)
    if first is None or second is None:
        raise NotAllowed(f"没有手工录入的第 {number} 张。")
    wanted = {place.row for place in mismatches({1: first}, {1: second}, 1)}
    if not wanted:
        raise NotAllowed(f"第 {number} 张两人录得一样，不用核对。")
    letters = [marks.get(i, "") if i in wanted else mark for i, mark in enumerate(first.marks)]
    settled = Paper(read_marks("".join(c[:1] or NOT_YET for c in letters), len(rows), len(ballot.scale)))
    if not settled.complete:
        raise NotAllowed(f"第 {number} 张还有没选的，请对照纸质票逐项选定。")
    store_paper(ballot, READ_AGAIN, number, settled, side)
    record(by=by, action="read_again", about=ballot)


def agreed_pages(ballot: Ballot) -> dict[int, list[Paper]] | None:
    """The sides both agree on, or as read again together, by side; None while any is open."""
    agreed = {}
    for side, count in page_counts(ballot).items():
        typed = [read_papers(ballot, slot, side) for slot in (FIRST, SECOND, READ_AGAIN)]
        papers = agreed_papers(typed[0], typed[1], typed[2], count)
        if papers is None:
            return None
        agreed[side] = papers
    return agreed


def corrected_places(ballot: Ballot) -> int:
    """How many rows of sides the two had typed differently, settled or not."""
    return sum(
        len(mismatches(read_papers(ballot, FIRST, side), read_papers(ballot, SECOND, side), count))
        for side, count in page_counts(ballot).items()
    )
