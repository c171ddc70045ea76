"""Pages of a plan: the branch writes, checks, hands in; everybody concerned reads it and its versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.forms.plans import CheckForm, ConsultationForm, PlanForm
from branches.http import Request, require, signed_in
from branches.models import Campaign, CampaignStatus, Organization, Plan
from branches.permissions import can_see_people, can_submit_plan, can_write_plan
from branches.reports.plans import PlanPage, PlanText, history
from branches.services import plans
from branches.services.plan_copies import find_copies
from branches.services.plan_offices import reviewing_office
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from branches.workflow.plans import CONSULT, EDITABLE, OWN, WRITTEN, fields_missing

STALE = "刚才另有一位同志保存了这份方案。您填的内容都还在，请对照页面上已保存的内容改好，再保存一次。"
STALE_CHECK = "刚才另有一位同志修改了方案，请按现在的内容再看一遍，然后打勾上报。"


def place(request: Request, slug: str, pk: int, *gates: str) -> tuple[Campaign, Organization]:
    """The campaign and the organisation where the rules ask for this; 404 wherever they do not."""
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("issuer"), slug=slug
    )
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    asked = campaign.status != CampaignStatus.DRAFT and campaign.covers(organization)
    if not asked or plans.plan_gate(campaign, organization) not in gates:
        raise Http404("这项活动对这个党组织没有这样的要求。")
    require(can_see_people(request.user, organization))
    return campaign, organization


def back_to(plan: Plan, page: str = "branches:plan") -> HttpResponseRedirect:
    """To the plan's page, or another of its pages."""
    return redirect(page, slug=plan.campaign.slug, pk=plan.organization_id)


@signed_in
def plan_detail(request: Request, slug: str, pk: int) -> HttpResponse:
    """The plan as it stands, what its reviewer said, and what may be done next; the receipt as well."""
    campaign, organization = place(request, slug, pk, *WRITTEN)
    page = PlanPage.of(campaign, organization, request.user)
    return render(request, "branches/plan.html", {"page": page})


@signed_in
def plan_edit(request: Request, slug: str, pk: int) -> HttpResponse:
    """Write the plan; a page that was overtaken shows both texts."""
    campaign, organization = place(request, slug, pk, *WRITTEN)
    require(can_write_plan(request.user, organization))
    where: dict[str, Any] = {"campaign": campaign, "organization": organization}
    plan = plans.current_plan(**where) or plans.blank_plan(**where, by=request.user)
    if request.method == "GET" and plan.status not in EDITABLE:
        return back_to(plan)
    form = PlanForm(request.POST or None, instance=plan, rules=campaign.rules_for(organization))
    saved: PlanText | None = None
    if request.method == "POST" and form.is_valid():
        try:
            begun = plans.open_plan(**where, by=request.user)
            plans.save_plan(plan=begun, by=request.user, **form.answers())
        except Stale as stale:
            form.add_error(None, STALE)
            form.go_on_from(revision=stale.saved.revision)
            saved = PlanText.of_plan(stale.saved)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "方案已保存。")
            return back_to(plan, "branches:plan_check" if "check" in request.POST else "branches:plan")
    return render(request, "branches/plan_edit.html", {**where, "form": form, "saved": saved})


@signed_in
def plan_check(request: Request, slug: str, pk: int) -> HttpResponse:
    """Everything on one page before it is handed in (or settled, where nobody reviews it)."""
    campaign, organization = place(request, slug, pk, *WRITTEN)
    require(can_write_plan(request.user, organization))
    plan = plans.current_plan(campaign, organization)
    if plan is None or plan.status not in EDITABLE:
        return redirect("branches:plan", slug=slug, pk=pk)
    form = CheckForm(request.POST or None, initial={"revision": plan.revision})
    if request.method == "POST" and form.is_valid() and _handed_in(request, plan, form):
        return back_to(plan)
    plan.refresh_from_db()
    context = {
        "campaign": campaign,
        "organization": organization,
        "form": form,
        "text": PlanText.of_plan(plan, find_copies(plan)),
        "missing": fields_missing(plan, campaign.rules_for(organization)),
        "is_own": plans.plan_gate(campaign, organization) == OWN,
        "office": reviewing_office(plan).organization,
        "may_submit": can_submit_plan(request.user, plan),
    }
    return render(request, "branches/plan_check.html", context)


def _handed_in(request: Request, plan: Plan, form: CheckForm) -> bool:
    """Hand the plan in or settle it; a refusal becomes an error of the form."""
    is_own = plans.plan_gate(plan.campaign, plan.organization) == OWN
    try:
        (plans.make_plan if is_own else plans.submit_plan)(
            plan=plan, revision=form.cleaned_data["revision"], by=request.user
        )
    except Stale as stale:
        form.add_error(None, STALE_CHECK)
        form.go_on_from(revision=stale.saved.revision)
        return False
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, "方案已定稿。" if is_own else "方案已上报。")
    return True


@signed_in
@require_POST
def plan_step(request: Request, slug: str, pk: int, name: str) -> HttpResponse:
    """Take the plan back, or take a settled one up again."""
    campaign, organization = place(request, slug, pk, *WRITTEN)
    steps = {"withdraw": plans.withdraw_plan, "reopen": plans.reopen_plan}
    plan = plans.current_plan(campaign, organization)
    if name not in steps or plan is None:
        raise Http404("没有这一步。")
    require(can_submit_plan(request.user, plan))
    try:
        steps[name](plan=plan, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return back_to(plan)
    messages.success(request, "方案又可以修改了，改好以后再办。")
    return back_to(plan, "branches:plan_edit")


@signed_in
def plan_history(request: Request, slug: str, pk: int) -> HttpResponse:
    """Every version handed in, with what changed since the one before and what was said of it."""
    campaign, organization = place(request, slug, pk, *WRITTEN)
    rounds = history(campaign, organization)
    context = {"campaign": campaign, "organization": organization, "rounds": rounds}
    return render(request, "branches/plan_history.html", context)


@signed_in
def consultation(request: Request, slug: str, pk: int) -> HttpResponse:
    """The 沟通记录: five short answers; others read it."""
    campaign, organization = place(request, slug, pk, CONSULT)
    where: dict[str, Any] = {"campaign": campaign, "organization": organization}
    answer = can_write_plan(request.user, organization)
    if request.method == "POST":
        require(answer)
    form = ConsultationForm(request.POST or None, instance=plans.current_consultation(**where))
    if request.method == "POST" and form.is_valid():
        try:
            plans.note_consultation(**where, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "沟通记录已保存。")
            return redirect("branches:consultation", slug=slug, pk=pk)
    context = {
        **where,
        "noted": plans.current_consultation(**where),
        "form": form,
        "may_write": bool(answer) and campaign.is_open,
    }
    return render(request, "branches/consultation.html", context)
