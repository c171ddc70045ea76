"""What scanned sheets, decided rows and typed sides add up to, and whether both 计票人 are done with them."""

from __future__ import annotations

import random
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import (
    FIRST,
    READ_AGAIN,
    SECOND,
    Ballot,
    BallotSubject,
    EntryMode,
    EntrySlot,
    PageFate,
    ScanPage,
)
from evaluations.paper.reading import UNSURE
from evaluations.rules import ABSTAINED, Line, Mismatch, sum_lines
from evaluations.rules.strips import Estimate, count_marks
from evaluations.services.comparing import STILL_OPEN, agreed_void, checked, counted_void
from evaluations.services.entry import close_place, locked_for_entry, take_slot
from evaluations.services.form import sides
from evaluations.services.hand_pages import (
    agreed_pages,
    corrected_places,
    differing_pages,
    missing_pages,
    read_page_again,
)
from evaluations.services.scan_reconciling import reconcile_problems
from evaluations.services.scan_sealing import open_marks, open_strip
from evaluations.services.strips import decide_together, decided_ids, differing, live_strips, read_decisions

BOTH, TOGETHER = "both", "together"
MACHINE, DECIDED, TYPED = "machine", "decided", "typed"
_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class OpenPoints:
    """What the two saw, typed or counted differently and have not settled: strips, sides by number, void sheets."""

    strips: dict[uuid.UUID, tuple[str, str]]
    pages: dict[int, list[Mismatch]]
    void: tuple[int | None, int | None] | None

    @property
    def number(self) -> int:
        """How many places are open."""
        return len(self.strips) + sum(map(len, self.pages.values())) + (self.void is not None)


@dataclass
class ScannedCount:
    """The count of a scanned ballot: the marks of each rated row by origin, and how it came about."""

    subjects: list[BallotSubject]
    options: int
    void: int = 0
    corrected: int = 0
    marks: dict[str, dict[int, list[str]]] = field(default_factory=lambda: defaultdict(_no_marks))
    decided: list[tuple[int, str, str]] = field(default_factory=list)  # ordinal, mark, how; in no order
    reasons: Counter[str] = field(default_factory=Counter)
    controls: Estimate = field(default_factory=Estimate)
    rows_certain: int = 0

    def part(self, origin: str) -> list[Line]:
        """The votes of one origin for each rated row."""
        marks = self.marks.get(origin, {})
        return [count_marks(marks.get(subject.pk, ()), self.options) for subject in self.subjects]

    @property
    def lines(self) -> list[Line]:
        """The votes of each rated row."""
        parts = [self.part(origin) for origin in (MACHINE, DECIDED, TYPED)]
        return [sum_lines(rows, self.options) for rows in zip(*parts, strict=True)]

    def decisions(self, least: int) -> list[dict[str, Any]]:
        """What is said in the chain of the decided rows: ordinal, mark and how of each, in random order.

        Where fewer than `least` sheets were decided in a row, only how many of each row, and how many together: the
        marks people had to decide may all come from one sheet, and would give that vote away for ever.
        """
        by_row = Counter(row for row, _, _ in self.decided)
        if any(number < least for number in by_row.values()):
            both = Counter(row for row, _, how in self.decided if how == TOGETHER)
            return [
                {"row": row, "decided": number, TOGETHER: both[row]} for row, number in sorted(by_row.items())
            ]
        return [
            {"row": row, "value": mark, "how": how}
            for row, mark, how in _CHANCE.sample(self.decided, len(self.decided))
        ]


def _no_marks() -> dict[int, list[str]]:
    return defaultdict(list)


def seat_progress(ballot: Ballot, slot: int) -> tuple[int, int, list[tuple[int, int]]]:
    """Strips decided by one seat, strips in all, and the sides (side, number) still to be typed."""
    return len(decided_ids(ballot, slot)), live_strips(ballot).count(), missing_pages(ballot, slot)


def finish_judging(*, ballot: Ballot, by: User, void: int) -> EntrySlot:
    """Say that one is done with all strips and typed sides, and how many sheets are void as a whole.

    Raises NotAllowed naming what is missing; the number of void sheets is kept all the same.
    """
    with transaction.atomic():
        slot = take_slot(ballot=ballot, by=by)
        locked = locked_for_entry(ballot, by)
        if locked.entry_mode != EntryMode.SCANNED:
            raise NotAllowed(f"这次测评的计票方式是「{locked.get_entry_mode_display()}」，不判读。")
        if not 0 <= void <= (locked.returned or 0):
            raise NotAllowed(f"整张作废 {void} 张，不能多于收回的 {locked.returned} 张。")
        if slot.void_papers != void:
            locked.slots.filter(number=READ_AGAIN).delete()
            slot.void_papers, slot.finished = void, False
            slot.save(update_fields=["void_papers", "finished"])
    with transaction.atomic():
        slot = take_slot(ballot=ballot, by=by)
        locked = locked_for_entry(ballot, by)
        _check_complete(locked, slot)
        close_place(locked, slot, by)
    return slot


def _check_complete(ballot: Ballot, slot: EntrySlot) -> None:
    """Raises NotAllowed naming what one seat has still to decide or to type."""
    done, total, missing = seat_progress(ballot, slot.number)
    if done < total:
        raise NotAllowed(f"还有 {total - done} 行没有判。")
    if missing:
        side, number = missing[0]
        raise NotAllowed(f"手工录入的还有 {len(missing)} 张没有录完，先录第 {side} 面第 {number} 张。")


