"""Two people count a survey: each on the own page, then together what differs. No count is kept in a URL or a message."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from rectification.forms.surveys import AgainForm, CountForm
from rectification.models import SEAT_NAMES, RoundStatus, SurveyRound
from rectification.permissions.satisfaction import can_count_survey
from rectification.services import survey_counts as c
from rectification.views.surveys import find_round
from rectification.workflow.satisfaction import both_finished


def _counter(request: Request, pk: uuid.UUID) -> SurveyRound:
    """The round, 403 for those who may not count."""
    found = find_round(request, pk)
    require(can_count_survey(request.user, found))
    return found


@signed_in
@require_POST
def take(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Sit down in a free seat, 甲 or 乙."""
    found = _counter(request, pk)
    try:
        c.take_seat(survey_round=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("rectification:survey", pk=found.survey_id)
    return redirect("rectification:survey_count", pk=pk)


@signed_in
@never_cache
@sensitive_post_parameters()
def count(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The own count, class by class; everything typed is kept, also what does not add up yet."""
    found = _counter(request, pk)
    seat = found.seats.filter(holder=request.user).first()
    if seat is None or found.status != RoundStatus.COUNTING:
        messages.info(request, "先在这里点“我来数”，再录票数。" if seat is None else "现在不能录票数。")
        return redirect("rectification:survey", pk=found.survey_id)
    try:
        return _count(request, found, seat.number)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("rectification:survey", pk=found.survey_id)


def _count(request: Request, found: SurveyRound, seat: int) -> HttpResponse:
    """The page of one seat; POST saves, and with `then` closes the own count."""
    typed = c.own_counts(found, request.user)
    classes = found.counted_classes()
    form = CountForm(request.POST or None, about=found, classes=classes, typed=typed)
    wrong: list[str] = []
    if request.method == "POST":
        valid = form.is_valid()
        wrong = c.save_count(survey_round=found, counts=form.counts(), by=request.user)
        finishing = request.POST.get("then") == "finish"
        if valid and finishing and not wrong:
            return _finished(request, found)
        if valid and not finishing:
            messages.success(request, "已保存。可以离开，回来接着录。")
            return redirect("rectification:survey_count", pk=found.pk)
        wrong = wrong if valid else []
    context = {"round": found, "form": form, "seat": SEAT_NAMES[seat], "wrong": wrong}
    return render(request, "rectification/survey_count.html", context)


def _finished(request: Request, found: SurveyRound) -> HttpResponse:
    """Close the own count; on to the comparison when the other is done too."""
    c.finish(survey_round=found, by=request.user)
    if both_finished(found):
        messages.success(request, "两个人都数完了，请一起核对。")
        return redirect("rectification:survey_compare", pk=found.pk)
    messages.success(request, "您已数完。等另一个人也数完，再一起核对。")
    return redirect("rectification:survey", pk=found.survey_id)


@signed_in
@never_cache
@sensitive_post_parameters()
def compare(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What the two counted differently, cell by cell; posted numbers settle one class."""
    found = _counter(request, pk)
    asked = request.POST.get("respondents", "")
    form = AgainForm(request.POST or None, columns=found.columns) if asked else None
    try:
        if form is not None and form.is_valid():
            try:
                c.count_again(
                    survey_round=found,
                    respondents=form.cleaned_data["respondents"],
                    count=form.count(),
                    by=request.user,
                )
            except NotAllowed as refusal:
                form.add_error(None, refusal.reason)
            else:
                return redirect("rectification:survey_compare", pk=pk)
        apart = c.differences(survey_round=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("rectification:survey", pk=found.survey_id)
    rows = [(one, _boxes(found, one, form if str(one.respondents.pk) == asked else None)) for one in apart]
    return render(
        request,
        "rectification/survey_compare.html",
        {"round": found, "rows": rows, "wrong": form and form.errors},
    )


def _boxes(found: SurveyRound, one: c.Difference, bound: AgainForm | None) -> AgainForm:
    """The form of one class: what both counted alike stands in it, what differs is empty."""
    alike = {f"n{place}": number for place, number in enumerate(one.first.cells) if place not in one.places}
    blank = {"respondents": one.respondents.pk, **alike}
    form = bound or AgainForm(columns=found.columns, initial=blank, auto_id=f"id_{one.respondents.pk}_%s")
    cells = zip(found.columns, one.first.cells, one.second.cells, strict=True)
    form.lines = [  # type: ignore[attr-defined]
        (column, first, second, form[f"n{place}"]) for place, (column, first, second) in enumerate(cells)
    ]
    return form


@signed_in
@require_POST
def agree(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Both agree on everything: form the result."""
    found = _counter(request, pk)
    try:
        c.match(survey_round=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "两人相符，结果已形成。看过以后请核定。")
    return redirect(reverse("rectification:survey", args=[found.survey_id]))


@signed_in
@require_POST
def free(request: Request, pk: uuid.UUID, number: int) -> HttpResponse:
    """Let another person count in one of the two seats."""
    found = _counter(request, pk)
    try:
        c.free_seat(survey_round=found, number=number, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已换人：这一席原来数的不算，请下一位从头数。")
    return redirect("rectification:survey", pk=found.survey_id)
