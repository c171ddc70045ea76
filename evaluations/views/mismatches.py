"""Both 计票人 together settle what they typed differently, by looking at the paper once more."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from evaluations.forms import RowAgainForm, VoidAgainForm
from evaluations.models import Ballot, BallotStatus, EntryMode
from evaluations.permissions import can_match
from evaluations.reports.differences import agreed_void, differing_papers, differing_totals
from evaluations.reports.sheet import options
from evaluations.services.entry import both_finished
from evaluations.services.matching import (
    count_row_again,
    match,
    paper_mismatches,
    read_paper_again,
    totals_mismatches,
)
from evaluations.views.finding import find, told

PAPERS_A_PAGE = 10


@signed_in
@never_cache
@sensitive_post_parameters()
@told
def mismatches(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What the two typed differently, and nothing else; posted choices settle one paper or row."""
    ballot = find(request, pk)
    require(can_match(request.user, ballot))
    if ballot.status in (BallotStatus.MATCHED, BallotStatus.CERTIFIED):
        messages.info(request, "两人已经相符，结果已形成，没有任何改变。")
        return redirect("evaluations:result", pk=pk)
    if not both_finished(ballot):
        raise NotAllowed("两位计票人都录完以后，才能一起核对。")
    if ballot.entry_mode == EntryMode.SCANNED:
        return redirect("evaluations:strips_together", pk=pk)
    if ballot.entry_mode == EntryMode.TOTALS:
        return _totals(request, ballot)
    return _papers(request, ballot)


def _papers(request: Request, ballot: Ballot) -> HttpResponse:
    """Paper by paper: the differing rows only, with what each typed."""
    wrong: dict[str, Any] = {}
    if request.method == "POST":
        number = request.POST.get("paper", "")
        chosen = {key[1:]: str(value) for key, value in request.POST.items() if key[:1] == "r"}
        try:
            _settle(request, ballot, number, chosen)
        except NotAllowed as refusal:
            wrong = {"number": number, "reason": refusal.reason, "chosen": chosen}
        else:
            return _went_on(request, ballot, number)
    found = paper_mismatches(ballot=ballot, by=request.user)
    papers = differing_papers(ballot, found, wrong)
    context = {
        "ballot": ballot,
        "papers": Paginator(papers, PAPERS_A_PAGE).get_page(request.GET.get("page")),
        "places": len(found),
        "many": len(papers) * 2 > (ballot.returned or 0) and len(papers) > 3,
        "wrong": wrong,
    }
    return render(request, "evaluations/mismatches.html", context)


def _went_on(request: Request, ballot: Ballot, number: str) -> HttpResponse:
    """Back to what is left; a paper wrongly called void is typed by who did so, and then compared."""
    if both_finished(ballot):
        messages.success(request, f"第 {number} 张已核对。")
        return redirect("evaluations:mismatches", pk=ballot.pk)
    messages.warning(
        request, f"第 {number} 张有效。请原来记为作废的计票人把这一张补录完，点「我已录完」，再接着核对。"
    )
    return redirect("evaluations:ballot", pk=ballot.pk)


def _settle(request: Request, ballot: Ballot, number: str, chosen: dict[str, str]) -> None:
    """Save what both read on the paper."""
    if not (number.isascii() and number.isdigit()):
        raise NotAllowed("不知道是第几张票，请刷新页面后再核对。")
    whole = request.POST.get("whole", "")
    if "asks_whole" in request.POST and whole not in ("valid", "void"):
        raise NotAllowed(f"第 {number} 张还没有选这张票是否作废。")
    marks = {int(row): mark for row, mark in chosen.items() if row.isascii() and row.isdigit()}
    read_paper_again(ballot=ballot, by=request.user, paper_no=int(number), marks=marks, void=whole == "void")


def _totals(request: Request, ballot: Ballot) -> HttpResponse:
    """Totals: the differing rows, the number of void papers first."""
    found = totals_mismatches(ballot=ballot, by=request.user)
    columns = [label for _, label in options(ballot)]
    returned = ballot.returned or 0
    void_open = any(row.subject is None for row in found)
    valid = returned - agreed_void(ballot)
    posted = request.POST if request.method == "POST" else None
    asked = request.POST.get("subject", "")
    void_form = VoidAgainForm(posted if posted and "void" in posted else None, returned=returned)
    row_form = RowAgainForm(posted if asked else None, columns=columns, valid=valid)
    if void_form.is_bound and void_form.is_valid():
        void = void_form.cleaned_data["void"]
        count_row_again(ballot=ballot, by=request.user, lines={}, void=void)
        return redirect("evaluations:mismatches", pk=ballot.pk)
    if asked.isascii() and asked.isdigit() and not void_open and row_form.is_valid():
        count_row_again(ballot=ballot, by=request.user, lines={int(asked): row_form.line()})
        return redirect("evaluations:mismatches", pk=ballot.pk)
    context = {
        "ballot": ballot,
        "rows": differing_totals(ballot, found, request.POST),
        "refused": row_form if row_form.is_bound else None,
        "asked": asked,
        "void_form": void_form if void_open else None,
        "void_row": next((row for row in found if row.subject is None), None),
        "valid": valid,
    }
    return render(request, "evaluations/mismatches_totals.html", context)


@signed_in
@require_POST
@told
def form_result(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Both agree on everything: form the result."""
    ballot = find(request, pk)
    require(can_match(request.user, ballot))
    if ballot.status == BallotStatus.MATCHED:
        return redirect("evaluations:result", pk=pk)
    match(ballot=ballot, by=request.user)
    messages.success(request, "两人相符，结果已形成。请监票人、计票人、书记看过以后确认。")
    return redirect("evaluations:result", pk=pk)
