"""A supervisor's day; how a superior sees the visits below it; the workbook for the yearly appraisal."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from branches.http import Request, require, signed_in
from branches.models import Campaign, CampaignStatus, Organization
from branches.permissions import SUPERIOR_KINDS, Denied
from config.lib.paging import page_of
from evaluations.views.downloading import download
from members.services.spot_checks import is_within
from rectification.permissions.supervision import (
    can_export_visits,
    can_read_supervision,
    can_run_supervision,
)
from rectification.reports.supervision import Day, Totals, lines_of
from rectification.reports.supervision_sheet import visits_workbook
from rectification.services.supervision import NOT_SUPERVISED, below, has_supervision
from rectification.services.supervision_summary import wants_summary

MEANWHILE = "别人刚刚保存过，您填的还没有保存，都在下面。请看一遍，再办一次。"


def campaign_of(request: Request, slug: str) -> Campaign:
    """A published campaign this person may read; 403 with the reason where nobody looks in."""
    visible = Campaign.objects.visible_to(request.user).select_related("issuer")
    found: Campaign = get_object_or_404(visible.exclude(status=CampaignStatus.DRAFT), slug=slug)
    require(True if has_supervision(found) else Denied(NOT_SUPERVISED))
    return found


def body_of(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The campaign and a body whose supervision this person may read."""
    campaign = campaign_of(request, slug)
    visible = Organization.objects.visible_to(request.user).filter(kind__in=SUPERIOR_KINDS)
    body = get_object_or_404(visible, pk=pk)
    if not is_within(campaign, body):
        raise Http404("这次活动没有发给这个党组织。")
    require(can_read_supervision(request.user, body))
    return campaign, body


def links_of(request: Request, campaign: Campaign, body: Organization) -> dict[str, Any]:
    """What the pages of a body show alike: who may change it, whether a summary is wanted."""
    return {
        "campaign": campaign,
        "body": body,
        "may_run": bool(can_run_supervision(request.user, body)),
        "summary": bool(wants_summary(campaign)),
    }


@signed_in
@require_safe
def day(request: Request, slug: str) -> HttpResponse:
    """What the person has to do today."""
    campaign = campaign_of(request, slug)
    found = Day.of(campaign, request.user)
    watches = found.bodies or found.teams or found.points or found.watches
    require(True if watches else Denied("这一页给督导组、指导员、联系点领导和上级党组织看。"))
    return render(request, "rectification/supervision.html", {"campaign": campaign, "day": found})


@signed_in
@require_safe
def overview(request: Request, slug: str, pk: int) -> HttpResponse:
    """All organisations below a body in tree order, in counts; `?q=` finds one by its name."""
    campaign, body = body_of(request, slug, pk)
    rows, asked = below(campaign, body), request.GET.get("q", "").strip()
    totals = Totals.of(campaign, rows)
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(short_name__icontains=asked))
    page = page_of(request, rows)
    context = {
        "page": page,
        "lines": lines_of(campaign, page.object_list),
        "totals": totals,
        "asked": asked,
        "may_export": bool(can_export_visits(request.user, campaign, body)),
        **links_of(request, campaign, body),
    }
    return render(request, "rectification/supervision_overview.html", context)


@signed_in
@require_safe
def export(request: Request, slug: str, pk: int) -> HttpResponse:
    """The workbook for the yearly appraisal, where the rules make it one."""
    campaign, body = body_of(request, slug, pk)
    require(can_export_visits(request.user, campaign, body))
    return download(f"{body.short_name}_督查情况.xlsx", visits_workbook(campaign, body))
