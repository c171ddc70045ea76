"""The reviewer's desk: the queue, one material after the other; no way to pass many at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.workflow import NotAllowed
from members.forms.reviews import RemarkForm, ReviewForm
from members.models import Decision, Material, ReviewSlot
from members.permissions.materials import can_review_slot, holds_seat
from members.reports.review_queue import Queue
from members.reports.reviews import Place, ReviewPage
from members.reports.spot_checks import findings_of
from members.services import review_decisions
from members.services.reviewing import count_waiting, pending_slots, reassign_reviews, waiting_for


@signed_in
def review_list(request: Request) -> HttpResponse:
    """What waits for this person, what was returned, what was reviewed."""
    queue = Queue.of(request.user, shown=request.GET.get("show", ""), page=request.GET.get("page"))
    return render(request, "members/reviews.html", {"queue": queue})


def _slot(request: Request, pk: uuid.UUID) -> ReviewSlot:
    """The seat, for those who sit there today; 404 for everybody else."""
    reassign_reviews(slots=pending_slots().filter(pk=pk))
    visible = ReviewSlot.objects.visible_to(request.user).select_related(
        "office",
        "version__material__organization",
        "version__material__campaign",
        "version__material__member",
        "version__material__appointment",
    )
    slot = get_object_or_404(visible, pk=pk)
    if not holds_seat(request.user, slot):
        raise Http404("这份材料由别的同志审核。")
    return slot


def _opened(request: Request) -> Place | None:
    """The paragraph whose remark is being written."""
    number = request.GET.get("paragraph", "")
    return (request.GET.get("block", ""), int(number)) if number.isdecimal() and len(number) < 6 else None


def _page(
    request: Request,
    slot: ReviewSlot,
    form: ReviewForm | None = None,
    opened: Place | None = None,
    remark: str = "",
    refused: str = "",
) -> HttpResponse:
    """The page of one seat, with what was typed when something was refused."""
    page = ReviewPage.of(slot, opened)
    shown = form or ReviewForm.filled(page.points, slot.checklist, slot.note)
    may = slot.decision == Decision.PENDING and bool(can_review_slot(request.user, slot))
    live = may and pending_slots().filter(pk=slot.pk).exists()
    context = {
        "page": page,
        "form": shown,
        "live": live,
        "findings": findings_of(page.material),
        "remark": remark,
        "refused": refused,
        "waiting": count_waiting(request.user) - int(live),
    }
    return render(request, "members/review.html", context)


@signed_in
def review(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One material: read, remark, go through the checklist."""
    return _page(request, _slot(request, pk), opened=_opened(request))


@signed_in
@require_POST
def review_keep(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Keep what was typed; add or take back a remark, or open the place for one."""
    slot = _slot(request, pk)
    require(can_review_slot(request.user, slot))
    form = ReviewForm(request.POST, points=review_decisions.checklist_of(slot))
    place = _place(request)
    try:
        if form.is_valid():
            review_decisions.keep_review(slot=slot, by=request.user, **form.answers())
        _take_remark(request, slot)
        if dropped := request.POST.get("drop"):
            place = review_decisions.drop_remark(slot=slot, remark=_key(dropped), by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return _page(request, slot, form, place, request.POST.get("remark", ""), refusal.reason)
    return redirect(_address(slot, request.POST.get("at", ""), place))


@signed_in
@require_POST
def review_pass(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Pass it and go on to the next."""
    return _decide(request, pk, review_decisions.pass_slot, "已审核通过。")


@signed_in
@require_POST
def review_return(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Return it and go on to the next."""
    return _decide(request, pk, review_decisions.return_slot, "已退回作者。")


def _decide(request: Request, pk: uuid.UUID, step: Callable[..., Material], done: str) -> HttpResponse:
    """Decide as the button says; what was typed comes back when it is refused."""
    slot = _slot(request, pk)
    require(can_review_slot(request.user, slot))
    form = ReviewForm(request.POST, points=review_decisions.checklist_of(slot))
    if earlier := posted_before(request, form):
        return earlier
    place, unsaved = _place(request), request.POST.get("remark", "")
    if form.is_valid():
        try:
            if _take_remark(request, slot):
                place, unsaved = None, ""
            step(slot=slot, by=request.user, **form.answers())
            return answered(request, _go_on(request, done))
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
    return _page(request, slot, form, place, unsaved)


def _go_on(request: Request, done: str) -> HttpResponseRedirect:
    """Say what was done and go to what waits longest now, else to the desk."""
    following = waiting_for(request.user)
    if not following:
        messages.success(request, f"{done}没有等您审核的材料了。")
        return redirect("members:reviews")
    messages.success(request, f"{done}下面是下一份，还有 {len(following)} 份。")
    return redirect("members:review", pk=following[0].pk)


def _place(request: Request) -> Place | None:
    """The paragraph whose remark was being written; None without one."""
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return None
    return form.cleaned_data["block"], form.cleaned_data["paragraph"]


def _take_remark(request: Request, slot: ReviewSlot) -> bool:
    """Keep the remark that was being written, whichever button was pressed; whether there was one."""
    place, text = _place(request), request.POST.get("remark", "").replace("\r\n", "\n")
    if place is None or not (text.strip() or "add" in request.POST):
        return False
    review_decisions.add_remark(slot=slot, block=place[0], paragraph=place[1], text=text, by=request.user)
    return True


def _key(text: str) -> uuid.UUID:
    """The key of a remark; 404 for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404("没有这条批注。") from None


def _address(slot: ReviewSlot, opening: str, place: Place | None) -> str:
    """The page of the seat at the paragraph to be remarked on, else at the one that was."""
    url = reverse("members:review", args=[slot.pk])
    block, _, number = opening.rpartition(":")
    if block and number.isdecimal():
        return f"{url}?{urlencode({'block': block, 'paragraph': number})}#p-{block}-{number}"
    return f"{url}#p-{place[0]}-{place[1]}" if place else url
