"""A 计票人 types papers one by one, or the totals of each row. No mark is logged, kept in a URL or a message."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.permissions import Denied
from branches.workflow import NotAllowed
from evaluations.forms import TotalsForm, marks_posted
from evaluations.models import Ballot, EntryMode, EntrySlot
from evaluations.permissions import can_enter, can_match
from evaluations.reports.sheet import PaperStates, paper_states, sheet
from evaluations.rules import Paper
from evaluations.services.entry import (
    both_finished,
    finish_slot,
    own_paper,
    read_totals,
    save_paper,
    save_totals,
    take_slot,
    totals_problems,
)
from evaluations.views.finding import find, told


def _own_seat(request: Request, ballot: Ballot) -> EntrySlot | None:
    """The typist's place, None before it is taken; 403 for others, told when it is not the time."""
    require(can_match(request.user, ballot))
    answer = can_enter(request.user, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    return ballot.slots.filter(holder=request.user).first()


@signed_in
@require_POST
@told
def take(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Sit down in a free place, 甲 or 乙."""
    ballot = find(request, pk)
    _own_seat(request, ballot)
    take_slot(ballot=ballot, by=request.user)
    scanned = ballot.entry_mode == EntryMode.SCANNED
    return redirect("evaluations:strips" if scanned else "evaluations:enter", pk=pk)


@signed_in
@never_cache
@sensitive_post_parameters()
@told
def enter(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The page to type on: the next open paper, the paper asked for, or the sheet of totals."""
    ballot = find(request, pk)
    seat = _own_seat(request, ballot)
    if seat is None:
        return redirect("evaluations:ballot", pk=pk)
    if ballot.entry_mode == EntryMode.SCANNED:
        return redirect("evaluations:strips", pk=pk)
    if both_finished(ballot) and not ("paper" in request.GET or "paper" in request.POST):
        return redirect("evaluations:mismatches", pk=pk)
    if ballot.entry_mode == EntryMode.TOTALS:
        return _totals(request, ballot, seat)
    if request.method == "POST":
        return _save_and_go_on(request, ballot)
    states = paper_states(ballot, seat)
    number = _asked(request.GET.get("paper", ""), states)
    if number is None:
        return render(
            request, "evaluations/enter_done.html", {"ballot": ballot, "seat": seat, "states": states}
        )
    paper = own_paper(ballot=ballot, by=request.user, paper_no=number)
    checked = "check" in request.GET and paper is not None and not paper.complete
    context = {
        "ballot": ballot,
        "seat": seat,
        "states": states,
        "sheet": sheet(ballot, number, paper, checked=checked),
        "following": states.after(number),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "evaluations/enter.html", context)


def _asked(asked: str, states: PaperStates) -> int | None:
    """The paper asked for, else the first that is not complete; None when all are typed."""
    if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= states.papers:
        return int(asked)
    return states.first_open


def _save(request: Request, ballot: Ballot) -> tuple[int, Paper]:
    """Save the posted paper of the typist's own place as far as it is typed."""
    number = request.POST.get("paper", "")
    if not (number.isascii() and number.isdigit()):
        raise NotAllowed("不知道是第几张票，请刷新页面后再录。")
    marks = marks_posted(request.POST, ballot.rated().count())
    void = request.POST.get("void") == "1"
    return int(number), save_paper(
        ballot=ballot, by=request.user, paper_no=int(number), marks=marks, void=void
    )


def _save_and_go_on(request: Request, ballot: Ballot) -> HttpResponse:
    """Save; a complete paper leads on to the next open one, an incomplete one stays and says what is missing."""
    number, paper = _save(request, ballot)
    address = reverse("evaluations:enter", args=[ballot.pk])
    if paper.void or request.POST.get("stay"):
        return redirect(f"{address}?paper={number}")
    if not paper.complete:
        return redirect(f"{address}?paper={number}&check=1")
    following = paper_states(ballot, take_slot(ballot=ballot, by=request.user)).after(number)
    return redirect(f"{address}?paper={following}" if following else address)


@signed_in
@never_cache
@sensitive_post_parameters()
@require_POST
def autosave(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Save the paper on the screen after every mark; answers the time and how far it is, never a mark."""
    ballot = find(request, pk)
    try:
        _own_seat(request, ballot)
        _, paper = _save(request, ballot)
    except NotAllowed as refusal:
        return JsonResponse({"error": refusal.reason}, status=409)
    now = timezone.localtime()
    return JsonResponse({"saved": f"{now:%H:%M}", "complete": paper.complete, "missing": len(paper.missing)})


def _totals(request: Request, ballot: Ballot, seat: EntrySlot) -> HttpResponse:
    """Totals: everything typed is kept, also what does not add up yet."""
    typed = read_totals(ballot, seat.number)
    subjects = list(ballot.rated())
    posted = request.POST if request.method == "POST" else None
    form = TotalsForm(posted, ballot=ballot, subjects=subjects, typed=typed, void=seat.void_papers)
    if posted is not None:
        valid = form.is_valid()
        void = form.cleaned_data.get("void")
        problems = save_totals(ballot=ballot, by=request.user, void=void, lines=form.lines())
        finishing = posted.get("then") == "finish"
        if valid and finishing and not problems:
            return _finished(request, ballot)
        if valid and finishing:
            return redirect(reverse("evaluations:enter", args=[ballot.pk]) + "?check=1")
        if valid:
            messages.success(request, "已保存。可以离开，回来接着录。")
            return redirect("evaluations:enter", pk=ballot.pk)
    wrong = totals_problems(ballot, seat.number, seat.void_papers) if "check" in request.GET else []
    context = {"ballot": ballot, "seat": seat, "form": form, "wrong": wrong, "returned": ballot.returned or 0}
    return render(request, "evaluations/enter_totals.html", context)


@signed_in
@require_POST
@told
def finish(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Say that one's own typing is complete."""
    ballot = find(request, pk)
    if _own_seat(request, ballot) is None:
        return redirect("evaluations:ballot", pk=pk)
    return _finished(request, ballot)


def _finished(request: Request, ballot: Ballot) -> HttpResponse:
    """Close one's own typing; on to the comparison when the other is done too."""
    if ballot.entry_mode == EntryMode.SCANNED:
        return redirect("evaluations:judged", pk=ballot.pk)
    finish_slot(ballot=ballot, by=request.user)
    if both_finished(ballot):
        messages.success(request, "两人都录完了，请一起核对。")
        return redirect("evaluations:mismatches", pk=ballot.pk)
    messages.success(request, "您已录完。等另一位计票人录完，再一起核对。")
    return redirect("evaluations:ballot", pk=ballot.pk)
