"""A member's own page: what the branch decided about the person and why, and what the person says to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from evaluations.forms.feedback import ObjectionForm
from evaluations.models import Feedback
from evaluations.permissions import can_see_own_result
from evaluations.reports.own_result import OwnResults, told_to
from evaluations.services import feedback as feedbacks


@signed_in
@never_cache
def own_result(request: Request) -> HttpResponse:
    """The reader's newest result and one line for each earlier year."""
    return _page(request, ObjectionForm())


def _page(request: Request, form: ObjectionForm) -> HttpResponse:
    """The page, with an objection as it was typed."""
    context = {"results": OwnResults.of(request.user), "form": form}
    return render(request, "evaluations/own_result.html", context)


def _own(request: Request, pk: int) -> Feedback:
    """The feedback if it is the reader's own and told; else 404."""
    row = get_object_or_404(told_to(request.user), pk=pk)
    require(can_see_own_result(request.user, row.assessment))
    return row


@signed_in
@require_POST
def acknowledge(request: Request, pk: int) -> HttpResponse:
    """我已知悉."""
    try:
        feedbacks.acknowledge(feedback=_own(request, pk), on_paper=False, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已记下：您已知悉。")
    return redirect("evaluations:own_result")


@signed_in
@require_POST
def object_to(request: Request, pk: int) -> HttpResponse:
    """我有异议, with what the member objects to; a refusal keeps what was typed."""
    row, form = _own(request, pk), ObjectionForm(request.POST)
    if form.is_valid():
        try:
            feedbacks.object_to(feedback=row, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已提出异议，支部书记会收到通知，研究以后给您答复。")
            return redirect("evaluations:own_result")
    return _page(request, form)
