"""One person's own outlines of criticism, and what the others have disclosed to this person: with texts."""

from __future__ import annotations

from dataclasses import dataclass

from branches.models import Campaign, Organization, Role
from branches.rules import Clause, Rules, clause_for
from meetings.models import Outline, OutlineStatus
from meetings.permissions.outlines import vetting_seat
from meetings.rules.outlines import IN_HAND, NOTHING
from meetings.services.outline_book import Book, kept
from meetings.services.seats import Seat
from members.rules.routing import SeatPlan


@dataclass(frozen=True)
class Entry:
    """One outline of the author, as the author sees it: the text and where it stands."""

    target: Seat
    word: str
    tone: str
    text: str
    note: str
    outline: Outline | None
    is_open: bool
    may_withdraw: bool
    may_disclose: bool

    @property
    def is_purged(self) -> bool:
        """Whether the text was kept here once and is no more."""
        return self.outline is not None and not self.is_open and not (self.text or self.outline.on_paper)


@dataclass(frozen=True)
class MinePage:
    """All outlines of one author; opened for the author alone."""

    campaign: Campaign
    organization: Organization
    rules: Rules
    book: Book
    me: Seat
    entries: tuple[Entry, ...]
    reviewer: SeatPlan | None
    clause: Clause | None

    @classmethod
    def of(cls, book: Book, me: Seat) -> MinePage:
        """The page of the person on this seat."""
        organization, campaign = book.organization, book.campaign
        quoted = campaign.rule_set().quoted()
        return cls(
            campaign=campaign,
            organization=organization,
            rules=campaign.rules_for(organization),
            book=book,
            me=me,
            entries=tuple(_entry(book, me, target) for target in book.targets_of(me.key)),
            reviewer=vetting_seat(book.sample(me)) if book.asked.vetted else None,
            clause=clause_for("outlines", quoted, organization.category),
        )

    @property
    def reviewed_by(self) -> str:
        """Who vets in words: organisation and office; empty where nobody does, or nobody can today."""
        seat = self.reviewer
        return f"{seat.office_name}{Role(seat.role).label}" if seat is not None and seat.holders else ""

    @property
    def open_entries(self) -> tuple[Entry, ...]:
        """What can still be written."""
        return tuple(entry for entry in self.entries if entry.is_open)

    @property
    def handed_in(self) -> tuple[Entry, ...]:
        """What has left the author's hands."""
        return tuple(entry for entry in self.entries if not entry.is_open)

    @property
    def ready(self) -> tuple[Entry, ...]:
        """What is written and can be handed in."""
        return tuple(entry for entry in self.open_entries if entry.text)

    @property
    def empty(self) -> tuple[Entry, ...]:
        """What is not written yet."""
        return tuple(entry for entry in self.open_entries if not entry.text)

    @property
    def may_disclose(self) -> bool:
        """Whether something can be disclosed now."""
        return any(entry.may_disclose for entry in self.entries)

    @property
    def revision(self) -> int:
        """The number of savings of the whole page."""
        return self.book.revision(self.me.key)


def _entry(book: Book, me: Seat, target: Seat) -> Entry:
    """One outline with its text."""
    row = book.row(me.key, target.key)
    if row is None:
        word, tone = NOTHING.shown(book.asked)
        return Entry(target, word, tone, "", "", None, True, False, False)
    cell = kept(row)
    word, tone = cell.shown(book.asked)
    free = row.status == OutlineStatus.VETTED and row.vetted_by_id is None
    can_move = book.campaign.is_open
    return Entry(
        target=target,
        word=word,
        tone=tone,
        text=row.text,
        note=row.note if row.status == OutlineStatus.RETURNED else "",
        outline=row,
        is_open=row.status in IN_HAND,
        may_withdraw=can_move and (free or row.status == OutlineStatus.SUBMITTED),
        may_disclose=can_move and row.status == OutlineStatus.VETTED and not cell.is_done(book.asked),
    )


@dataclass(frozen=True)
class Said:
    """One outline disclosed to the reader."""

    name: str
    post: str
    text: str
    outline: Outline


@dataclass(frozen=True)
class ToMePage:
    """What the others of the committee have disclosed to one person before the meeting."""

    book: Book
    said: tuple[Said, ...]

    @classmethod
    def of(cls, book: Book, me: Seat) -> ToMePage:
        """What was disclosed to the person on this seat."""
        posts = {seat.key: seat.post for seat in book.seats}
        found = book.disclosed_to(me)
        return cls(
            book,
            tuple(Said(row.author_name, posts.get(row.author_key, ""), row.text, row) for row in found),
        )
