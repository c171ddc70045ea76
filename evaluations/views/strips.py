"""Rows of scanned sheets: a 计票人 decides them alone, says when done; both settle what they saw differently."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.permissions import Denied
from branches.workflow import NotAllowed
from evaluations.forms import VoidAgainForm
from evaluations.models import Ballot, BallotStatus, EntryMode, EntrySlot
from evaluations.permissions import can_enter, can_match
from evaluations.reports.strips import differing_hand_pages, differing_strips, judging, strip_screen
from evaluations.services.entry import both_finished
from evaluations.services.scan_counting import (
    finish_judging,
    open_points,
    settle_page,
    settle_strip,
    settle_void,
)
from evaluations.services.scan_reconciling import reconcile_problems
from evaluations.services.strips import decide_strip, decided_ids, live_strips
from evaluations.views.finding import find, told

NO_STRIP = "不知道是哪一行，请刷新本页再判。"


def own_seat(request: Request, ballot: Ballot) -> EntrySlot | None:
    """The 计票人's place, None before it is taken; 403 for others, told when it is not the time."""
    require(can_match(request.user, ballot))
    answer = can_enter(request.user, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    if ballot.entry_mode != EntryMode.SCANNED:
        raise NotAllowed(f"这次测评的计票方式是「{ballot.get_entry_mode_display()}」，没有要判读的行。")
    return ballot.slots.filter(holder=request.user).first()


def whole(text: str) -> int | None:
    """A number in an address or a form; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _key(text: str) -> uuid.UUID:
    """The strip that is meant; raises NotAllowed when the text is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotAllowed(NO_STRIP) from None


@signed_in
@never_cache
@sensitive_post_parameters()
@told
def strips(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """One screen of rows; a post saves what is chosen on it and goes on to the next with something open."""
    ballot = find(request, pk)
    seat = own_seat(request, ballot)
    if seat is None:
        return redirect("evaluations:ballot", pk=pk)
    if request.method == "POST":
        return _saved_screen(request, ballot)
    screen = strip_screen(ballot, request.user, seat, whole(request.GET.get("screen", "")))
    if screen is None:
        return redirect("evaluations:judged", pk=pk)
    context = {
        "ballot": ballot,
        "seat": seat,
        "screen": screen,
        "checked": "check" in request.GET,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "evaluations/strips.html", context)


def _saved_screen(request: Request, ballot: Ballot) -> HttpResponse:
    """Save every choice of a screen; stay while one is open and say so."""
    asked = [str(key) for key in request.POST.getlist("strip")]
    missing = False
    for key in asked:
        strip = _key(key)
        mark = request.POST.get(f"s{strip.hex}", "")
        if mark:
            decide_strip(ballot=ballot, by=request.user, strip=strip, mark=mark)
        missing = missing or not mark
    address = reverse("evaluations:strips", args=[ballot.pk])
    number = whole(request.POST.get("screen", ""))
    return redirect(f"{address}?screen={number}&check=1" if missing and number else address)


@signed_in
@never_cache
@sensitive_post_parameters()
@require_POST
def strip_save(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Save one choice at once; answers how many rows are left, never a mark."""
    ballot = find(request, pk)
    try:
        seat = own_seat(request, ballot)
        if seat is None:
            raise NotAllowed("您还没有入席，请先在测评页面点「开始判读」。")
        mark = request.POST.get("mark", "")
        decide_strip(ballot=ballot, by=request.user, strip=_key(request.POST.get("strip", "")), mark=mark)
    except NotAllowed as refusal:
        return JsonResponse({"error": refusal.reason}, status=409)
    done = len(decided_ids(ballot, seat.number))
    return JsonResponse({"done": done, "left": live_strips(ballot).count() - done})


@signed_in
@never_cache
@told
def judged(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """How far one is with rows and typed sheets; a post says that all is done, with the number of void sheets."""
    ballot = find(request, pk)
    seat = own_seat(request, ballot)
    if seat is None:
        return redirect("evaluations:ballot", pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = VoidAgainForm(posted, returned=ballot.returned or 0, void=seat.void_papers)
    if posted is not None and form.is_valid():
        try:
            finish_judging(ballot=ballot, by=request.user, void=form.cleaned_data["void"])
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _handed_in(request, ballot)
    context = {"ballot": ballot, "seat": seat, "page": judging(ballot, seat), "form": form}
    return render(request, "evaluations/judged.html", context)


def _handed_in(request: Request, ballot: Ballot) -> HttpResponse:
    """On to the comparison when the other is done too."""
    if both_finished(ballot):
        messages.success(request, "两人都判完了，请一起核对。")
        return redirect("evaluations:strips_together", pk=ballot.pk)
    messages.success(request, "您已判完。等另一位计票人判完，再一起核对。")
    return redirect("evaluations:ballot", pk=ballot.pk)


@signed_in
@never_cache
@sensitive_post_parameters()
@told
def together(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What the two saw, typed or counted differently, and nothing else; a post settles one of it."""
    ballot = find(request, pk)
    require(can_match(request.user, ballot))
    if ballot.status in (BallotStatus.MATCHED, BallotStatus.CERTIFIED):
        messages.info(request, "两人已经相符，结果已形成，没有任何改变。")
        return redirect("evaluations:result", pk=pk)
    if ballot.entry_mode != EntryMode.SCANNED or not both_finished(ballot):
        raise NotAllowed("两位计票人都判完以后，才能一起核对。")
    wrong: dict[str, Any] = {}
    if request.method == "POST":
        wrong = _settle(request, ballot)
        if not wrong:
            return redirect("evaluations:strips_together", pk=pk)
    points = open_points(ballot=ballot, by=request.user)
    shown = differing_strips(ballot, points.strips, wrong)
    context = {
        "ballot": ballot,
        "points": points,
        "strips": shown,
        "pages": differing_hand_pages(ballot, points, wrong) if not shown else [],
        "void_form": wrong.get("form") or VoidAgainForm(returned=ballot.returned or 0),
        "wrong": wrong,
        "problems": [] if points.number else reconcile_problems(ballot),
    }
    return render(request, "evaluations/strips_together.html", context)


def _settle(request: Request, ballot: Ballot) -> dict[str, Any]:
    """Settle what is posted; returns what was refused, to be shown again, or nothing."""
    data, by = request.POST, request.user
    if "void" in data:
        form = VoidAgainForm(data, returned=ballot.returned or 0)
        if not form.is_valid():
            return {"form": form}
        settle_void(ballot=ballot, by=by, void=form.cleaned_data["void"])
        return {}
    side, number = whole(data.get("side", "")), whole(data.get("paper", ""))
    chosen = {row: str(v) for k, v in data.items() if k[:1] == "r" and (row := whole(k[1:])) is not None}
    try:
        if side is not None and number is not None:
            settle_page(ballot=ballot, by=by, side=side, number=number, marks=chosen)
        else:
            strip = _key(data.get("strip", ""))
            settle_strip(ballot=ballot, by=by, strip=strip, mark=data.get("mark", ""))
    except NotAllowed as refusal:
        told_again = {"strip": data.get("strip", ""), "side": side, "number": number, "chosen": chosen}
        return {**told_again, "reason": refusal.reason}
    return {}
