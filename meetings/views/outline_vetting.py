"""Vetting outlines of criticism: the queue, one after the other; no way to pass many at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, signed_in
from branches.workflow import NotAllowed
from config.lib.paging import PER_PAGE
from meetings.forms.outlines import VettingForm
from meetings.models import Outline, OutlineStatus
from meetings.permissions.outlines import SEEN_BY_REVIEWER, can_vet_outline, vetting_seat
from meetings.services.outline_steps import pass_outline, return_outline, waiting_for


@signed_in
def outline_queue(request: Request) -> HttpResponse:
    """What waits for this person's vetting."""
    page = Paginator(waiting_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "meetings/outline_queue.html", {"page": page})


def _find(request: Request, pk: uuid.UUID) -> Outline:
    """The outline, for who vets it today and once it is out of its author's hands; 404 for everybody else."""
    visible = Outline.objects.visible_to(request.user).select_related("campaign", "organization", "author")
    outline = get_object_or_404(visible, pk=pk)
    read = outline.status in SEEN_BY_REVIEWER and not outline.on_paper
    if not (read and can_vet_outline(request.user, outline)):
        raise Http404("这份提纲由别的同志审阅。")
    return outline


def _points(outline: Outline) -> tuple[str, ...]:
    """What the vetting goes through, as the rules want it."""
    return outline.campaign.rules_for(outline.organization).outline_checklist


def _page(request: Request, outline: Outline, form: VettingForm | None = None) -> HttpResponse:
    """The page of one outline, with what was typed when something was refused."""
    points, waiting = _points(outline), waiting_for(request.user)
    context = {
        "outline": outline,
        "points": points,
        "form": form or VettingForm(points=points, revision=outline.revision),
        "seat": vetting_seat(outline),
        "others": sum(other.pk != outline.pk for other in waiting),
        "waits": outline.status == OutlineStatus.SUBMITTED,
        "can_return": outline.status in (OutlineStatus.SUBMITTED, OutlineStatus.VETTED),
    }
    return render(request, "meetings/outline_vet.html", context)


@signed_in
def outline_vet(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read one outline and decide."""
    return _page(request, _find(request, pk))


@signed_in
@require_POST
def outline_pass(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Pass it and go on to the next."""

    def step(outline: Outline, form: VettingForm) -> Outline:
        return pass_outline(outline=outline, revision=form.cleaned_data["revision"], by=request.user)

    return _decide(request, pk, step, "已审阅通过。")


@signed_in
@require_POST
def outline_return(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Return it and go on to the next."""

    def step(outline: Outline, form: VettingForm) -> Outline:
        return return_outline(
            outline=outline,
            revision=form.cleaned_data["revision"],
            points=form.cleaned_data.get("points", []),
            note=form.cleaned_data["note"],
            by=request.user,
        )

    return _decide(request, pk, step, "已退回本人。")


def _decide(
    request: Request, pk: uuid.UUID, step: Callable[[Outline, VettingForm], Outline], done: str
) -> HttpResponse:
    """Decide as the button says; what was typed comes back when it is refused."""
    outline = _find(request, pk)
    form = VettingForm(request.POST, points=_points(outline), revision=outline.revision)
    if earlier := posted_before(request, form):
        return earlier
    if form.is_valid():
        try:
            step(outline, form)
            return answered(request, _go_on(request, done))
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
            fresh = _find(request, pk)
            form.go_on_from(revision=fresh.revision)
            return _page(request, fresh, form)
    return _page(request, outline, form)


def _go_on(request: Request, done: str) -> HttpResponseRedirect:
    """Say what was done and go on to the next, else to the queue."""
    following = waiting_for(request.user)
    if not following:
        messages.success(request, f"{done}没有等您审阅的提纲了。")
        return redirect("meetings:outline_queue")
    messages.success(request, f"{done}下面是下一份，还有 {len(following)} 份。")
    return redirect("meetings:outline_vet", pk=following[0].pk)
