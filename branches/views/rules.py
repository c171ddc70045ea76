"""Rules of a campaign: read with their clauses, changed one by one, revised after publication, compared."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from branches.forms.campaigns import RevisionForm
from branches.forms.rules import RuleForm
from branches.http import Request, require, signed_in
from branches.models import Campaign, Category, RuleSet
from branches.permissions import Denied, can_change_rules, can_revise_rules
from branches.reports.rules_page import SHOWN, grouped, rule_lines
from branches.rules import SPECS, RuleError
from branches.services import campaigns
from branches.services.campaigns import LOCKED
from branches.views.finding import seen_campaigns
from branches.workflow import NotAllowed


def _category(asked: str) -> str:
    """The category asked for; empty (all organisations) when there is no such one."""
    return asked if asked in Category.values else ""


def _rules_url(slug: str, key: str = "", **query: str) -> str:
    """The rules page, at the row of a key, with the filter."""
    chosen = urlencode({name: value for name, value in query.items() if value})
    row = f"#rule-{key}" if key else ""
    return f"{reverse('branches:campaign_rules', args=[slug])}{'?' if chosen else ''}{chosen}{row}"


@signed_in
def campaign_rules(request: Request, slug: str) -> HttpResponse:
    """Every rule with its value, where it comes from and the clause; by category and filter.

    Who prepares a revision sees it here, with what it changes marked.
    """
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    category, only = _category(request.GET.get("category", "")), request.GET.get("only", "")
    in_force = campaign.rule_set()
    pending = campaigns.pending_of(campaign) if can_change_rules(request.user, campaign) else None
    shown = in_force if pending is None or "in_force" in request.GET else pending
    revising = pending is not None and pending != in_force
    lines = rule_lines(shown, in_force, campaigns.preset_of(campaign), category)
    found = [line for line in lines if line.fits(only)]
    context = {
        "campaign": campaign,
        "rule_set": shown,
        "revising": revising,
        "groups": grouped(found),
        "count": len(found),
        "total": len(lines),
        "category": category,
        "categories": [(key, label, key in shown.overlays) for key, label in Category.choices],
        "only": only if only in SHOWN else "",
        "filters": [item for item in SHOWN.items() if item[0] != "changed" or revising],
        "may_edit": shown == pending,
        "may_revise": can_revise_rules(request.user, campaign),
        "n_versions": len(campaigns.versions_of(campaign)),
    }
    return render(request, "branches/campaign_rules.html", context)


def _open_rules(request: Request, slug: str) -> tuple[Campaign, RuleSet, str]:
    """The campaign, its rules that may be changed now, and the key asked for."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_change_rules(request.user, campaign))
    key, pending = request.GET.get("key", ""), campaigns.pending_of(campaign)
    if pending is None:
        require(Denied(LOCKED))
    if pending is None or key not in SPECS:
        raise Http404("没有这一项规则。")
    return campaign, pending, key


@signed_in
def rule_change(request: Request, slug: str) -> HttpResponse:
    """Set one rule, for all organisations or for one category."""
    campaign, pending, key = _open_rules(request, slug)
    category = _category(request.GET.get("category", ""))
    lines = rule_lines(pending, campaign.rule_set(), campaigns.preset_of(campaign), category)
    line = next(line for line in lines if line.row.key == key)
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        key=key,
        current=pending.stored(key, category),
        quoted=line.row.clause,
    )
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.change_rule(
                campaign=campaign, key=key, category=category, by=request.user, **form.said()
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except RuleError as error:
            form.add_error(None, "；".join(f"{p.what}，{p.todo}" for p in error.problems))
        else:
            messages.success(request, f"已修改：{SPECS[key].label}。")
            return redirect(_rules_url(slug, key, category=category, only=request.GET.get("only", "")))
    context = {
        "campaign": campaign,
        "form": form,
        "line": line,
        "category": category,
        "category_label": Category(category).label if category else "",
        "only": request.GET.get("only", ""),
    }
    return render(request, "branches/rule_change.html", context)


@signed_in
@require_POST
def rule_reset(request: Request, slug: str) -> HttpResponse:
    """Set one rule back to the preset, or (`to=general`) let a category follow the general rule again."""
    campaign, _pending, key = _open_rules(request, slug)
    category, general = _category(request.GET.get("category", "")), request.POST.get("to") == "general"
    try:
        if general and category:
            campaigns.drop_overlay(campaign=campaign, key=key, category=category, by=request.user)
        else:
            campaigns.reset_rule(campaign=campaign, key=key, category=category, by=request.user)
    except (NotAllowed, RuleError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已恢复：{SPECS[key].label}。")
    return redirect(_rules_url(slug, key, category=category, only=request.GET.get("only", "")))


@signed_in
@require_POST
def revision_step(request: Request, slug: str, name: str) -> HttpResponse:
    """Start preparing a new version of published rules, or give it up."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_revise_rules(request.user, campaign))
    acts = {"start": campaigns.start_revision, "discard": campaigns.discard_revision}
    if name not in acts:
        raise Http404("没有这一步。")
    try:
        acts[name](campaign=campaign, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        words = {"start": "可以逐条修改了。改好发布以前，各支部仍按原来的规则。", "discard": "已放弃修改。"}
        messages.success(request, words[name])
    return redirect("branches:campaign_rules", slug=slug)


@signed_in
def revision_publish(request: Request, slug: str) -> HttpResponse:
    """What the new version changes, why, and its publication."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_revise_rules(request.user, campaign))
    pending = campaigns.pending_of(campaign)
    if pending is None:
        messages.info(request, "没有正在准备的修改。")
        return redirect("branches:campaign_rules", slug=slug)
    initial = {"seen": campaigns.fingerprint(pending)}
    form = RevisionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.publish_revision(campaign=campaign, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form = RevisionForm(initial={**initial, "reason": form.cleaned_data["reason"]})
            messages.error(request, refusal.reason)
        else:
            messages.success(request, f"第 {pending.version} 版规则已发布，相关党组织会收到通知。")
            return redirect("branches:rule_version", slug=slug, version=pending.version)
    context = {
        "campaign": campaign,
        "form": form,
        "pending": pending,
        "changes": campaigns.diff(campaign.rule_set(), pending),
    }
    return render(request, "branches/revision_publish.html", context)


@signed_in
def rule_versions(request: Request, slug: str) -> HttpResponse:
    """All published versions of the rules, newest first."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    context = {"campaign": campaign, "versions": campaigns.versions_of(campaign)}
    return render(request, "branches/rule_versions.html", context)


@signed_in
def rule_version(request: Request, slug: str, version: int) -> HttpResponse:
    """What one published version changed against the one before."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    found = {one.version: one for one in campaigns.versions_of(campaign)}
    if version not in found or version - 1 not in found:
        raise Http404("没有这一版的修改对照。")
    context = {
        "campaign": campaign,
        "version": found[version],
        "changes": campaigns.diff(found[version - 1], found[version]),
    }
    return render(request, "branches/rule_version.html", context)
