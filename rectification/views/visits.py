"""Visits: planned from an organisation or a draw, written down on the spot, closed or cancelled."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Kind, Organization
from branches.permissions import can_see_people
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.forms import at_version
from evaluations.views.downloading import download
from rectification.forms.visits import FindingForm, ReasonForm, VisitForm
from rectification.models import Visit, VisitDraw, VisitMode
from rectification.permissions.visits import can_visit, can_write_visit
from rectification.reports.visit_facts import known_of
from rectification.reports.visit_record import visit_record
from rectification.reports.visits import VisitPage
from rectification.services import visit_findings as f
from rectification.services import visits as v
from rectification.views.supervision import MEANWHILE, campaign_of


def branch_of(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """A campaign with supervision and an organisation it addresses, as far as the person's posts reach."""
    campaign = campaign_of(request, slug)
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if organization.kind == Kind.GROUP or not campaign.covers(organization):
        raise Http404("这项活动没有发给这个党组织。")
    require(can_see_people(request.user, organization))
    return campaign, organization


def find_visit(request: Request, pk: uuid.UUID) -> Visit:
    """A visit for those who look in from above; others see it on the page of their organisation."""
    found = get_object_or_404(Visit.objects.visible_to(request.user).select_related(*v.RELATED), pk=pk)
    require(can_visit(request.user, found.organization))
    return found


@signed_in
@never_cache
def visit_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """Plan a visit, or note one that just took place; `?draw=` ties it to a draw, `?meeting=` to a meeting."""
    campaign, organization = branch_of(request, slug, pk)
    require(can_visit(request.user, organization))
    drawn = _draw_asked(request, campaign)
    initial = {name: request.GET[name] for name in ("mode", "meeting", "point") if name in request.GET}
    if drawn is not None:
        initial["mode"] = VisitMode.RANDOM
    form = VisitForm(
        request.POST or None,
        initial=initial,
        campaign=campaign,
        organization=organization,
        user=request.user,
    )
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        done = _planned(request, campaign, organization, form, drawn)
        if done is not None:
            return done
    context = {
        "campaign": campaign,
        "organization": organization,
        "form": form,
        "drawn": drawn,
        "known": known_of(campaign, organization),
    }
    return render(request, "rectification/visit_new.html", context)


def _draw_asked(request: Request, campaign: Campaign) -> VisitDraw | None:
    """The draw named in the address; 404 for one that is not this person's to see."""
    asked = request.GET.get("draw", "")
    if not asked:
        return None
    try:
        key = uuid.UUID(asked)
    except ValueError as error:
        raise Http404("没有这次抽签。") from error
    return get_object_or_404(VisitDraw.objects.visible_to(request.user), pk=key, campaign=campaign)


def _planned(
    request: Request,
    campaign: Campaign,
    organization: Organization,
    form: VisitForm,
    drawn: VisitDraw | None,
) -> HttpResponseRedirect | None:
    """Plan it and go to its page; None when it was refused."""
    make = "make" in request.POST
    try:
        visit = v.plan_visit(
            campaign=campaign,
            organization=organization,
            typed=form.typed(),
            by=request.user,
            drawn=drawn,
            make=make,
        )
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return None
    messages.success(request, "已登记督查。有要告诉支部的，写在下面。" if make else "已安排。")
    return answered(request, redirect("rectification:visit", pk=visit.pk))


@signed_in
@never_cache
def visit(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One visit: what the system knows already, what was seen, what was found. POST saves it; refusals keep the text."""
    found = find_visit(request, pk)
    form = _form(request, found)
    if request.method != "POST":
        return _page(request, found, form)
    require(can_write_visit(request.user, found))
    if not form.is_valid():
        return _page(request, found, form)
    make = "make" in request.POST
    try:
        v.save_visit(
            visit=found,
            version=form.cleaned_data["version"],
            typed=form.typed(),
            by=request.user,
            make=make,
        )
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
    except Stale:
        again = find_visit(request, pk)
        form.add_error(None, MEANWHILE)
        form.data = at_version(form.data, again.version)
        return _page(request, again, form, status=409)
    else:
        messages.success(request, "已登记督查。有要告诉支部的，写在下面。" if make else "已保存。")
        return redirect("rectification:visit", pk=pk)
    return _page(request, found, form)


def _form(request: Request, found: Visit) -> VisitForm:
    """The form of the visit, bound when it was posted to its own address."""
    return VisitForm(
        request.POST or None,
        campaign=found.campaign,
        organization=found.organization,
        user=request.user,
        visit=found,
    )


def _page(
    request: Request,
    found: Visit,
    form: VisitForm | None = None,
    finding: FindingForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; the forms given are those that could not be kept."""
    about: dict[str, Any] = {"campaign": found.campaign, "organization": found.organization}
    context = {
        "visit": found,
        "page": VisitPage.of(found, request.user),
        "form": form or VisitForm(**about, user=request.user, visit=found),
        "finding_form": finding or FindingForm(**about, prefix="finding"),
        "reason_form": reason or ReasonForm(prefix="reason"),
        "bound": finding or reason,
        **about,
    }
    return render(request, "rectification/visit.html", context, status=status)


@signed_in
@require_safe
def visit_paper(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The record sheet of the visit as Word document."""
    found = find_visit(request, pk)
    name = f"{found.organization.short_name}_{found.day:%Y%m%d}_督查记录表.docx"
    return download(name, visit_record(VisitPage.of(found, request.user)))


@signed_in
@require_POST
def visit_step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Write a finding, close or cancel; a refusal keeps what was typed."""
    found = find_visit(request, pk)
    if step not in ("find", "close", "cancel"):
        raise Http404("没有这一步。")
    require(can_write_visit(request.user, found))
    if step == "find":
        return _found(request, found)
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
    reason = ReasonForm(request.POST, prefix="reason") if step == "cancel" else None
    if reason is not None and not reason.is_valid():
        return _page(request, found, reason=reason)
    try:
        if reason is not None:
            v.cancel_visit(visit=found, version=version, note=reason.cleaned_data["note"], by=request.user)
        else:
            v.close_visit(visit=found, version=version, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    except Stale:
        messages.error(request, "刚才别人改过这次督查，请看现在的情况，再办一次。")
    else:
        messages.success(request, "已取消。" if reason is not None else "已办结。")
    return redirect("rectification:visit", pk=pk)


def _found(request: Request, found: Visit) -> HttpResponse:
    """Keep one finding, once however often it is posted."""
    about: dict[str, Any] = {"campaign": found.campaign, "organization": found.organization}
    form = FindingForm(request.POST, prefix="finding", **about)
    if earlier := posted_before(request, form):
        return earlier
    if form.is_valid():
        try:
            made = f.issue_finding(visit=found, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已报上级研究。" if made.is_proposal else "已反馈给支部。")
            return answered(request, redirect("rectification:visit", pk=found.pk))
    return _page(request, found, finding=form)
