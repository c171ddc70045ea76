"""Disposal cases: proposed, heard, resolved, handed in, approved or refused, ended; and those that wait above."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, CampaignStatus, Organization
from branches.permissions import Answer, can_see_rollup
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from evaluations.forms import follow_up as f
from evaluations.models import DisposalCase
from evaluations.permissions import (
    can_handle_disposal,
    can_judge_disposal,
    can_list_disposals,
    can_propose_disposal,
    can_see_disposal,
)
from evaluations.reports.disposals import CASE_RELATED, case_steps, commended, running_cases, waiting_cases
from evaluations.services import disposals as d
from members.models import Member

STALE = "别人刚才改过这一件。请核对下面最新的内容，再办理一次。"
Service = Callable[..., DisposalCase]
# Each step: its form, its service, who may, its heading, what is said afterwards.
STEPS: dict[str, tuple[type[forms.Form], Service, Callable[..., Answer], str, str]] = {
    "hear": (f.HearForm, d.note_hearing, can_handle_disposal, "登记听取申辩", "已登记听取申辩。"),
    "resolve": (f.VoteForm, d.resolve, can_handle_disposal, "登记大会决议", "已登记大会决议。"),
    "submit": (f.VersionForm, d.submit, can_handle_disposal, "报上级批准", "已报上级，批准以后才能执行。"),
    "enforce": (f.EnforceForm, d.enforce, can_handle_disposal, "执行", "已登记执行，期满以前会提醒。"),
    "approve": (f.ApproveForm, d.approve, can_judge_disposal, "批准", "已批准，支部书记会收到通知。"),
    "refuse": (f.NoteForm, d.refuse, can_judge_disposal, "不同意", "已答复不同意，支部书记会收到通知。"),
    "drop": (f.NoteForm, d.drop, can_handle_disposal, "撤回", "已撤回。"),
    "end": (f.EndForm, d.end, can_handle_disposal, "结束", "已登记结果。"),
}


def find_case(request: Request, pk: uuid.UUID) -> DisposalCase:
    """The case, 404 outside the reader's posts, 403 for those who may not read it."""
    visible = DisposalCase.objects.visible_to(request.user).select_related(*CASE_RELATED)
    case = get_object_or_404(visible, pk=pk)
    require(can_see_disposal(request.user, case))
    return case


@signed_in
@never_cache
def disposal(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One case and what this person may do with it."""
    return _case_page(request, find_case(request, pk))


def _case_page(
    request: Request, case: DisposalCase, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    """The page; `bound` is a form that could not be kept, with what was typed."""
    held = bound or {}
    names = [name for name in case_steps(case, request.user) if name in STEPS]
    steps = [
        (name, STEPS[name][3], held.get(name) or STEPS[name][0](about=case, prefix=name))  # type: ignore[call-arg]
        for name in names
    ]
    context = {
        "case": case,
        "steps": steps,
        "bound": next(iter(held.values()), None),
        "may_follow": "follow" in case_steps(case, request.user),
        "following": [one for one in case.following.all() if can_see_disposal(request.user, one)],
    }
    return render(request, "evaluations/disposal.html", context)


@signed_in
@require_POST
def disposal_step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Take one step; a refusal keeps what was typed."""
    case = find_case(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = STEPS[step]
    require(allowed(request.user, case))
    form: Any = form_class(request.POST, about=case, prefix=step)  # type: ignore[call-arg]
    if form.is_valid():
        try:
            service(case=case, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale:
            form.add_error(None, STALE)
            form.data = {**form.data.dict(), f"{step}-version": str(find_case(request, pk).version)}
        else:
            messages.success(request, said)
            return redirect("evaluations:disposal", pk=pk)
    return _case_page(request, find_case(request, pk), {step: form})


@signed_in
@never_cache
def disposal_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """Propose a disposal of a member of the branch."""
    visible = Organization.objects.visible_to(request.user)
    organization = get_object_or_404(visible, pk=pk)
    require(can_propose_disposal(request.user, organization))
    campaign = _published(request, slug)
    visible_members = Member.objects.visible_to(request.user).filter(organization=organization)
    members = visible_members.active().order_by("roster_number", "pk")
    form = f.ProposeForm(request.POST or None, members=members)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            case = d.propose(campaign=campaign, organization=organization, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记。接下来同本人见面、听取申辩。")
            return answered(request, redirect("evaluations:disposal", pk=case.pk))
    context = {"organization": organization, "campaign": campaign, "form": form}
    return render(request, "evaluations/disposal_new.html", context)


@signed_in
@never_cache
def disposal_follow(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Propose what follows a case that has ended."""
    case = find_case(request, pk)
    require(can_handle_disposal(request.user, case))
    form = f.KindForm(request.POST or None, about=case)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            following = d.follow(previous=case, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记。接下来同本人见面、听取申辩。")
            return answered(request, redirect("evaluations:disposal", pk=following.pk))
    context = {"case": case, "organization": case.organization, "form": form}
    return render(request, "evaluations/disposal_new.html", context)


@signed_in
@never_cache
def disposals(request: Request) -> HttpResponse:
    """待批准的组织处置 of a superior, and those in force below it."""
    require(can_list_disposals(request.user))
    context = {"waiting": waiting_cases(request.user), "running": running_cases(request.user)}
    return render(request, "evaluations/disposals.html", context)


@signed_in
@never_cache
def commend(request: Request, slug: str, pk: int) -> HttpResponse:
    """Members with the best grade below a superior, branch by branch; no order of merit."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_see_rollup(request.user, organization))
    campaign = _published(request, slug)
    rows = commended(campaign, organization, request.user)
    context = {"campaign": campaign, "organization": organization, "rows": rows}
    return render(request, "evaluations/commend.html", context)


def _published(request: Request, slug: str) -> Campaign:
    """A campaign that was published, 404 for those who may not see it."""
    visible = Campaign.objects.visible_to(request.user).exclude(status=CampaignStatus.DRAFT)
    return get_object_or_404(visible.select_related("issuer"), slug=slug)
