"""Addresses of outlines of criticism: the organiser's wait for the secretary; the others' for their own heads."""

from __future__ import annotations

from branches.models import Organization, Role
from meetings.services.outline_book import Book
from tests.cells.world import Target, Targets, World
from tests.factories.branches import account_with
from tests.factories.members import MemberFactory
from tests.factories.outlines import handed_in, outline_campaign

PLACES = ("outlines", "outlines_mine", "outlines_check", "outlines_to_me")
POSTED = ("outlines_receive", "outlines_disclose", "outlines_consulted")
ONES = ("outline_vet", "outline_pass", "outline_return", "outline_withdraw")
DATA: dict[str, dict[str, object]] = {"outline_return": {"revision": 1, "note": "写具体"}}


def targets(world: World) -> Targets:
    """The own, a sibling and an unrelated branch, one outline handed in in each."""
    campaign = outline_campaign(world.tree.county, criticism_consulted=True)
    places = world.organizations()
    authors = {"own": world.people["organizer"]}
    for relation in ("sibling", "unrelated"):
        authors[relation] = account_with(Role.ORGANIZER, places[relation])
        # A seat without a member of its own passes to whoever of that name joins the roll, as others here may.
        for account in (account_with(Role.SECRETARY, places[relation]), authors[relation]):
            MemberFactory.create(user=account, organization=places[relation])
    found: Targets = {"meetings:outline_queue": {"all": Target()}}
    for relation, author in authors.items():
        place: Organization = places[relation]
        outline = handed_in(campaign, place, author)[0]
        kwargs: dict[str, object] = {"slug": campaign.slug, "pk": place.pk}
        seats = Book.of(campaign, place).seats
        pair = {"key": outline.author_key, "one": seats[0].key, "other": seats[1].key}
        for page in PLACES:
            found.setdefault(f"meetings:{page}", {})[relation] = Target(dict(kwargs), {"revision": 1})
        for page in POSTED:
            found.setdefault(f"meetings:{page}", {})[relation] = Target(dict(kwargs), pair)
        sheet = Target({**kwargs, "key": outline.author_key})
        found.setdefault("meetings:outlines_sheet", {})[relation] = sheet
        for page in ONES:
            data = DATA.get(page, {"revision": 1})
            found.setdefault(f"meetings:{page}", {})[relation] = Target({"pk": outline.pk}, data)
    return found
