"""The page of one ballot: where it stands, head-counts, and the clerks' steps."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from evaluations.forms import HeadsForm, ReasonForm
from evaluations.models import Ballot, BallotStatus, EntryMode
from evaluations.permissions import can_count_heads, can_free_slot, can_see_urn, can_void
from evaluations.reports.cockpit import cockpit
from evaluations.reports.urn import channel_choices
from evaluations.services.entry import free_slot, type_again
from evaluations.services.heads import (
    HeadProblems,
    SavedMeanwhile,
    collect,
    editable,
    issue,
    save_heads,
    set_entry_mode,
)
from evaluations.services.setup import void_ballot
from evaluations.views.finding import find, told

REFRESHES = 40  # the card renews itself so often, then it waits to be asked: a session must be able to end
STEPS = {
    "issue": (issue, "已开始发票。票收齐以后，当众清点。"),
    "collect": (collect, "清点完毕。请两位计票人开始录票。"),
}
AGAIN = ("已清空录票。请两位计票人从纸质票重新录入。", "已清空扫描的票。请把这一摞票重新扫描上传。")


@signed_in
def ballot(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Where the ballot stands and what this person is to do; htmx renews the card of numbers."""
    found = find(request, pk)
    if request.htmx:
        turn = request.GET.get("turn", "0")
        following = int(turn) + 1 if turn.isascii() and turn.isdigit() else REFRESHES
        context = {"page": cockpit(found, request.user), "turn": following, "renew": following < REFRESHES}
        return render(request, "evaluations/_reconciliation.html", context)
    return _page(request, found, HeadsForm(ballot=found))


def _page(request: Request, found: Ballot, form: HeadsForm) -> HttpResponse:
    """The ballot's page with a form of head-counts, fresh or with its problems."""
    context: dict[str, Any] = {
        "page": cockpit(found, request.user),
        "ballot": found,
        "form": form,
        "turn": 0,
        "renew": found.status == BallotStatus.COLLECTED,
        "editable": bool(editable(found)),
        "channels": channel_choices(found, request.user),
        "may_see_urn": found.on_device and bool(can_see_urn(request.user, found)),
    }
    return render(request, "evaluations/ballot.html", context)


@signed_in
@require_POST
@told
def heads(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Save head-counts and, when asked, take the step that follows; what does not fit stays on the page."""
    found = find(request, pk)
    require(can_count_heads(request.user, found))
    form = HeadsForm(request.POST, ballot=found)
    if not form.is_valid():
        return _page(request, found, form)
    numbers, version = form.numbers(), form.cleaned_data["version"]
    try:
        saved = save_heads(ballot=found, by=request.user, version=version, numbers=numbers)
    except SavedMeanwhile as meanwhile:
        form.show_meanwhile(meanwhile.current)
        return _page(request, found, form)
    except HeadProblems as refusal:
        form.refuse(refusal.problems)
        return _page(request, found, form)
    step, said = STEPS.get(request.POST.get("then", ""), (None, "张数已保存。"))
    if step is not None:
        step(ballot=saved, by=request.user)
        if step is collect and saved.is_scanned:
            said = "清点完毕。请把票打乱，扫描或者拍照上传。"
    messages.success(request, said)
    return redirect("evaluations:ballot", pk=pk)


@signed_in
@require_POST
@told
def mode(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Choose how papers get into the count while nothing is typed or uploaded."""
    found = find(request, pk)
    require(can_count_heads(request.user, found))
    wanted = request.POST.get("mode", "")
    if wanted not in EntryMode.values:
        raise NotAllowed("请选择一种计票方式。")
    changed = set_entry_mode(ballot=found, mode=wanted, by=request.user)
    messages.success(request, f"已改为「{changed.get_entry_mode_display()}」。")
    return redirect("evaluations:ballot", pk=pk)


@signed_in
@require_POST
@told
def free(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Free a typist's place for another 计票人."""
    found = find(request, pk)
    require(can_free_slot(request.user, found))
    number = request.POST.get("slot", "")
    free_slot(ballot=found, number=int(number) if number in ("1", "2") else 0, by=request.user)
    messages.success(request, "已空出这一席，已录的都在。请另一位计票人登录后接着录。")
    return redirect("evaluations:ballot", pk=pk)


@signed_in
@require_POST
@told
def again(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Start typing anew from the papers when the key is lost."""
    found = find(request, pk)
    require(can_free_slot(request.user, found))
    type_again(ballot=found, by=request.user)
    messages.success(request, AGAIN[found.entry_mode == EntryMode.SCANNED])
    return redirect("evaluations:ballot", pk=pk)


@signed_in
@told
def void(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Void the round: a page that names what follows, then the step with its reason."""
    found = find(request, pk)
    require(can_void(request.user, found))
    if found.status == BallotStatus.VOID:
        raise NotAllowed("本轮已经作废，没有任何改变。")
    form = ReasonForm(request.POST or None, help_text="例如：收回的票多于发出的票。")
    if request.method == "POST" and form.is_valid():
        void_ballot(ballot=found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"第 {found.round_no} 轮已作废。可以在这里准备下一轮。")
        return redirect("evaluations:for_meeting", pk=found.meeting_id)
    certified = found.status == BallotStatus.CERTIFIED
    return render(request, "evaluations/void.html", {"ballot": found, "form": form, "certified": certified})
