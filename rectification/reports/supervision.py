"""A supervisor's day, and how a superior sees the visits below it: in tree order, in counts, never ranked."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from branches.models import Campaign, Kind, Organization, User
from branches.models.organization import OrganizationQuerySet
from branches.rules import Clause, clause_for
from meetings.models import Meeting, MeetingStatus
from rectification.models import (
    Finding,
    FindingKind,
    LinkedPoint,
    StageSignOff,
    SupervisionTeam,
    Visit,
    VisitMode,
    VisitStatus,
)
from rectification.models.watching import SENT, watched_by
from rectification.services.supervision import bodies_of, rules_here
from rectification.services.supervision_summary import wants_summary

MOST_LINES = 30  # of each list of the day
LOOK_AHEAD = datetime.timedelta(days=14)  # meetings shown as coming soon
ATTENDED = Q(mode=VisitMode.ATTEND)


@dataclass(frozen=True)
class Day:
    """What a person who looks in from above has to do: visits planned, findings that wait, meetings soon."""

    campaign: Campaign
    planned: tuple[Visit, ...]
    open_visits: tuple[Visit, ...]
    waiting: tuple[Finding, ...]
    meetings: tuple[Meeting, ...]
    teams: tuple[SupervisionTeam, ...]
    points: tuple[LinkedPoint, ...]
    bodies: tuple[Organization, ...]
    sent_to: tuple[Organization, ...]  # branches the person is sent to by a post of its own
    watches: bool  # whether any post of the person looks in on anything
    clause: Clause | None
    duties: tuple[str, ...]
    summary: bool  # whether the notice wants a written summary

    @classmethod
    def of(cls, campaign: Campaign, user: User) -> Day:
        """The day of this person: of the own teams where there are any, else of all the posts look in on."""
        teams = tuple(
            SupervisionTeam.objects.active()
            .filter(campaign=campaign, members__user=user)
            .select_related("sender")
            .prefetch_related("organizations")
        )
        points = (
            LinkedPoint.objects.active().filter(campaign=campaign, user=user).select_related("organization")
        )
        scope = watched_by(user)
        if teams:
            own = Q(pk__in=[])
            for team in teams:
                own |= team.within("organization__path")
            scope &= own
        mine = scope | Q(author=user) | Q(point__user=user)
        visits = (
            Visit.objects.watched_by(user)
            .filter(mine, campaign=campaign)
            .select_related("organization", "team")
        )
        found = Finding.objects.filter(visit__in=visits.values("pk")).open()
        today = timezone.localdate()
        coming = Meeting.objects.filter(
            scope,
            campaign=campaign,
            status=MeetingStatus.PLANNED,
            starts_at__date__range=(today, today + LOOK_AHEAD),
        )
        quoted = campaign.rule_set().quoted()
        duties = (duty for rules in rules_here(campaign, None) for duty in rules.supervision_duties)
        return cls(
            campaign=campaign,
            planned=tuple(visits.filter(status=VisitStatus.PLANNED).order_by("day", "pk")[:MOST_LINES]),
            open_visits=tuple(visits.filter(status=VisitStatus.MADE).order_by("-day", "pk")[:MOST_LINES]),
            waiting=tuple(
                found.select_related("visit__organization").order_by("issued_on", "pk")[:MOST_LINES]
            ),
            meetings=tuple(
                coming.select_related("organization")
                .with_undecided()
                .order_by("starts_at", "pk")[:MOST_LINES]
            ),
            teams=teams,
            points=tuple(points),
            bodies=bodies_of(user, campaign),
            sent_to=tuple(
                post.organization
                for post in user.posts()
                if post.role in SENT
                and post.organization.kind == Kind.BRANCH
                and campaign.covers(post.organization)
            ),
            watches=any(post.role in SENT for post in user.posts()),
            clause=clause_for("supervision_duties", quoted) or clause_for("supervision", quoted),
            duties=tuple(dict.fromkeys(duties)),
            summary=bool(wants_summary(campaign)),
        )


@dataclass(frozen=True)
class Counts:
    """What happened in one organisation, or in all; counts only."""

    made: int = 0
    planned: int = 0
    attended: int = 0
    steps: int = 0
    findings: int = 0
    waiting: int = 0
    stages: int = 0


@dataclass(frozen=True)
class OverviewLine:
    """One organisation in its place of the tree, with the teams that look in on it."""

    organization: Organization
    counts: Counts
    teams: tuple[str, ...]


def lines_of(campaign: Campaign, rows: Iterable[Organization]) -> tuple[OverviewLine, ...]:
    """The lines of these organisations in the order given; six queries for any number."""
    places = list(rows)
    visits = Visit.objects.filter(campaign=campaign, organization__in=places).order_by()
    counted = {
        row.pop("organization"): row
        for row in visits.values("organization").annotate(
            made=Count("pk", filter=Q(status__in=(VisitStatus.MADE, VisitStatus.CLOSED))),
            planned=Count("pk", filter=Q(status=VisitStatus.PLANNED)),
            attended=Count(
                "meeting",
                filter=ATTENDED & Q(status__in=(VisitStatus.MADE, VisitStatus.CLOSED)),
                distinct=True,
            ),
        )
    }
    looked: dict[int, set[str]] = collections.defaultdict(set)
    for pk, keys in visits.made().values_list("organization", "steps"):
        looked[pk] |= set(keys)
    findings = Finding.objects.standing().filter(visit__campaign=campaign, visit__organization__in=places)
    said = _by_place(findings)
    waiting = _by_place(findings.open())
    signed = StageSignOff.objects.holding().filter(campaign=campaign, organization__in=places).order_by()
    stages = dict(signed.values_list("organization").annotate(n=Count("part", distinct=True)))
    teams = list(SupervisionTeam.objects.active().filter(campaign=campaign).prefetch_related("organizations"))
    return tuple(
        OverviewLine(
            organization=place,
            counts=Counts(
                **counted.get(place.pk, {}),
                steps=len(looked[place.pk]),
                findings=said.get(place.pk, 0),
                waiting=waiting.get(place.pk, 0),
                stages=stages.get(place.pk, 0),
            ),
            teams=tuple(team.name for team in teams if team.covers(place)),
        )
        for place in places
    )


def _by_place(findings: object) -> dict[int, int]:
    """How many of these findings each organisation has."""
    rows = findings.order_by().values_list("visit__organization")  # type: ignore[attr-defined]
    return dict(rows.annotate(n=Count("pk")))


@dataclass(frozen=True)
class Totals:
    """The sums over all organisations below a body."""

    places: int
    visited: int
    made: int
    attended: int
    findings: int
    waiting: int
    kinds: tuple[tuple[str, int], ...]
    modes: tuple[tuple[str, int], ...]

    @classmethod
    def of(
        cls, campaign: Campaign, rows: OrganizationQuerySet, team: SupervisionTeam | None = None
    ) -> Totals:
        """The sums; `team`: of its visits only; six queries."""
        visits = Visit.objects.made().filter(campaign=campaign, organization__in=rows.order_by().values("pk"))
        if team is not None:
            visits = visits.filter(team=team)
        findings = Finding.objects.standing().filter(visit__in=visits.order_by().values("pk"))
        kinds = dict(findings.order_by().values_list("kind").annotate(n=Count("pk")))
        modes = dict(visits.order_by().values_list("mode").annotate(n=Count("pk")))
        sums = visits.order_by().aggregate(
            visited=Count("organization", distinct=True),
            attended=Count("meeting", filter=ATTENDED, distinct=True),
        )
        return cls(
            places=rows.count(),
            visited=sums["visited"],
            made=sum(modes.values()),
            attended=sums["attended"],
            findings=sum(kinds.values()),
            waiting=findings.open().count(),
            kinds=tuple((kind.label, kinds[kind.value]) for kind in FindingKind if kind.value in kinds),
            modes=tuple((mode.label, modes[mode.value]) for mode in VisitMode if mode.value in modes),
        )
