"""《民主评议党员登记表》: one member's at once, a whole branch's by a job."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from evaluations.models import AssessmentSheet
from evaluations.permissions.exporting import can_print_registration
from evaluations.reports.registration_file import FORMATS, ask_for_registrations, one_registration
from evaluations.views.downloading import download


def _sheet(request: Request, pk: uuid.UUID) -> AssessmentSheet:
    """The assessment whose forms this person may print; 404 when it may not be seen."""
    visible = AssessmentSheet.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("organization", "campaign__issuer", "ballot"), pk=pk)
    require(can_print_registration(request.user, found))
    return found


def _format(request: Request) -> str:
    """The format asked for; PDF unless Word is."""
    asked = request.POST.get("format", "")
    return asked if asked in FORMATS else "pdf"


@signed_in
@never_cache
def registration(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The members of a branch, each with the form to print, and all forms at once."""
    found = _sheet(request, pk)
    rows = found.assessments.order_by("ordinal")
    return render(request, "evaluations/registration.html", {"sheet": found, "rows": rows})


@signed_in
@require_POST
def registration_one(request: Request, pk: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """One member's form, to print or to go on writing in."""
    found = _sheet(request, pk)
    assessment = get_object_or_404(found.assessments.select_related("entry__member"), pk=row)
    assessment.sheet = found
    name, content = one_registration(assessment=assessment, file_format=_format(request), by=request.user)
    return download(name, content)


@signed_in
@require_POST
def registration_all(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Ask for the forms of the whole branch; a job makes them."""
    found = _sheet(request, pk)
    job = ask_for_registrations(sheet=found, file_format=_format(request), by=request.user)
    return redirect("branches:job", pk=job.pk)
