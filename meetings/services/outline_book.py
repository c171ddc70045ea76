"""All outlines of one organisation in its present round, matched with the committee of today; no text is opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.services.rounds import round_of
from meetings.models import Outline, OutlineStatus
from meetings.rules.outlines import Asked, Cell, Kept, Tally, cells_of, tally
from meetings.services.seats import Seat, seats_of


def kept(outline: Outline) -> Kept:
    """What the arithmetic needs of one outline."""
    return Kept(outline.status, bool(outline.text_sealed), outline.on_paper, outline.consulted_on is not None)


@dataclass(frozen=True)
class Book:
    """The committee of today, what the rules ask of it, and what is kept, by cell."""

    campaign: Campaign
    organization: Organization
    round_no: int
    asked: Asked
    seats: tuple[Seat, ...]
    rows: dict[Cell, Outline]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> Book:
        """Look it up; four queries. Rows of people who sit no more are left out."""
        seats = seats_of(organization, timezone.localdate())
        number = round_of(campaign, organization)
        found = Outline.objects.filter(campaign=campaign, organization=organization, round_no=number)
        asked = Asked.of(campaign.rules_for(organization))
        return cls(campaign, organization, number, asked, seats, matched(found, seats))

    @property
    def keys(self) -> tuple[str, ...]:
        """The people of today by their keys."""
        return tuple(seat.key for seat in self.seats)

    def seat(self, key: str) -> Seat | None:
        """The seat with this key."""
        return next((seat for seat in self.seats if seat.key == key), None)

    def seat_of(self, user: User) -> Seat | None:
        """The seat this account sits on; None for everybody else."""
        return next((seat for seat in self.seats if seat.user_id == user.pk), None)

    def row(self, author: str, target: str) -> Outline | None:
        """The outline of a cell, as far as there is one."""
        return self.rows.get((author, target))

    def rows_of(self, author: str) -> list[Outline]:
        """The outlines of one author, in the order of the seats."""
        return [self.rows[cell] for cell in cells_of(self.keys) if cell[0] == author and cell in self.rows]

    def rows_about(self, target: str) -> list[Outline]:
        """The outlines about one person, in the order of the seats."""
        return [self.rows[cell] for cell in cells_of(self.keys) if cell[1] == target and cell in self.rows]

    def disclosed_to(self, seat: Seat | None) -> list[Outline]:
        """What was disclosed to the person on this seat."""
        if seat is None:
            return []
        return [row for row in self.rows_about(seat.key) if row.status == OutlineStatus.DISCLOSED]

    def targets_of(self, author: str) -> tuple[Seat, ...]:
        """The others, for each of whom an outline is to be written."""
        return tuple(seat for seat in self.seats if seat.key != author)

    def sample(self, author: Seat) -> Outline:
        """An outline of the author that is not kept, to ask who vets what this person writes."""
        return Outline(
            campaign=self.campaign,
            organization=self.organization,
            author_key=author.key,
            author_id=author.user_id,
            author_name=author.name,
        )

    def kept(self) -> dict[Cell, Kept]:
        """What is kept, without texts."""
        return {cell: kept(row) for cell, row in self.rows.items()}

    def tally(self) -> Tally:
        """How complete it is."""
        return tally(self.keys, self.kept(), self.asked)

    def revision(self, author: str) -> int:
        """The number of savings of all outlines of one author together: the page of one author is saved as one."""
        return sum(row.revision for row in self.rows_of(author))


def matched(rows: Iterable[Outline], seats: tuple[Seat, ...]) -> dict[Cell, Outline]:
    """The rows by the keys of today: somebody entered on the roll meanwhile is still known by account or post.

    A post that was given to another account is another person's: what was written under it is nobody's here.
    """
    by_key = {seat.key: seat for seat in seats}
    by_post = {(seat.by_post, seat.name): seat for seat in seats}
    by_user = {seat.user_id: seat.key for seat in seats if seat.user_id is not None}

    def today(key: str, user_id: int | None, name: str) -> str:
        seat = by_key.get(key) or by_post.get((key, name))
        if seat is not None and (key.startswith("m") or user_id in (None, seat.user_id)):
            return seat.key
        return by_user.get(user_id, "") if user_id is not None else ""

    # Where a cell was begun under both keys, the one of today stands.
    ordered = sorted(rows, key=lambda row: (row.author_key in by_key) + (row.target_key in by_key))
    found = {
        (
            today(row.author_key, row.author_id, row.author_name),
            today(row.target_key, row.target_id, row.target_name),
        ): row
        for row in ordered
    }
    return {cell: row for cell, row in found.items() if all(cell)}
