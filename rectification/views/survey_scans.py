"""Forms of a survey scanned or photographed: read in memory, looked at, and added to the own count. Nothing is kept."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from evaluations.views.downloading import download
from evaluations.views.scan_upload import MemoryHandler
from rectification.forms.surveys import AgainForm, ScanForm
from rectification.models import SurveyClass
from rectification.permissions.satisfaction import can_count_survey
from rectification.services import survey_scans as s
from rectification.views.surveys import find_round


def _find(request: Request, pk: uuid.UUID, ordinal: int) -> SurveyClass:
    """One class of a round, as far as this person may read it."""
    found = find_round(request, pk)
    row: SurveyClass = get_object_or_404(found.classes.all(), ordinal=ordinal)
    row.round = found
    return row


@signed_in
@require_safe
def scan_form(request: Request, pk: uuid.UUID, ordinal: int) -> HttpResponse:
    """The form of one class that a machine can read, to print and copy."""
    row = _find(request, pk, ordinal)
    return download(f"{row.round.organization.short_name}_满意度机读表_{ordinal}.pdf", s.scan_form_pdf(row))


@csrf_exempt
@signed_in
def scan(request: Request, pk: uuid.UUID, ordinal: int) -> HttpResponse:
    """Upload forms and add what they say to the own count.

    Papers of people lie in these files, so none of them touches a disk; for that the way of taking files is set before the
    form's token is looked at.
    """
    request.upload_handlers = [MemoryHandler(settings.UPLOAD_MAX_BYTES + 1)]
    return _scan(request, pk, ordinal)


@never_cache
@sensitive_post_parameters()
@csrf_protect
def _scan(request: Request, pk: uuid.UUID, ordinal: int) -> HttpResponse:
    """The page; a posted file is read, posted numbers are added."""
    row = _find(request, pk, ordinal)
    require(can_count_survey(request.user, row.round))
    if request.POST.get("then") == "add":
        return _add(request, row)
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    batch, sums = None, None
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data["sheets"].read(settings.UPLOAD_MAX_BYTES + 1)
            batch = s.read_batch(respondents=row, data=data, by=request.user)
        except NotAllowed as refusal:
            form.add_error("sheets", refusal.reason)
        else:
            numbers = {f"n{place}": number for place, number in enumerate(batch.count.cells)}
            sums = AgainForm(columns=row.round.columns, initial={"respondents": row.pk, **numbers})
    return _page(request, row, form, sums, batch)


def _add(request: Request, row: SurveyClass) -> HttpResponse:
    """Add the numbers looked at; a refusal keeps them."""
    sums = AgainForm(request.POST, columns=row.round.columns)
    if sums.is_valid():
        try:
            added = s.add_batch(respondents=row, count=sums.count(), by=request.user)
        except NotAllowed as refusal:
            sums.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已加上，这一类一共录了 {added.returned} 张。没读完的接着读。")
            return redirect("rectification:survey_count", pk=row.round_id)
    return _page(request, row, ScanForm(), sums, None)


def _page(
    request: Request, row: SurveyClass, form: forms.Form, sums: AgainForm | None, batch: s.Batch | None
) -> HttpResponse:
    """The page with what was read, if anything was."""
    context = {"row": row, "round": row.round, "form": form, "sums": sums, "batch": batch}
    return render(request, "rectification/survey_scan.html", context | {"most": s.MOST_PAGES})
