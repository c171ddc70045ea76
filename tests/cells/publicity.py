"""Addresses of what is put up in public: drafts of three branches, one that waits for the net, one that stands there."""

from __future__ import annotations

from branches.models import Role
from rectification.services import public_pages
from tests.cells.world import Target, Targets, World
from tests.factories.branches import account_with
from tests.factories.publicity import drafted, posted, publicity_campaign, released


def targets(world: World) -> Targets:
    """What fills the addresses."""
    campaign = publicity_campaign(world.tree.county, slug="put-up")
    found: Targets = {}
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    above = account_with(Role.OFFICE, world.tree.county)
    for relation, place in places.items():
        by = account_with(Role.SECRETARY, place)
        slugged = {"slug": campaign.slug, "pk": place.pk}
        made = drafted(campaign, place, by)
        found.setdefault("rectification:publications", {})[relation] = Target(slugged, {"kind": "other"})
        for name in ("publication", "publication_pdf", "publication_copy"):
            found.setdefault(f"rectification:{name}", {})[relation] = Target({"pk": made.pk})
        approve = Target({"pk": made.pk, "step": "approve"}, {"approve-version": str(made.version)})
        found.setdefault("rectification:publication_step", {})[relation] = approve
        asked = posted(campaign, place, by)
        asked = public_pages.ask_page(publication=asked, version=asked.version, by=by)
        release = Target({"pk": asked.pk, "step": "release"}, {"release-version": str(asked.version)})
        found["rectification:publication_step"][f"{relation}_release"] = release
    shown = released(
        posted(campaign, world.tree.village, world.people["secretary"]), world.people["secretary"], above
    )
    found["public_notice"] = {
        "open": Target({"token": shown.page_token}),
        "wrong": Target({"token": "nothing"}),
    }
    found["rectification:publicity_queue"] = {"county": Target({"slug": campaign.slug})}
    return found
