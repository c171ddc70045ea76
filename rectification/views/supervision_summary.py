"""The written summary of supervision: begun from the visits, edited, settled, taken away as Word document."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from branches.http import Request, require, signed_in
from branches.rules import clause_for
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.forms import at_version
from evaluations.views.downloading import download
from rectification.forms.supervision import SummaryForm
from rectification.models import SummaryStatus, SupervisionSummary, SupervisionTeam
from rectification.permissions.supervision import can_read_supervision, can_write_summary
from rectification.reports.supervision_summary import HEADS, HELP, SummaryDraft, summary_docx
from rectification.services import supervision_summary as s
from rectification.views.supervision import MEANWHILE, body_of

STEPS = {"reopen": (s.reopen_summary, "已改回草稿，可以再改。")}


@signed_in
@never_cache
def summaries(request: Request, slug: str, pk: int) -> HttpResponse:
    """The summaries of a body and its teams; POST begins one from the visits made so far."""
    campaign, body = body_of(request, slug, pk)
    require(s.wants_summary(campaign))
    teams = SupervisionTeam.objects.visible_to(request.user).filter(campaign=campaign, sender=body)
    if request.method == "POST":
        require(can_write_summary(request.user, body))
        asked = request.POST.get("team", "")
        team = get_object_or_404(teams, pk=_key(asked)) if asked else None
        draft = SummaryDraft.of(campaign, body, team)
        try:
            made = s.begin_summary(
                campaign=campaign,
                body=body,
                team=team,
                title=draft.title,
                parts=draft.parts,
                by=request.user,
            )
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
            return redirect("rectification:supervision_summaries", slug=slug, pk=pk)
        return redirect("rectification:supervision_summary", pk=made.pk)
    visible = SupervisionSummary.objects.visible_to(request.user)
    found = {row.team_id: row for row in visible.filter(campaign=campaign, organization=body)}
    context = {
        "campaign": campaign,
        "body": body,
        "own": found.get(None),
        "teams": [(team, found.get(team.pk)) for team in teams],
        "may_write": bool(can_write_summary(request.user, body)),
        "clause": clause_for("supervision_summary", campaign.rule_set().quoted()),
    }
    return render(request, "rectification/supervision_summaries.html", context)


def _key(asked: str) -> uuid.UUID:
    """The key that was posted; 404 for what this program did not write."""
    try:
        return uuid.UUID(asked)
    except ValueError as error:
        raise Http404("没有这个组。") from error


def _find(request: Request, pk: uuid.UUID) -> SupervisionSummary:
    """A summary of a body whose supervision this person may read."""
    visible = SupervisionSummary.objects.visible_to(request.user).select_related(*s.RELATED)
    found = get_object_or_404(visible, pk=pk)
    require(can_read_supervision(request.user, found.organization))
    return found


@signed_in
@never_cache
def summary(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The summary to read or to edit; POST saves (and settles), or puts one part anew from the visits."""
    found = _find(request, pk)
    form = SummaryForm(request.POST or None, summary=found)
    again = request.POST.get("redraft", "")
    if request.method != "POST":
        return _page(request, found, form)
    require(can_write_summary(request.user, found.organization))
    if again in HEADS:
        draft = SummaryDraft.of(found.campaign, found.organization, found.team)
        form = SummaryForm(_with(request.POST, again, draft.parts[again]), summary=found)
        return _page(request, found, form, renewed=HEADS[again])
    if not form.is_valid():
        return _page(request, found, form)
    finish = "finish" in request.POST
    try:
        s.save_summary(summary=found, by=request.user, finish=finish, **form.kept())
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
    except Stale as stale:
        form.add_error(None, MEANWHILE)
        form.data = at_version(form.data, stale.saved.version)
        return _page(request, found, form, status=409)
    else:
        messages.success(request, "已定稿。" if finish else "已保存。")
        return redirect("rectification:supervision_summary", pk=pk)
    return _page(request, found, form)


def _with(data: Any, name: str, text: str) -> Any:
    """What was posted, with another text in one field."""
    copy = data.copy()
    copy[name] = text
    return copy


def _page(
    request: Request, found: SupervisionSummary, form: SummaryForm, renewed: str = "", status: int = 200
) -> HttpResponse:
    """The page; `renewed`: the heading of the part just put anew, not saved yet."""
    may = bool(can_write_summary(request.user, found.organization))
    draft = SummaryDraft.of(found.campaign, found.organization, found.team)
    context = {
        "summary": found,
        "campaign": found.campaign,
        "body": found.organization,
        "form": form,
        "renewed": renewed,
        "totals": draft.totals,
        "parts": [(HEADS[key], getattr(found, key)) for key in HEADS],
        "fields": [(form[key], key, HELP[key]) for key in HEADS],
        "may_edit": may and found.status == SummaryStatus.DRAFT,
        "may_step": may,
    }
    return render(request, "rectification/supervision_summary.html", context, status=status)


@signed_in
@require_POST
def summary_step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Take the settled summary up again."""
    found = _find(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    require(can_write_summary(request.user, found.organization))
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
    service, said = STEPS[step]
    try:
        service(summary=found, version=version, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    except Stale:
        messages.error(request, "刚才别人改过这份总结，请看现在的内容，再办一次。")
    else:
        messages.success(request, said)
    return redirect("rectification:supervision_summary", pk=pk)


@signed_in
@require_safe
def summary_file(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The summary as Word document."""
    found = _find(request, pk)
    return download(f"{found.title[:60]}.docx", summary_docx(found))
