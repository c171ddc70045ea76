"""What is typed into other systems: the table for the national system, the yearly numbers, and the retype page."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, Kind, Organization
from branches.models.organization import OrganizationQuerySet
from branches.permissions import SUPERIOR_KINDS, Denied, can_see_rollup
from evaluations.forms.exporting import BackfillForm
from evaluations.models import AssessmentSheet
from evaluations.permissions.exporting import (
    can_export_backfill,
    can_export_id_numbers,
    can_manage_summary_key,
    can_retype,
)
from evaluations.reports.backfill_file import BackfillWish, ask_for_backfill, made_now
from evaluations.reports.statistics import statistics_table, statistics_workbook, typing_lines
from evaluations.services.exporting import record_statistics, superseded
from evaluations.views.downloading import download
from evaluations.views.rollup import published_campaign


def _offered(request: Request) -> OrganizationQuerySet:
    """The organisations to choose from: the superior ones in reach, and the branches the person is clerk of."""
    posts = [post for post in request.user.posts() if can_export_backfill(request.user, post.organization)]
    if not posts:
        require(Denied("回填表由本支部书记、副书记、组织委员或上级党建办导出。"))
    own = Q(pk__in=[post.organization_id for post in posts])
    reach: OrganizationQuerySet = Organization.objects.visible_to(request.user)
    return reach.filter(own | Q(kind__in=SUPERIOR_KINDS))


def _chosen(request: Request, code: str) -> tuple[Organization, OrganizationQuerySet]:
    """The organisation asked for (404 when it may not be seen), or the person's highest; and those to choose from."""
    offered = _offered(request)
    if not code:
        able = (place for place in offered if can_export_backfill(request.user, place))
        return next(able), offered
    visible = Organization.objects.visible_to(request.user).exclude(kind=Kind.GROUP)
    chosen = get_object_or_404(visible, code=code)
    require(can_export_backfill(request.user, chosen))
    return chosen, (offered | visible.filter(pk=chosen.pk)).distinct()


def _context(request: Request, campaign: Campaign, code: str) -> dict[str, Any]:
    """What the page shows for one organisation."""
    organization, offered = _chosen(request, code)
    may_full = bool(can_export_id_numbers(request.user, organization))
    data = request.POST or None
    sheets = AssessmentSheet.objects.visible_to(request.user)
    sheet = sheets.filter(campaign=campaign, organization=organization).order_by("-round_no").first()
    return {
        "campaign": campaign,
        "organization": organization,
        "form": BackfillForm(data, choices=offered, chosen=organization, may_full=may_full),
        "is_branch": organization.kind == Kind.BRANCH,
        "may_manage_key": bool(can_manage_summary_key(request.user, organization)),
        "may_see_graded": bool(can_see_rollup(request.user, organization)),
        "sheet": sheet if sheet is not None and can_retype(request.user, sheet) else None,
    }


@signed_in
@never_cache
def exports(request: Request, slug: str) -> HttpResponse:
    """What can be taken for other systems, for one organisation."""
    campaign = published_campaign(request, slug)
    return render(
        request,
        "evaluations/exports.html",
        _context(request, campaign, request.GET.get("organization", "")),
    )


@signed_in
@require_POST
def backfill(request: Request, slug: str) -> HttpResponse:
    """The table for the national system: a branch's at once, a superior's by a job."""
    campaign = published_campaign(request, slug)
    context = _context(request, campaign, request.POST.get("organization", ""))
    organization, form = context["organization"], context["form"]
    if not form.is_valid():
        return render(request, "evaluations/exports.html", context)
    if request.POST.get("full"):
        require(can_export_id_numbers(request.user, organization))
    full = bool(form.cleaned_data.get("full"))
    wish = BackfillWish(campaign, organization, form.cleaned_data["format"], full)
    if wish.at_once:
        return download(*made_now(wish, by=request.user))
    return redirect("branches:job", pk=ask_for_backfill(wish, by=request.user).pk)


@signed_in
@require_POST
def statistics(request: Request, slug: str) -> HttpResponse:
    """The numbers for the yearly statistics as a workbook."""
    campaign = published_campaign(request, slug)
    organization, _offered = _chosen(request, request.POST.get("organization", ""))
    table = statistics_table(campaign, organization, reader=request.user)
    record_statistics(campaign=campaign, organization=organization, rows=table.branches, by=request.user)
    return download(table.file_name(), statistics_workbook(table))


@signed_in
@never_cache
def retype(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The numbers of one branch in the order they are typed in elsewhere."""
    visible = AssessmentSheet.objects.visible_to(request.user)
    found = get_object_or_404(
        visible.select_related("organization", "campaign__issuer", "ballot__meeting"), pk=pk
    )
    require(can_retype(request.user, found))
    if superseded(found):
        require(Denied("这份评定已经不作依据，没有可以填报的数字。重新评定以后再来。"))
    lines = typing_lines(found, reader=request.user)
    return render(request, "evaluations/retype.html", {"sheet": found, "lines": lines})
