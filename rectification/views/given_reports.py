"""Reports given at meetings: when they are due, at which meeting they were given, and taking that back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from members.views.placing import find_place
from rectification.forms.commitments import OTHER, GiveForm
from rectification.models import GivenReport, ReportKind
from rectification.permissions import can_note_report, can_remove_report, can_see_ledger
from rectification.reports.commitments import ClocksPage
from rectification.services import given_reports as s


@signed_in
@never_cache
def reports(request: Request, slug: str, pk: int) -> HttpResponse:
    """The reports the rules ask for, each with its day."""
    campaign, organization = find_place(request, slug, pk)
    require(can_see_ledger(request.user, campaign, organization))
    page = ClocksPage.of(campaign, organization, request.user)
    return render(request, "rectification/reports.html", {"page": page})


@signed_in
@never_cache
def give(request: Request, slug: str, pk: int, kind: str, number: int) -> HttpResponse:
    """Note at which meeting a report was given: one click where the meeting is known."""
    campaign, organization = find_place(request, slug, pk)
    require(can_note_report(request.user, organization))
    if kind not in ReportKind.values or number not in s.numbers_of(campaign, organization, kind):
        raise Http404("本次活动没有要求这项报告。")
    form = GiveForm(
        request.POST or None,
        offered=s.offered(campaign, organization, kind, number),
        owed=s.owing(campaign, organization, number) if number else [],
        is_body=organization.is_body,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _keep(
                form, campaign=campaign, organization=organization, kind=kind, number=number, by=request.user
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记。")
            return redirect("rectification:reports", slug=slug, pk=pk)
    context = {
        "campaign": campaign,
        "organization": organization,
        "form": form,
        "title": ReportKind(kind).label,
        "number": number,
    }
    return render(request, "rectification/report_give.html", context)


def _keep(form: GiveForm, **place: object) -> None:
    """Give it to the service that fits."""
    said = form.cleaned_data
    heard = [uuid.UUID(pk) for pk in said.get("heard", ())]
    if said["meeting"] == OTHER:
        s.give_on(on=said["on"], heard=heard, **place)  # type: ignore[arg-type]
    else:
        s.give(meeting=said["meeting"], heard=heard, **place)  # type: ignore[arg-type]


@signed_in
@require_POST
def remove(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take the link back."""
    visible = GivenReport.objects.visible_to(request.user).select_related("organization", "campaign__issuer")
    found = get_object_or_404(visible, pk=pk)
    require(can_see_ledger(request.user, found.campaign, found.organization))
    require(can_remove_report(request.user, found))
    s.remove(report=found, by=request.user)
    messages.success(request, "已取消登记，会议本身不变。")
    return redirect("rectification:reports", slug=found.campaign.slug, pk=found.organization_id)
