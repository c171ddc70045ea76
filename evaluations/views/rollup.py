"""The roll-up of a superior on screen, and its files."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, CampaignStatus, Category, Organization
from branches.permissions import SUPERIOR_KINDS, Denied, can_see_rollup, can_step_campaign
from branches.services.jobs import request_job
from config.lib.paging import PER_PAGE, page_of
from evaluations.filters import RollUpFilter
from evaluations.models import SubjectKind
from evaluations.reports.rollup import PDF_ROWS, kinds_counted, rollup
from evaluations.reports.rollup_page import rollup_page


def _superiors(request: Request) -> list[Organization]:
    """The superior organisations whose roll-up this person may read, in tree order; 403 without any."""
    visible = Organization.objects.visible_to(request.user).filter(kind__in=SUPERIOR_KINDS)
    readable = [o for o in visible if can_see_rollup(request.user, o)]
    if not readable:
        require(Denied("汇总表由上级党组织查看；本支部的汇总表在会议的测评页面。"))
    return readable


def published_campaign(request: Request, slug: str) -> Campaign:
    """A campaign that was published, 404 for those who may not see it."""
    visible = Campaign.objects.visible_to(request.user).exclude(status=CampaignStatus.DRAFT)
    return get_object_or_404(visible.select_related("issuer"), slug=slug)


def chosen_superior(request: Request, code: str, campaign: Campaign) -> tuple[Organization, list[str]]:
    """The organisation asked for (404 when it may not be seen), or the highest; and the codes to choose from."""
    readable = _superiors(request)
    inside = [o for o in readable if o.path.startswith(campaign.issuer.path)]
    offered = inside or readable[:1]
    if not code:
        return offered[0], [o.code for o in offered]
    visible = Organization.objects.visible_to(request.user)
    chosen = get_object_or_404(visible, code=code)
    require(can_see_rollup(request.user, chosen))
    return chosen, [o.code for o in offered]


@signed_in
def rollups(request: Request) -> HttpResponse:
    """The campaigns whose roll-up this person may read."""
    _superiors(request)
    visible = Campaign.objects.visible_to(request.user).exclude(status=CampaignStatus.DRAFT)
    page = page_of(request, visible.select_related("issuer"))
    return render(request, "evaluations/rollups.html", {"page": page})


@signed_in
def rollup_detail(request: Request, slug: str) -> HttpResponse:
    """One organisation's roll-up: numbers, one table a scale, and the branches that are not done."""
    campaign = published_campaign(request, slug)
    organization, codes = chosen_superior(request, request.GET.get("organization", ""), campaign)
    offered = Organization.objects.visible_to(request.user).filter(code__in=codes)
    chosen = RollUpFilter(
        request.GET, choices=offered, chosen=organization, kinds=kinds_counted(campaign, organization)
    )
    kind = chosen.chosen_kind()
    table = rollup(campaign, organization, category=chosen.chosen_category(), subject_kind=kind)
    shown = rollup_page(table, request.GET.get("tab", ""))
    context = {
        "campaign": campaign,
        "organization": organization,
        "filter": chosen,
        "kind": kind,
        "table": table,
        "total": table.branches + len(table.not_yet),
        "hidden": sum(section.hidden for section in table.sections),
        "shown": shown,
        "page": Paginator(shown.lines, PER_PAGE).get_page(request.GET.get("page")),
        "may_retally": can_step_campaign(request.user, campaign),
        "too_long_for_pdf": table.branches > PDF_ROWS,
    }
    return render(request, "evaluations/rollup.html", context)


@signed_in
@require_POST
def rollup_file(request: Request, slug: str) -> HttpResponse:
    """Ask for the roll-up as a file; a job makes it."""
    campaign = published_campaign(request, slug)
    organization, _ = chosen_superior(request, request.POST.get("organization", ""), campaign)
    ending = "pdf" if request.POST.get("format") == "pdf" else "xlsx"
    kind = request.POST.get("kind", "")
    if kind not in SubjectKind.values:
        kind = SubjectKind.MEMBERS.value
    category = request.POST.get("category", "")
    category = category if category in Category.values else ""
    what = "PDF" if ending == "pdf" else "Excel"
    job = request_job(
        kind="evaluations.tasks.rollup_file",
        key=f"rollup:{campaign.pk}:{organization.pk}:{kind}:{category}:{ending}:{request.user.pk}",
        title=f"{organization.short_name}{campaign.year}年度测评汇总表（{what}）",
        params={
            "campaign": campaign.pk,
            "organization": organization.pk,
            "subject_kind": kind,
            "category": category,
            "format": ending,
        },
        by=request.user,
        organization=organization,
    )
    return redirect("branches:job", pk=job.pk)


@signed_in
@require_POST
def retally(request: Request, slug: str) -> HttpResponse:
    """Sum all certified ballots anew, as a job."""
    campaign = published_campaign(request, slug)
    require(can_step_campaign(request.user, campaign))
    job = request_job(
        kind="evaluations.tasks.retally",
        key=f"retally:{campaign.pk}",
        title=f"{campaign.year}年度测评重新汇总",
        params={"campaign": campaign.pk},
        by=request.user,
        organization=campaign.issuer,
        next_url=reverse("evaluations:rollup", args=[slug]),
    )
    if job.requested_by_id != request.user.pk:
        messages.info(request, "另一位同志刚刚开始了重新汇总，请稍后刷新本页。")
        return redirect("evaluations:rollup", slug=slug)
    return redirect("branches:job", pk=job.pk)
