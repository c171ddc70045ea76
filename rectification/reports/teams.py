"""Teams and linked points of a body with what they did, and the grid of one linked point."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from branches.models import Campaign, Organization
from branches.rules import Clause, clause_for
from branches.services.steps import steps_for
from meetings.reports.guests import Visits as LeaderVisits
from rectification.models import LinkedPoint, SupervisionTeam, Visit, VisitMode, VisitStatus
from rectification.rules.supervision import Grid, asked_words, grid_of
from rectification.services.supervision import has_points, team_kinds

MADE = Q(visits__status__in=(VisitStatus.MADE, VisitStatus.CLOSED))
ATTEND = MADE & Q(visits__mode=VisitMode.ATTEND)
COUNTS = {
    "n_made": Count("visits", filter=MADE, distinct=True),
    "n_places": Count("visits__organization", filter=MADE, distinct=True),
    "n_attended": Count("visits__meeting", filter=ATTEND, distinct=True),
}


@dataclass(frozen=True)
class TeamsPage:
    """Everything a body sends out in a campaign, in the order of names; counts only."""

    teams: tuple[SupervisionTeam, ...]
    points: tuple[LinkedPoint, ...]
    kinds: tuple[str, ...]  # of teams the rules name, for some category at least
    linked: bool
    asked: str
    leaders_asked: str  # how many branch meetings each leader is to attend, kept on a page of its own
    supervision_clause: Clause | None
    points_clause: Clause | None

    @classmethod
    def of(cls, campaign: Campaign, body: Organization) -> TeamsPage:
        """The page; a constant number of queries."""
        teams = SupervisionTeam.objects.filter(campaign=campaign, sender=body)
        points = LinkedPoint.objects.filter(campaign=campaign, sender=body).select_related("organization")
        rules, quoted = campaign.rules_for(body), campaign.rule_set().quoted()
        ordered = teams.annotate(**COUNTS).order_by("status", "name", "pk")
        return cls(
            teams=tuple(ordered.select_related("sender").prefetch_related("members", "organizations")),
            points=tuple(
                points.annotate(**COUNTS).order_by("status", "leader_name", "organization__path", "pk")
            ),
            kinds=team_kinds(campaign),
            linked=has_points(campaign),
            asked=asked_words(rules),
            leaders_asked="" if rules.leader_visits_min is None else LeaderVisits.of(campaign, body).asked,
            supervision_clause=clause_for("supervision", quoted),
            points_clause=clause_for("linked_points", quoted),
        )


@dataclass(frozen=True)
class PointPage:
    """One linked point: its duties, the grid of stages and steps, its visits."""

    point: LinkedPoint
    duties: tuple[str, ...]
    duties_clause: Clause | None
    asked: str
    grid: Grid
    visits: tuple[Visit, ...]

    @classmethod
    def of(cls, point: LinkedPoint) -> PointPage:
        """The page; a constant number of queries."""
        rules, quoted = point.campaign.rules_for(point.organization), point.campaign.rule_set().quoted()
        visits = tuple(
            Visit.objects.filter(point=point)
            .exclude(status=VisitStatus.CANCELLED)
            .select_related("organization", "meeting")
        )
        made = (visit for visit in visits if visit.status in (VisitStatus.MADE, VisitStatus.CLOSED))
        return cls(
            point=point,
            duties=rules.linked_duties,
            duties_clause=clause_for("linked_duties", quoted, point.organization.category),
            asked=asked_words(rules),
            grid=grid_of(
                steps_for(point.campaign, point.organization), [key for visit in made for key in visit.steps]
            ),
            visits=visits,
        )
