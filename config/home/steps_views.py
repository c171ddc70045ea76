"""Pages of one organisation's steps: look, act, order another round."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import can_order_redo, can_see_people
from branches.services.rounds import round_of
from branches.workflow import NotAllowed
from config.home.forms import STEP_FORMS, RedoForm
from config.home.steps_page import StepsPage, redo, take

LONGEST_ROUND = 4  # digits; more was not written by the page


def _campaigns(request: Request) -> QuerySet[Campaign]:
    """The campaigns this person may read."""
    return Campaign.objects.visible_to(request.user).select_related("issuer")


def _place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The campaign and the organisation it addresses; 404 for what this person may not see."""
    campaign = get_object_or_404(_campaigns(request), slug=slug)
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if campaign.status == "draft" or not campaign.organizations().filter(pk=pk).exists():
        raise Http404("这个活动没有发给这个组织。")
    require(can_see_people(request.user, organization))
    return campaign, organization


def _seen(request: Request) -> int | None:
    """The round the page showed; None when the post does not say."""
    said = request.POST.get("round", "")
    return int(said) if said.isdecimal() and len(said) <= LONGEST_ROUND else None


@signed_in
def org_steps(request: Request, slug: str, pk: int) -> HttpResponse:
    """All steps of one organisation in one campaign."""
    campaign, organization = _place(request, slug, pk)
    page = StepsPage.of(campaign, organization, request.user)
    return render(request, "home/steps.html", {"page": page})


@signed_in
@require_POST
def step_action(request: Request, slug: str, pk: int, step: str, action: str) -> HttpResponse:
    """Tick, untick, postpone, let off, or end a decision; a refusal keeps what was typed."""
    campaign, organization = _place(request, slug, pk)
    if action not in STEP_FORMS:
        raise Http404("没有这一步。")
    form = STEP_FORMS[action](request.POST, prefix=f"{step}-{action}")
    if form.is_valid():
        try:
            take(
                campaign=campaign,
                organization=organization,
                step=step,
                action=action,
                values=form.cleaned_data,
                by=request.user,
                seen=_seen(request),
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记。")
            return redirect(reverse("org_steps", args=[slug, pk]) + f"#{step}")
    page = StepsPage.of(campaign, organization, request.user, (step, action, form))
    return render(request, "home/steps.html", {"page": page, "form": form})


@signed_in
def order_redo(request: Request, slug: str, pk: int) -> HttpResponse:
    """Order another round: what follows is said before the button."""
    campaign, organization = _place(request, slug, pk)
    require(can_order_redo(request.user, organization))
    form = RedoForm(request.POST or None)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            redo(
                campaign=campaign,
                organization=organization,
                **form.cleaned_data,
                by=request.user,
                seen=_seen(request),
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已责令重新进行，支部书记会收到通知。")
            return answered(request, redirect("org_steps", slug=slug, pk=pk))
    number = round_of(campaign, organization)
    context = {"campaign": campaign, "organization": organization, "form": form, "round": number}
    return render(request, "home/redo.html", context)
