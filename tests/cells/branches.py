"""Addresses of organisations, accounts, campaigns, jobs, notices and the record."""

from __future__ import annotations

import uuid

from branches.models import Appointment, Role
from tests.cells.world import Target, Targets, World
from tests.factories.branches import JobFactory, account_with

LISTS = (
    "login",
    "logout",
    "password",
    "held",
    "text_size",
    "organizations",
    "accounts",
    "campaigns",
    "jobs",
    "notices",
    "audit",
)


def targets(world: World) -> Targets:
    """One target for each relation of each address."""
    return {
        **{f"branches:{name}": {"any": Target()} for name in LISTS},
        **_organizations(world),
        **_accounts(world),
        **_campaigns(world),
        **_jobs(world),
    }


def _organizations(world: World) -> Targets:
    """Pages of one organisation; what is posted changes nothing but the name."""
    places = world.organizations()
    named = {"name": "改名", "short_name": "改名", "category": "village", "committee_override": "unknown"}
    child = {**named, "code": f"X{uuid.uuid4().hex[:6]}"}
    kinds = {"own": "group", "sibling": "group", "parent": "branch", "child": "group", "unrelated": "group"}
    return {
        "branches:organization": {r: Target({"pk": o.pk}) for r, o in places.items()},
        "branches:organization_edit": {r: Target({"pk": o.pk}, named) for r, o in places.items()},
        "branches:organization_add": {
            r: Target({"pk": o.pk}, {**child, "kind": kinds[r]}) for r, o in places.items()
        },
        "branches:organization_step": {
            r: Target({"pk": o.pk, "name": "suspend"}, {"note": "班子空缺"}) for r, o in places.items()
        },
    }


def _accounts(world: World) -> Targets:
    """Accounts at home in each place: one without a post, `leader` with one."""
    places = world.organizations()
    plain = {r: account_with(None, o) for r, o in places.items()}
    plain["leader"] = account_with(Role.DEPUTY, world.tree.village)
    posts = {r: account_with(Role.PUBLICITY, o).posts()[0] for r, o in places.items()}
    one = {r: Target({"pk": account.pk}) for r, account in plain.items()}
    return {
        "branches:account": one,
        "branches:account_reset": one,
        "branches:account_close": one,
        "branches:account_new": {
            r: Target(data={"full_name": "某某", "username": f"new-{r}", "home": o.pk})
            for r, o in places.items()
        },
        "branches:post_new": {
            r: Target(
                data={
                    "organization": o.pk,
                    "role": "publicity",
                    "holder_name": "某",
                    "starts_on": "2026-01-01",
                }
            )
            for r, o in places.items()
        },
        "branches:post_end": {r: Target({"pk": post.pk}) for r, post in posts.items()},
    }


def _campaigns(world: World) -> Targets:
    """Campaigns of the township, of the county above, of another township; and a draft of the township."""
    campaigns = world.campaigns
    return {
        "branches:campaign": {r: Target({"slug": c.slug}) for r, c in campaigns.items()},
        "branches:campaign_rules": {r: Target({"slug": c.slug}) for r, c in campaigns.items()},
        "branches:rule_change": {
            r: Target({"slug": c.slug}, {"value": "9"}, "key=notice_days") for r, c in campaigns.items()
        },
        "branches:campaign_step": {
            r: Target({"slug": c.slug, "name": "close" if r != "draft" else "publish"})
            for r, c in campaigns.items()
        },
        "branches:campaign_new": {
            "own": Target(data=_new_campaign(world.tree.township.pk)),
            "parent": Target(data=_new_campaign(world.tree.county.pk)),
            "unrelated": Target(data=_new_campaign(world.tree.other_township.pk)),
        },
    }


def _new_campaign(issuer: int) -> dict[str, object]:
    """A filled form."""
    return {"name": "新", "slug": "new", "year": 2026, "issuer": issuer, "preset": "current_year"}


def _jobs(world: World) -> Targets:
    """A job of the secretary, open; nobody else may see it."""
    job = JobFactory.create(requested_by=world.people["secretary"], organization=world.tree.village)
    own = {"own": Target({"pk": job.pk})}
    assert Appointment.objects.exists()
    return {"branches:job": own, "branches:job_result": own}
