"""How far organisations are with their outlines of criticism: one query, four where any are handed in."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from meetings.models import Outline, OutlineStatus
from meetings.rules.outlines import Asked, Kept, Tally, tally
from meetings.services.outline_book import Book, matched
from meetings.services.seats import seats_by_organization

STEP = "outlines"


@dataclass(frozen=True)
class OutlineProgress:
    """The numbers of one organisation in its present round, and the last day something was done."""

    tally: Tally
    asked: Asked
    last: datetime.date | None

    def fact(self) -> Fact:
        """What it says of the step: done when nothing is left to do, else how many are handed in."""
        found = self.tally
        if found.done == found.cells:
            return Fact(done=True, on=self.last, word="已明示" if self.asked.disclosed else "")
        if found.returned:
            return Fact(word=f"退回 {found.returned} 份")
        if found.handed_in < found.cells:
            return Fact(word=f"已交 {found.handed_in}/{found.cells}")
        if found.waiting:
            return Fact(word=f"待审核 {found.waiting} 份")
        return Fact(word=f"待明示 {found.undisclosed} 份")

    def merge(self, facts: dict[str, Fact]) -> None:
        """Add the fact where no tick by hand stands; paper suffices."""
        fact = self.fact()
        if self.tally.cells and (STEP not in facts or fact.done):
            facts[STEP] = fact


def outlines_by_organization(
    campaign: Campaign, organizations: QuerySet[Organization], rounds: Mapping[int, int]
) -> dict[int, OutlineProgress]:
    """The progress of each organisation that has any outlines handed in, by its key; drafts tell nothing.

    `rounds`: the present round where it is not the first.
    """
    inside = organizations.order_by().values("pk")
    rows = Outline.objects.filter(campaign=campaign, organization__in=inside).exclude(
        status=OutlineStatus.DRAFT
    )
    by_place: dict[int, list[Outline]] = collections.defaultdict(list)
    for row in rows.order_by().defer("text_sealed", "note_sealed"):
        if row.round_no == rounds.get(row.organization_id, 1):
            by_place[row.organization_id].append(row)
    if not by_place:
        return {}
    places = list(Organization.objects.filter(pk__in=list(by_place)))
    seats = seats_by_organization(places, timezone.localdate())
    found = {}
    for place in places:
        asked = Asked.of(campaign.rules_for(place))
        cells = matched(by_place[place.pk], seats[place.pk])
        keys = tuple(seat.key for seat in seats[place.pk])
        days = [day for row in cells.values() for day in (row.disclosed_on or row.vetted_on,) if day]
        numbers = tally(
            keys, {cell: Kept(row.status, on_paper=row.on_paper) for cell, row in cells.items()}, asked
        )
        found[place.pk] = OutlineProgress(numbers, asked, max(days, default=None))
    return found


def outline_counts(campaign: Campaign, organization: Organization) -> tuple[int, int]:
    """How many outlines are owed before the meeting, and how many of them are done; both 0 where none is required."""
    numbers = Book.of(campaign, organization).tally()
    return (numbers.owed, numbers.done if numbers.owed else 0)
