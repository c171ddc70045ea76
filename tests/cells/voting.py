"""Addresses of the urn and the pages for voters: ballots with a device, before the voting and after the closing."""

from __future__ import annotations

from branches.models import Campaign, Organization
from meetings.models import Duty, DutyKind
from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import published_campaign
from tests.factories.voting import BOTH, Voting, voting

STAGES = {
    "chosen": ("channel",),
    "shown": ("urn", "urn_slips", "urn_half"),
    "open": ("urn_close", "urn_void", "vote", "vote_big", "vote_kiosk"),
    "collected": ("urn_open",),
    "counted": ("urn_result",),
}
VOTER = ("vote", "vote_big", "vote_kiosk")


def targets(world: World) -> Targets:
    """Urns of the own, a sibling and an unrelated branch; the pages for voters know no branch, only an address."""
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    found: Targets = {}
    for stage, names in STAGES.items():
        campaign = published_campaign(world.tree.county, slug=f"device-{stage}", rules=BOTH)
        made = {relation: _urn(stage, place, campaign) for relation, place in places.items()}
        own = Duty.objects.filter(meeting=made["own"].made.meeting, kind=DutyKind.TELLER)
        Duty.objects.filter(pk=own.order_by("pk")[:1].get().pk).update(member=world.people["teller"].member)
        for name in names:
            if name in VOTER:
                found[f"evaluations:{name}"] = _voters(made["own"])
            else:
                found[f"evaluations:{name}"] = {
                    r: Target({"pk": v.made.ballot.pk}, _data(name, v)) for r, v in made.items()
                }
    return found


def _data(name: str, made: Voting) -> dict[str, object]:
    """What is posted to an address."""
    if name == "urn_void":
        return {"codes": made.codes[-1]}
    return {"channel": "both"} if name == "channel" else {}


def _urn(stage: str, place: Organization, campaign: Campaign) -> Voting:
    """An urn of this branch that is so far."""
    return voting(
        stage, organization=place, campaign=campaign, votes=0 if stage in ("chosen", "shown") else 1
    )


def _voters(made: Voting) -> dict[str, Target]:
    """The page with a good address, with and without a good code, and with a wrong address."""
    good = {"address": made.address}
    return {
        "address": Target(good),
        "code": Target(good, {"code": made.codes[1]}),
        "wrong": Target({"address": "abcdefghjk"}),
    }
