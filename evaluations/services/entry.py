"""Two people type the papers (or each row's totals) independently; every mark is saved at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from branches.models import User
from branches.permissions import Denied
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import (
    READ_AGAIN,
    SLOTS,
    Ballot,
    BallotStatus,
    BallotSubject,
    EntryMode,
    EntrySlot,
    PaperEntry,
    StripReading,
    TotalsEntry,
)
from evaluations.permissions import can_enter, can_free_slot
from evaluations.rules import MOST, Line, Paper, least_apart, line_problems, read_marks
from evaluations.services.destruction import destroy_typing
from evaluations.services.sealing import has_key, make_key, seal, unseal


def locked_for_entry(ballot: Ballot, by: User) -> Ballot:
    """The ballot's row, locked, if the user may type now."""
    locked = Ballot.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=ballot.pk)
    answer = can_enter(by, locked)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    return locked


def take_slot(*, ballot: Ballot, by: User) -> EntrySlot:
    """The typist's own place (甲 or 乙), taken at the first visit; two places, two different people.

    Who has typed in one place never gets the other, even when both were freed meanwhile.
    """
    with transaction.atomic():
        locked = locked_for_entry(ballot, by)
        places = {slot.number: slot for slot in locked.slots.filter(number__in=SLOTS)}
        for slot in places.values():
            if slot.holder_id == by.pk:
                return slot
        typed_in = [number for number, slot in places.items() if by.pk in slot.typists]
        for number in typed_in or SLOTS:
            free = places.get(number)
            if free is None:
                return EntrySlot.objects.create(ballot=locked, number=number, holder=by, typists=[by.pk])
            if free.holder_id is None:
                free.holder = by
                free.typists = sorted({*free.typists, by.pk})
                free.save(update_fields=["holder", "typists"])
                return free
    if typed_in:
        raise NotAllowed("您录过的一席已由别人接着录；另一席须由没有录过票的计票人录。")
    raise NotAllowed("甲、乙两席都已有人在录。如需换人，请支部书记在测评页面上换人。")


