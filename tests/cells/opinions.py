"""Addresses of opinions: rounds, typing in, compiling, the page for the masses and who looks through it."""

from __future__ import annotations

from django.utils import timezone

from members.services.opinion_pages import _digest
from tests.cells.world import Target, Targets, World
from tests.factories.opinions import OpinionPointFactory, OpinionRoundFactory, asking

TOKEN = "a-token-of-the-cells"
WORDS: dict[str, object] = {"text": "联系农户少", "target": "committee", "heading": ""}
OF_PLACE: dict[str, dict[str, object]] = {
    "opinions": {},
    "opinion_round_new": {"way": "form", "begun_on": "2026-01-05"},
    "opinion_moderation": {},
    "opinion_points": {**WORDS, "into": ""},
    "opinion_rest": {},
    "point_new": WORDS,
    "opinion_form": {},
    "opinion_mine": {},
}
OF_ROUND: dict[str, dict[str, object]] = {
    "opinion_round": {"way": "form", "begun_on": "2026-01-05"},
    "opinion_type": {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-text": "路灯不亮",
        "form-0-target": "committee",
    },
    "opinion_feed_back": {"day": "2026-01-05"},
    "opinion_page_edit": {"until": "2026-01-05"},
    "opinion_page_close": {},
    "opinion_page_notice": {"token": TOKEN},
}


def targets(world: World) -> Targets:
    """A round and a point of every place, in a campaign of the county that asks for opinions."""
    campaign = asking(world.tree.county, slug="cells-opinions")
    places = world.organizations()
    where = {r: {"slug": campaign.slug, "pk": o.pk} for r, o in places.items()}
    rounds = {r: OpinionRoundFactory.create(campaign=campaign, organization=o) for r, o in places.items()}
    points = {r: OpinionPointFactory.create(campaign=campaign, organization=o) for r, o in places.items()}
    own = rounds["own"]
    own.page_digest, own.page_until = _digest(TOKEN), timezone.localdate()
    own.save()
    found: Targets = {
        f"members:{page}": {r: Target(where[r], data) for r in places} for page, data in OF_PLACE.items()
    }
    for page, data in OF_ROUND.items():
        found[f"members:{page}"] = {r: Target({**where[r], "key": rounds[r].pk}, data) for r in places}
    found["members:opinion_step"] = {
        r: Target({**where[r], "key": rounds[r].pk, "name": "compile"}) for r in places
    }
    found["members:opinion_point"] = {r: Target({**where[r], "key": points[r].pk}, WORDS) for r in places}
    found["members:opinion_point_step"] = {
        r: Target({**where[r], "key": points[r].pk, "name": "undo"}) for r in places
    }
    found["members:opinion_table"] = {r: Target({**where[r], "kind": "xlsx"}) for r in places}
    found["members:opinion_page"] = {
        "open": Target({"token": TOKEN}, {"text": "路灯不亮", "about": "committee"}),
        "wrong": Target({"token": "nothing"}, {"text": "路灯不亮", "about": "committee"}),
    }
    return found
