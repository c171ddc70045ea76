"""Addresses of the slips of a survey: three branches before the answering and while it runs; the page knows no branch."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import published_campaign
from tests.factories.survey_slips import ON_PAGE, slips_of
from tests.factories.surveys import PRESET

STAGES = {
    "printed": (
        "survey_slips",
        "survey_slips_pdf",
        "survey_slips_half",
        "survey_slips_begin",
        "survey_slips_drop",
    ),
    "begun": ("survey_slips_close",),
}


def targets(world: World) -> Targets:
    """What fills the addresses."""
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    found: Targets = {}
    for stage, names in STAGES.items():
        campaign = published_campaign(world.tree.county, slug=f"slips-{stage}", preset=PRESET, rules=ON_PAGE)
        made = {r: slips_of(stage, organization=place, campaign=campaign) for r, place in places.items()}
        for name in names:
            found[f"rectification:{name}"] = {r: Target({"pk": m.made.round.pk}) for r, m in made.items()}
    good = {"address": made["own"].address}
    found["survey_answer"] = {
        "address": Target(good),
        "code": Target(good, {"code": made["own"].codes[1][0]}),
        "wrong": Target({"address": "abcdefghjk"}),
    }
    return found
