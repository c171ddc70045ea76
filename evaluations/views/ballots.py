"""The ballots of a meeting, and the printed form."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.workflow import NotAllowed
from evaluations.forms import PrepareForm
from evaluations.models import Ballot, BallotStatus, SubjectKind
from evaluations.paper.form import FormRefused, draw_form
from evaluations.permissions import can_prepare_ballot, can_print_form
from evaluations.reports.summary import safe_name
from evaluations.services.form import ballot_form
from evaluations.services.setup import choose_print, kinds_asked, prepare_ballot
from evaluations.services.voters import voters_expected
from evaluations.views.finding import find, told
from meetings.models import Meeting


@signed_in
def for_meeting(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The ballots of one meeting, with what can be prepared now; voided rounds below."""
    visible = Meeting.objects.visible_to(request.user).select_related("organization", "campaign")
    meeting = get_object_or_404(visible, pk=pk)
    rounds = Ballot.objects.visible_to(request.user).filter(
        campaign=meeting.campaign_id, organization=meeting.organization_id
    )
    sections = []
    for kind in kinds_asked(meeting.rules(), has_committee=meeting.organization.has_committee):
        own = [ballot for ballot in rounds.order_by("round_no") if ballot.subject_kind == kind]
        sections.append(
            {
                "kind": kind,
                "standing": next((b for b in own if b.status != BallotStatus.VOID), None),
                "voided": [b for b in own if b.status == BallotStatus.VOID],
                "next_round": len(own) + 1,
                "form": PrepareForm(initial={"subject_kind": kind.value}),
            }
        )
    return render(
        request,
        "evaluations/for_meeting.html",
        {
            "meeting": meeting,
            "sections": sections,
            "may_prepare": can_prepare_ballot(request.user, meeting),
            "roster_frozen": meeting.roster is not None and meeting.roster.is_frozen,
            "no_ballot": meeting.rules().ballot_place == "none",
        },
    )


@signed_in
@require_POST
def prepare(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Set up the next round."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    require(can_prepare_ballot(request.user, meeting))
    if earlier := once(request):
        return redirect(earlier)
    form = PrepareForm(request.POST)
    if not form.is_valid() or form.cleaned_data["subject_kind"] not in SubjectKind.values:
        messages.error(request, "请选择计票方式，再准备测评。")
        return answered(request, redirect("evaluations:for_meeting", pk=pk))
    try:
        ballot = prepare_ballot(meeting=meeting, by=request.user, **form.cleaned_data)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return answered(request, redirect("evaluations:for_meeting", pk=pk))
    messages.success(request, "测评已准备好。下一步：打印测评表。")
    return answered(request, redirect("evaluations:ballot", pk=ballot.pk))


@signed_in
@told
def form_pdf(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The form F1 as PDF: one copy, as many as are to be printed (`?copies=all`), or a 试票 (`?test=1`)."""
    ballot = find(request, pk)
    require(can_print_form(request.user, ballot))
    copies, test = 1, request.GET.get("test") == "1"
    if request.GET.get("copies") == "all" and not test:
        spare = ballot.rules().spare_forms
        copies = max(1, voters_expected(ballot) + spare)
    form = replace(ballot_form(ballot), test=test)
    try:
        content = draw_form(form, copies)
    except FormRefused as refusal:
        raise NotAllowed(str(refusal)) from refusal
    return pdf(content, f"{'试票-' if test else ''}{safe_name(form.title)}.pdf")


@signed_in
@require_POST
@told
def print_size(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Choose the form in large type, or the usual one, before it is printed."""
    ballot = find(request, pk)
    require(can_print_form(request.user, ballot))
    large = request.POST.get("large") == "1"
    choose_print(ballot=ballot, large=large, by=request.user)
    messages.success(
        request, f"已改为{'大字版' if large else '普通版'}。请全部印这一种，已经印过的不要再用。"
    )
    return redirect("evaluations:ballot", pk=pk)


def pdf(content: bytes, name: str) -> HttpResponse:
    """The answer that shows a PDF in the browser."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
