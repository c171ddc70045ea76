"""帮扶和处置 of a branch, and one help plan: set, looked at again, ended, or gone on from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import Answer
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from evaluations.forms import follow_up as f
from evaluations.models import AssessmentSheet, DisposalCase, HelpPlan
from evaluations.permissions import (
    can_begin_assessment,
    can_escalate_help,
    can_plan_help,
    can_see_follow_up,
    can_see_sheet,
)
from evaluations.reports.disposals import FollowUp, not_helped, plan_steps, standing_plans
from evaluations.services import follow_up as s

STALE = "别人刚才改过帮扶计划。请核对下面最新的内容，再保存一次。"
Service = Callable[..., HelpPlan | DisposalCase]
STEPS: dict[str, tuple[type[forms.Form], Service, Callable[..., Answer], str, str]] = {
    "start": (f.PlanForm, s.start, can_plan_help, "定下帮扶计划", "已定下帮扶计划，回访以前会提醒。"),
    "review": (f.ReviewForm, s.review, can_plan_help, "登记回访", "已登记回访。请决定继续帮扶还是结束。"),
    "close": (f.NothingForm, s.close, can_plan_help, "结束帮扶", "帮扶已结束。"),
    "go_on": (f.PlanForm, s.go_on, can_plan_help, "继续帮扶", "继续帮扶，下次回访以前会提醒。"),
    "escalate": (
        f.KindForm,
        s.escalate,
        can_escalate_help,
        "转组织处置",
        "已提出组织处置。接下来同本人见面、听取申辩。",
    ),
}


@signed_in
@never_cache
def follow_up(request: Request, pk: int) -> HttpResponse:
    """A branch's help plans and disposals."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_see_follow_up(request.user, organization))
    campaigns = Campaign.objects.visible_to(request.user).open().covering(organization)
    context = {"page": FollowUp.of(organization, request.user), "campaigns": campaigns}
    return render(request, "evaluations/help_and_disposals.html", context)


@signed_in
@require_POST
def help_new(request: Request, pk: int) -> HttpResponse:
    """Put a member on the list of those to be helped."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_begin_assessment(request.user, organization))
    chosen = next((one for one in not_helped(organization) if str(one.pk) == request.POST.get("who")), None)
    if chosen is None:
        messages.error(request, "请选择要帮扶的党员。")
        return redirect("evaluations:follow_up", pk=pk)
    plan = s.open_plan(assessment=chosen, by=request.user)
    messages.success(request, "已列入帮扶，请定下措施、帮扶人和回访日期。")
    return redirect("evaluations:help_plan", pk=plan.pk)


def find_plan(request: Request, pk: int) -> HelpPlan:
    """The plan, 404 outside the reader's posts, 403 for those who may not read the assessment."""
    sheets = AssessmentSheet.objects.visible_to(request.user)
    plan = get_object_or_404(standing_plans().filter(assessment__sheet__in=sheets), pk=pk)
    require(can_see_sheet(request.user, plan.assessment.sheet))
    return plan


@signed_in
@never_cache
def help_plan(request: Request, pk: int) -> HttpResponse:
    """One plan and what comes next."""
    return _plan_page(request, find_plan(request, pk))


def _plan_page(request: Request, plan: HelpPlan, bound: dict[str, forms.Form] | None = None) -> HttpResponse:
    """The page; `bound` is a form that could not be kept, with what was typed."""
    held, names = bound or {}, plan_steps(plan, request.user)
    steps = [
        (name, entry[3], held.get(name) or entry[0](about=plan, prefix=name))  # type: ignore[call-arg]
        for name, entry in STEPS.items()
        if name in names
    ]
    context = {"plan": plan, "steps": steps, "bound": next(iter(held.values()), None)}
    return render(request, "evaluations/help_plan.html", context)


@signed_in
@require_POST
def help_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Take one step; a refusal keeps what was typed."""
    plan = find_plan(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = STEPS[step]
    require(allowed(request.user, plan))
    form: Any = form_class(request.POST, about=plan, prefix=step)  # type: ignore[call-arg]
    if form.is_valid():
        try:
            done = service(plan=plan, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale as stale:
            form.add_error(None, STALE)
            form.data = {**form.data.dict(), f"{step}-version": str(stale.saved.version)}
        else:
            messages.success(request, said)
            if isinstance(done, DisposalCase):
                return redirect("evaluations:disposal", pk=done.pk)
            return redirect("evaluations:help_plan", pk=pk)
    return _plan_page(request, find_plan(request, pk), {step: form})
