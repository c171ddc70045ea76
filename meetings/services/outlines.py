"""Outlines of criticism: written by their authors, handed in, taken back, noted on paper, talked over in pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import Denied
from branches.services.audit import record
from branches.services.notices import announce
from branches.services.plans import gate_refusal
from branches.workflow import NotAllowed, insist, perform
from meetings.models import Outline
from meetings.permissions.outlines import (
    can_keep_outlines,
    can_note_consultation,
    can_write_outline,
    vetting_seat,
)
from meetings.services.outline_book import Book
from meetings.services.seats import Seat
from meetings.workflow.outlines import CLOSED, IN_HAND, OUTLINE

LONGEST = 3000  # characters of one outline; a limit of the system, of no notice
NOT_ASKED = "这项活动没有要求写批评提纲，不用写。"
NOT_YOURS = "批评提纲由班子成员本人写；您现在不在这个班子里。"
EMPTY = "还没有写好可以提交的提纲。"
MOVED_ON = "对{name}同志的提纲已经提交，不能直接修改。确需修改的，请先撤回。"
NOBODY = "没有找到这位同志。班子成员可能刚有变动，请刷新页面。"
NO_TALKING = "这项活动没有要求会前沟通，不用登记。"


class StaleOutlines(Exception):
    """The outlines were saved meanwhile from elsewhere; nothing was written. `book` is what is saved now."""

    def __init__(self, book: Book) -> None:
        super().__init__("the outlines were saved meanwhile")
        self.book = book


@dataclass(frozen=True)
class Saved:
    """What became of saving: the revision of the author's page now, and how many outlines changed."""

    revision: int
    changed: int


