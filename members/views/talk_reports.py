"""The table of talks and the plan of sittings: on screen, as files."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from members.permissions.talks import can_plan_talks, can_read_grid
from members.reports.talk_papers import SittingPlan, TalkTable
from members.services.talk_grid import Grid
from members.views.talk_pages import pdf
from members.views.talk_places import place

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _table(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization, TalkTable]:
    """The table, for those who read the grid."""
    campaign, organization = place(request, slug, pk)
    require(can_read_grid(request.user, organization))
    return campaign, organization, TalkTable.of(campaign, organization, Grid.of(campaign, organization))


@signed_in
def talk_table(request: Request, slug: str, pk: int) -> HttpResponse:
    """谈心谈话统计表 on screen."""
    campaign, organization, table = _table(request, slug, pk)
    context = {"campaign": campaign, "organization": organization, "table": table}
    return render(request, "members/talk_table.html", context)


@signed_in
def talk_table_file(request: Request, slug: str, pk: int, ending: str) -> HttpResponse:
    """The same as .xlsx or PDF."""
    _campaign, _organization, table = _table(request, slug, pk)
    if ending == "pdf":
        return pdf(table.to_pdf(), f"{table.title}.pdf")
    if ending != "xlsx":
        raise Http404("没有这种格式。")
    response = HttpResponse(table.to_xlsx(), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{table.title}.xlsx") or ""
    return response


def _plan(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization, SittingPlan]:
    """The plan of sittings, for those who record them."""
    campaign, organization = place(request, slug, pk)
    require(can_plan_talks(request.user, organization))
    return campaign, organization, SittingPlan.of(campaign, organization, Grid.of(campaign, organization))


@signed_in
def sittings(request: Request, slug: str, pk: int) -> HttpResponse:
    """The fewest sittings that settle what is owed."""
    campaign, organization, plan = _plan(request, slug, pk)
    context = {"campaign": campaign, "organization": organization, "plan": plan}
    return render(request, "members/sittings.html", context)


@signed_in
def sittings_paper(request: Request, slug: str, pk: int) -> HttpResponse:
    """The same as PDF, with room for day and place."""
    _campaign, organization, plan = _plan(request, slug, pk)
    return pdf(plan.to_pdf(), f"{organization.short_name}谈心安排.pdf")
