"""Addresses of a campaign's notice: heading, addressees, seats, attachments, rules and their versions."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Addressee, Campaign, CampaignFile, LeadingSeat, RuleSet
from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import published_campaign

SEAT = {"body": "group", "title": "成员", "name": "某某"}


def targets(world: World) -> Targets:
    """One target for each relation of each address."""
    return {**_notice(world), **_parts(world), **_rules(world)}


def _notice(world: World) -> Targets:
    """Editing and carrying over; what is posted keeps the address."""
    found = world.campaigns.items()
    return {
        "branches:campaign_edit": {
            r: Target({"slug": c.slug}, {"name": "新", "slug": c.slug, "year": 2026}) for r, c in found
        },
        "branches:campaign_clone": {
            r: Target({"slug": c.slug}, {"name": "新", "slug": f"clone-{r}", "year": 2027}) for r, c in found
        },
    }


def _parts(world: World) -> Targets:
    """Addressees (saying what holds without them too), seats and files of each campaign."""
    made: Targets = {}
    for relation, campaign in world.campaigns.items():
        slug, issuer = campaign.slug, campaign.issuer
        line = Addressee.objects.create(campaign=campaign, organization=issuer)
        seat = LeadingSeat.objects.create(campaign=campaign, name="某某")
        file = CampaignFile.objects.create(
            campaign=campaign, name="通知.pdf", content_type="application/pdf", size=8
        )
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_bytes(b"%PDF-1.7")
        one = {
            "campaign_addressees": Target({"slug": slug}, {"organization": issuer.pk, "audience": "all"}),
            "addressee_remove": Target({"slug": slug, "pk": line.pk}),
            "campaign_seats": Target({"slug": slug}, SEAT),
            "seat_change": Target({"slug": slug, "pk": seat.pk}, SEAT),
            "seat_step": Target({"slug": slug, "pk": seat.pk, "name": "remove"}),
            "campaign_files": Target({"slug": slug}),
            "campaign_file": Target({"slug": slug, "pk": file.pk}),
            "file_remove": Target({"slug": slug, "pk": file.pk}),
        }
        for name, target in one.items():
            made.setdefault(f"branches:{name}", {})[relation] = target
    return made


def _rules(world: World) -> Targets:
    """Rules of each campaign; versions of campaigns that have two."""
    two = {
        "own": _revised(published_campaign(world.tree.township, slug="revised-own")),
        "parent": _revised(published_campaign(world.tree.county, slug="revised-parent")),
        "unrelated": _revised(published_campaign(world.tree.other_township, slug="revised-unrelated")),
    }
    found = world.campaigns.items()
    return {
        "branches:rule_reset": {r: Target({"slug": c.slug}, {}, "key=notice_days") for r, c in found},
        "branches:revision_step": {r: Target({"slug": c.slug, "name": "start"}) for r, c in found},
        "branches:revision_publish": {r: Target({"slug": c.slug}) for r, c in found},
        "branches:rule_versions": {r: Target({"slug": c.slug}) for r, c in found},
        "branches:rule_version": {r: Target({"slug": c.slug, "version": 2}) for r, c in two.items()},
    }


def _revised(campaign: Campaign) -> Campaign:
    """The campaign with a second published version of its rules."""
    first = campaign.rule_set()
    values = {**first.values, "notice_days": 9}
    RuleSet.objects.create(
        campaign=campaign, version=2, values=values, overlays=first.overlays, locked_at=timezone.now()
    )
    return campaign
