"""Pages of a report: what stands there, writing it, its steps, its files; and the list of those below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, CampaignStatus, Kind, Organization
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.home.report.forms import NoteForm, ReceiptForm, ReportForm
from config.home.report.listing import ReportList
from config.home.report.page import ReportPage, draft_for
from config.home.report.papers import ReportPaper
from config.lib.paging import PER_PAGE
from meetings.models import Report, ReportRecipient
from meetings.permissions.reports import (
    can_list_reports,
    can_read_report,
    can_receive_report,
    can_write_report,
)
from meetings.services import reports
from meetings.workflow.reports import EDITABLE, REPORT, sections_of
from members.views.placing import place

STALE = "刚才另有一位同志保存了这份报告。您填的内容都还在，请对照页面下方已保存的内容改好，再保存一次。"
STALE_STEP = "刚才另有一位同志修改了报告，请按现在的内容再看一遍。"
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
DONE = {
    "send_to_review": "报告已送督导组审阅。",
    "review": "已审阅，支部可以上报了。",
    "submit": "报告已上报。",
    "withdraw": "报告已撤回，改好以后再报。",
    "send_back": "报告已退回，支部会看到原因。",
    "return": "报告已退回，支部会看到原因。",
}


def _show(request: Request, page: ReportPage, **more: Any) -> HttpResponse:
    """The page of a report with its small forms."""
    context = {"page": page, "note_form": NoteForm(), "receipt_form": ReceiptForm(), **more}
    return render(request, "home/report.html", context)


def _place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The campaign and the organisation; 404 for a party group, whose branch reports."""
    campaign, organization = place(request, slug, pk)
    if organization.kind == Kind.GROUP:
        raise Http404("党小组不单独写报告。")
    return campaign, organization


def _report(request: Request, slug: str, pk: int) -> Report:
    """The report of the present round; 404 where there is none."""
    campaign, organization = _place(request, slug, pk)
    report = reports.current_report(campaign, organization)
    if report is None:
        raise Http404("这份报告还没有起草。")
    return report


@signed_in
def report(request: Request, slug: str, pk: int) -> HttpResponse:
    """The report as it is read, what has changed since, and the one thing to do next."""
    campaign, organization = _place(request, slug, pk)
    return _show(request, ReportPage.of(campaign, organization, request.user))


@signed_in
@require_POST
def report_begin(request: Request, slug: str, pk: int) -> HttpResponse:
    """Write the draft with every number in it."""
    campaign, organization = _place(request, slug, pk)
    require(can_write_report(request.user, organization))
    draft, numbers = draft_for(campaign, organization)
    try:
        reports.open_report(
            campaign=campaign,
            organization=organization,
            title=draft.title,
            sections=draft.sections,
            numbers=numbers.values,
            by=request.user,
        )
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("report", slug=slug, pk=pk)
    return redirect("report_edit", slug=slug, pk=pk)


@signed_in
def report_edit(request: Request, slug: str, pk: int) -> HttpResponse:
    """Write the text; a page that was overtaken shows both texts."""
    found = _report(request, slug, pk)
    require(can_write_report(request.user, found.organization))
    if request.method == "GET" and found.status not in EDITABLE:
        return redirect("report", slug=slug, pk=pk)
    page = ReportPage.of(found.campaign, found.organization, request.user)
    draft, _numbers = draft_for(found.campaign, found.organization)
    form = ReportForm(
        request.POST or None,
        sections=sections_of(found),
        labels=page.labels,
        initial={"revision": found.revision, "title": found.title},
    )
    again = request.POST.get("redraft", "")
    renewed = next((part for part in draft.sections if part.key == again), None)
    if renewed is not None:
        form.put(renewed)
    elif request.method == "POST" and form.is_valid() and _saved(request, found, form):
        return redirect("report", slug=slug, pk=pk)
    redrafts = {part.key for part in draft.sections if part.text}
    context = {
        "page": page,
        "form": form,
        "renewed": renewed,
        "fields": [(form[s.key], s.key in redrafts) for s in form.sections],
        "saved": page if form.errors and renewed is None else None,
    }
    return render(request, "home/report_edit.html", context)


def _saved(request: Request, found: Report, form: ReportForm) -> bool:
    """Save what was typed; a refusal becomes an error of the form."""
    data = form.cleaned_data
    try:
        reports.save_report(
            report=found,
            revision=data["revision"],
            title=" ".join(data["title"].split()),
            texts=form.texts(),
            by=request.user,
        )
    except Stale as stale:
        form.add_error(None, STALE)
        form.go_on_from(revision=stale.saved.revision)
        return False
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, "报告已保存。")
    return True


