"""Addresses of the notice of results: drafts of three branches whose members were told, and one where rules want none."""

from __future__ import annotations

from branches.models import Campaign
from evaluations.services import result_notices
from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import evening, published_campaign
from tests.factories.following import assessed

RULES = {"result_publicity": "scoped_notice"}


def targets(world: World) -> Targets:
    """What fills the addresses."""
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    campaign = published_campaign(world.tree.county, slug="noticed", rules=RULES)
    found: Targets = {}
    for relation, place in places.items():
        made = assessed(evening("certified", organization=place, campaign=campaign))
        notice = result_notices.draft(sheet=made.sheet, by=made.secretary)
        slugged = {"slug": campaign.slug, "pk": place.pk}
        found.setdefault("evaluations:result_notice_of", {})[relation] = Target(slugged)
        found.setdefault("evaluations:result_notice_begin", {})[relation] = Target({"pk": made.sheet.pk})
        for name in ("result_notice", "result_notice_pdf"):
            found.setdefault(f"evaluations:{name}", {})[relation] = Target({"pk": notice.pk})
        for step in ("approve", "post"):
            target = Target({"pk": notice.pk, "step": step}, {f"{step}-version": "0"})
            where = relation if step == "post" else f"{relation}_approve"
            if step == "post" or relation == "own":
                found.setdefault("evaluations:result_notice_step", {})[where] = target
    kept = assessed(evening("certified", organization=world.tree.school, campaign=_kept(world)))
    found["evaluations:result_notice_begin"]["kept"] = Target({"pk": kept.sheet.pk})
    return found


def _kept(world: World) -> Campaign:
    """A campaign whose results stay in the branch."""
    return published_campaign(world.tree.county, slug="unnoticed", rules={"result_publicity": "file_up"})
