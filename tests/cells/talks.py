"""Addresses of talks: in every place two members who talked, a pair let off, somebody marked, an investor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from branches.models import Campaign, Organization
from members.models import Member, Outsider, Talk, TalkConcern, TalkSide, TalkWaiver
from members.rules.talk_people import pair
from members.services.talks import seen_mark
from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory
from tests.factories.members import members_of

PLAIN = ("talks", "sittings", "sittings_paper", "talk_table", "talk_blank")
OF_TALK = ("talk", "talk_change", "talk_remove", "talk_sheet")


def targets(world: World) -> Targets:
    """All addresses in a campaign of the county that keeps what was said."""
    campaign: Campaign = CampaignFactory.create(
        issuer=world.tree.county,
        slug="talks-cells",
        status="running",
        year=timezone.localdate().year,
        rules={"talk_pairs": ["secretary_member", "member_member"], "talk_record_level": "full"},
    )
    found: Targets = {}
    for relation, place in world.organizations().items():
        for name, target in _at(world, campaign, place).items():
            found.setdefault(f"members:{name}", {})[relation] = target
    return found


def _two(world: World, place: Organization) -> list[Member]:
    """Two members of the place: of the own branch those with accounts."""
    if place == world.tree.village:
        return [world.people["member"].member, world.people["teller"].member]
    return members_of(place, 2)


def _at(world: World, campaign: Campaign, place: Organization) -> dict[str, Target]:
    """The addresses of one place."""
    two = _two(world, place)
    a, b = (f"m{member.pk.hex}" for member in two)
    where: dict[str, Any] = {"slug": campaign.slug, "pk": place.pk}
    rows: dict[str, Any] = {"campaign": campaign, "organization": place}
    talk = Talk.objects.create(**rows, held_on=timezone.localdate())
    TalkSide.objects.bulk_create(TalkSide(talk=talk, member=member) for member in two)
    first, second = pair(a, b)
    waiver = TalkWaiver.objects.create(**rows, first=first, second=second, reason="住院")
    concern = TalkConcern.objects.create(**rows, kind="unaware", member=two[0])
    investor = Outsider.objects.create(organization=place, name="陈国栋", capacity="investor")
    superior = world.people["county"].posts()[0]
    day = timezone.localdate().isoformat()
    sitting = {"people": [a, b], "held_on": day, "how": "together", "mode": "face"}
    reminder = {"superior": superior.pk, "person": a, "held_on": day, "mode": "face"}
    words = {"summary": "说开了", "seen": seen_mark(talk)}
    return {
        **{name: Target(where) for name in PLAIN},
        "talk_table_file": Target({**where, "ending": "xlsx"}),
        "talk_new": Target(where, {"a": a, "b": b, "when": "today"}, urlencode({"a": a, "b": b})),
        "talk_sitting": Target(where, sitting),
        "talk_waive": Target(where, {"a": a, "b": b, "reason": "住院"}),
        "talk_unwaive": Target({**where, "waiver": waiver.pk}),
        "talk_concerns": Target(where, {"kind": "unaware", "member": two[1].pk}),
        "talk_unmark": Target({**where, "concern": concern.pk}),
        "talk_remind": Target(where, reminder),
        "outsiders": Target(where, {"name": "沈国栋", "capacity": "investor"}),
        "outsider_end": Target({**where, "person": investor.pk}),
        **{
            name: Target(
                {**where, "talk": talk.pk}, words if name == "talk" else {"held_on": day, "mode": "visit"}
            )
            for name in OF_TALK
        },
    }