@signed_in
@require_POST
def report_take(request: Request, slug: str, pk: int) -> HttpResponse:
    """Take one number over as it is now, or all that have changed."""
    found = _report(request, slug, pk)
    require(can_write_report(request.user, found.organization))
    _draft, numbers = draft_for(found.campaign, found.organization)
    keys = request.POST.getlist("key") or None
    try:
        reports.take_numbers(report=found, keys=keys, now=numbers.values, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已采用新数，文字没有动。")
    return redirect("report", slug=slug, pk=pk)


@signed_in
@require_POST
def report_step(request: Request, slug: str, pk: int, name: str) -> HttpResponse:
    """Send on, take back, review or return a report."""
    found = _report(request, slug, pk)
    if name not in DONE:
        raise Http404("没有这一步。")
    require(REPORT.transitions[name].allowed(request.user, found))
    form = NoteForm(request.POST) if name in ("send_back", "return") else None
    if form is not None and not form.is_valid():
        page = ReportPage.of(found.campaign, found.organization, request.user)
        return _show(request, page, note_form=form, form=form)
    try:
        _taken(found, name, form.cleaned_data["note"] if form else "", request)
    except Stale:
        messages.error(request, STALE_STEP)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, DONE[name])
    return redirect("report", slug=slug, pk=pk)


def _taken(found: Report, name: str, note: str, request: Request) -> None:
    """Take the step; raises Stale or NotAllowed."""
    seen = request.POST.get("revision", "")
    revision = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
    looked_through: dict[str, Callable[..., Report]] = {
        "send_to_review": reports.send_to_review,
        "review": reports.review_report,
        "submit": reports.submit_report,
    }
    if name in looked_through:
        looked_through[name](report=found, revision=revision, by=request.user)
    elif name == "withdraw":
        reports.withdraw_report(report=found, by=request.user)
    elif name == "send_back":
        reports.send_back(report=found, note=note, by=request.user)
    else:
        reports.return_report(report=found, note=note, by=request.user)


@signed_in
@require_POST
def report_receive(request: Request, slug: str, pk: int, recipient: int) -> HttpResponse:
    """Note that a receiver has got the report: today, or the day typed."""
    found = _report(request, slug, pk)
    rows = ReportRecipient.objects.select_related("organization", "report__organization")
    row = get_object_or_404(rows, pk=recipient, report=found)
    require(can_receive_report(request.user, row))
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        page = ReportPage.of(found.campaign, found.organization, request.user)
        return _show(request, page, receipt_form=form, form=form)
    try:
        reports.receive_report(recipient=row, on=form.cleaned_data["on"], by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"已登记{row.name}收到。")
    if "list" in request.POST:
        return redirect("reports", slug=slug)
    return redirect("report", slug=slug, pk=pk)


@signed_in
def report_file(request: Request, slug: str, pk: int, ending: str) -> HttpResponse:
    """The report in the layout of official papers, as Word document or PDF."""
    found = _report(request, slug, pk)
    require(can_read_report(request.user, found))
    if ending not in TYPES:
        raise Http404("没有这种格式。")
    paper = ReportPaper.of(found)
    content = paper.to_docx() if ending == "docx" else paper.to_pdf()
    answer = HttpResponse(content, content_type=TYPES[ending])
    answer["Content-Disposition"] = (
        content_disposition_header(ending == "docx", f"{paper.title}.{ending}") or ""
    )
    return answer


def _campaign(request: Request, slug: str) -> Campaign:
    """A published campaign this person may read."""
    found: Campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("issuer"), slug=slug
    )
    if found.status == CampaignStatus.DRAFT:
        raise Http404("这项活动还没有发布。")
    return found


@signed_in
def report_list(request: Request, slug: str) -> HttpResponse:
    """The reports of the organisations below: due, late, come in, received."""
    require(can_list_reports(request.user))
    campaign = _campaign(request, slug)
    below = campaign.organizations().visible_to(request.user)
    found = ReportList.of(campaign, below, request.user, show=request.GET.get("show", ""))
    page = Paginator(found.lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {"campaign": campaign, "list": found, "page": page, "lines": found.detailed(page.object_list)}
    return render(request, "home/reports.html", context)
