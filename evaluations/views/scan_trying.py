"""The page on which a printed test sheet is tried in the scanner before the meeting."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from evaluations.models import BallotStatus
from evaluations.permissions import can_see_scans, can_try_sheet
from evaluations.services.scan_trying import try_sheet
from evaluations.views.finding import find
from evaluations.views.scan_upload import MemoryHandler

ACCEPTED = "image/*,application/pdf,.pdf,.heic,.heif,.tif,.tiff"


class TryForm(forms.Form):
    """The scan of a test sheet."""

    use_required_attribute = False
    sheet = forms.FileField(
        label="扫描好的试票，或者拍的照片",
        allow_empty_file=True,
        help_text="收 PDF、TIFF、JPG、PNG、HEIC，只要一张。",
        error_messages={"required": "还没有选文件。请选扫描好的试票，或者拍一张。"},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["sheet"].widget.attrs["accept"] = ACCEPTED


@csrf_exempt
@signed_in
def scan_test(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Upload the scan of a test sheet; the answer is whether printer and scanner will do.

    A real vote may be put here by mistake, so nothing of the file lies on a disk; for that the way of taking
    files is set before the form's token is looked at.
    """
    request.upload_handlers = [MemoryHandler(settings.UPLOAD_MAX_BYTES + 1)]
    return _try(request, pk)


@csrf_protect
def _try(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The page, with the verdict when a sheet was posted."""
    found = find(request, pk)
    require(can_see_scans(request.user, found))
    form = TryForm(request.POST, request.FILES) if request.method == "POST" else TryForm()
    verdict = None
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data["sheet"].read(settings.UPLOAD_MAX_BYTES + 1)
            verdict = try_sheet(ballot=found, by=request.user, data=data)
        except NotAllowed as refusal:
            form.add_error("sheet", refusal.reason)
    context = {
        "ballot": found,
        "form": form,
        "verdict": verdict,
        "may_try": can_try_sheet(request.user, found),
        "printed": found.status != BallotStatus.SETUP,
    }
    return render(request, "evaluations/scan_test.html", context)
