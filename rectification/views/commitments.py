"""Members' promises: the list of a branch, one promise, and its steps."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, CampaignStatus
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.forms import at_version
from members.models import Member
from members.views.placing import find_place
from rectification.forms import commitments as f
from rectification.models import Commitment
from rectification.permissions import (
    can_read_commitment,
    can_see_member_rows,
    can_settle_commitment,
    can_write_commitment,
)
from rectification.reports.commitments import PledgePage
from rectification.services import commitments as s
from rectification.workflow import COMMITMENT

MEANWHILE = "别人刚刚保存过，您填的还没有保存，都在下面。请看一遍，再保存一次。"
STEPS: dict[str, tuple[type[f.NothingForm], Callable[..., Any], str, str]] = {
    "fulfil_pledge": (f.NothingForm, s.fulfil, "登记已兑现", "已登记：承诺已兑现，以后不用再报告。"),
    "resume_pledge": (f.NothingForm, s.resume, "继续履行", "已登记：继续履行。"),
    "withdraw_pledge": (f.WithdrawForm, s.withdraw, "撤销承诺", "已撤销，可以重新写。"),
}


@signed_in
@never_cache
def commitments(request: Request, slug: str, pk: int) -> HttpResponse:
    """All members of the branch with their promises."""
    campaign, organization = find_place(request, slug, pk)
    require(can_see_member_rows(request.user, organization))
    return render(request, "rectification/commitments.html", {"page": PledgePage.of(campaign, organization)})


@signed_in
@never_cache
def commitment(request: Request, slug: str, pk: uuid.UUID) -> HttpResponse:
    """The promise of one member; POST keeps it, a refusal keeps what was typed."""
    visible = Campaign.objects.visible_to(request.user).exclude(status=CampaignStatus.DRAFT)
    campaign = get_object_or_404(visible.select_related("issuer"), slug=slug)
    member = get_object_or_404(s.people_of(request.user), pk=pk)
    if not campaign.covers(member.organization):
        raise Http404("这项活动没有发给本支部。")
    require(can_write_commitment(request.user, member))
    found = s.standing_commitment(campaign, member)
    form = f.PledgeForm(request.POST or None, about=found)
    if request.method == "POST" and form.is_valid():
        try:
            s.write(campaign=campaign, member=member, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale as stale:
            form.add_error(None, MEANWHILE)
            form.data = at_version(form.data, stale.saved.version)
            return _page(request, campaign, member, stale.saved, form, status=409)
        else:
            messages.success(request, "已保存。")
            return redirect("rectification:commitment", slug=slug, pk=pk)
    return _page(request, campaign, member, found, form)


def _page(
    request: Request,
    campaign: Campaign,
    member: Member,
    found: Commitment | None,
    form: f.PledgeForm,
    bound: dict[str, f.NothingForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `bound` is a step's form that could not be kept."""
    held = bound or {}
    names = [name for name, _ in COMMITMENT.available(found, request.user)] if found is not None else []
    names += [name for name in held if name not in names]
    context = {
        "campaign": campaign,
        "member": member,
        "found": found,
        "form": form,
        "steps": [(name, STEPS[name][2], held.get(name) or STEPS[name][0](prefix=name)) for name in names],
        "bound": next(iter(held.values()), None),
        "may_list": bool(can_see_member_rows(request.user, member.organization)),
    }
    return render(request, "rectification/commitment.html", context, status=status)


@signed_in
@require_POST
def step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Take one step; a refusal keeps what was typed."""
    visible = Commitment.objects.visible_to(request.user).select_related(*s.RELATED)
    found = get_object_or_404(visible, pk=pk)
    require(can_read_commitment(request.user, found))
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, _, said = STEPS[step]
    require(can_settle_commitment(request.user, found))
    form = form_class(request.POST, prefix=step)
    if form.is_valid():
        try:
            service(commitment=found, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, said)
            return redirect("rectification:commitment", slug=found.campaign.slug, pk=found.member_id)
    shown = f.PledgeForm(about=found)
    return _page(request, found.campaign, found.member, found, shown, {step: form})
