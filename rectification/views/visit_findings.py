"""The page of visits to one organisation: findings answered and settled, stages signed off."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import Answer
from branches.workflow import NotAllowed
from rectification.forms.visits import FindingAnswerForm, ReasonForm, SettleForm, SignOffForm
from rectification.models import Finding, StageSignOff
from rectification.permissions.visits import (
    can_answer_finding,
    can_revoke_sign_off,
    can_see_branch_visits,
    can_settle_finding,
    can_visit,
)
from rectification.reports.visits import BranchVisits
from rectification.services import visit_findings as f
from rectification.views.visits import branch_of

# Each step of a finding: its form, its service, who may, what is said afterwards.
STEPS: dict[str, tuple[type[Any], Callable[..., Finding], Callable[..., Answer], str]] = {
    "answer": (FindingAnswerForm, f.answer_finding, can_answer_finding, "已答复。"),
    "settle": (SettleForm, f.settle_finding, can_settle_finding, "已办结。"),
    "withdraw": (ReasonForm, f.withdraw_finding, can_settle_finding, "已撤回。"),
}


@signed_in
@never_cache
@require_safe
def branch_visits(request: Request, slug: str, pk: int) -> HttpResponse:
    """Visits, findings and stages of one organisation."""
    campaign, organization = branch_of(request, slug, pk)
    return _page(request, campaign, organization)


def _page(
    request: Request, campaign: Campaign, organization: Organization, form: forms.Form | None = None
) -> HttpResponse:
    """The page; `form`: a sign-off that could not be kept."""
    page = BranchVisits.of(campaign, organization, request.user)
    offered = SignOffForm(campaign=campaign, organization=organization, prefix="sign")
    context = {
        "page": page,
        "campaign": campaign,
        "organization": organization,
        "form": form,
        "sign_form": form or offered,
        "revoke_form": ReasonForm(prefix="revoke", auto_id=False),
    }
    return render(request, "rectification/branch_visits.html", context)


@signed_in
@never_cache
def finding_step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Answer, settle or withdraw one finding, on a page of its own that keeps what was typed."""
    rows = Finding.objects.visible_to(request.user).select_related(*f.RELATED)
    found = get_object_or_404(rows, pk=pk)
    require(can_see_branch_visits(request.user, found.organization))
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, said = STEPS[step]
    require(allowed(request.user, found))
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(finding=found, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, said)
            if step == "answer":
                return redirect(
                    "rectification:branch_visits", found.visit.campaign.slug, found.organization.pk
                )
            return redirect("rectification:visit", found.visit_id)
    context = {"finding": found, "visit": found.visit, "form": form, "step": step}
    return render(request, "rectification/finding_step.html", context)


@signed_in
@require_POST
def sign_off(request: Request, slug: str, pk: int) -> HttpResponse:
    """Sign a stage off; a refusal keeps what was ticked."""
    campaign, organization = branch_of(request, slug, pk)
    require(can_visit(request.user, organization))
    form = SignOffForm(request.POST, campaign=campaign, organization=organization, prefix="sign")
    if form.is_valid():
        try:
            f.sign_off(campaign=campaign, organization=organization, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记把关。")
            return redirect("rectification:branch_visits", slug, pk)
    return _page(request, campaign, organization, form)


@signed_in
@require_POST
def sign_off_revoke(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take a sign-off back, with a reason."""
    rows = StageSignOff.objects.visible_to(request.user).select_related("campaign__issuer", "organization")
    signed = get_object_or_404(rows, pk=pk)
    require(can_revoke_sign_off(request.user, signed))
    note = request.POST.get("revoke-note", "")
    try:
        f.revoke_sign_off(signed=signed, note=note, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已撤销把关。")
    return redirect("rectification:branch_visits", signed.campaign.slug, signed.organization_id)
