"""The world of the address matrix: one county with everything that addresses point to, built once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from branches.models import Campaign, Organization, Role, User
from branches.services.campaigns import draft_campaign
from meetings.models import Duty, DutyKind
from tests.conftest import Tree, build_tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.evaluations import Evening, evening, published_campaign
from tests.factories.members import MemberFactory

# Everybody the matrix knows; `anonymous` is nobody logged in.
ROLES = (
    "anonymous",
    "member",
    "teller",
    "group_leader",
    "organizer",
    "secretary",
    "supervisor",
    "township",
    "county",
    "system",
    "auditor",
)


@dataclass(frozen=True)
class Target:
    """What fills an address, and what is posted to it."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    query: str = ""


Targets = dict[str, dict[str, Target]]  # address → relation → target


@dataclass
class World:
    """The county, the people by role, the campaigns, and evenings by stage and relation."""

    tree: Tree
    people: dict[str, User]
    campaigns: dict[str, Campaign]
    evenings: dict[str, dict[str, Evening]]

    def organizations(self) -> dict[str, Organization]:
        """The places seen from the village branch: own, sibling, parent, child, unrelated."""
        return {
            "own": self.tree.village,
            "sibling": self.tree.sibling,
            "parent": self.tree.township,
            "child": self.tree.group,
            "unrelated": self.tree.other_village,
        }


def build_world() -> World:
    """Make everything; the caller rolls it back."""
    tree = build_tree()
    posts = {
        "organizer": (Role.ORGANIZER, tree.village),
        "secretary": (Role.SECRETARY, tree.village),
        "group_leader": (Role.GROUP_LEADER, tree.group),
        "supervisor": (Role.SUPERVISOR, tree.township),
        "township": (Role.OFFICE, tree.township),
        "county": (Role.OFFICE, tree.county),
        "system": (Role.SYSTEM, tree.county),
        "auditor": (Role.AUDITOR, tree.county),
    }
    people = {name: account_with(role, place, username=name) for name, (role, place) in posts.items()}
    for name in ("member", "teller"):
        people[name] = account_with(None, tree.village, username=name)
        MemberFactory.create(organization=tree.village, name=people[name].full_name, user=people[name])
    AppointmentFactory.create(organization=tree.village, role=Role.DEPUTY, user=None, holder_name="何长河")
    campaigns = {
        "own": CampaignFactory.create(issuer=tree.township, slug="own", status="published"),
        "parent": published_campaign(tree.county, slug="parent"),
        "unrelated": CampaignFactory.create(issuer=tree.other_township, slug="unrelated", status="published"),
        "draft": draft_campaign(
            issuer=tree.township,
            name="起草中",
            slug="draft",
            year=2026,
            preset="current_year",
            by=people["township"],
        ),
    }
    return World(tree, people, campaigns, _evenings(tree, people["teller"]))


def _evenings(tree: Tree, teller: User) -> dict[str, dict[str, Evening]]:
    """Evenings in the own, a sibling and an unrelated branch: being prepared, counting, matched, certified."""
    places = {"own": tree.village, "sibling": tree.sibling, "unrelated": tree.other_village}
    found: dict[str, dict[str, Evening]] = {}
    for stage in ("setup", "collected", "matched", "certified"):
        campaign = published_campaign(tree.county, slug=f"stage-{stage}")
        found[stage] = {
            relation: evening(stage, organization=place, campaign=campaign)
            for relation, place in places.items()
        }
        own = Duty.objects.filter(meeting=found[stage]["own"].meeting, kind=DutyKind.TELLER)
        Duty.objects.filter(pk=own.order_by("pk")[:1].get().pk).update(member=teller.member)
    return found
