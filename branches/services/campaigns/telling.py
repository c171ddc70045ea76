"""Whom a campaign concerns: the clerks of the addressed organisations and the offices in between."""

from __future__ import annotations

from branches.models import Campaign, Organization, Role, User, path_and_above
from branches.models.organization import BODIES, OrganizationQuerySet
from branches.permissions import CLERK_ROLES
from branches.services.notices import holders


def offices_between(campaign: Campaign, organizations: OrganizationQuerySet) -> OrganizationQuerySet:
    """The organisations below the issuer that stand above the given ones, and the bodies among these."""
    paths: set[str] = set()
    for path, kind in organizations.values_list("path", "kind"):
        paths.update(path_and_above(path)[: None if kind in BODIES else -1])
    below = {path for path in paths if len(path) > len(campaign.issuer.path)}
    found: OrganizationQuerySet = Organization.objects.filter(path__in=below)
    return found


def concerned(campaign: Campaign, organizations: OrganizationQuerySet) -> list[User]:
    """The people to tell about the campaign in these organisations, each once."""
    clerks = holders(organizations, CLERK_ROLES)
    offices = holders(offices_between(campaign, organizations), (Role.OFFICE,))
    return list(dict.fromkeys([*clerks, *offices]))
