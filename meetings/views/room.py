"""Pages in the room: the agenda, the recorder's screen with what it saves by itself, the projector."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from branches.http import Request, answered, once, require, signed_in
from branches.permissions import Denied
from branches.workflow import NotAllowed
from meetings.models import Meeting, Slot, SlotKind
from meetings.permissions.room import can_enter_room, can_order_agenda, can_project
from meetings.reports.room import Agenda, Projection, Room, asked_of
from meetings.rules.agenda import with_answers
from meetings.services.agenda import draw_up
from meetings.services.agenda_changes import (
    add_slot,
    move_slot,
    remove_slot,
    rename_slot,
    restore_slot,
    skip_person,
    skip_slot,
)
from meetings.services.speaking import save_notes, tick_slots, turn
from meetings.views.meetings import find

JOINED = "另一台设备刚才也记了这一项，两份都保留在下面，请看一遍，重复的删去。"
GONE_ON = "另一台设备已经翻到别的议程，现在显示的是最新情况。您写的记录已经保存。"


def _uuid(text: str) -> UUID | None:
    """The id in a posted text; None for an empty or a broken one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _slot(request: Request, meeting: Meeting) -> Slot:
    """The slot that a form names, of this meeting; 404 for others."""
    visible = Slot.objects.visible_to(request.user).select_related("meeting__organization")
    return get_object_or_404(visible, meeting=meeting, pk=_uuid(request.POST.get("slot", "")) or UUID(int=0))


@signed_in
def agenda(request: Request, pk: UUID) -> HttpResponse:
    """The order of speaking: drawn up from the rules, changed by hand."""
    meeting = find(request, pk)
    require(can_enter_room(request.user, meeting))
    if request.method == "POST":
        require(can_order_agenda(request.user, meeting))
        earlier = once(request)
        if earlier:
            return redirect(earlier)
        try:
            place = _change(request, meeting, request.POST.get("do", ""))
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
            place = ""
        return answered(request, redirect(f"{reverse('meetings:agenda', args=[pk])}{place}"))
    context = {"meeting": meeting, "agenda": Agenda.of(meeting, request.user)}
    return render(request, "meetings/agenda.html", context)


def _change(request: Request, meeting: Meeting, do: str) -> str:
    """Do what the button says; the place on the page to go on from."""
    by, post = request.user, request.POST
    if do == "draw":
        draw_up(meeting=meeting, by=by, by_groups=bool(post.get("by_groups")))
        return ""
    if do == "tick":
        tick_slots(meeting=meeting, by=by)
        return ""
    if do == "left":
        skip_person(meeting=meeting, name=post.get("name", ""), reason=post.get("reason", ""), by=by)
        return ""
    if do == "add":
        after, title, speaker = _uuid(post.get("after", "")), post.get("title", ""), post.get("speaker", "")
        slot = add_slot(meeting=meeting, title=title, speaker_name=speaker, after=after, by=by)
        return f"#slot-{slot.pk}"
    slot = _slot(request, meeting)
    if do in ("up", "down"):
        seen = post.get("seen", "")
        move_slot(slot=slot, seen=int(seen) if seen.isdecimal() else 0, up=do == "up", by=by)
    elif do == "skip":
        skip_slot(slot=slot, reason=post.get("reason", ""), by=by)
    elif do == "restore":
        restore_slot(slot=slot, by=by)
    elif do == "remove":
        remove_slot(slot=slot, by=by)
        return ""
    else:
        words = {name: post.get(name, "") for name in ("title", "speaker_name", "about_name")}
        rename_slot(slot=slot, by=by, **words)
    return f"#slot-{slot.pk}"


@signed_in
def room(request: Request, pk: UUID) -> HttpResponse:
    """The recorder's screen; it saves by itself where scripts run, else by its buttons."""
    meeting = find(request, pk)
    answer = can_enter_room(request.user, meeting)
    if request.htmx:
        return _live(request, meeting, answer.reason if isinstance(answer, Denied) else "")
    require(answer)
    if request.method == "POST":
        return _pressed(request, meeting)
    shown = Room.of(meeting, request.user, _uuid(request.GET.get("slot", "")))
    context = {"meeting": meeting, "room": shown, "csrf_cookie": settings.CSRF_COOKIE_NAME}
    return render(request, "meetings/room.html", context)


