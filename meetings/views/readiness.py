"""Pages before the meeting: whether it is ready, the notice to copy and print, and its event for calendars."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from meetings import services
from meetings.permissions import can_change_meeting
from meetings.permissions.readiness import can_postpone_meeting, can_see_readiness
from meetings.reports.calendar import meeting_file
from meetings.reports.notice import MeetingNotice
from meetings.reports.readiness import Readiness
from meetings.rules import notice_is_short, notify_by
from meetings.views.meetings import find


@signed_in
def ready(request: Request, pk: UUID) -> HttpResponse:
    """Everything the rules ask for before the meeting, line by line."""
    meeting = find(request, pk)
    require(can_see_readiness(request.user, meeting))
    context = {
        "meeting": meeting,
        "readiness": Readiness.of(meeting, request.user),
        "may_postpone": can_postpone_meeting(request.user, meeting),
    }
    return render(request, "meetings/readiness.html", context)


@signed_in
def tell(request: Request, pk: UUID) -> HttpResponse:
    """The notice: to print, to copy, to put into a calendar; and one press says that people were told."""
    meeting = find(request, pk)
    today = timezone.localdate()
    is_late = notice_is_short(notified_on=today, meets_on=meeting.day, days=meeting.rules().notice_days)
    reason, error = request.POST.get("reason", "").strip()[:200], ""
    if request.method == "POST":
        require(can_change_meeting(request.user, meeting))
        if meeting.is_undecided:
            error = "新的时间还没有定，定下以后再登记通知。"
        elif is_late and not reason:
            error = "按规则应该早一些通知。已经晚了的，请写一句原因。"
        else:
            try:
                services.change_meeting(
                    meeting=meeting,
                    by=request.user,
                    notified_on=today,
                    notice_reason=reason if is_late else "",
                )
            except NotAllowed as refusal:
                error = refusal.reason
            else:
                messages.success(request, "已登记：今天通知。")
                return redirect("meetings:tell", pk=pk)
    context = {
        "meeting": meeting,
        "notice": MeetingNotice.from_meeting(meeting),
        "last": notify_by(meeting.day, meeting.rules().notice_days),
        "is_late": is_late,
        "reason": reason,
        "error": error,
        "may_change": can_change_meeting(request.user, meeting),
    }
    return render(request, "meetings/tell.html", context)


@signed_in
def calendar_file(request: Request, pk: UUID) -> HttpResponse:
    """The meeting as .ics; taken again after a change it replaces what the calendar holds."""
    meeting = find(request, pk)
    address = request.build_absolute_uri(reverse("meetings:detail", args=[meeting.pk]))
    response = HttpResponse(meeting_file(meeting, address), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{meeting}.ics") or ""
    return response
