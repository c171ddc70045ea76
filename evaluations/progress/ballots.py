"""How far each organisation is with its ballot: one set-based query for any number of organisations."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from branches.models import Campaign, Organization
from evaluations.models import Ballot, BallotStatus, Channel, SubjectKind
from evaluations.rules import Heads
from meetings.progress import exact_for


@dataclass(frozen=True)
class BallotProgress:
    """The standing ballot of one organisation."""

    ballot: str
    status: str
    round_no: int
    valid: int | None
    held_on: datetime.date | None = None
    certified_on: datetime.date | None = None

    @property
    def certified(self) -> bool:
        """Whether the result is certified."""
        return self.status == BallotStatus.CERTIFIED

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return BallotStatus(self.status).label


def ballot_progress(
    campaign: Campaign,
    organizations: QuerySet[Organization] | list[Organization],
    subject_kind: str = SubjectKind.MEMBERS,
    since: Mapping[int, datetime.datetime] | None = None,
) -> dict[int, BallotProgress]:
    """The standing ballot of each organisation that has one, by organisation id.

    `since`: ballots of meetings before that moment belong to an earlier round and do not count.
    """
    rows = (
        Ballot.objects.standing()
        .filter(campaign=campaign, subject_kind=subject_kind, organization__in=organizations)
        .order_by("meeting__starts_at", "pk")
        .annotate(on_day=TruncDate("meeting__starts_at"), at=exact_for(since, "meeting__starts_at"))
        .values_list(
            "pk",
            "organization",
            "status",
            "round_no",
            "returned",
            "void_papers",
            "codes_used",
            "channel",
            "on_day",
            "at",
            "certified_on",
        )
    )
    found: dict[int, BallotProgress] = {}
    for (
        pk,
        organization,
        status,
        round_no,
        returned,
        void,
        cast,
        channel,
        day,
        starts_at,
        certified_on,
    ) in rows:
        if since and organization in since and starts_at < since[organization]:
            continue
        kind = Channel(channel)
        heads = Heads(
            returned=returned, void=void, cast=cast, on_paper=kind.has_paper, on_device=kind.has_device
        )
        found[organization] = BallotProgress(str(pk), status, round_no, heads.valid, day, certified_on)
    return found
