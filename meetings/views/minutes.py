"""Pages of the minutes of a meeting: read, draft, write, take over what changed, settle, note the signing, print."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from meetings.forms.minutes import MinutesForm, SignForm
from meetings.models import Meeting, Minutes, MinutesStatus
from meetings.permissions.minutes import (
    can_draft_minutes,
    can_read_minutes,
    can_sign_minutes,
    can_write_minutes,
)
from meetings.reports.minutes import MinutesPage, MinutesSheet
from meetings.services import minutes as services
from meetings.views.meetings import find

STALE = "会议记录刚才在另一处（另一台设备或另一位同志）保存过。您写的都还在下面，请对照已保存的内容改好，再保存一次。"
CHANGED = "会议记录刚才又改过，请按现在的内容重新打印、签字，再来登记。"
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
DONE = {
    "settle_minutes": "会议记录已定稿，请打印后由主持人和记录人签字。",
    "rework_minutes": "会议记录又可以修改了。",
}


def find_minutes(request: Request, pk: UUID) -> tuple[Meeting, Minutes]:
    """The meeting and its minutes; 404 where there are none yet."""
    meeting = find(request, pk)
    require(can_read_minutes(request.user, meeting))
    minutes = get_object_or_404(Minutes.objects.visible_to(request.user), meeting=meeting)
    minutes.meeting = meeting
    return meeting, minutes


@signed_in
def minutes_page(request: Request, pk: UUID) -> HttpResponse:
    """The minutes as they will be printed, how far they are, and what changed since they were drafted."""
    meeting = find(request, pk)
    require(can_read_minutes(request.user, meeting))
    page = MinutesPage.of(meeting, request.user)
    return render(request, "meetings/minutes.html", {"page": page, "meeting": meeting})


@signed_in
@require_POST
def minutes_draft(request: Request, pk: UUID) -> HttpResponse:
    """Draft them from what was entered."""
    meeting = find(request, pk)
    require(can_draft_minutes(request.user, meeting))
    services.draft_minutes(meeting=meeting, by=request.user)
    return redirect("meetings:minutes_edit", pk=pk)


@signed_in
def minutes_edit(request: Request, pk: UUID) -> HttpResponse:
    """Write; a page that was overtaken keeps what was typed and shows what is saved."""
    meeting, minutes = find_minutes(request, pk)
    require(can_write_minutes(request.user, minutes))
    if request.method == "GET" and minutes.status != MinutesStatus.DRAFT:
        return redirect("meetings:minutes", pk=pk)
    data = request.POST if request.method == "POST" else None
    form = MinutesForm(data, minutes=minutes, record=services.record_of(minutes))
    if request.htmx and data is not None:
        return _saved_by_itself(request, minutes, form)
    saved = None
    if request.method == "POST" and form.is_valid():
        try:
            services.save_minutes(minutes=minutes, by=request.user, **form.written())
        except Stale as stale:
            form.add_error(None, STALE)
            form.go_on_from(revision=stale.saved.revision)
            saved = MinutesSheet.of(meeting, stale.saved)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "会议记录已保存。")
            return redirect("meetings:minutes", pk=pk)
    context = {
        "form": form,
        "meeting": meeting,
        "saved": saved,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "meetings/minutes_edit.html", context)


def _saved_by_itself(request: Request, minutes: Minutes, form: MinutesForm) -> JsonResponse:
    """What the page saves by itself: when it was saved, or why not."""
    if not form.is_valid():
        return JsonResponse({"error": "有一处内容太长或者填错了，没有保存。请按「保存」查看。"}, status=400)
    try:
        kept = services.save_minutes(minutes=minutes, by=request.user, is_auto=True, **form.written())
    except Stale:
        return JsonResponse({"error": STALE, "stale": True}, status=409)
    except NotAllowed as refusal:
        return JsonResponse({"error": refusal.reason}, status=400)
    now = timezone.localtime()
    return JsonResponse({"saved": f"{now:%H:%M}", "revision": kept.revision, "token": get_token(request)})


@signed_in
@require_POST
def minutes_take(request: Request, pk: UUID) -> HttpResponse:
    """Take over what the data say now, or keep what is written; for the parts that were chosen."""
    _meeting, minutes = find_minutes(request, pk)
    require(can_write_minutes(request.user, minutes))
    keys, said = set(request.POST.getlist("part")), request.POST.get("revision", "")
    if not keys or not said.isdecimal():
        messages.error(request, "请先勾选要处理的内容。")
        return redirect("meetings:minutes", pk=pk)
    decide = services.keep_own if request.POST.get("do") == "keep" else services.take_over
    try:
        decide(minutes=minutes, revision=int(said[:9]), keys=keys, by=request.user)
    except Stale:
        messages.error(request, "会议记录刚才又改过，请按现在的内容再看一遍。")
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已处理。")
    return redirect("meetings:minutes", pk=pk)


@signed_in
@require_POST
def minutes_step(request: Request, pk: UUID, name: str) -> HttpResponse:
    """Settle, or take up again."""
    _meeting, minutes = find_minutes(request, pk)
    require(can_write_minutes(request.user, minutes))
    try:
        services.step_minutes(minutes=minutes, name=name, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, DONE[name])
    return redirect("meetings:minutes", pk=pk)


@signed_in
def minutes_sign(request: Request, pk: UUID) -> HttpResponse:
    """Note who signed the printed minutes; after that nothing can be changed."""
    meeting, minutes = find_minutes(request, pk)
    require(can_sign_minutes(request.user, minutes))
    if minutes.status != MinutesStatus.READY:
        messages.info(request, f"会议记录现在是「{minutes.get_status_display()}」，不用登记签字。")
        return redirect("meetings:minutes", pk=pk)
    form = SignForm(request.POST or None, minutes=minutes, record=services.record_of(minutes))
    if request.method == "POST" and form.is_valid():
        try:
            services.sign_minutes(minutes=minutes, by=request.user, **form.cleaned_data)
        except Stale as stale:
            form.add_error(None, CHANGED)
            form.go_on_from(revision=stale.saved.revision)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记签字，会议记录不能再改了。")
            return redirect("meetings:minutes", pk=pk)
    return render(request, "meetings/minutes_sign.html", {"form": form, "meeting": meeting})


@signed_in
def minutes_file(request: Request, pk: UUID, ending: str) -> HttpResponse:
    """The minutes as .docx or PDF; before they are drafted a form to write on by hand."""
    meeting = find(request, pk)
    require(can_read_minutes(request.user, meeting))
    if ending not in TYPES:
        raise Http404("没有这种文件。")
    found = Minutes.objects.visible_to(request.user).filter(meeting=meeting).first()
    sheet = MinutesSheet.of(meeting, found)
    content = sheet.to_docx() if ending == "docx" else sheet.to_pdf()
    response = HttpResponse(content, content_type=TYPES[ending])
    name = content_disposition_header(ending == "docx", f"{meeting}会议记录.{ending}")
    response.headers["Content-Disposition"] = name or "attachment"
    return response
