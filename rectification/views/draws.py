"""Draws of organisations to visit: those made, a new one, one draw with its lots."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from branches.http import Request, answered, posted_before, require, signed_in
from branches.workflow import NotAllowed
from config.lib.paging import page_of
from rectification.forms.draws import VisitDrawForm
from rectification.models import VisitDraw
from rectification.permissions.supervision import can_draw_visits, can_read_supervision
from rectification.reports.draws import DrawPage
from rectification.services.draws import draw_visits, repeats
from rectification.services.supervision import may_work
from rectification.views.supervision import body_of, links_of

DRAWS_A_PAGE = 20  # each comes with its whole pool


@signed_in
def draws(request: Request, slug: str, pk: int) -> HttpResponse:
    """The draws of a body, and the form of a new one."""
    campaign, body = body_of(request, slug, pk)
    may = bool(can_draw_visits(request.user, body)) and bool(may_work(campaign))
    form = VisitDrawForm(request.POST or None, campaign=campaign, body=body)
    if request.method == "POST":
        require(can_draw_visits(request.user, body))
        if earlier := posted_before(request, form):
            return earlier
        if form.is_valid():
            try:
                made = draw_visits(campaign=campaign, body=body, by=request.user, **form.kept())
            except NotAllowed as refusal:
                form.add_error("size" if "个数" in refusal.reason else None, refusal.reason)
            else:
                messages.success(request, f"从 {len(made.pool)} 个党组织中抽出 {made.size} 个。")
                return answered(request, redirect("rectification:draw", pk=made.pk))
    rows = VisitDraw.objects.visible_to(request.user).filter(campaign=campaign, organization=body)
    context = {
        **links_of(request, campaign, body),
        "form": form,
        "may_draw": may,
        "page": page_of(request, rows, DRAWS_A_PAGE),
    }
    return render(request, "rectification/draws.html", context)


@signed_in
@require_safe
def draw(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One draw: what came out, how anybody can repeat it, the visits made of it."""
    visible = VisitDraw.objects.visible_to(request.user).select_related("campaign__issuer", "organization")
    found = get_object_or_404(visible, pk=pk)
    require(can_read_supervision(request.user, found.organization))
    context = {
        "drawn": found,
        "campaign": found.campaign,
        "body": found.organization,
        "page": DrawPage.of(found, request.user),
        "repeats": repeats(found),
    }
    return render(request, "rectification/draw.html", context)