def _live(request: Request, meeting: Meeting, refusal: str) -> JsonResponse:
    """What an open page asks or tells by itself, one thing at a time; the answer says how things stand."""
    said: dict[str, object] = {"error": refusal} if refusal else {}
    if request.method == "POST" and not refusal:
        try:
            said = _told(request, meeting)
        except NotAllowed as stop:
            said = {"error": stop.reason}
    if not refusal:
        state = Room.of(meeting, request.user).state(notes=request.method == "GET")
        said |= {"state": state, "time": f"{timezone.localtime():%H:%M}", "token": get_token(request)}
    return JsonResponse(said, status=400 if "error" in said else 200)


def _told(request: Request, meeting: Meeting) -> dict[str, object]:
    """Notes of one slot, or a turn from one slot to the next."""
    post, by = request.POST, request.user
    if post.get("do") == "notes":
        named = _uuid(post.get("slot", ""))
        slot = Slot.objects.visible_to(by).filter(meeting=meeting, pk=named).first() if named else None
        if slot is None:
            raise NotAllowed("这一项议程刚刚被删去了，记录没有地方存。请把内容记到别的议程里。")
        base = post.get("base", "")
        saved = int(base) if base.isdecimal() else 0
        kept = save_notes(slot=slot, saved=saved, text=post.get("notes", ""), by=by, is_auto=True)
        return {"saved": kept.saved, "text": kept.text if kept.joined else None}
    ago = post.get("ago", "")
    moved = turn(
        meeting=meeting,
        left=_uuid(post.get("left", "")),
        to=_uuid(post.get("to", "")),
        ago=int(ago[:9]) if ago.isdecimal() else 0,
        skip_reason=post.get("reason", ""),
        by=by,
    )
    return {"moved": moved}


def _pressed(request: Request, meeting: Meeting) -> HttpResponse:
    """A button without a script: keep the notes of the slot shown, then go where the button leads."""
    here = reverse("meetings:room", args=[meeting.pk])
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "").strip()
    stay = ""
    try:
        if request.POST.get("slot"):
            stay = _note(request, meeting)
        if do != "save" and not stay:
            _go(request, meeting, do, reason)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect(
        f"{here}{stay}" if stay or do != "save" else f"{here}?slot={request.POST.get('slot', '')}"
    )


def _note(request: Request, meeting: Meeting) -> str:
    """Save what the form holds; where to stay when somebody else wrote meanwhile."""
    slot, post = _slot(request, meeting), request.POST
    asked = [one.text for one in asked_of(meeting, slot)] if slot.kind == SlotKind.OWN_CHECK else []
    text = with_answers(post.get("notes", ""), asked, post.getlist("answered"))
    base = post.get("base", "")
    kept = save_notes(slot=slot, saved=int(base) if base.isdecimal() else 0, text=text, by=request.user)
    if kept.joined:
        messages.warning(request, JOINED)
        return f"?slot={slot.pk}"
    return ""


def _go(request: Request, meeting: Meeting, do: str, reason: str) -> None:
    """To the next slot, the one before, or the one that is shown; a reason skips the one that runs."""
    state = Room.of(meeting, request.user)
    shown = next((one for one in state.lines if str(one.slot.pk) == request.POST.get("slot")), None)
    ways = {"next": state.next, "skip": state.next, "back": state.before, "here": shown}
    line = ways.get(do)
    if line is None and do not in ("next", "skip"):
        raise NotAllowed("前面没有可以退回的议程。" if do == "back" else "请用页面上的按钮。")
    to = line.slot.pk if line else None
    if do == "skip" and not reason:
        raise NotAllowed("跳过须写明原因。")
    left = _uuid(request.POST.get("now", ""))
    why = reason if do in ("next", "skip") else ""
    if not turn(meeting=meeting, left=left, to=to, skip_reason=why, by=request.user):
        messages.warning(request, GONE_ON)


@signed_in
def projector(request: Request, pk: UUID) -> HttpResponse:
    """Who speaks now and next, in huge type; asked for again every few seconds."""
    meeting = find(request, pk)
    require(can_project(request.user, meeting))
    context = {
        "meeting": meeting,
        "projection": Projection.of(meeting),
        "is_light": request.GET.get("tone") == "light",
    }
    page = "meetings/_projector_now.html" if request.htmx else "meetings/projector.html"
    return render(request, page, context)
