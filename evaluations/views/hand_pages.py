"""Sides that could not be read are typed from the paper: how many there are, and each of them, mark by mark."""

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

from branches.http import Request, signed_in
from branches.workflow import NotAllowed
from evaluations.forms import marks_posted
from evaluations.models import Ballot
from evaluations.reports.sheet import side_sheet
from evaluations.reports.strips import Judging, judging
from evaluations.rules import Paper
from evaluations.services.form import sides
from evaluations.services.hand_pages import own_hand_page, save_hand_page, set_page_count
from evaluations.views.finding import find, told_on
from evaluations.views.strips import own_seat, whole

told_on_judged = told_on("evaluations:judged")
NO_PAGE = "不知道是第几张，请从「手工录入」那里重新打开。"


@signed_in
@require_POST
@told_on_judged
def count(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Say how many sheets of one side are typed by hand."""
    ballot = find(request, pk)
    own_seat(request, ballot)
    side, number = whole(request.POST.get("side", "")), whole(request.POST.get("count", "").strip())
    if side is None or number is None:
        raise NotAllowed("手工录入的张数请填数字，没有就填 0。")
    drop = request.POST.get("drop") == "1"
    set_page_count(ballot=ballot, by=request.user, side=side, count=number, drop=drop)
    messages.success(request, "手工录入的张数已保存。两位计票人各录一遍。")
    return redirect("evaluations:judged", pk=pk)


@signed_in
@never_cache
@sensitive_post_parameters()
@told_on_judged
def hand_page(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The side to type: the one asked for (`?side=1&paper=3`); a post saves it and goes on."""
    ballot = find(request, pk)
    seat = own_seat(request, ballot)
    if seat is None:
        return redirect("evaluations:ballot", pk=pk)
    if request.method == "POST":
        return _save_and_go_on(request, ballot)
    page = judging(ballot, seat)
    side, number = whole(request.GET.get("side", "")), whole(request.GET.get("paper", ""))
    found = next((one for one in page.sides if one.number == side), None)
    if found is None or number not in dict(found.pages):
        raise NotAllowed(NO_PAGE)
    paper = own_hand_page(ballot=ballot, by=request.user, side=found.number, number=number)
    checked = "check" in request.GET and paper is not None and not paper.complete
    context = {
        "ballot": ballot,
        "seat": seat,
        "page": page,
        "side": found,
        "sheet": side_sheet(ballot, sides(ballot)[found.number], number, paper, checked=checked),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "evaluations/hand_page.html", context)


def _save(request: Request, ballot: Ballot) -> tuple[int, int, Paper]:
    """Save the posted side as far as it is typed."""
    side, number = whole(request.POST.get("side", "")), whole(request.POST.get("paper", ""))
    if side is None or number is None:
        raise NotAllowed(NO_PAGE)
    marks = marks_posted(request.POST, len(sides(ballot).get(side, ())))
    return side, number, save_hand_page(ballot=ballot, by=request.user, side=side, number=number, marks=marks)


def _save_and_go_on(request: Request, ballot: Ballot) -> HttpResponse:
    """A complete side leads on to the next open one; an incomplete one stays and says what is missing."""
    side, number, paper = _save(request, ballot)
    address = reverse("evaluations:hand_page", args=[ballot.pk])
    if not paper.complete:
        return redirect(f"{address}?side={side}&paper={number}&check=1")
    seat = own_seat(request, ballot)
    following = _first_open(judging(ballot, seat)) if seat else None
    if following is None:
        return redirect("evaluations:judged", pk=ballot.pk)
    return redirect(f"{address}?side={following[0]}&paper={following[1]}")


def _first_open(page: Judging) -> tuple[int, int] | None:
    """Side and number of the first sheet that is not completely typed."""
    return next(((s.number, n) for s in page.sides for n, state in s.pages if state != "done"), None)


@signed_in
@never_cache
@sensitive_post_parameters()
@require_POST
def hand_save(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Save the side on the screen after every mark; answers the time and how far it is, never a mark."""
    ballot = find(request, pk)
    try:
        own_seat(request, ballot)
        _, _, paper = _save(request, ballot)
    except NotAllowed as refusal:
        return JsonResponse({"error": refusal.reason}, status=409)
    now = timezone.localtime()
    return JsonResponse({"saved": f"{now:%H:%M}", "complete": paper.complete, "missing": len(paper.missing)})
