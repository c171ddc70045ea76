"""How many items stand where in each branch below, in the order of the tree: numbers, never a ranking."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from branches.models import Campaign, Organization, Run, User
from rectification.models import Commitment, CommitmentStatus, Correction, CorrectionStatus, RectificationItem
from rectification.permissions.items import can_see_ledger
from rectification.rules.items import Sums, sums_of


@dataclass(frozen=True)
class OverviewRow:
    """One organisation: sums of all its items, promises kept and made, corrections not settled."""

    organization: Organization
    sums: Sums
    promises: int
    kept: int
    corrections: int
    opens: bool  # its register, for this reader


@dataclass(frozen=True)
class Overview:
    """The organisations addressed that the reader's posts reach; `total` over all of them."""

    campaign: Campaign
    rows: tuple[OverviewRow, ...]
    total: Sums

    @classmethod
    def of(cls, campaign: Campaign, user: User) -> Overview:
        """The overview as of today: a constant number of queries."""
        today = timezone.localdate()
        reached = Organization.objects.visible_to(user).values("pk")
        places = list(campaign.organizations().filter(pk__in=reached).order_by("path"))
        rounds: dict[int, int] = {}
        runs = Run.objects.filter(campaign=campaign).order_by("round_no")
        rounds.update(runs.values_list("organization_id", "round_no"))
        here = {place.pk: rounds.get(place.pk, 1) for place in places}
        items = _items(campaign, here)
        promises = _promises(campaign, here)
        open_ = _corrections(campaign, here)
        rows = tuple(
            OverviewRow(
                place,
                sums_of(items.get(place.pk, ()), today),
                *promises.get(place.pk, (0, 0)),
                open_.get(place.pk, 0),
                bool(can_see_ledger(user, campaign, place)),
            )
            for place in places
        )
        return cls(campaign, rows, sums_of((one for found in items.values() for one in found), today))


Item = tuple[str, datetime.date | None, bool]


def _items(campaign: Campaign, here: dict[int, int]) -> dict[int, list[Item]]:
    """Status, day and hint of every item of the present rounds, by organisation."""
    found: dict[int, list[Item]] = {}
    rows = RectificationItem.objects.filter(campaign=campaign, organization__in=list(here)).order_by()
    for pk, number, status, due, again in rows.values_list(
        "organization_id", "round_no", "status", "due_on", "repeats_id"
    ):
        if here[pk] == number:
            found.setdefault(pk, []).append((status, due, again is not None))
    return found


def _promises(campaign: Campaign, here: dict[int, int]) -> dict[int, tuple[int, int]]:
    """Promises made, and those kept, by organisation."""
    found: dict[int, tuple[int, int]] = {}
    rows = Commitment.objects.standing().filter(campaign=campaign, organization__in=list(here)).order_by()
    for pk, number, status in rows.values_list("organization_id", F("round_no"), "status"):
        if here[pk] == number:
            made, kept = found.get(pk, (0, 0))
            found[pk] = (made + 1, kept + (status == CommitmentStatus.FULFILLED))
    return found


def _corrections(campaign: Campaign, here: dict[int, int]) -> dict[int, int]:
    """Corrections that are not settled, by organisation."""
    found: dict[int, int] = {}
    rows = Correction.objects.filter(campaign=campaign, organization__in=list(here))
    for pk in rows.exclude(status=CorrectionStatus.CLOSED).values_list("organization_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found
