"""The page of the secretary's account (述职), to be read or printed; it is not filled in here."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from branches.http import Request, signed_in
from branches.models import Kind
from config.home.report.duty import DutyReport, asks_duty_report
from members.views.placing import place


def _page(request: Request, slug: str, pk: int) -> DutyReport:
    """The page of one branch; 404 where the notice asks for no account."""
    campaign, organization = place(request, slug, pk)
    if organization.kind != Kind.BRANCH or not asks_duty_report(campaign.rules_for(organization)):
        raise Http404("这项活动没有要求书记述职。")
    return DutyReport.of(campaign, organization)


@signed_in
def duty_report(request: Request, slug: str, pk: int) -> HttpResponse:
    """The facts for the account, as they are today."""
    return render(request, "home/report_duty.html", {"page": _page(request, slug, pk)})


@signed_in
def duty_report_file(request: Request, slug: str, pk: int) -> HttpResponse:
    """The same as one printed page."""
    page = _page(request, slug, pk)
    answer = HttpResponse(page.to_pdf(), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{page.title}.pdf") or ""
    return answer
