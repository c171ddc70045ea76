"""Teams and linked points of a body: the list, a new one, a change, the end, the grid of one point."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.forms import at_version
from rectification.forms.teams import PointForm, TeamForm
from rectification.models import LinkedPoint, SupervisionTeam
from rectification.permissions.supervision import can_read_supervision, can_run_supervision
from rectification.reports.teams import PointPage, TeamsPage
from rectification.services import teams as t
from rectification.services.supervision import may_work, team_kinds
from rectification.views.supervision import MEANWHILE, body_of, links_of


@signed_in
@require_safe
def teams(request: Request, slug: str, pk: int) -> HttpResponse:
    """What a body sends out, and its leaders' linked points."""
    campaign, body = body_of(request, slug, pk)
    context = {
        "page": TeamsPage.of(campaign, body),
        "open": bool(may_work(campaign)),
        **links_of(request, campaign, body),
    }
    return render(request, "rectification/teams.html", context)


@signed_in
def team_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """A new team."""
    campaign, body = body_of(request, slug, pk)
    require(can_run_supervision(request.user, body))
    if not team_kinds(campaign):
        raise Http404("这次活动的规则没有写派什么督导力量，不用登记。")
    form = TeamForm(request.POST or None, campaign=campaign, sender=body)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid() and (done := _saved(request, campaign, body, None, form)):
        return done
    context = {"campaign": campaign, "body": body, "form": form, "team": None}
    return render(request, "rectification/team.html", context)


@signed_in
def team(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Change a team; a page that was overtaken comes back with what was typed."""
    found = _team(request, pk)
    require(can_run_supervision(request.user, found.sender))
    form = TeamForm(request.POST or None, campaign=found.campaign, sender=found.sender, team=found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if done := _saved(request, found.campaign, found.sender, found, form):
                return done
        except Stale as stale:
            form.add_error(None, MEANWHILE)
            form.data = at_version(form.data, stale.saved.version)
            status = 409
    context = {"campaign": found.campaign, "body": found.sender, "form": form, "team": found}
    return render(request, "rectification/team.html", context, status=status)


def _team(request: Request, pk: uuid.UUID) -> SupervisionTeam:
    """A team of a body whose supervision this person may read."""
    visible = SupervisionTeam.objects.visible_to(request.user).select_related("campaign__issuer", "sender")
    found = get_object_or_404(visible, pk=pk)
    require(can_read_supervision(request.user, found.sender))
    return found


def _saved(
    request: Request,
    campaign: Campaign,
    body: Organization,
    found: SupervisionTeam | None,
    form: TeamForm,
) -> HttpResponseRedirect | None:
    """Keep the team; None when it was refused. Raises Stale."""
    try:
        t.save_team(team=found, campaign=campaign, sender=body, by=request.user, **form.kept())
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return None
    messages.success(request, "已保存。")
    return answered(request, redirect("rectification:teams", slug=campaign.slug, pk=body.pk))


@signed_in
@require_POST
def team_end(request: Request, pk: uuid.UUID) -> HttpResponse:
    """End the work of a team."""
    found = _team(request, pk)
    require(can_run_supervision(request.user, found.sender))
    try:
        t.end_team(team=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{found.name}的督导已结束，督查记录都还在。")
    return redirect("rectification:teams", slug=found.campaign.slug, pk=found.sender_id)


@signed_in
def point_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """Link a leader to an organisation."""
    campaign, body = body_of(request, slug, pk)
    require(can_run_supervision(request.user, body))
    form = PointForm(request.POST or None, campaign=campaign, sender=body)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            t.add_point(campaign=campaign, sender=body, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记联系点。")
            return answered(request, redirect("rectification:teams", slug=slug, pk=pk))
    context = {"campaign": campaign, "body": body, "form": form}
    return render(request, "rectification/point_new.html", context)


def _point(request: Request, pk: uuid.UUID) -> LinkedPoint:
    """A linked point of a body whose supervision this person may read."""
    visible = LinkedPoint.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("campaign__issuer", "sender", "organization"), pk=pk)
    require(can_read_supervision(request.user, found.sender))
    return found


@signed_in
@require_safe
def point(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One linked point with its duties and its grid of stages and steps."""
    found = _point(request, pk)
    context = {
        "point": found,
        "campaign": found.campaign,
        "page": PointPage.of(found),
        "may_end": bool(can_run_supervision(request.user, found.sender)) and bool(may_work(found.campaign)),
    }
    return render(request, "rectification/point.html", context)


@signed_in
@require_POST
def point_end(request: Request, pk: uuid.UUID) -> HttpResponse:
    """End a linked point."""
    found = _point(request, pk)
    require(can_run_supervision(request.user, found.sender))
    try:
        t.end_point(point=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "联系点已结束，督查记录都还在。")
    return redirect("rectification:teams", slug=found.campaign.slug, pk=found.sender_id)
