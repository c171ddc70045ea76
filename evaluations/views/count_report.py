"""The 计票报告单 on the screen and as PDF."""

from __future__ import annotations

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from branches.http import Request, require, signed_in
from evaluations.permissions import can_print_result
from evaluations.reports import count_report_pdf as as_pdf
from evaluations.reports.count_report import count_report_view
from evaluations.views.ballots import pdf
from evaluations.views.finding import find, told


@signed_in
@never_cache
@told
def count_report(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """How the count came about."""
    ballot = find(request, pk)
    require(can_print_result(request.user, ballot))
    context = {"ballot": ballot, "report": count_report_view(ballot)}
    return render(request, "evaluations/count_report.html", context)


@signed_in
@told
def count_report_pdf(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The same to print and sign."""
    ballot = find(request, pk)
    require(can_print_result(request.user, ballot))
    report = count_report_view(ballot)
    answer: HttpResponse = pdf(as_pdf.count_report_pdf(report), report.file_name)
    return answer
