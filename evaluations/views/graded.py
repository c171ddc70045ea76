"""The summary of a superior with grades on screen, and its files."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, signed_in
from branches.models import Category, Organization
from config.lib.paging import PER_PAGE
from evaluations.filters import RollUpFilter
from evaluations.permissions.exporting import can_export_backfill
from evaluations.reports.graded_file import FORMATS, ask_for_graded
from evaluations.reports.graded_page import graded_page
from evaluations.reports.graded_rollup import graded_rollup
from evaluations.reports.rollup import PDF_ROWS
from evaluations.views.rollup import chosen_superior, published_campaign


@signed_in
@never_cache
def graded(request: Request, slug: str) -> HttpResponse:
    """One organisation's summary: one table a scale, and the branches without a row."""
    campaign = published_campaign(request, slug)
    organization, codes = chosen_superior(request, request.GET.get("organization", ""), campaign)
    offered = Organization.objects.visible_to(request.user).filter(code__in=codes)
    chosen = RollUpFilter(request.GET, choices=offered, chosen=organization)
    category = chosen.chosen_category()
    table = graded_rollup(campaign, organization, reader=request.user, category=category)
    shown = graded_page(table, request.GET.get("tab", ""))
    context = {
        "campaign": campaign,
        "organization": organization,
        "filter": chosen,
        "table": table,
        "shown": shown,
        "page": Paginator(shown.lines, PER_PAGE).get_page(request.GET.get("page")),
        "may_export": bool(can_export_backfill(request.user, organization)),
        "too_long_for_pdf": table.branches > PDF_ROWS,
    }
    return render(request, "evaluations/graded.html", context)


@signed_in
@require_POST
def graded_file(request: Request, slug: str) -> HttpResponse:
    """Ask for the summary as a file; a job makes it."""
    campaign = published_campaign(request, slug)
    organization, _codes = chosen_superior(request, request.POST.get("organization", ""), campaign)
    asked, category = request.POST.get("format", ""), request.POST.get("category", "")
    job = ask_for_graded(
        campaign=campaign,
        organization=organization,
        category=category if category in Category.values else "",
        file_format=asked if asked in FORMATS else "xlsx",
        by=request.user,
    )
    return redirect("branches:job", pk=job.pk)
