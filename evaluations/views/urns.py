"""The urn for those who hold the ballot: paper or device, slips, halves of the key, turnout, closing, opening."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.workflow import NotAllowed
from evaluations.models import Ballot, UrnState
from evaluations.permissions import (
    can_choose_channel,
    can_close_urn,
    can_hold_half,
    can_open_urn,
    can_print_slips,
    can_see_urn,
    can_void_slips,
)
from evaluations.reports.urn import urn_page
from evaluations.reports.vote import vote_title
from evaluations.services.heads import collect
from evaluations.services.leftover_slips import WrongSlips, void_slips
from evaluations.services.urn_counting import SEAT_NAMES, WrongHalf, form_result, open_urn
from evaluations.services.urns import choose_channel, close_voting, print_codes, show_half
from evaluations.urn.halves import shown_half
from evaluations.urn.slips import Slips, draw_slips
from evaluations.views.ballots import pdf
from evaluations.views.finding import find, told

REFRESHES = (
    60  # the number of votes renews itself so often, then it waits to be asked: a session must be able to end
)
MOST_TYPED = 60_000  # characters of codes, each with its whole address
PRINTED_ALREADY = "票条已经印过。再印一次，以前印的全部作废：请在页面上勾选“以前印的不用了”，再印。"


@signed_in
@require_POST
@told
def channel(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Choose paper, device or both while the ballot is prepared."""
    found = find(request, pk)
    require(can_choose_channel(request.user, found))
    chosen = choose_channel(ballot=found, channel=request.POST.get("channel", ""), by=request.user)
    messages.success(request, f"已改为「{chosen.get_channel_display()}」。")
    return redirect("evaluations:ballot", pk=pk)


@signed_in
@told
def urn(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """How far the urn is; htmx renews the number of votes."""
    found = _with_urn(request, pk)
    require(can_see_urn(request.user, found))
    page = urn_page(found, request.user)
    turn = request.GET.get("turn", "0")
    following = int(turn) + 1 if turn.isascii() and turn.isdigit() else REFRESHES
    context = {"page": page, "ballot": found, "turn": following, "renew": following < REFRESHES}
    part = request.htmx and page.state == UrnState.OPEN
    return render(request, "evaluations/_urn_turnout.html" if part else "evaluations/urn.html", context)


def _with_urn(request: Request, pk: uuid.UUID) -> Ballot:
    """The ballot, if people vote on a device in it."""
    found = find(request, pk)
    if not found.on_device:
        raise NotAllowed("本次只用纸质票，没有电子票箱。")
    return found


@signed_in
@require_POST
@told
def slips(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Make new codes and show the slips as PDF, this once; what was printed before is void."""
    found = find(request, pk)
    require(can_print_slips(request.user, found))
    if urn_page(found, request.user).printed and request.POST.get("again") != "1":
        raise NotAllowed(PRINTED_ALREADY)
    made = print_codes(ballot=found, by=request.user)
    at = request.build_absolute_uri(reverse("evaluations:vote", args=[made.address]))
    kiosk = request.build_absolute_uri(reverse("evaluations:vote_kiosk", args=[made.address]))
    title = f"{found.campaign.year}年度{vote_title(found)}"
    content = draw_slips(Slips(found.organization.name, title, at, kiosk, made.codes))
    response = pdf(content, "票条.pdf")
    response["Cache-Control"] = "no-store"
    return response


@signed_in
@never_cache
@sensitive_variables()
@told
def half(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """A 计票人 gets one half of the key; it is on the screen this once."""
    found = _with_urn(request, pk)
    require(can_hold_half(request.user, found))
    context = {"ballot": found, "page": urn_page(found, request.user)}
    if request.method != "POST":
        return render(request, "evaluations/urn_half.html", context)
    if earlier := once(request):
        messages.info(request, "您的半把钥匙刚才已经显示过。没有抄下的，可以换一把新的。")
        return redirect(earlier)
    own = show_half(ballot=found, by=request.user)
    answered(request, redirect("evaluations:urn_half", pk=pk))
    return render(request, "evaluations/urn_half_shown.html", {**context, "half": shown_half(own)})


@signed_in
@require_POST
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@told
def void(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Make slips left in the bag void; what cannot be void is told beside what was typed."""
    found = _with_urn(request, pk)
    require(can_void_slips(request.user, found))
    typed = request.POST.get("codes", "")[: MOST_TYPED + 1]
    try:
        number = void_slips(ballot=found, by=request.user, text=typed)
    except WrongSlips as refusal:
        problems = refusal.problems
    except NotAllowed as refusal:
        problems = [refusal.reason]
    else:
        messages.success(
            request, f"作废了 {number} 张票条，它们不能再投。" if number else "这些票条早已作废。"
        )
        return redirect("evaluations:urn", pk=pk)
    context = {"page": urn_page(found, request.user), "ballot": found, "typed": typed, "problems": problems}
    return render(request, "evaluations/urn.html", {**context, "turn": REFRESHES})


@signed_in
@require_POST
@told
def close(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Close the voting; where there is no paper, counting begins at once."""
    found = find(request, pk)
    require(can_close_urn(request.user, found))
    closed = close_voting(ballot=found, by=request.user)
    if closed.on_paper:
        messages.success(request, "电子投票已关闭。收齐纸质票以后，当众清点。")
    else:
        collect(ballot=closed, by=request.user)
        messages.success(request, "投票已关闭。请两位计票人一起开电子票箱。")
    return redirect("evaluations:ballot", pk=pk)


@signed_in
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@told
def open_box(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Both halves are typed; wrong ones are told, right ones open the urn."""
    found = _with_urn(request, pk)
    require(can_open_urn(request.user, found))
    if not urn_page(found, request.user).may_open:
        raise NotAllowed("现在不能开电子票箱。关闭投票、清点完毕以后才能开，只开一次。")
    typed = {seat: request.POST.get(f"half_{seat}", "")[:80] for seat in SEAT_NAMES}
    problems: dict[int, str] = {}
    if request.method == "POST":
        try:
            counted = open_urn(ballot=found, by=request.user, first=typed[1], second=typed[2])
        except WrongHalf as refusal:
            problems = refusal.problems
        else:
            done = (
                "电子票已清点，合计已并入结果。"
                if not counted.on_paper
                else "电子票已清点。核对完纸质票以后合在一起。"
            )
            messages.success(request, done)
            return redirect("evaluations:ballot", pk=pk)
    halves = [(seat, name, typed[seat], problems.get(seat, "")) for seat, name in SEAT_NAMES.items()]
    return render(
        request, "evaluations/urn_open.html", {"ballot": found, "halves": halves, "problems": problems}
    )


@signed_in
@require_POST
@told
def result(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Form the result again of a ballot without papers that was sent back."""
    found = find(request, pk)
    require(can_open_urn(request.user, found))
    form_result(ballot=found, by=request.user)
    messages.success(request, "结果已形成，请监票人、计票人、支部书记确认。")
    return redirect("evaluations:ballot", pk=pk)
