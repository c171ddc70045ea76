"""The office's desk: the queue of plans, and one plan after the other."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render

from branches.forms.plans import ReviewForm
from branches.http import Request, answered, earlier_answer, once, require, signed_in
from branches.models import Campaign, CampaignStatus, Plan, PlanStatus
from branches.permissions import can_list_plans, can_review_plan
from branches.reports.plan_queue import Queue, next_waiting
from branches.reports.plans import handed, last_two
from branches.services import plans
from branches.services.plan_reviews import review_plan
from branches.views.plans import back_to, place
from branches.workflow import NotAllowed
from branches.workflow.plans import APPROVE, REVIEWED

DONE = {"approve": "方案已批准。", "file": "方案已备案。", "return": "方案已退回支部。"}


@signed_in
def plan_list(request: Request, slug: str) -> HttpResponse:
    """The plans this office reviews: what waits longest comes first."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    if campaign.status == CampaignStatus.DRAFT or not plans.gates_of(campaign) & set(REVIEWED):
        raise Http404("这项活动不要求上报方案。")
    require(can_list_plans(request.user))
    visible = Plan.objects.visible_to(request.user).filter(campaign=campaign)
    queue = Queue.of(visible, request.user, shown=request.GET.get("show", ""), page=request.GET.get("page"))
    return render(request, "branches/plans.html", {"campaign": campaign, "queue": queue})


@signed_in
def plan_review(request: Request, slug: str, pk: int) -> HttpResponse:
    """One plan: read, say something, approve (file) or return it, and on to the next."""
    campaign, organization = place(request, slug, pk, *REVIEWED)
    plan = plans.current_plan(campaign, organization)
    newest, before = last_two(plan) if plan is not None else (None, None)
    if plan is None or newest is None:
        raise Http404("这个党组织还没有上报方案。")
    require(can_review_plan(request.user, plan))
    earlier = earlier_answer(request) if request.method == "POST" else None
    if earlier:
        return redirect(earlier)
    if request.method == "GET" and plan.status != PlanStatus.SUBMITTED:
        return back_to(plan)
    form = ReviewForm(request.POST or None, initial={"number": newest.number})
    visible = Plan.objects.visible_to(request.user).filter(campaign=campaign)
    following = next_waiting(visible, request.user, plan)
    if request.method == "POST" and form.is_valid() and (done := _decided(request, plan, form, following)):
        return done
    if form.is_bound:
        form.go_on_from(number=newest.number)
    context = {
        "campaign": campaign,
        "organization": organization,
        "plan": plan,
        "handed": handed(newest, before),
        "before": before,
        "form": form,
        "approves": plans.plan_gate(campaign, organization) == APPROVE,
        "following": following,
    }
    return render(request, "branches/plan_review.html", context)


def _decided(
    request: Request, plan: Plan, form: ReviewForm, following: Plan | None
) -> HttpResponseRedirect | None:
    """Decide as the button says and go on to the next plan; None when it was refused."""
    step = request.POST.get("decision", "")
    if step not in DONE:
        raise Http404("没有这一步。")
    earlier = once(request)
    if earlier:
        return redirect(earlier)
    try:
        review_plan(plan=plan, step=step, by=request.user, **form.cleaned_data)
    except NotAllowed as refusal:
        form.add_error("comment" if "原因" in refusal.reason else None, refusal.reason)
        return None
    messages.success(request, DONE[step] if following is None else f"{DONE[step]}下面是下一份。")
    if following is None:
        return answered(request, redirect("branches:plans", slug=plan.campaign.slug))
    return answered(request, back_to(following, "branches:plan_review"))
