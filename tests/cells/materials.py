"""Addresses of materials: the lists of every place, and materials of a member of every place in two states."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Campaign, User
from members.models import Material, MaterialStatus, Member
from members.rules.paper import Paper, Section
from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory

TEXT = Paper((Section("", "", "走访少。"),)).dumps()
LISTS = ("materials", "material", "material_open", "material_receive", "materials_shown")
WRITING = ("edit", "check", "upload", "versions", "show", "public", "stages")


def targets(world: World) -> Targets:
    """One campaign of the county that asks every member; the member of the cells writes in the own place."""
    campaign: Campaign = CampaignFactory.create(
        issuer=world.tree.county,
        slug="materials",
        status="running",
        rules={"member_material": "list", "material_public_notice": True, "plan_gate": "none"},
    )
    today = timezone.localdate().isoformat()
    names = (*LISTS, *(f"material_{name}" for name in WRITING), "material_withdraw", "material_file")
    found: Targets = {f"members:{name}": {} for name in names}
    for relation, organization in world.organizations().items():
        own = Member.objects.filter(user=world.people["member"]).first() if relation == "own" else None
        writer = own or MemberFactory.create(organization=organization)
        author = world.people["member"]
        draft = material(campaign, writer, author, MaterialStatus.DRAFT, 1)
        done = material(campaign, writer, author, MaterialStatus.DONE, 2)
        where = {"slug": campaign.slug, "pk": organization.pk}
        key = f"m{writer.pk.hex}"
        data = {
            "key": key,
            "day": today,
            "where": "公开栏",
            "revision": 0,
            "declared": "on",
            "shown_on": today,
        }
        for name in LISTS:
            found[f"members:{name}"][relation] = Target(where, data, f"key={key}")
        for name in WRITING:
            found[f"members:material_{name}"][relation] = Target({"pk": draft.pk}, data)
        found["members:material_withdraw"][relation] = Target({"pk": done.pk})
        found["members:material_file"][relation] = Target({"pk": draft.pk, "kind": "sheet", "ending": "docx"})
    return found


def material(campaign: Campaign, member: Member, author: User, status: str, round_no: int) -> Material:
    """A material of that member in that state."""
    made = Material(
        campaign=campaign,
        organization=member.organization,
        round_no=1,
        role="member",
        form="list",
        member=member,
        author=author,
        status=status,
    )
    if round_no > 1:  # a second one of the same person needs another campaign
        made.campaign = CampaignFactory.create(
            issuer=campaign.issuer, slug=f"materials-{member.pk.hex[:12]}", status="running"
        )
    made.content = TEXT
    made.save()
    return made
