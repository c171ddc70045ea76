"""Satisfaction as a superior sees it: all organisations below in a campaign, and year by year."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import SUPERIOR_KINDS, Denied, can_see_rollup
from config.lib.paging import page_of
from evaluations.views.downloading import download
from rectification.permissions.satisfaction import can_see_satisfaction_below
from rectification.reports.satisfaction_below import lines_of, waiting_for
from rectification.reports.satisfaction_history import (
    TooMany,
    certified_below,
    history_line,
    history_of,
    history_workbook,
)
from rectification.views.surveys import published, reached

NOBODY = "所属各组织的群众满意度由上级党组织查看；本组织的在“群众满意度测评”里。"


def _superiors(request: Request, campaign: Campaign) -> list[Organization]:
    """The superior organisations this person may look below, those of the campaign first; 403 without any."""
    visible = Organization.objects.visible_to(request.user).filter(kind__in=SUPERIOR_KINDS)
    readable = [o for o in visible if can_see_rollup(request.user, o)]
    if not readable:
        require(Denied(NOBODY))
    return [o for o in readable if o.path.startswith(campaign.issuer.path)] or readable[:1]


@signed_in
@never_cache
def below(request: Request, slug: str) -> HttpResponse:
    """All organisations addressed below one superior, in the order of the tree."""
    campaign = published(request, slug)
    offered = _superiors(request, campaign)
    chosen = offered[0]
    if code := request.GET.get("organization", ""):
        chosen = get_object_or_404(Organization.objects.visible_to(request.user), code=code)
    require(can_see_satisfaction_below(request.user, chosen))
    page = page_of(request, campaign.organizations().in_subtree(chosen).order_by("path"))
    context = {
        "campaign": campaign,
        "organization": chosen,
        "offered": offered,
        "page": page,
        "lines": lines_of(campaign, list(page)),
        "waiting": waiting_for(campaign, chosen, request.user),
    }
    return render(request, "rectification/satisfaction_below.html", context)


@signed_in
@never_cache
def history(request: Request, pk: int) -> HttpResponse:
    """Year by year: one organisation, or all below a superior."""
    organization = reached(request, pk)
    rows = certified_below(organization, request.user)
    page = page_of(request, rows)
    years = rows.order_by("-survey__campaign__year").values_list("survey__campaign__year", flat=True)
    context = {
        "organization": organization,
        "page": page,
        "lines": [history_line(one) for one in page],
        "years": list(years.distinct()),
    }
    return render(request, "rectification/satisfaction_history.html", context)


@signed_in
@require_safe
def history_file(request: Request, pk: int) -> HttpResponse:
    """The same as a workbook, all years or one, for the yearly appraisal."""
    organization = reached(request, pk)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 4 else None
    try:
        found = history_of(organization, request.user, year)
    except TooMany as refusal:
        messages.error(request, str(refusal))
        return redirect("rectification:satisfaction_history", pk=pk)
    return download(f"{found.file_stem()}.xlsx", history_workbook(found))
