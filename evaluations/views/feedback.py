"""Feedback of a branch: who still has to be told, one member's feedback, an objection answered."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.workflow import NotAllowed
from evaluations.forms.feedback import AnswerForm, GiveForm, ObjectionForm
from evaluations.models import AssessmentSheet, Feedback
from evaluations.permissions import can_answer_objection, can_give_feedback, can_note_reply, can_see_feedback
from evaluations.reports.feedback import FeedbackPage, OneFeedback, feedback_in
from evaluations.services import feedback as feedbacks

# What is noted of one member: the form, who may, and what is said afterwards.
STEPS: dict[str, tuple[type[forms.Form], Any, str]] = {
    "acknowledge": (forms.Form, can_note_reply, "已登记：本人已在纸面上签字。"),
    "object": (ObjectionForm, can_note_reply, "已登记本人的异议，请支部研究答复。"),
    "answer": (AnswerForm, can_answer_objection, "已答复。有账号的党员会收到通知。"),
}


def find_sheet(request: Request, pk: uuid.UUID) -> AssessmentSheet:
    """The assessment, 404 for those whose posts do not reach it, 403 for those who may not see who was told."""
    visible = AssessmentSheet.objects.visible_to(request.user)
    sheet = get_object_or_404(visible.select_related("campaign__issuer", "organization", "ballot"), pk=pk)
    require(can_see_feedback(request.user, sheet))
    return sheet


def find_one(request: Request, pk: int) -> Feedback:
    """One member's feedback, by the same rules."""
    row = get_object_or_404(feedback_in(AssessmentSheet.objects.visible_to(request.user)), pk=pk)
    require(can_see_feedback(request.user, row.assessment.sheet))
    return row


@signed_in
@never_cache
def feedback_list(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Who has been told and who not; an evening of talks is noted in one go."""
    sheet = find_sheet(request, pk)
    page = FeedbackPage.of(sheet, request.user)
    told_by = request.user.full_name
    form = GiveForm(request.POST or None, people=page.choices, told_by=told_by)
    if request.method == "POST" and not page.choices:
        require(_first_refusal(request, sheet))
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        chosen = [row.feedback for row in page.rows if row.feedback.pk in form.cleaned_data["people"]]
        try:
            given = feedbacks.give_all(feedbacks=chosen, by=request.user, **form.said())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已登记向 {len(given)} 人反馈。")
            return answered(request, redirect("evaluations:feedback", pk=pk))
    return render(request, "evaluations/feedback.html", {"page": page, "sheet": sheet, "form": form})


def _first_refusal(request: Request, sheet: AssessmentSheet) -> Any:
    """Why this person may note nobody as told; True when everybody has been."""
    answers = [can_give_feedback(request.user, one) for one in feedback_in([sheet])]
    return next((answer for answer in answers if not answer), True)


@signed_in
@never_cache
def feedback_one(request: Request, pk: int) -> HttpResponse:
    """One member: told by whom and when, what the member says, and what comes next."""
    return _one(request, find_one(request, pk))


def _one(request: Request, row: Feedback, **bound: forms.Form) -> HttpResponse:
    """The page; `bound` is a form that could not be kept, with what was typed."""
    context = {
        "page": OneFeedback.of(row, request.user),
        "feedback": row,
        "assessment": row.assessment,
        "sheet": row.assessment.sheet,
        "object_form": bound.get("object") or ObjectionForm(),
        "answer_form": bound.get("answer") or AnswerForm(),
        "form": next(iter(bound.values()), None),
    }
    return render(request, "evaluations/feedback_one.html", context)


@signed_in
@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Note what the member signed on paper, or answer the objection."""
    row = find_one(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, allowed, said = STEPS[step]
    require(allowed(request.user, row))
    form = form_class(request.POST)
    if not form.is_valid():
        return _one(request, row, **{step: form})
    try:
        _take(row, step, form.cleaned_data, request)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return _one(request, row, **{step: form})
    messages.success(request, said)
    return redirect("evaluations:feedback_one", pk=pk)


def _take(row: Feedback, step: str, said: dict[str, Any], request: Request) -> None:
    """Take the step."""
    if step == "acknowledge":
        feedbacks.acknowledge(feedback=row, on_paper=True, by=request.user)
    elif step == "object":
        feedbacks.object_to(feedback=row, on_paper=True, by=request.user, **said)
    else:
        feedbacks.answer(feedback=row, by=request.user, **said)
