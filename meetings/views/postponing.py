"""The page on which a meeting is put off, and the one above answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from meetings.forms.postponing import PostponeForm
from meetings.models import Meeting, Postponement
from meetings.permissions.readiness import (
    can_answer_postponement,
    can_postpone_meeting,
    can_see_readiness,
    can_withdraw_request,
    needs_consent,
)
from meetings.services.postponing import answer_postponement, postpone_meeting, withdraw_request
from meetings.views.meetings import STALE, find


@signed_in
def postpone(request: Request, pk: UUID) -> HttpResponse:
    """What was put off before, the form, and the request that waits for an answer."""
    meeting = find(request, pk)
    require(can_see_readiness(request.user, meeting))
    if request.method != "POST":
        return _page(request, meeting, PostponeForm(meeting=meeting))
    require(can_postpone_meeting(request.user, meeting))
    form = PostponeForm(request.POST, meeting=meeting)
    if earlier := posted_before(request, form):
        return earlier
    if form.is_valid():
        try:
            row = postpone_meeting(meeting=meeting, by=request.user, **form.chosen())
        except Stale:
            form.add_error(None, STALE)
            form.take_version(find(request, pk).version)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            waits = row.needs_consent and row.consented_on is None
            said = (
                "已报上级，答复以前仍按原定时间。"
                if waits
                else "已延期，支部委员会收到通知。请重新通知开会。"
            )
            messages.success(request, said)
            return answered(request, redirect("meetings:postpone", pk=pk))
    return _page(request, find(request, pk), form)


def _page(request: Request, meeting: Meeting, form: PostponeForm, refusal: str = "") -> HttpResponse:
    """The page; `refusal` is what was typed as the reason of a refusal."""
    rows = list(meeting.postponements.select_related("asked_by", "answered_by"))
    waiting = next((row for row in rows if row.is_waiting), None)
    context = {
        "meeting": meeting,
        "form": form,
        "rows": rows,
        "waiting": waiting,
        "needs_consent": needs_consent(meeting),
        "may_postpone": can_postpone_meeting(request.user, meeting),
        "may_answer": waiting and can_answer_postponement(request.user, meeting),
        "may_withdraw": waiting and can_withdraw_request(request.user, meeting),
        "refusal": refusal,
    }
    return render(request, "meetings/postpone.html", context)


def _row(meeting: Meeting, row: int) -> Postponement:
    """One postponement of this meeting."""
    return get_object_or_404(meeting.postponements.all(), pk=row)


@signed_in
@require_POST
def answer(request: Request, pk: UUID, row: int) -> HttpResponse:
    """Consent, or refuse with a reason; a refusal of the answer keeps what was typed."""
    meeting = find(request, pk)
    require(can_answer_postponement(request.user, meeting))
    consents, reason = request.POST.get("answer") == "yes", request.POST.get("reason", "")[:200]
    try:
        answer_postponement(
            postponement=_row(meeting, row), consents=consents, reason=reason, by=request.user
        )
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return _page(request, meeting, PostponeForm(meeting=meeting), reason)
    messages.success(request, "已同意改期。" if consents else "已答复不同意，仍按原定时间。")
    return redirect("meetings:postpone", pk=pk)


@signed_in
@require_POST
def withdraw(request: Request, pk: UUID, row: int) -> HttpResponse:
    """Take a request back that nobody has answered."""
    meeting = find(request, pk)
    require(can_withdraw_request(request.user, meeting))
    try:
        withdraw_request(postponement=_row(meeting, row), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已撤回，仍按原定时间。")
    return redirect("meetings:postpone", pk=pk)