def free_slot(*, ballot: Ballot, number: int, by: User) -> None:
    """Free a typist's place for another 计票人; what is typed there stays."""
    answer = can_free_slot(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        place = EntrySlot.objects.filter(ballot=locked, number__in=SLOTS, holder__isnull=False)
        freed = place.filter(number=number).update(holder=None)
        if freed:
            _forget_if_untouched(locked, number)
            record(by=by, action="free_slot", about=locked, detail={"slot": number})


def _forget_if_untouched(ballot: Ballot, number: int) -> None:
    """A place where nothing was typed binds nobody."""
    papers = PaperEntry.objects.filter(ballot=ballot, slot=number).exclude(sealed=b"")
    totals = TotalsEntry.objects.filter(ballot=ballot, slot=number)
    rows = StripReading.objects.filter(ballot=ballot, slot=number)
    if not papers.exists() and not totals.exists() and not rows.exists():
        EntrySlot.objects.filter(ballot=ballot, number=number, void_papers__isnull=True).delete()


def save_paper(*, ballot: Ballot, by: User, paper_no: int, marks: str, void: bool = False) -> Paper:
    """Save one paper of the typist's own place as far as it is typed; returns it as saved.

    `marks` as in `evaluations.rules.marks`; unknown characters count as not typed yet. A change
    after the place was finished opens it again, and what was read again together for this paper.
    """
    with transaction.atomic():
        slot = take_slot(ballot=ballot, by=by)
        locked = locked_for_entry(ballot, by)
        if locked.entry_mode != EntryMode.PAPERS:
            raise NotAllowed(f"这次测评的计票方式是「{locked.get_entry_mode_display()}」，不逐票录入。")
        if not 1 <= paper_no <= (locked.returned or 0):
            raise NotAllowed(f"共收回 {locked.returned} 张，没有第 {paper_no} 张。")
        paper = Paper(read_marks(marks, locked.rated().count(), len(locked.scale)), void)
        if paper != typed_paper(locked, slot.number, paper_no):
            store_paper(locked, slot.number, paper_no, paper)
            again = PaperEntry.objects.filter(ballot=locked, slot=READ_AGAIN, form_page=0)
            again.filter(paper_no=paper_no).delete()
            EntrySlot.objects.filter(pk=slot.pk).update(finished=False)
    return paper


def store_paper(ballot: Ballot, slot: int, paper_no: int, paper: Paper, form_page: int = 0) -> None:
    """Write one sealed paper of one typing; `form_page` above 0: only that side of it."""
    PaperEntry.objects.update_or_create(
        ballot=ballot,
        slot=slot,
        form_page=form_page,
        paper_no=paper_no,
        defaults={
            "sealed": seal(ballot.pk, slot, paper_no, paper, form_page),
            "complete": paper.complete,
        },
    )


def _written(ballot: Ballot, slot: int, form_page: int) -> QuerySet[PaperEntry]:
    """The papers of one typing (or their side `form_page`) on which something is typed, by their number."""
    rows = PaperEntry.objects.filter(ballot=ballot, slot=slot, form_page=form_page)
    return rows.exclude(sealed=b"").order_by("paper_no")


def read_papers(ballot: Ballot, slot: int, form_page: int = 0) -> dict[int, Paper]:
    """The papers of one typing by their pencil number. Callers check who may see them."""
    rows = _written(ballot, slot, form_page)
    return {row.paper_no: unseal(ballot.pk, slot, row.paper_no, row.sealed, form_page) for row in rows}


def typed_paper(ballot: Ballot, slot: int, paper_no: int, form_page: int = 0) -> Paper | None:
    """One paper of one typing, or None when nothing is typed yet."""
    row = _written(ballot, slot, form_page).filter(paper_no=paper_no).first()
    return None if row is None else unseal(ballot.pk, slot, paper_no, row.sealed, form_page)


def own_paper(*, ballot: Ballot, by: User, paper_no: int) -> Paper | None:
    """One paper of the typist's own place, or None when nothing is typed yet."""
    slot = take_slot(ballot=ballot, by=by)
    return typed_paper(ballot, slot.number, paper_no)


def typed_papers(ballot: Ballot, slot: int, form_page: int = 0) -> set[int]:
    """The pencil numbers of the papers completely typed in one place."""
    rows = PaperEntry.objects.filter(ballot=ballot, slot=slot, form_page=form_page, complete=True)
    return set(rows.values_list("paper_no", flat=True))


def save_totals(*, ballot: Ballot, by: User, void: int | None, lines: Mapping[int, Line]) -> list[str]:
    """Save each row's votes (by subject id) as counted by this typist; returns what does not add up.

    What does not add up is saved all the same, so that nothing typed is lost; it must fit before the
    place can be finished.
    """
    with transaction.atomic():
        slot = take_slot(ballot=ballot, by=by)
        locked = locked_for_entry(ballot, by)
        if locked.entry_mode != EntryMode.TOTALS:
            raise NotAllowed(f"这次测评的计票方式是「{locked.get_entry_mode_display()}」，不录每人票数。")
        _few_beside_device(locked)
        check_countable(lines, void)
        subjects = {subject.pk: subject for subject in locked.rated()}
        before, changed = read_totals(locked, slot.number), False
        for pk, line in lines.items():
            if pk in subjects and len(line.counts) == len(locked.scale) and before.get(pk) != line:
                store_line(locked, slot.number, subjects[pk], line)
                TotalsEntry.objects.filter(ballot=locked, slot=READ_AGAIN, subject=pk).delete()
                changed = True
        if slot.void_papers != void:
            locked.slots.filter(number=READ_AGAIN).delete()
            changed = True
        if changed:
            EntrySlot.objects.filter(pk=slot.pk).update(void_papers=void, finished=False)
    return totals_problems(locked, slot.number, void)


def _few_beside_device(ballot: Ballot) -> None:
    """Raises NotAllowed where papers are so few beside the urn that their sums, which are not sealed, would tell on them."""
    if ballot.on_device and (ballot.returned or 0) < least_apart(ballot.min_to_show):
        raise NotAllowed("纸质票太少，录合计等于写明了票面。请把计票方式改为逐票录入，录的内容是加密的。")


def check_countable(lines: Mapping[int, Line], void: int | None) -> None:
    """Raises NotAllowed when a number cannot be a count of papers."""
    numbers = [n for line in lines.values() for n in (*line.counts, line.abstained, line.invalid)]
    if any(not 0 <= number <= MOST for number in (*numbers, void or 0)):
        raise NotAllowed(f"票数须在 0 到 {MOST} 之间，请核对是否按错了数字。")


def store_line(ballot: Ballot, slot: int, subject: BallotSubject, line: Line) -> None:
    """Write one row's votes of one typing."""
    TotalsEntry.objects.update_or_create(
        ballot=ballot,
        slot=slot,
        subject=subject,
        defaults={
            "counts": list(line.counts),
            "abstained": line.abstained,
            "invalid": line.invalid,
        },
    )


def read_totals(ballot: Ballot, slot: int) -> dict[int, Line]:
    """The rows of one typing by subject id."""
    rows = TotalsEntry.objects.filter(ballot=ballot, slot=slot)
    return {r.subject_id: Line(tuple(r.counts), r.abstained, r.invalid) for r in rows}


def totals_problems(ballot: Ballot, slot: int, void: int | None) -> list[str]:
    """What does not add up in one typing of totals, in Chinese."""
    if void is None:
        return ["请填写整张作废的张数，没有就填 0。"]
    returned = ballot.returned or 0
    if void > returned:
        return [f"整张作废 {void} 张，不能多于收回的 {returned} 张。"]
    typed = read_totals(ballot, slot)
    rows = list(ballot.rated())
    missing = [f"{row.name}：还没有录。" for row in rows if row.pk not in typed]
    return missing + line_problems([(r.name, typed[r.pk]) for r in rows if r.pk in typed], returned - void)


def finish_slot(*, ballot: Ballot, by: User) -> EntrySlot:
    """Say that this typing is complete; raises NotAllowed naming what is missing."""
    with transaction.atomic():
        slot = take_slot(ballot=ballot, by=by)
        locked = locked_for_entry(ballot, by)
        if locked.entry_mode == EntryMode.PAPERS:
            missing = set(range(1, (locked.returned or 0) + 1)) - typed_papers(locked, slot.number)
            if missing:
                shown = "、".join(str(n) for n in sorted(missing)[:10])
                raise NotAllowed(f"还有 {len(missing)} 张没有录完：第 {shown} 张。")
        else:
            problems = totals_problems(locked, slot.number, slot.void_papers)
            if problems:
                raise NotAllowed(problems[0])
        close_place(locked, slot, by)
    return slot


def close_place(ballot: Ballot, slot: EntrySlot, by: User) -> None:
    """Note that one place is done; callers have checked that nothing is missing."""
    if not slot.finished:
        slot.finished = True
        slot.save(update_fields=["finished"])
        record(by=by, action="finish_slot", about=ballot, detail={"slot": slot.number})


def both_finished(ballot: Ballot) -> bool:
    """Whether both typings are complete, so that they may be compared."""
    done = EntrySlot.objects.filter(ballot=ballot, number__in=SLOTS, finished=True).count()
    return ballot.status == BallotStatus.COLLECTED and done == len(SLOTS)


def key_lost(ballot: Ballot) -> bool:
    """Whether papers can no longer be read or typed because the ballot's key is not on this server."""
    counting = ballot.status == BallotStatus.COLLECTED and ballot.entry_mode != EntryMode.TOTALS
    return counting and ballot.on_paper and not has_key(ballot.pk)


def type_again(*, ballot: Ballot, by: User) -> None:
    """Drop what was typed under a lost key and make a new one; the papers in the box are typed again.

    Raises NotAllowed for others than the branch's clerks, and while the key is there.
    """
    answer = can_free_slot(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        if not key_lost(locked):
            raise NotAllowed("录票正常，不需要从头重录。")
        destroy_typing(locked)
        make_key(locked.pk)
        record(by=by, action="type_again", about=locked)
