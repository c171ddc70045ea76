"""A person judges whole pages: doubles, blank ones, and pages that are not to be counted."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from evaluations.permissions import can_judge_page
from evaluations.reports.scan_page import blank_pages, double_pairs
from evaluations.services.scan_doubles import count_again, settle_double
from evaluations.services.scan_pages import judge_blank, page_picture, set_aside
from evaluations.views.finding import find, told_on

told_on_scans = told_on("evaluations:scans")
told_on_doubles = told_on("evaluations:scan_doubles")
told_on_blanks = told_on("evaluations:scan_blanks")


def _key(request: Request, name: str) -> uuid.UUID:
    """The id that was posted; one that is none names nothing."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return uuid.UUID(int=0)


@signed_in
@require_GET
def doubles(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Pairs that look like one sheet, side by side."""
    found = find(request, pk)
    require(can_judge_page(request.user, found))
    return render(request, "evaluations/scan_doubles.html", {"ballot": found, "pairs": double_pairs(found)})


@signed_in
@require_POST
@told_on_doubles
def double_settle(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Say that a pair is one sheet, or two papers."""
    found = find(request, pk)
    require(can_judge_page(request.user, found))
    verdict = request.POST.get("verdict", "")
    if verdict not in ("same", "different"):
        raise NotAllowed("请选“同一张”或者“两张不同的票”。")
    settle_double(ballot=found, by=request.user, double=_key(request, "double"), same=verdict == "same")
    said = "已记为同一张，其中一页不计。" if verdict == "same" else "已记为两张不同的票，都计。"
    messages.success(request, said)
    return redirect("evaluations:scan_doubles", pk=pk)


@signed_in
@require_GET
def blanks(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Pages without ink, each to be confirmed once."""
    found = find(request, pk)
    require(can_judge_page(request.user, found))
    return render(request, "evaluations/scan_blanks.html", {"ballot": found, "pages": blank_pages(found)})


@signed_in
@require_POST
@told_on_blanks
def blank_judge(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Say that a page without ink is a blank vote, or no paper from the box."""
    found = find(request, pk)
    require(can_judge_page(request.user, found))
    verdict = request.POST.get("verdict", "")
    if verdict not in ("vote", "none"):
        raise NotAllowed("请选“空白票（弃权）”或者“不是投出的票”。")
    judge_blank(ballot=found, by=request.user, page=_key(request, "page"), is_vote=verdict == "vote")
    messages.success(request, "已确认为空白票。" if verdict == "vote" else "这一页不计。")
    return redirect("evaluations:scan_blanks", pk=pk)


@signed_in
@require_POST
@told_on_scans
def aside(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Do not count a page."""
    found = find(request, pk)
    require(can_judge_page(request.user, found))
    set_aside(
        ballot=found,
        by=request.user,
        page=_key(request, "page"),
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, "这一页不计了，从它来的存疑行也一起去掉。需要时可以重新计入。")
    return redirect("evaluations:scans", pk=pk)


@signed_in
@require_POST
@told_on_scans
def again(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Count a page again after all."""
    found = find(request, pk)
    require(can_judge_page(request.user, found))
    count_again(ballot=found, by=request.user, page=_key(request, "page"))
    messages.success(request, "这一页重新计入了。")
    return redirect("evaluations:scans", pk=pk)


@signed_in
@require_GET
def picture(request: Request, pk: uuid.UUID, page: uuid.UUID) -> HttpResponse:
    """The picture of a page that has to be judged as a whole; of no other."""
    found = find(request, pk)
    require(can_judge_page(request.user, found))
    try:
        content = page_picture(ballot=found, by=request.user, page=page)
    except NotAllowed as refusal:
        raise Http404(refusal.reason) from refusal
    response = HttpResponse(content, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response
