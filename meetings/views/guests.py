"""Pages of guests: who is invited, the letters, who came and what was said; and the leaders' attendance."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from branches.workflow import NotAllowed
from meetings.forms.guests import GuestForm, note_rows
from meetings.models import Meeting, Participant
from meetings.permissions.guests import can_invite, can_note_guests, can_see_guests, can_see_visits
from meetings.reports.guests import GuestPage, Visits
from meetings.reports.notice import Invitation
from meetings.services import guests as service
from meetings.views.meetings import find

CROSSED = "刚才另有一位同志登记了{}的情况，和您填的不一样。您填的内容还在，请核对后再保存一次。"


@signed_in
def guests(request: Request, pk: UUID) -> HttpResponse:
    """The guests; invite somebody by name."""
    meeting = find(request, pk)
    require(can_see_guests(request.user, meeting))
    if request.method != "POST":
        return _page(request, meeting)
    require(can_invite(request.user, meeting))
    form = GuestForm(request.POST)
    if form.is_valid():
        try:
            service.invite_guest(meeting=meeting, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已列入邀请名单：{form.cleaned_data['name']}")
            return redirect("meetings:guests", pk=pk)
    return _page(request, meeting, form)


def _page(request: Request, meeting: Meeting, form: GuestForm | None = None, error: str = "") -> HttpResponse:
    """The page with what was typed; `error` is what stands in the way of the notes."""
    page = GuestPage.of(meeting, request.user)
    noting = page.may_note and bool(page.guests)
    data = request.POST if error else None
    context = {
        "meeting": meeting,
        "page": page,
        "form": form or GuestForm(),
        "notes": note_rows(page.guests, data) if noting else (),
        "error": error,
    }
    return render(request, "meetings/guests.html", context)


@signed_in
@require_POST
def invite(request: Request, pk: UUID) -> HttpResponse:
    """Invite one of the officers above."""
    meeting = find(request, pk)
    require(can_invite(request.user, meeting))
    try:
        guest = service.invite_officer(
            meeting=meeting, key=request.POST.get("officer", "")[:48], by=request.user
        )
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"已邀请{guest.name}同志。")
    return redirect("meetings:guests", pk=pk)


def _guest(request: Request, meeting: Meeting, guest: int) -> Participant:
    """One guest of this meeting."""
    visible = Participant.objects.visible_to(request.user)
    return get_object_or_404(visible.guests(), meeting=meeting, pk=guest)


@signed_in
@require_POST
def remove_guest(request: Request, pk: UUID, guest: int) -> HttpResponse:
    """Take a guest off the list."""
    meeting = find(request, pk)
    require(can_invite(request.user, meeting))
    try:
        service.remove_guest(meeting=meeting, guest=_guest(request, meeting, guest), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("meetings:guests", pk=pk)


@signed_in
@require_POST
def note_guests(request: Request, pk: UUID) -> HttpResponse:
    """Write who came and what was said; a refusal keeps what was typed."""
    meeting = find(request, pk)
    require(can_note_guests(request.user, meeting))
    listed = tuple(Participant.objects.visible_to(request.user).filter(meeting=meeting).guests())
    rows = [row for row in note_rows(listed, request.POST) if row.add_prefix("status") in request.POST]
    if not all(row.is_valid() for row in rows):
        return _page(request, meeting, error="有的内容不对，请看下面的提示。")
    noted = {row.guest.pk: row.noted() for row in rows}  # type: ignore[attr-defined]
    seen = {row.guest.pk: row.seen() for row in rows}  # type: ignore[attr-defined]
    try:
        service.note_guests(meeting=meeting, noted=noted, seen=seen, by=request.user)
    except service.GuestConflict as crossed:
        return _page(request, meeting, error=CROSSED.format("、".join(crossed.names)))
    except NotAllowed as refusal:
        return _page(request, meeting, error=refusal.reason)
    messages.success(request, "已保存。")
    return redirect("meetings:guests", pk=pk)


@signed_in
def invitation(request: Request, pk: UUID, guest: int) -> HttpResponse:
    """The 邀请函 to one guest as PDF."""
    meeting = find(request, pk)
    require(can_see_guests(request.user, meeting))
    found = _guest(request, meeting, guest)
    content = Invitation.to_guest(meeting, found).to_pdf()
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{meeting}邀请函（{found.name}）.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return response


@signed_in
def visits(request: Request, slug: str, pk: int) -> HttpResponse:
    """How many branch meetings each leader of a body attended."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    body = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_see_visits(request.user, body))
    context = {"campaign": campaign, "body": body, "visits": Visits.of(campaign, body)}
    return render(request, "meetings/visits.html", context)
