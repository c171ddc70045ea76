"""The result: seen, vouched for, sent back, certified, printed."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from evaluations.forms import ReasonForm
from evaluations.models import BallotStatus
from evaluations.permissions import (
    can_certify,
    can_match,
    can_note_paper_signature,
    can_print_result,
    can_see_result,
    can_sign,
)
from evaluations.reports.branch import branch_summary, file_name
from evaluations.reports.render_pdf import branch_pdf
from evaluations.reports.render_xlsx import branch_workbook
from evaluations.reports.result import result_page
from evaluations.services.certifying import certify, note_paper_signatures, sign
from evaluations.services.matching import recount
from evaluations.views.ballots import pdf
from evaluations.views.finding import find, told

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALREADY = "结果已经核定，没有任何改变。"


@signed_in
@never_cache
def result(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The table on screen (votes withheld when papers are few), signatures, and the step that is next."""
    ballot = find(request, pk)
    if not can_print_result(request.user, ballot):
        require(can_see_result(request.user, ballot))
    page = result_page(ballot, request.user)
    return render(request, "evaluations/result.html", {"page": page, "ballot": ballot})


@signed_in
@require_POST
@told
def confirm(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Vouch on screen in one's own capacity."""
    ballot = find(request, pk)
    duty = request.POST.get("duty", "")
    require(can_sign(request.user, ballot, duty))
    signature = sign(ballot=ballot, duty=duty, by=request.user)
    messages.success(request, f"已以{signature.get_duty_display()}身份确认。")
    return redirect("evaluations:result", pk=pk)


@signed_in
@require_POST
@told
def confirm_paper(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Note that those without an account have signed the printed table."""
    ballot = find(request, pk)
    require(can_note_paper_signature(request.user, ballot))
    note_paper_signatures(ballot=ballot, duty=request.POST.get("duty", ""), by=request.user)
    messages.success(request, "已记下：在纸质汇总表上签字。")
    return redirect("evaluations:result", pk=pk)


@signed_in
@told
def send_back(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Send the result back to counting, with a reason; confirmations are dropped."""
    ballot = find(request, pk)
    require(can_match(request.user, ballot))
    if ballot.status != BallotStatus.MATCHED:
        messages.info(request, f"现在是「{ballot.get_status_display()}」，不能退回，没有任何改变。")
        return redirect("evaluations:ballot", pk=pk)
    form = ReasonForm(request.POST or None, help_text="例如：第 3 行与唱票记录不一致。")
    if request.method == "POST" and form.is_valid():
        recount(ballot=ballot, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "已退回。已录的票都在，请两位计票人改正后再点「我已录完」。")
        return redirect("evaluations:ballot", pk=pk)
    return render(request, "evaluations/recount.html", {"ballot": ballot, "form": form})


@signed_in
@told
def certify_result(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Freeze the result: a page that names what follows, then the step."""
    ballot = find(request, pk)
    require(can_certify(request.user, ballot))
    if ballot.status == BallotStatus.CERTIFIED:
        messages.info(request, ALREADY)
        return redirect("evaluations:result", pk=pk)
    if request.method == "POST":
        certify(ballot=ballot, by=request.user)
        messages.success(request, "结果已核定。请打印汇总表，三方亲笔签字后存档。")
        return redirect("evaluations:result", pk=pk)
    page = result_page(ballot, request.user)
    return render(request, "evaluations/certify.html", {"page": page, "ballot": ballot})


@signed_in
def summary_pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The table F2 of the branch as PDF, to be signed."""
    ballot = find(request, pk)
    require(can_print_result(request.user, ballot))
    return pdf(branch_pdf(branch_summary(ballot, for_signing=True)), file_name(ballot, "pdf"))


@signed_in
def summary_xlsx(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The table F2 of the branch as Excel workbook."""
    ballot = find(request, pk)
    require(can_print_result(request.user, ballot))
    content = branch_workbook(branch_summary(ballot, for_signing=True))
    response = HttpResponse(content, content_type=XLSX)
    name = content_disposition_header(True, file_name(ballot, "xlsx"))
    response["Content-Disposition"] = name or "attachment"
    return response
