"""Campaigns: list, draft, edit, publish, start, close, carry over to another year."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.forms.campaigns import CampaignEditForm, CampaignForm, CloneForm
from branches.http import Request, answered, posted_before, require, signed_in
from branches.permissions import (
    can_clone_campaign,
    can_draft_campaigns,
    can_edit_campaign,
    can_keep_campaign,
    can_revise_rules,
    can_step_campaign,
)
from branches.reports.campaign_page import campaign_page
from branches.rules import PRESETS, RuleError
from branches.services import campaigns
from branches.views.finding import seen_campaigns
from branches.workflow import CAMPAIGN, NotAllowed, perform
from config.lib.paging import page_of


@signed_in
def campaign_list(request: Request) -> HttpResponse:
    """Campaigns of one's own organisations and, once published, of those above."""
    page = page_of(request, seen_campaigns(request))
    context = {
        "page": page,
        "rows": [(c, can_clone_campaign(request.user, c)) for c in page.object_list],
        "may_draft": can_draft_campaigns(request.user),
    }
    return render(request, "branches/campaigns.html", context)


@signed_in
def campaign_new(request: Request) -> HttpResponse:
    """Draft a campaign from a preset."""
    require(can_draft_campaigns(request.user))
    form = CampaignForm(request.POST or None, user=request.user)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        campaign = campaigns.draft_campaign(by=request.user, **form.cleaned_data)
        return answered(request, redirect("branches:campaign", slug=campaign.slug))
    return render(request, "branches/campaign_new.html", {"form": form})


@signed_in
def campaign_detail(request: Request, slug: str) -> HttpResponse:
    """The notice made readable, and the steps this person may take."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    context = {
        "campaign": campaign,
        "shown": campaign_page(campaign, request.user),
        "preset_name": PRESETS.get(campaign.preset, campaign.preset),
        "steps": CAMPAIGN.available(campaign, request.user),
        "may_edit": can_edit_campaign(request.user, campaign),
        "may_keep": can_keep_campaign(request.user, campaign),
        "may_clone": can_clone_campaign(request.user, campaign),
        "may_revise": can_revise_rules(request.user, campaign),
    }
    return render(request, "branches/campaign.html", context)


@signed_in
def campaign_edit(request: Request, slug: str) -> HttpResponse:
    """Change the heading facts of a draft."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_edit_campaign(request.user, campaign))
    form = CampaignEditForm(request.POST or None, instance=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            edited = campaigns.edit_campaign(campaign=campaign, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已保存。")
            return redirect("branches:campaign", slug=edited.slug)
    return render(request, "branches/campaign_edit.html", {"campaign": campaign, "form": form, "slug": slug})


@signed_in
def campaign_clone(request: Request, slug: str) -> HttpResponse:
    """Draft another year's campaign with these rules, addressees and leading group."""
    source = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_clone_campaign(request.user, source))
    form = CloneForm(request.POST or None, source=source)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            draft = campaigns.clone_campaign(source=source, by=request.user, **form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已沿用为草稿。请先核对日期，再填发文字号、主题和通知全文。")
            return answered(request, redirect("branches:campaign", slug=draft.slug))
    return render(request, "branches/campaign_clone.html", {"campaign": source, "form": form})


@signed_in
@require_POST
def campaign_step(request: Request, slug: str, name: str) -> HttpResponse:
    """Publish, start or close."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_step_campaign(request.user, campaign))
    if name not in CAMPAIGN.transitions:
        raise Http404("没有这一步。")
    try:
        if name == "publish":
            campaigns.publish(campaign=campaign, by=request.user)
        else:
            perform(CAMPAIGN, campaign, name, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已办理。")
    return redirect("branches:campaign", slug=slug)
