"""What is put up in public, for tests: a campaign that asks for all of it, and publications at any stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from branches.models import Campaign, Organization, User
from rectification.models import Publication
from rectification.services import public_pages
from rectification.services import publications as p
from tests.factories.evaluations import published_campaign

RULES: dict[str, Any] = {
    "material_public_notice": True,
    "material_pledge": True,
    "rectification_public": True,
    "committee_rectification": "measures",
    "public_page": True,
}
TEXT = "1. 问题：入户走访少；整改措施：每月走完一个组。\n2. 问题：账目公开慢；整改措施：每季度张贴一次。"


def publicity_campaign(
    issuer: Organization, rules: Mapping[str, Any] | None = None, slug: str = ""
) -> Campaign:
    """A published campaign of the issuer whose notice asks for everything to be put up, also on the net."""
    return published_campaign(issuer, rules={**RULES, **(rules or {})}, slug=slug)


def typed(publication: Publication, **other: Any) -> dict[str, Any]:
    """What the form sends, with some of it changed."""
    said = {key: getattr(publication, key) for key in p.KEPT}
    return {**said, "text": TEXT, "place": "村务公开栏", "version": publication.version, **other}


def drafted(
    campaign: Campaign, organization: Organization, by: User, kind: str = "measures", **fields: Any
) -> Publication:
    """A draft with text and place."""
    made = p.draft(campaign=campaign, organization=organization, kind=kind, by=by)
    return p.save(publication=made, by=by, **typed(made, **fields))


def posted(*how: Any, **fields: Any) -> Publication:
    """The same, approved and hanging since today; takes what `drafted` takes."""
    made = drafted(*how, **fields)
    by = fields.get("by") or how[2]
    found = p.approve(publication=made, version=made.version, by=by)
    return p.post(publication=found, version=found.version, by=by)


def released(publication: Publication, by: User, above: User) -> Publication:
    """The page of an approved publication, asked for and let be seen."""
    asked = public_pages.ask_page(publication=publication, version=publication.version, by=by)
    return public_pages.release_page(publication=asked, version=asked.version, by=above)
