"""Scanned sheets: upload them, and see at once what became of each page."""

from __future__ import annotations

import functools
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.workflow import NotAllowed
from evaluations.models import Ballot
from evaluations.permissions import can_see_scans, can_upload_scans
from evaluations.reports.scan_page import scan_view
from evaluations.services.entry import key_lost
from evaluations.services.scan_files import MOST_FILE_BYTES, MOST_UPLOAD_BYTES, NOTHING_CHOSEN
from evaluations.services.scan_pages import REASONS
from evaluations.services.scanning import read_on, start_batch
from evaluations.services.sealing import LOST
from evaluations.views.finding import BallotView, find, told_on
from evaluations.views.scan_upload import SealingHandler

told_on_scans = told_on("evaluations:scans")
REFRESHES = (
    450  # the part that is live renews itself so often (a quarter of an hour): a session must be able to end
)
LIMITS = {"file": MOST_FILE_BYTES >> 20, "upload": MOST_UPLOAD_BYTES >> 20}


def for_script(view: BallotView) -> BallotView:
    """The view; a script that has sent an upload is told where to go on, so that the message waits for the page."""

    @functools.wraps(view)
    def answered(request: Request, pk: uuid.UUID) -> HttpResponseBase:
        response = view(request, pk)
        if "X-Upload" in request.headers and isinstance(response, HttpResponseRedirect):
            return JsonResponse({"to": response.url})
        return response

    return answered


@csrf_exempt
@for_script
@signed_in
@told_on_scans
def scans(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What became of each page (htmx renews that part); a post is an upload.

    The token of the form is checked in `_take`, once it is clear where the files are to be sealed to.
    """
    found = find(request, pk)
    require(can_see_scans(request.user, found))
    if request.method != "POST":
        return _shown(request, found)
    answer = can_upload_scans(request.user, found)
    if answer is not True:
        raise NotAllowed(answer.reason)
    if key_lost(found):
        raise NotAllowed(LOST)
    handler = SealingHandler(found.pk)
    request.upload_handlers = [handler]
    try:
        return _take(request, found, handler)
    finally:
        handler.clean_up()


def _shown(request: Request, ballot: Ballot) -> HttpResponse:
    """The page, or the part of it that is live."""
    page = scan_view(ballot, request.user)
    turn = request.GET.get("turn", "0")
    following = int(turn) + 1 if turn.isascii() and turn.isdigit() else REFRESHES
    context = {
        "page": page,
        "ballot": ballot,
        "limits": LIMITS,
        "reasons": REASONS,
        "turn": following,
        "renew": page.reading and following < REFRESHES,
    }
    name = "evaluations/_scan_live.html" if request.htmx else "evaluations/scans.html"
    return render(request, name, context)


def _take(request: Request, ballot: Ballot, handler: SealingHandler) -> HttpResponseBase:
    """Read the posted files into sealed ones and queue the reading; a refusal is told on the page."""

    @csrf_protect
    def checked(_: HttpRequest) -> HttpResponse:
        return _answer(request, ballot, handler)

    return checked(request)


def _answer(request: Request, ballot: Ballot, handler: SealingHandler) -> HttpResponse:
    """Take an upload that has arrived."""
    here = redirect("evaluations:scans", pk=ballot.pk)
    if earlier := once(request):
        return redirect(earlier)
    refusal = handler.refusal or ("" if handler.stored else NOTHING_CHOSEN)
    if refusal:
        messages.error(request, refusal)
        return answered(request, here)
    batch = start_batch(ballot=ballot, by=request.user, files=handler.stored)
    handler.kept = True
    messages.success(
        request, f"第 {batch.number} 次上传已收到 {len(handler.stored)} 个文件，读一页显示一页。"
    )
    return answered(request, here)


@signed_in
@require_POST
@told_on_scans
def go_on(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Go on reading an upload that stopped."""
    found = find(request, pk)
    require(can_see_scans(request.user, found))
    number = request.POST.get("upload", "")
    read_on(ballot=found, by=request.user, number=int(number) if number.isdecimal() else 0)
    messages.success(request, "接着读。已经读好的页不重读。")
    return redirect("evaluations:scans", pk=pk)
