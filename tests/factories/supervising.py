"""A township with people who look in from above, for tests of supervision; every name is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches.models import Campaign, Organization, Role, User
from rectification.models import Finding, FindingKind, SupervisionTeam, Visit
from rectification.services import teams, visit_findings, visits
from rectification.services.visits import Typed
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with

SEEN = "谈心谈话登记齐全，花名册还没有核定。"
RULES: dict[str, Any] = {
    "supervision": ["team", "instructor"],
    "visit_modes": ["random", "open", "covert", "attend"],
    "superior_powers": ["correct", "redo"],
    "linked_points": True,
    "linked_stages": 3,
    "linked_steps": 15,
    "supervision_summary": True,
    "appraisal_use": True,
    "review_checklist": ["查摆问题不聚焦的不放过", "整改措施不到位的不放过"],
}


@dataclass
class Watched:
    """A campaign with supervision, and everybody around one branch of it."""

    tree: Tree
    campaign: Campaign
    people: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """The person of this name."""
        try:
            person: User = self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error
        return person


def watched(tree: Tree, **rules: Any) -> Watched:
    """The campaign of the township, running, and its people: made as they are named."""
    campaign = CampaignFactory.create(
        issuer=tree.township, slug="watched", status="running", rules=RULES | rules
    )
    made = Watched(tree, campaign)
    posts: dict[str, tuple[str | None, Organization]] = {
        "supervisor": (Role.SUPERVISOR, tree.township),
        "instructor": (Role.INSTRUCTOR, tree.village),
        "township": (Role.OFFICE, tree.township),
        "leader": (Role.DEPUTY, tree.township),
        "county": (Role.OFFICE, tree.county),
        "secretary": (Role.SECRETARY, tree.village),
        "deputy": (Role.DEPUTY, tree.village),
        "organizer": (Role.ORGANIZER, tree.village),
        "committee": (Role.DISCIPLINE, tree.village),
        "member": (None, tree.village),
        "sibling": (Role.SECRETARY, tree.sibling),
        "other": (Role.SUPERVISOR, tree.other_township),
        "auditor": (Role.AUDITOR, tree.county),
    }
    names = iter(
        [
            "李敏",
            "何芳",
            "周敏",
            "郑国栋",
            "孙建军",
            "刘德福",
            "何长河",
            "王桂兰",
            "陈文",
            "吴长河",
            "万国栋",
            "钱芳",
            "陶文",
        ]
    )
    for key, (role, place) in posts.items():
        made.people[key] = account_with(role, place, full_name=next(names), username=f"w-{key}")
    made.people["nobody"] = AnonymousUser()
    return made


def typed(**how: Any) -> Typed:
    """What a supervisor types of a visit today."""
    return Typed(**{"mode": "open", "day": timezone.localdate(), "visitors": "李敏", **how})


def visit_to(made: Watched, *, seen: str = SEEN, place: Organization | None = None, **how: Any) -> Visit:
    """A visit of the supervisor to the branch, made today; `seen=""`: planned only."""
    by = how.pop("by", made.supervisor)
    return visits.plan_visit(
        campaign=made.campaign,
        organization=place or made.tree.village,
        typed=typed(seen=seen, **how),
        by=by,
        make=bool(seen),
    )


def finding_of(
    made: Watched, kind: str = FindingKind.SUGGESTION, text: str = "请尽快核定花名册。"
) -> Finding:
    """A finding of a new visit."""
    visit = visit_to(made)
    return visit_findings.issue_finding(visit=visit, kind=kind, text=text, by=made.supervisor)


def team_of(made: Watched, *places: Organization, name: str = "第一督导组", **how: Any) -> SupervisionTeam:
    """A team of the township with the supervisor and a person without an account."""
    return teams.save_team(
        team=None,
        version=0,
        campaign=made.campaign,
        sender=made.tree.township,
        kind=how.pop("kind", "team"),
        name=name,
        people=how.pop(
            "people", [teams.Person("李敏", "督导组", made.supervisor), teams.Person("韩秀英", "县委党校")]
        ),
        organizations=places or (made.tree.village,),
        by=how.pop("by", made.township),
    )
