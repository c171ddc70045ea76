"""Campaigns: list, draft, rules with their clauses, publish, start, close."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from branches.forms.campaigns import CampaignForm
from branches.forms.rules import RuleForm
from branches.http import Request, answered, earlier_answer, once, require, signed_in
from branches.models import Campaign, Category
from branches.permissions import can_draft_campaigns, can_edit_campaign, can_step_campaign
from branches.rules import PRESETS, SPECS, RuleError, RuleRow, describe
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
    earlier = earlier_answer(request) if request.method == "POST" else None
    form = CampaignForm(request.POST or None, user=request.user)
    if not earlier and request.method == "POST" and form.is_valid():
        earlier = once(request)
    if earlier:
        return redirect(earlier)
    if request.method == "POST" and form.is_valid():
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
            "n_branches": campaign.branches().count(),
            "preset_name": PRESETS.get(campaign.preset, campaign.preset),
            "steps": CAMPAIGN.available(campaign, request.user),
            "may_edit": can_edit_campaign(request.user, campaign),
        },
    )


def _category(asked: str) -> str:
    """The category asked for; empty (all organisations) when there is no such one."""
    return asked if asked in Category.values else ""


@signed_in
def campaign_rules(request: Request, slug: str) -> HttpResponse:
    """Every rule with its value, where it comes from and the clause; by category."""
    campaign = get_object_or_404(_visible(request), slug=slug)
    category = _category(request.GET.get("category", ""))
    current = campaign.rule_set()
    groups: dict[str, list[RuleRow]] = {}
    for row in describe(current.values, current.overlays, category, current.quoted()):
        groups.setdefault(row.group, []).append(row)
    context = {
        "campaign": campaign,
        "rule_set": current,
        "groups": list(groups.items()),
        "category": category,
        "categories": Category.choices,
        "may_edit": can_edit_campaign(request.user, campaign),
    }
    return render(request, "branches/campaign_rules.html", context)


@signed_in
def rule_change(request: Request, slug: str) -> HttpResponse:
    """Set one rule of a draft, for all organisations or for one category."""
    campaign = get_object_or_404(_visible(request), slug=slug)
    require(can_edit_campaign(request.user, campaign))
    category, key = _category(request.GET.get("category", "")), request.GET.get("key", "")
    if key not in SPECS:
        raise Http404("没有这一项规则。")
    current = campaign.rule_set()
    form = RuleForm(
        request.POST if request.method == "POST" else None, key=key, current=current.stored(key, category)
    )
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.change_rule(
                campaign=campaign, key=key, value=form.json_value, category=category, by=request.user
            )
        except (RuleError, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"“{SPECS[key].label}”已修改。")
            back = reverse("branches:campaign_rules", args=[slug])
            return redirect(f"{back}?category={category}#rule-{key}")
    rows = describe(current.values, current.overlays, category, current.quoted())
    context = {
        "campaign": campaign,
        "form": form,
        "row": next(row for row in rows if row.key == key),
        "category": category,
        "category_label": Category(category).label if category else "",
    }
    return render(request, "branches/rule_change.html", context)


@signed_in
@require_POST
def campaign_step(request: Request, slug: str, name: str) -> HttpResponse:
    """Publish, start or close."""
    campaign = get_object_or_404(_visible(request), slug=slug)
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
