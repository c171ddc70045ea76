"""Supervision in the demo: a team of instructors, a draw with a visit planned, one made with something to answer."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Campaign, Organization, User
from config.demo.preparation import SECOND, SLUG, THIRD, VILLAGE
from rectification.models import FindingKind, VisitMode
from rectification.services import draws, teams, visit_findings, visits
from rectification.services.visits import Typed

SEED = "6-3-1"  # as three dice would fall
SEEN = "谈心谈话登记齐全，党员说得出自己要改什么；意见梳理表还没有贴出来。"
SAID = (
    (FindingKind.PRAISE, "支委分头上门谈心，外出党员也打了电话，做得细。"),
    (FindingKind.SUGGESTION, "请把梳理后的意见贴到村务公开栏，让群众知道提的意见有回音。"),
)


def watch(rows: dict[str, Organization], office: User, supervisor: User) -> None:
    """Give the campaign before the meeting its supervision; `supervisor` has a post in the town."""
    campaign, town = Campaign.objects.select_related("issuer").get(slug=SLUG), rows["QS"]
    team = teams.save_team(
        team=None,
        version=0,
        campaign=campaign,
        sender=town,
        kind="instructor",
        name="第一指导组",
        people=[
            teams.Person(supervisor.full_name, "镇督导组", supervisor),
            teams.Person("秦文秀", "镇党校"),
        ],
        organizations=[rows[code] for code in (VILLAGE, SECOND, THIRD)],
        by=office,
    )
    drawn = draws.draw_visits(campaign=campaign, body=town, size=1, seed=SEED, team=team, by=supervisor)
    today, visitors = timezone.localdate(), supervisor.full_name
    chosen = next(row for row in rows.values() if row.code == drawn.result[0])
    visits.plan_visit(
        campaign=campaign,
        organization=chosen,
        typed=Typed(mode=VisitMode.RANDOM, day=today, visitors=visitors, team=team),
        by=supervisor,
        drawn=drawn,
    )
    made = visits.plan_visit(
        campaign=campaign,
        organization=rows[VILLAGE],
        typed=Typed(
            mode=VisitMode.OPEN, day=today, visitors=visitors, team=team, steps=("talks",), seen=SEEN
        ),
        by=supervisor,
        make=True,
    )
    for kind, text in SAID:
        visit_findings.issue_finding(visit=made, kind=kind, text=text, by=supervisor)