def open_points(*, ballot: Ballot, by: User) -> OpenPoints:
    """What is to be settled together. Raises NotAllowed before both are done."""
    with transaction.atomic():
        return _open(checked(ballot, by))


def _open(ballot: Ballot) -> OpenPoints:
    """What the two have not settled."""
    settled = read_decisions(ballot, READ_AGAIN)
    void = counted_void(ballot)
    return OpenPoints(
        strips={pk: seen for pk, seen in differing(ballot).items() if pk not in settled},
        pages=differing_pages(ballot),
        void=(void[FIRST], void[SECOND]) if agreed_void(ballot) is None else None,
    )


def settle_strip(*, ballot: Ballot, by: User, strip: uuid.UUID, mark: str) -> None:
    """Settle a row both saw differently, as both see it now."""
    with transaction.atomic():
        decide_together(ballot=checked(ballot, by), by=by, strip=strip, mark=mark)


def settle_page(*, ballot: Ballot, by: User, side: int, number: int, marks: dict[int, str]) -> None:
    """Settle one side both typed differently: `marks` gives the rows that differed."""
    with transaction.atomic():
        read_page_again(ballot=checked(ballot, by), by=by, side=side, number=number, marks=marks)


def settle_void(*, ballot: Ballot, by: User, void: int) -> None:
    """Settle the number of void sheets as counted again together."""
    with transaction.atomic():
        locked = checked(ballot, by)
        if not 0 <= void <= (locked.returned or 0):
            raise NotAllowed(f"整张作废 {void} 张，不能多于收回的 {locked.returned} 张。")
        EntrySlot.objects.update_or_create(ballot=locked, number=READ_AGAIN, defaults={"void_papers": void})
        record(by=by, action="read_again", about=locked)


def reconciled_count(ballot: Ballot) -> ScannedCount:
    """The count once every sheet is accounted for; raises NotAllowed saying what is missing."""
    problems = reconcile_problems(ballot)
    if problems:
        raise NotAllowed(problems[0])
    return scanned_lines(ballot)


def scanned_lines(ballot: Ballot) -> ScannedCount:
    """The count: certain rows of pages read, decided strips, typed sides, and blank sheets as 弃权.

    Raises NotAllowed while anything is open. Where people and machine differ, the people's word counts.
    """
    void = agreed_void(ballot)
    typed = agreed_pages(ballot)
    if void is None or typed is None:
        raise NotAllowed(STILL_OPEN)
    counted = ScannedCount(list(ballot.rated()), len(ballot.scale), void)
    on_sides = sides(ballot)
    decided = _count_strips(ballot, counted)
    _count_pages(ballot, counted, on_sides, decided)
    for side, papers in typed.items():
        for paper in papers:
            for subject, mark in zip(on_sides[side], paper.marks, strict=True):
                counted.marks[TYPED][subject.pk].append(mark)
    counted.corrected = len(differing(ballot)) + corrected_places(ballot)
    return counted


def _count_strips(ballot: Ballot, counted: ScannedCount) -> set[tuple[uuid.UUID, int]]:
    """Add the decided strips; returns which rows of which pages they stand for."""
    first, second = read_decisions(ballot, FIRST), read_decisions(ballot, SECOND)
    again = read_decisions(ballot, READ_AGAIN)
    ordinals = {subject.pk: subject.ordinal for subject in counted.subjects}
    looked_at = wrong = 0
    places = set()
    for strip in live_strips(ballot).defer("picture"):
        if strip.pk not in first or strip.pk not in second:
            raise NotAllowed("有行还没有判。请两位计票人接着判，判完再交一次。")
        together = first[strip.pk] != second[strip.pk]
        if together and strip.pk not in again:
            raise NotAllowed(STILL_OPEN)
        mark = again[strip.pk] if together else first[strip.pk]
        counted.decided.append((ordinals[strip.subject_id], mark, TOGETHER if together else BOTH))
        counted.marks[DECIDED][strip.subject_id].append(mark)
        places.add((strip.page_id, strip.subject_id))
        machine = open_strip(strip)
        if machine.is_control:
            looked_at, wrong = looked_at + 1, wrong + (machine.mark != mark)
        else:
            counted.reasons[machine.reason] += 1
    counted.controls = Estimate(looked_at, wrong)
    return places


def _count_pages(
    ballot: Ballot,
    counted: ScannedCount,
    on_sides: dict[int, tuple[BallotSubject, ...]],
    decided: set[tuple[uuid.UUID, int]],
) -> None:
    """Add the certain rows of pages read that no strip stands for, and blank sheets."""
    pages = ScanPage.objects.filter(ballot=ballot).defer("ink", "picture")
    for page in pages.filter(fate__in=(PageFate.READ, PageFate.BLANK_CONFIRMED)):
        rows = on_sides[page.form_page]
        blank = page.fate == PageFate.BLANK_CONFIRMED
        marks = ABSTAINED * len(rows) if blank else open_marks(page)
        for subject, mark in zip(rows, marks, strict=True):
            if (page.pk, subject.pk) in decided:
                continue
            if mark == UNSURE:
                raise NotAllowed("有一页的存疑行没有交给计票人判读。请把这一页改为不计，重扫或者手工录入。")
            counted.marks[MACHINE][subject.pk].append(mark)
            counted.rows_certain += not blank
