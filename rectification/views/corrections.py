"""What a superior records about a branch, the branch's answer, and its end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import Answer
from branches.workflow import NotAllowed
from members.views.placing import find_place
from rectification.forms import corrections as f
from rectification.forms.commitments import NothingForm
from rectification.models import Correction
from rectification.permissions import (
    can_answer_correction,
    can_close_correction,
    can_correct,
    can_see_corrections,
)
from rectification.reports.corrections import corrections_of
from rectification.services import corrections as s

STEPS: dict[str, tuple[type[NothingForm], Callable[..., Any], Callable[..., Answer], str, str]] = {
    "answer_correction": (f.CorrectionAnswerForm, s.answer, can_answer_correction, "回复上级", "已回复。"),
    "close_correction": (NothingForm, s.close, can_close_correction, "办结", "已办结。"),
}


@signed_in
@never_cache
def corrections(request: Request, slug: str, pk: int) -> HttpResponse:
    """What was recorded; POST records another, a refusal keeps what was typed."""
    campaign, organization = find_place(request, slug, pk)
    require(can_see_corrections(request.user, campaign, organization))
    form = f.CorrectionForm(request.POST or None, rules=campaign.rules_for(organization))
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST":
        require(can_correct(request.user, organization))
        if form.is_valid():
            try:
                s.issue(campaign=campaign, organization=organization, by=request.user, **form.cleaned_data)
            except NotAllowed as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, "已登记，支部书记会收到通知。")
                return answered(request, redirect("rectification:corrections", slug=slug, pk=pk))
    return _page(request, campaign, organization, form)


def _page(
    request: Request,
    campaign: Campaign,
    organization: Organization,
    form: f.CorrectionForm,
    bound: tuple[uuid.UUID, str, NothingForm] | None = None,
) -> HttpResponse:
    """The page; `bound` is a step's form that could not be kept."""
    powers = s.powers_of(campaign.rules_for(organization))
    rows = []
    for row in corrections_of(campaign, organization, request.user):
        held = {bound[1]: bound[2]} if bound and bound[0] == row.correction.pk else {}
        names = (*row.steps, *(name for name in held if name not in row.steps))
        steps = [(name, STEPS[name][3], held.get(name) or STEPS[name][0](prefix=name)) for name in names]
        rows.append((row, steps))
    context = {
        "campaign": campaign,
        "organization": organization,
        "rows": rows,
        "form": form,
        "bound": bound[2] if bound else None,
        "powers": powers,
        "may_correct": bool(powers) and bool(can_correct(request.user, organization)),
    }
    return render(request, "rectification/corrections.html", context)


@signed_in
@require_POST
def step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """The branch answers, or the superior settles it."""
    visible = Correction.objects.visible_to(request.user).select_related(*s.RELATED)
    found = get_object_or_404(visible, pk=pk)
    campaign, organization = found.campaign, found.organization
    require(can_see_corrections(request.user, campaign, organization))
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = STEPS[step]
    require(allowed(request.user, found))
    form = form_class(request.POST, prefix=step)
    if form.is_valid():
        try:
            service(correction=found, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, said)
            return redirect("rectification:corrections", slug=campaign.slug, pk=organization.pk)
    new = f.CorrectionForm(rules=campaign.rules_for(organization))
    return _page(request, campaign, organization, new, (pk, step, form))
