"""Pages used on the evening: officers with their logins, and attendance."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.permissions import Denied
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from meetings import services
from meetings.forms import AttendanceSheet, OfficersForm
from meetings.models import Meeting
from meetings.permissions import (
    can_change_meeting,
    can_open_duty_account,
    can_record_attendance,
    can_see_attendance,
)
from meetings.services.participants import seats_changed
from meetings.views.meetings import STALE, find
from members.models import ExemptReason, Member


@signed_in
def officers(request: Request, pk: UUID) -> HttpResponse:
    """Name chair, recorder, scrutineers and tellers."""
    meeting = find(request, pk)
    require(can_change_meeting(request.user, meeting))
    form = OfficersForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            services.name_officers(meeting=meeting, by=request.user, **form.chosen())
        except Stale:
            form.add_error(None, STALE)
            form.take_version(meeting.version)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "会议分工已保存。")
            return redirect("meetings:detail", pk=pk)
    context = {
        "form": form,
        "meeting": meeting,
        "scrutineer_fields": [form[name] for name in form.scrutineers],
        "teller_fields": [form[name] for name in form.tellers],
    }
    return render(request, "meetings/officers.html", context)


@signed_in
@require_POST
def duty_account(request: Request, pk: UUID, member_pk: UUID) -> HttpResponse:
    """Open a login for somebody with a task; the slip with the password is shown once."""
    meeting = find(request, pk)
    require(can_open_duty_account(request.user, meeting))
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=member_pk)
    try:
        account, secret = services.open_duty_account(meeting=meeting, member=member, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("meetings:detail", pk=pk)
    return render(request, "branches/slip.html", {"account": account, "secret": secret})


@signed_in
def attendance(request: Request, pk: UUID) -> HttpResponse:
    """Who came: read it, or type it; every change is saved at once where scripts run."""
    meeting = find(request, pk)
    require(can_see_attendance(request.user, meeting))
    if request.method == "POST":
        answer = can_record_attendance(request.user, meeting)
        if request.POST.get("action") == "renew_seats":
            return _renew(request, meeting)
        if isinstance(answer, Denied) and request.htmx:
            return _page(request, meeting, AttendanceSheet(meeting, request.POST), answer.reason)
        require(answer)
        return _save(request, meeting)
    return _page(request, meeting, AttendanceSheet(meeting))


def _renew(request: Request, meeting: Meeting) -> HttpResponse:
    """Take changed posts over into the list."""
    require(can_record_attendance(request.user, meeting))
    services.renew_seats(meeting=meeting, by=request.user)
    messages.success(request, "名单已按现在的任职更新。")
    return redirect("meetings:attendance", pk=meeting.pk)


def _save(request: Request, meeting: Meeting) -> HttpResponse:
    """Write the sheet; whatever cannot be written stays on the page as it was typed."""
    sheet = AttendanceSheet(meeting, request.POST)
    live = bool(request.htmx)
    if sheet.wrong and not live:
        return _page(request, meeting, sheet)
    try:
        merged = services.record_attendance(
            meeting=meeting, marks=sheet.marks, seen=sheet.seen, by=request.user, partial=live
        )
        _mark_rest(request, meeting)
    except services.Conflict as conflict:
        sheet.catch_up(conflict.rows)
        return _page(request, meeting, sheet)
    except NotAllowed as refusal:
        return _page(request, meeting, sheet, refusal.reason)
    if live:
        sheet.saved_here(merged.conflicts)
        return _page(request, meeting, sheet)
    if request.POST.get("action"):
        return redirect("meetings:attendance", pk=meeting.pk)
    counts = meeting.counts()
    messages.success(request, f"到会情况已保存：应到 {counts.expected} 人，实到 {counts.present} 人。")
    return redirect("meetings:detail", pk=meeting.pk)


def _mark_rest(request: Request, meeting: Meeting) -> None:
    """Everybody without a mark came, or was absent, when one of these buttons was pressed."""
    action = request.POST.get("action", "")
    if action == "all_present":
        services.mark_all_present(meeting=meeting, by=request.user)
    elif action == "rest_absent":
        services.mark_rest_absent(meeting=meeting, by=request.user)


def _page(request: Request, meeting: Meeting, sheet: AttendanceSheet, refusal: str = "") -> HttpResponse:
    """The page, or only its counts for a page that is already open."""
    context = {
        "meeting": meeting,
        "sheet": sheet,
        "counts": meeting.counts(),
        "seats_changed": seats_changed(meeting),
        "exemptions": ExemptReason.allowed_by(meeting.rules().exempt_reasons),
        "may_record": can_record_attendance(request.user, meeting),
        "saved": request.htmx and not sheet.wrong and not refusal,
        "refusal": refusal,
    }
    page = "meetings/_counts.html" if request.htmx else "meetings/attendance.html"
    return render(request, page, context)
