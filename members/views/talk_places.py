"""Where a page of talks lives: branches and bodies; a group talks within its branch."""

from __future__ import annotations

from django.http import Http404

from branches.http import Request, require
from branches.models import Campaign, Kind, Organization
from branches.permissions import can_see_people
from members.views import placing

Place = tuple[Campaign, Organization]


def place(request: Request, slug: str, pk: int) -> Place:
    """For those who may read the organisation's people; others get 403, those outside 404."""
    campaign, organization = _no_group(placing.find_place(request, slug, pk))
    require(can_see_people(request.user, organization))
    return campaign, organization


def own_place(request: Request, slug: str, pk: int) -> Place:
    """For members of the organisation without any post as well."""
    return _no_group(placing.own_place(request, slug, pk))


def _no_group(found: Place) -> Place:
    """404 for a group."""
    if found[1].kind == Kind.GROUP:
        raise Http404("党小组的谈心在所在支部登记。")
    return found
