"""Where a page of the preparation lives: the campaign and the organisation named in its address."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from branches.http import Request, require
from branches.models import Campaign, CampaignStatus, Organization
from branches.permissions import can_see_people
from members.services.own_places import places_of


def find_place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The campaign and the organisation, as far as the user's posts reach; 404 where it was not addressed."""
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("issuer"), slug=slug
    )
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if campaign.status == CampaignStatus.DRAFT or not campaign.covers(organization):
        raise Http404("这项活动没有发给这个党组织。")
    return campaign, organization


def place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The same for those who may read the organisation's people; others get 403 with the reason."""
    campaign, organization = find_place(request, slug, pk)
    require(can_see_people(request.user, organization))
    return campaign, organization


def own_place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The same for a member of the organisation without any post, and for those with one there or above."""
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("issuer"), slug=slug
    )
    organization = get_object_or_404(places_of(request.user), pk=pk)
    if campaign.status == CampaignStatus.DRAFT or not campaign.covers(organization):
        raise Http404("这项活动没有发给这个党组织。")
    return campaign, organization
