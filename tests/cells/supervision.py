"""Addresses of supervision: campaigns of three townships with a team, a point, a draw, a visit and a summary each."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Organization, Role, User
from rectification.models import Finding, LinkedPoint, StageSignOff, SupervisionSummary, Visit, VisitDraw
from rectification.services import draws, supervision_summary, teams, visit_findings, visits
from rectification.services.visits import Typed
from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.supervising import RULES, SEEN

OF_BODY = ("supervision_overview", "supervision_export", "teams", "team_new", "point_new")
VISIT = {"version": "0", "mode": "open", "visitors": "李敏", "day": "2026-01-05", "seen": SEEN}


def targets(world: World) -> Targets:
    """The village branch (own), a sibling, a branch elsewhere; their townships; and a campaign that asks for nothing."""
    tree = world.tree
    found: Targets = {}
    places = {
        "own": (tree.township, tree.village),
        "sibling": (tree.township, tree.sibling),
        "unrelated": (tree.other_township, tree.other_village),
    }
    for relation, (body, branch) in places.items():
        made = _Made(body, branch, f"watched-{relation}")
        for name, target in made.targets().items():
            found.setdefault(f"rectification:{name}", {})[relation] = target
    silent = {"supervision": [], "visit_modes": [], "linked_points": False, "superior_attendance": "none"}
    quiet = CampaignFactory.create(
        issuer=tree.county, slug="unwatched", status="running", rules=RULES | silent
    )
    found["rectification:supervision"]["none"] = Target({"slug": quiet.slug})
    return found


class _Made:
    """One campaign of a body with one of everything about one branch."""

    def __init__(self, body: Organization, branch: Organization, slug: str) -> None:
        self.body, self.branch = body, branch
        self.campaign = CampaignFactory.create(issuer=body, slug=slug, status="running", rules=RULES)
        self.office: User = account_with(Role.OFFICE, body)
        self.today = timezone.localdate()

    def visit(self) -> Visit:
        """A visit of the office, made."""
        typed = Typed(mode="open", day=self.today, visitors="周敏", seen=SEEN)
        return visits.plan_visit(
            campaign=self.campaign, organization=self.branch, typed=typed, by=self.office, make=True
        )

    def finding(self) -> Finding:
        """A finding of a visit."""
        return visit_findings.issue_finding(
            visit=self.visit(), kind="suggestion", text="抓紧", by=self.office
        )

    def point(self) -> LinkedPoint:
        """A linked point."""
        return teams.add_point(
            campaign=self.campaign,
            sender=self.body,
            organization=self.branch,
            leader=teams.Person("魏秀英"),
            from_on=self.today,
            by=self.office,
        )

    def drawn(self) -> VisitDraw:
        """A draw."""
        return draws.draw_visits(campaign=self.campaign, body=self.body, size=1, seed="6-3-1", by=self.office)

    def signed(self) -> StageSignOff:
        """A stage signed off."""
        return visit_findings.sign_off(
            campaign=self.campaign,
            organization=self.branch,
            part="会前",
            on=self.today,
            passed={0, 1},
            by=self.office,
        )

    def summary(self) -> SupervisionSummary:
        """The summary of the body."""
        return supervision_summary.begin_summary(
            campaign=self.campaign,
            body=self.body,
            team=None,
            title="督查总结",
            parts={"overall": "不错。"},
            by=self.office,
        )

    def targets(self) -> dict[str, Target]:
        """What fills each address."""
        team = teams.save_team(
            team=None,
            version=0,
            campaign=self.campaign,
            sender=self.body,
            kind="team",
            name="第一督导组",
            people=[teams.Person("韩秀英")],
            organizations=[self.branch],
            by=self.office,
        )
        finding, summary = self.finding(), self.summary()
        slug, version = self.campaign.slug, {"version": "0"}
        body, branch = {"slug": slug, "pk": self.body.pk}, {"slug": slug, "pk": self.branch.pk}
        visit = {"pk": finding.visit_id}
        return {
            "supervision": Target({"slug": slug}),
            **{name: Target(body) for name in OF_BODY},
            "draws": Target(body, {"size": "1", "seed": "1-2-3"}),
            "supervision_summaries": Target(body),
            "branch_visits": Target(branch),
            "visit_new": Target(branch, VISIT),
            "sign_off": Target(
                branch, {"sign-part": "会上", "sign-on": "2026-01-05", "sign-passed": ["0", "1"]}
            ),
            "team": Target({"pk": team.pk}),
            "team_end": Target({"pk": team.pk}),
            "point": Target({"pk": (point := self.point()).pk}),
            "point_end": Target({"pk": point.pk}),
            "draw": Target({"pk": self.drawn().pk}),
            "visit": Target(visit, VISIT),
            "visit_paper": Target(visit),
            "visit_step": Target({**visit, "step": "close"}, version),
            "finding_step": Target({"pk": finding.pk, "step": "answer"}, {"answer": "好的"}),
            "sign_off_revoke": Target({"pk": self.signed().pk}, {"revoke-note": "看错"}),
            "supervision_summary": Target({"pk": summary.pk}, version),
            "supervision_summary_file": Target({"pk": summary.pk}),
            "supervision_summary_step": Target({"pk": summary.pk, "step": "reopen"}, version),
        }
