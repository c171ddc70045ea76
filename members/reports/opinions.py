"""What the pages of opinions show: rounds with their numbers, points, what is not answered yet."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Organization, User
from branches.rules import Clause, Rules, clause_for
from branches.rules.planning import SOURCES
from branches.services.rounds import round_of
from members.models import (
    TO_ANSWER,
    Moderation,
    Opinion,
    OpinionPoint,
    OpinionRound,
    OpinionRoundStatus,
    Target,
    Verdict,
)
from members.permissions.opinions import can_ask_opinions, can_moderate, can_name_points, can_read_originals
from members.rules.opinions import ONLINE, WAYS, touch_points
from members.services.must_answer import Unanswered, unanswered_points
from members.services.opinion_points import loose_opinions
from members.services.opinions import asked_of, is_asked
from members.workflow.preparing import OPINIONS

STATES = {
    OpinionRoundStatus.COLLECTING: "now",
    OpinionRoundStatus.COMPILED: "ok",
    OpinionRoundStatus.FED_BACK: "ok",
}
VERDICT_STATES = {
    Verdict.TRUE: "bad",
    Verdict.MOSTLY: "warn",
    Verdict.INEXACT: "idle",
    Verdict.UNTRUE: "idle",
}


@dataclass(frozen=True)
class RoundRow:
    """A round with its numbers, and what may be done with it."""

    asked: OpinionRound
    way: str
    accepted: int
    loose: int
    waiting: int
    fed_back_on: datetime.date | None
    steps: tuple[str, ...]

    @property
    def state(self) -> str:
        """The colour of its word."""
        return STATES[OpinionRoundStatus(self.asked.status)]

    @property
    def has_page(self) -> bool:
        """Whether the page for the masses is open today."""
        until = self.asked.page_until
        return bool(
            self.asked.page_digest
            and until is not None
            and until >= timezone.localdate()
            and self.asked.status == OpinionRoundStatus.COLLECTING
        )


@dataclass(frozen=True)
class PointRow:
    """A point as a line of the page."""

    point: OpinionPoint
    originals: tuple[Opinion, ...]
    is_open: bool  # must be answered and is not yet

    @property
    def whom(self) -> str:
        """Whom it is about."""
        return self.point.member.name if self.point.member is not None else "班子"

    @property
    def source(self) -> str:
        """Where it came from, in words."""
        return "上级点明" if self.point.by_superior else SOURCES.get(self.point.source, "")

    @property
    def state(self) -> str:
        """The colour of the verdict."""
        return VERDICT_STATES[Verdict(self.point.verdict)] if self.point.verdict else "idle"

    @property
    def answer(self) -> str:
        """Where it is answered, in words; empty when nothing is wanted."""
        if self.point.elsewhere:
            return f"列入整改：{self.point.elsewhere}"
        if self.is_open:
            return "还没有回应"
        wanted = self.point.verdict in TO_ANSWER or (self.point.by_superior and not self.point.verdict)
        return "材料中已回应" if wanted else ""


@dataclass(frozen=True)
class OpinionsPage:
    """The page of an organisation's opinions as one person sees it."""

    campaign: Campaign
    organization: Organization
    rules: Rules
    clause: Clause | None
    rounds: tuple[RoundRow, ...]
    points: tuple[PointRow, ...]
    loose: int
    times: int
    unanswered: tuple[Unanswered, ...]
    may_write: bool
    may_read_originals: bool
    may_moderate: bool
    may_name: bool
    is_asked: bool
    allows_online: bool

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> OpinionsPage:
        """The page today."""
        rules = campaign.rules_for(organization)
        reads = bool(can_read_originals(user, organization))
        open_points = unanswered_points(campaign, organization)
        rounds = round_rows(campaign, organization, user)
        spans = [(row.asked.begun_on, row.asked.ended_on) for row in rounds]
        return cls(
            campaign=campaign,
            organization=organization,
            rules=rules,
            clause=clause_for("opinions_asked", campaign.rule_set().quoted(), organization.category),
            rounds=rounds,
            points=point_rows(campaign, organization, open_points, persons=reads, originals=False),
            loose=loose_opinions(campaign, organization).count(),
            times=touch_points(spans, timezone.localdate()),
            unanswered=tuple(one for one in open_points if reads or one.point.member_id is None),
            may_write=bool(can_ask_opinions(user, organization) and asked_of(campaign, organization)),
            may_read_originals=reads,
            may_moderate=bool(can_moderate(user, organization)),
            may_name=may_name(campaign, organization, user),
            is_asked=is_asked(campaign, organization),
            allows_online=ONLINE in rules.opinion_ways,
        )

    @property
    def originals(self) -> int:
        """How many opinions were given and let in."""
        return sum(row.accepted for row in self.rounds)

    @property
    def waiting(self) -> int:
        """How many from the page for the masses wait to be looked through."""
        return sum(row.waiting for row in self.rounds)


def may_name(campaign: Campaign, organization: Organization, user: User) -> bool:
    """Returns whether the user may name points of the organisation now."""
    return campaign.is_open and bool(can_name_points(user, organization))


def round_rows(campaign: Campaign, organization: Organization, user: User) -> tuple[RoundRow, ...]:
    """Returns the rounds of the present round with their numbers; two queries beside that of the round."""
    accepted = Q(opinions__moderation=Moderation.ACCEPTED)
    rounds = (
        OpinionRound.objects.filter(
            campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
        )
        .select_related("campaign__issuer", "organization")
        .annotate(
            accepted=Count("opinions", filter=accepted),
            loose=Count("opinions", filter=accepted & Q(opinions__point__isnull=True)),
            waiting=Count("opinions", filter=Q(opinions__moderation=Moderation.WAITING)),
        )
    )
    found: list[Any] = list(rounds)
    told = _days_told(found)
    return tuple(
        RoundRow(
            asked=asked,
            way=WAYS.get(asked.way, asked.way),
            accepted=asked.accepted,
            loose=asked.loose,
            waiting=asked.waiting,
            fed_back_on=told.get(str(asked.pk)),
            steps=tuple(name for name, _step in OPINIONS.available(asked, user)),
        )
        for asked in found
    )


def _days_told(rounds: Iterable[OpinionRound]) -> dict[str, datetime.date]:
    """On which day those asked were told, by round, as the record of that step says."""
    keys = [str(one.pk) for one in rounds if one.status == OpinionRoundStatus.FED_BACK]
    events = AuditEvent.objects.filter(
        about=OpinionRound._meta.label_lower, about_id__in=keys, action="feed_back"
    )
    return {
        one.about_id: datetime.date.fromisoformat(one.detail["day"]) for one in events if "day" in one.detail
    }


def point_rows(
    campaign: Campaign,
    organization: Organization,
    open_points: Iterable[Unanswered],
    *,
    persons: bool,
    originals: bool,
) -> tuple[PointRow, ...]:
    """Returns the points of the present round; those about persons and their originals only where asked for."""
    rows = OpinionPoint.objects.filter(
        campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
    ).select_related("member")
    if not persons:
        rows = rows.filter(target=Target.COMMITTEE)
    if originals:
        rows = rows.prefetch_related("originals")
    wanting = {one.point.pk for one in open_points}
    return tuple(
        PointRow(one, tuple(one.originals.all()) if originals else (), one.pk in wanting) for one in rows
    )
