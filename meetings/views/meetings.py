"""Pages of meetings: list, plan, the evening's page, change, the steps, and the printed sheets."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.models import Campaign, Organization
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.paging import page_of
from meetings import services
from meetings.filters import MeetingFilter
from meetings.forms import ChangeForm, PlanForm
from meetings.models import Meeting, MeetingKind
from meetings.permissions import (
    can_change_meeting,
    can_open_duty_account,
    can_plan_meeting,
    can_plan_somewhere,
    can_run_meeting,
    can_see_attendance,
)
from meetings.permissions.guests import can_see_guests
from meetings.permissions.minutes import can_read_minutes
from meetings.reports.cockpit import Cockpit
from meetings.reports.guests import visit_pages
from meetings.reports.notice import MeetingNotice
from meetings.reports.postponing import requests_for
from meetings.reports.sheets import SignInSheet
from meetings.reports.yearly import way_to_yearly
from meetings.workflow import MEETING
from meetings.workflow.ordering import meetings_of_round

# A 专题组织生活会 stands for the 党员大会.
KINDS_ALIKE: dict[str, tuple[str, ...]] = {MeetingKind.PLENARY: (MeetingKind.PLENARY, MeetingKind.THEMATIC)}
KEPT = (
    "meeting_reasons"  # in the session: what was typed for a step that was refused, until the page shows it
)
STALE = "刚才另有一位同志修改了这次会议。您填的内容还在，请核对后再保存一次。"


def find(request: Request, pk: UUID) -> Meeting:
    """A meeting this person may see, with its branch and campaign; 404 for all others."""
    visible = Meeting.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("organization", "campaign"), pk=pk)


@signed_in
def meeting_list(request: Request) -> HttpResponse:
    """The meetings in scope, the latest first."""
    visible = Meeting.objects.visible_to(request.user).select_related("organization", "campaign")
    chosen = MeetingFilter(request.GET, visible.with_counts().with_undecided().order_by("-starts_at", "pk"))
    context = {
        "page": page_of(request, chosen.qs),
        "filter": chosen,
        "may_plan": can_plan_somewhere(request.user),
        "visits": visit_pages(request.user),
        "requests": requests_for(request.user),
        "yearly": way_to_yearly(request.user),
    }
    return render(request, "meetings/list.html", context)


@signed_in
def meeting_new(request: Request) -> HttpResponse:
    """Plan a meeting; `organization`, `campaign`, `kind` and `continues` may stand in the address."""
    require(can_plan_somewhere(request.user))
    form = PlanForm(request.POST or None, user=request.user, asked=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        earlier = once(request)
        if earlier:
            return redirect(earlier)
        data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            meeting = services.plan_meeting(by=request.user, **data)
        except NotAllowed as refusal:
            form.add_error("starts_at" if refusal.reason == services.TWICE else None, refusal.reason)
        else:
            return answered(request, redirect("meetings:detail", pk=meeting.pk))
    return render(request, "meetings/new.html", {"form": form})


@signed_in
def meeting_of_kind(request: Request, slug: str, pk: int, kind: str) -> HttpResponse:
    """Where a step of a campaign is dealt with: the meeting that fulfils it, else the page that plans one."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if kind not in MeetingKind.values:
        raise Http404
    found = meetings_of_round(campaign, organization).filter(kind__in=KINDS_ALIKE.get(kind, (kind,)))
    found = found.filter(pk__in=Meeting.objects.visible_to(request.user).values("pk"))
    meeting = found.held().order_by("starts_at").last() or found.order_by("starts_at").first()
    if meeting is not None:
        return redirect("meetings:detail", pk=meeting.pk)
    if can_plan_meeting(request.user, organization, kind):
        asked = urlencode({"organization": pk, "campaign": campaign.pk, "kind": kind})
        return redirect(f"{reverse('meetings:new')}?{asked}")
    return redirect(f"{reverse('meetings:list')}?{urlencode({'q': organization.name, 'kind': kind})}")


@signed_in
def meeting_detail(request: Request, pk: UUID) -> HttpResponse:
    """The evening's page: what is done, and the one thing to do next."""
    meeting = find(request, pk)
    kept = request.session.pop(KEPT, {})
    context = {
        "kept": kept if kept.get("meeting") == str(pk) else {},
        "meeting": meeting,
        "cockpit": Cockpit.of(meeting, request.user),
        "steps": [name for name, _step in MEETING.available(meeting, request.user)],
        "may_run": can_run_meeting(request.user, meeting),
        "may_change": can_change_meeting(request.user, meeting),
        "may_see_names": can_see_attendance(request.user, meeting),
        "may_see_guests": can_see_guests(request.user, meeting),
        "may_open_account": can_open_duty_account(request.user, meeting),
        "may_read_minutes": can_read_minutes(request.user, meeting),
    }
    return render(request, "meetings/detail.html", context)


@signed_in
def meeting_edit(request: Request, pk: UUID) -> HttpResponse:
    """Change time, place, theme or notice."""
    meeting = find(request, pk)
    require(can_change_meeting(request.user, meeting))
    form = ChangeForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_meeting(meeting=find(request, pk), by=request.user, **form.cleaned_data)
        except Stale:
            form.add_error(None, STALE)
            form.take_version(find(request, pk).version)
        except NotAllowed as refusal:
            form.add_error("starts_at", refusal.reason)
        else:
            messages.success(request, "已保存。")
            return redirect("meetings:detail", pk=pk)
    return render(request, "meetings/edit.html", {"form": form, "meeting": find(request, pk)})


@signed_in
@require_POST
def meeting_step(request: Request, pk: UUID, name: str) -> HttpResponse:
    """Open, close or cancel; a refusal says what is still missing, and the reasons typed stand there again."""
    meeting = find(request, pk)
    require(can_run_meeting(request.user, meeting))
    reason = request.POST.get("note", "")[:200]
    why = (request.POST.get("unready", "") or request.POST.get("unready_other", ""))[:200]
    try:
        if name == "open":
            services.open_meeting(meeting=meeting, by=request.user, quorum_reason=reason, unready_reason=why)
        elif name == "close":
            services.close_meeting(meeting=meeting, by=request.user)
        else:
            services.cancel_meeting(meeting=meeting, by=request.user, note=reason)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        request.session[KEPT] = {"meeting": str(pk), name: reason, "unready": why}
    return redirect("meetings:detail", pk=pk)


@signed_in
def sign_in_sheet(request: Request, pk: UUID) -> HttpResponse:
    """The blank 签到表 as PDF."""
    meeting = find(request, pk)
    require(can_see_attendance(request.user, meeting))
    return _pdf(SignInSheet.from_meeting(meeting).to_pdf(), f"{meeting}签到表.pdf")


@signed_in
def notice_sheet(request: Request, pk: UUID) -> HttpResponse:
    """The 会议通知 as PDF."""
    meeting = find(request, pk)
    return _pdf(MeetingNotice.from_meeting(meeting).to_pdf(), f"{meeting}通知.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser and is saved under a Chinese name."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return response