def _locked_book(campaign: Campaign, organization: Organization) -> Book:
    """The outlines under a lock on the organisation, so that rows are made and counted once."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    book = Book.of(campaign, organization)
    keys = [row.pk for row in book.rows.values()]
    list(Outline.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    return Book.of(campaign, organization)


def _own_seat(book: Book, by: User) -> Seat:
    """The seat of the person; raises NotAllowed for everybody else, and where nothing may be written."""
    insist(
        True if book.campaign.is_open else Denied(CLOSED),
        True if book.asked.writes else Denied(NOT_ASKED),
    )
    seat = book.seat_of(by)
    if seat is None or not book.campaign.covers(book.organization):
        raise NotAllowed(NOT_YOURS)
    return seat


def _cell(book: Book, author: Seat, target: Seat) -> Outline:
    """The outline of a cell, begun when there is none; accounts are noted as they are known today."""
    row = book.row(author.key, target.key)
    if row is None:
        keys = {
            "campaign": book.campaign,
            "organization": book.organization,
            "round_no": book.round_no,
            "author_key": author.key,
            "target_key": target.key,
        }
        for other in Outline.objects.filter(**keys):  # under a post that was given to another account
            other.author_key = f"x{other.pk.hex}"
            other.save(update_fields=["author_key"])
        row = book.rows[author.key, target.key] = Outline.objects.create(
            **keys,
            author_name=author.name,
            author_id=author.user_id,
            target_name=target.name,
            target_id=target.user_id,
        )
    elif (row.author_id, row.target_id) != (author.user_id, target.user_id):
        row.author_id, row.target_id = author.user_id, target.user_id
        row.save(update_fields=["author", "target"])
    return row


def save_outlines(
    *,
    campaign: Campaign,
    organization: Organization,
    revision: int,
    texts: Mapping[str, str],
    by: User,
    is_auto: bool = False,
) -> Saved:
    """Keep what an author wrote, by the keys of the targets; `revision` is that of the page it was typed on.

    Raises StaleOutlines when something else was saved since; NotAllowed for others, for an outline that is out of
    the author's hands and for a text beyond all measure. What the page saves by itself is not put on record.
    """
    with transaction.atomic():
        book = _locked_book(campaign, organization)
        author = _own_seat(book, by)
        changed = []
        for target in book.targets_of(author.key):
            row, text = book.row(author.key, target.key), texts.get(target.key)
            if text is not None and text != (row.text if row is not None else ""):
                changed.append((target, text))
        if changed and book.revision(author.key) != revision:
            raise StaleOutlines(book)
        for target, text in changed:
            row = _cell(book, author, target)
            insist(can_write_outline(by, row))
            if row.status not in IN_HAND:
                raise NotAllowed(MOVED_ON.format(name=target.name))
            if len(text) > LONGEST:
                raise NotAllowed(
                    f"对{target.name}同志的提纲最多 {LONGEST} 字，现在 {len(text)} 字。请写得简短一些。"
                )
            row.text = text
            row.revision += 1
            row.save(update_fields=["text_sealed", "revision"])
        if changed and not is_auto:
            detail = {"outlines": len(changed)}
            record(
                by=by, action="save_outlines", about=book.rows[author.key, changed[0][0].key], detail=detail
            )
    return Saved(book.revision(author.key), len(changed))


def submit_outlines(*, campaign: Campaign, organization: Organization, revision: int, by: User) -> int:
    """Hand in all that is written, as it was looked through at `revision`; returns how many.

    Who vets is told; where the rules ask for no vetting they are finished with that. Raises StaleOutlines or NotAllowed.
    """
    with transaction.atomic():
        book = _locked_book(campaign, organization)
        author = _own_seat(book, by)
        insist(gate_refusal(campaign, organization))
        if book.revision(author.key) != revision:
            raise StaleOutlines(book)
        ready = [row for row in book.rows_of(author.key) if row.status in IN_HAND and row.text_sealed]
        if not ready:
            raise NotAllowed(EMPTY)
        for target in book.targets_of(author.key):
            _cell(book, author, target)  # so that accounts opened meanwhile are known
        seat = vetting_seat(ready[0])
        for row in ready:
            moved = perform(OUTLINE, row, "submit" if seat is not None else "finish", by=by)
            moved.vetted_by, moved.vetted_on = None, None if seat is not None else timezone.localdate()
            moved.save(update_fields=["vetted_by", "vetted_on"])
        if seat is not None:
            announce(
                kind=f"outlines_to_vet_{organization.pk}",
                about=campaign,
                recipients=User.objects.filter(pk__in=seat.holders),
                title=f"{organization.short_name}有批评提纲等您审阅",
                url=reverse("meetings:outline_queue"),
            )
    return len(ready)


def withdraw_outline(*, outline: Outline, by: User) -> Outline:
    """Take an outline back that nobody has vetted, or the note that it came on paper; the text stays."""
    with transaction.atomic():
        moved = perform(OUTLINE, outline, "withdraw", by=by)
        moved.on_paper, moved.vetted_on = False, None
        moved.save(update_fields=["on_paper", "vetted_on"])
    return moved


def receive_outlines(*, campaign: Campaign, organization: Organization, key: str, by: User) -> int:
    """Note that somebody handed outlines in on paper: all that are still in this person's hands; returns how many.

    What the person had begun to write here stays, for nobody but the person.
    """
    with transaction.atomic():
        insist(can_keep_outlines(by, organization))
        book = _locked_book(campaign, organization)
        author = book.seat(key)
        if author is None:
            raise NotAllowed(NOBODY)
        insist(True if book.asked.writes else Denied(NOT_ASKED))
        rows = [_cell(book, author, target) for target in book.targets_of(key)]
        open_rows = [row for row in rows if row.status in IN_HAND]
        if not open_rows:
            raise NotAllowed(f"{author.name}同志的提纲都已经交了，不用再登记。")
        for row in open_rows:
            moved = perform(OUTLINE, row, "receive", by=by)
            moved.on_paper, moved.vetted_on = True, timezone.localdate()
            moved.save(update_fields=["on_paper", "vetted_on"])
    return len(open_rows)


def take_paper_back(*, campaign: Campaign, organization: Organization, key: str, by: User) -> int:
    """Undo the note that somebody handed outlines in on paper; returns of how many."""
    with transaction.atomic():
        book = _locked_book(campaign, organization)
        noted = [row for row in book.rows_of(key) if row.on_paper]
        if not noted:
            raise NotAllowed("没有登记过这位同志的纸质提纲。")
        for row in noted:
            withdraw_outline(outline=row, by=by)
    return len(noted)


def note_consultation(
    *, campaign: Campaign, organization: Organization, one: str, other: str, by: User, undo: bool = False
) -> None:
    """Note that two of the committee have talked their criticism over, or take the note back; twice is once.

    Raises NotAllowed for others than the two and the clerks, and where the rules do not ask for it.
    """
    with transaction.atomic():
        book = _locked_book(campaign, organization)
        insist(
            True if campaign.is_open else Denied(CLOSED),
            True if book.asked.consulted else Denied(NO_TALKING),
        )
        first, second = _pair(book, one, other)
        row = _cell(book, first, second)
        insist(can_note_consultation(by, row))
        rows = [r for r in (row, book.row(second.key, first.key)) if r is not None]
        noted = [r for r in rows if r.consulted_on is not None]
        if bool(noted) is not undo:
            return
        for outline in noted if undo else [row]:
            outline.consulted_on = None if undo else timezone.localdate()
            outline.save(update_fields=["consulted_on"])
        record(by=by, action="drop_consulted" if undo else "note_consulted", about=row)


def _pair(book: Book, one: str, other: str) -> tuple[Seat, Seat]:
    """Two different people of the committee, the earlier seat first."""
    found = [seat for seat in book.seats if seat.key in (one, other)]
    if len(found) != len({one, other}) or one == other:
        raise NotAllowed(NOBODY)
    return found[0], found[1]
