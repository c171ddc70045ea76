"""Addresses of study: the page, a session to write down, and sessions of every place with a make-up."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Campaign
from members.models import StudyPart, StudySession
from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory

PLACES = ("studies", "study_new", "study_makeup")


def targets(world: World) -> Targets:
    """One campaign of the county that asks every branch to study."""
    campaign: Campaign = CampaignFactory.create(
        issuer=world.tree.county,
        slug="studying",
        status="running",
        year=timezone.localdate().year,
        rules={"study_list": ["党章"], "study_makeup": True},
    )
    day = timezone.localdate().isoformat()
    found: Targets = {
        f"members:{name}": {} for name in (*PLACES, "study_edit", "study_remove", "study_unmake")
    }
    for relation, organization in world.organizations().items():
        member = MemberFactory.create(organization=organization)
        newcomer = MemberFactory.create(organization=organization)
        session = StudySession.objects.create(
            campaign=campaign, organization=organization, held_on=timezone.localdate()
        )
        part = StudyPart.objects.create(
            session=session, member=member, part="made_up", made_up_on=timezone.localdate()
        )
        where = {"slug": campaign.slug, "pk": organization.pk}
        data = {"held_on": day, "present": [str(member.pk)], "on": day}
        data["members"] = [str(newcomer.pk)]
        for name in PLACES:
            found[f"members:{name}"][relation] = Target(where, data)
        found["members:study_edit"][relation] = Target({**where, "key": session.pk}, data)
        found["members:study_remove"][relation] = Target({**where, "key": session.pk})
        found["members:study_unmake"][relation] = Target({**where, "part": part.pk})
    return found
