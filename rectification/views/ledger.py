"""The register of one organisation: page, files, the page for a phone; the overview; one person's own page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from branches.http import Request, require, signed_in
from branches.models import Campaign, CampaignStatus
from evaluations.views.downloading import download
from members.views.placing import find_place
from rectification.permissions import can_correct, can_keep_ledger, can_see_ledger, can_see_overview
from rectification.reports.commitments import OwnPage
from rectification.reports.ledger import Ledger
from rectification.reports.ledger_files import ledger_pdf, ledger_xlsx
from rectification.reports.overview import Overview
from rectification.rules.items import UNFINISHED

FILES = {"xlsx": ledger_xlsx, "pdf": ledger_pdf}


@signed_in
@never_cache
def ledger(request: Request, slug: str, pk: int) -> HttpResponse:
    """The register as this reader may see it."""
    campaign, organization = find_place(request, slug, pk)
    require(can_see_ledger(request.user, campaign, organization))
    context = {
        "page": Ledger.of(campaign, organization, request.user),
        "rules": campaign.rules_for(organization),
        "may_correct": bool(can_correct(request.user, organization)),
    }
    return render(request, "rectification/ledger.html", context)


@signed_in
@never_cache
def marking(request: Request, slug: str, pk: int) -> HttpResponse:
    """What is still to be done, with big buttons: two taps on a phone."""
    campaign, organization = find_place(request, slug, pk)
    require(can_keep_ledger(request.user, organization))
    page = Ledger.of(campaign, organization, request.user)
    rows = [row for row in page.all_rows if row.item.status in UNFINISHED]
    return render(request, "rectification/marking.html", {"page": page, "rows": rows})


@signed_in
def ledger_file(request: Request, slug: str, pk: int, ending: str) -> HttpResponse:
    """The register as a workbook or a printed sheet."""
    campaign, organization = find_place(request, slug, pk)
    require(can_see_ledger(request.user, campaign, organization))
    if ending not in FILES:
        raise Http404("没有这种文件。")
    page = Ledger.of(campaign, organization, request.user)
    return download(f"{page.title}.{ending}", FILES[ending](page))


@signed_in
def overview(request: Request, slug: str) -> HttpResponse:
    """How many items stand where in each branch below."""
    visible = Campaign.objects.visible_to(request.user).exclude(status=CampaignStatus.DRAFT)
    campaign = get_object_or_404(visible.select_related("issuer"), slug=slug)
    require(can_see_overview(request.user, campaign))
    return render(request, "rectification/overview.html", {"page": Overview.of(campaign, request.user)})


@signed_in
@never_cache
def mine(request: Request) -> HttpResponse:
    """What the reader has to put right."""
    return render(request, "rectification/mine.html", {"page": OwnPage.of(request.user)})
