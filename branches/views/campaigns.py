"""Campaigns: list, draft, rules with their clauses, publish, start, close."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.forms import CampaignForm
from branches.http import Request, answered, once, require, signed_in
from branches.models import Campaign, Category
from branches.permissions import can_draft_campaigns, can_edit_campaign, can_step_campaign
from branches.rules import RuleError, describe
from branches.services import campaigns
from branches.workflow import CAMPAIGN, NotAllowed, perform
from config.lib.paging import page_of


def _visible(request: Request) -> QuerySet[Campaign]:
    """The campaigns this person may read."""
    return Campaign.objects.visible_to(request.user).select_related("issuer")


@signed_in
def campaign_list(request: Request) -> HttpResponse:
    """Campaigns of one's own organisations and, once published, of those above."""
    context = {
        "page": page_of(request, _visible(request)),
        "may_draft": can_draft_campaigns(request.user),
    }
    return render(request, "branches/campaigns.html", context)


@signed_in
def campaign_new(request: Request) -> HttpResponse:
    """Draft a campaign from a preset."""
    require(can_draft_campaigns(request.user))
    form = CampaignForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        earlier = once(request)
        if earlier:
            return redirect(earlier)
        campaign = campaigns.draft_campaign(by=request.user, **form.cleaned_data)
        return answered(request, redirect("branches:campaign", slug=campaign.slug))
    return render(request, "branches/campaign_new.html", {"form": form})


@signed_in
def campaign_detail(request: Request, slug: str) -> HttpResponse:
    """One campaign and the steps this person may take."""
    campaign = get_object_or_404(_visible(request), slug=slug)
    return render(
        request,
        "branches/campaign.html",
        {
            "campaign": campaign,
            "steps": CAMPAIGN.available(campaign, request.user),
            "may_edit": can_edit_campaign(request.user, campaign),
        },
    )


@signed_in
def campaign_rules(request: Request, slug: str) -> HttpResponse:
    """Every rule with its value, where it comes from and the clause; by category."""
    campaign = get_object_or_404(_visible(request), slug=slug)
    category = request.GET.get("category", "")
    if category not in Category.values:
        category = ""
    current = campaign.rule_set()
    groups: dict[str, list[object]] = {}
    for row in describe(current.values, current.overlays, category or None, current.clauses):
        groups.setdefault(row.group, []).append(row)
    context = {
        "campaign": campaign,
        "rule_set": current,
        "groups": groups,
        "category": category,
        "categories": Category.choices,
        "may_edit": can_edit_campaign(request.user, campaign),
    }
    return render(request, "branches/campaign_rules.html", context)


@signed_in
@require_POST
def rule_change(request: Request, slug: str) -> HttpResponse:
    """Set one rule of a draft."""
    campaign = get_object_or_404(_visible(request), slug=slug)
    require(can_edit_campaign(request.user, campaign))
    key, value = request.POST.get("key", ""), request.POST.get("value", "")
    try:
        campaigns.change_rule(campaign=campaign, key=key, value=value, by=request.user)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "规则已修改。")
    return redirect("branches:campaign_rules", slug=slug)


@signed_in
@require_POST
def campaign_step(request: Request, slug: str, name: str) -> HttpResponse:
    """Publish, start or close."""
    campaign = get_object_or_404(_visible(request), slug=slug)
    require(can_step_campaign(request.user, campaign))
    try:
        if name == "publish":
            campaigns.publish(campaign=campaign, by=request.user)
        elif name in CAMPAIGN.transitions:
            perform(CAMPAIGN, campaign, name, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已办理。")
    return redirect("branches:campaign", slug=slug)
