"""The slips of a survey for those who hold it: print, halves of the key, begin, how many were given, close by two."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.workflow import NotAllowed
from evaluations.services.urn_counting import SEAT_NAMES, WrongHalf
from evaluations.urn.halves import shown_half
from evaluations.views.ballots import pdf
from rectification.forms.survey_slips import SlipsForm, UntilForm
from rectification.models import SurveyRound
from rectification.permissions.survey_slips import (
    can_begin_slips,
    can_close_slips,
    can_hold_survey_half,
    can_print_survey_slips,
    can_see_slips,
)
from rectification.reports.survey_slips import slips_page, slips_pdf
from rectification.services import survey_slips as s
from rectification.views.surveys import find_round


@signed_in
@never_cache
def slips(request: Request, pk: uuid.UUID) -> HttpResponse:
    """How far the slips are."""
    found = find_round(request, pk)
    require(can_see_slips(request.user, found))
    return _page(request, found)


def _page(
    request: Request,
    found: SurveyRound,
    form: SlipsForm | None = None,
    until: UntilForm | None = None,
) -> HttpResponse:
    """The page; the forms are those that could not be kept, with what was typed."""
    context = {
        "page": slips_page(found, request.user),
        "round": found,
        "form": form or SlipsForm(about=found),
        "until": until or UntilForm(),
    }
    return render(request, "rectification/survey_slips.html", context)


@signed_in
@require_POST
@sensitive_variables()
def slips_paper(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Make new codes and show the slips as PDF, this once; what was printed before is void."""
    found = find_round(request, pk)
    require(can_print_survey_slips(request.user, found))
    form = SlipsForm(request.POST, about=found)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        made = s.print_slips(survey_round=found, numbers=form.numbers(), by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return _page(request, found, form)
    content = slips_pdf(found, made, lambda a: request.build_absolute_uri(reverse("survey_answer", args=[a])))
    response = pdf(content, f"{found.organization.short_name}_满意度票条.pdf")
    response["Cache-Control"] = "no-store"
    return response


@signed_in
@never_cache
@sensitive_variables()
def half(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """One of two people gets a half of the key; it is on the screen this once."""
    found = find_round(request, pk)
    require(can_hold_survey_half(request.user, found))
    context = {"round": found, "page": slips_page(found, request.user)}
    if request.method != "POST":
        return render(request, "rectification/survey_slips_half.html", context)
    if earlier := once(request):
        messages.info(request, "您的半把钥匙刚才已经显示过。没有抄下的，可以换一把新的。")
        return redirect(earlier)
    try:
        own = s.show_half(survey_round=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("rectification:survey_slips", pk=pk)
    answered(request, redirect("rectification:survey_slips_half", pk=pk))
    return render(request, "rectification/survey_slips_half_shown.html", {**context, "half": shown_half(own)})


@signed_in
@require_POST
def begin(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Let the slips be filled in from now on."""
    found = find_round(request, pk)
    require(can_begin_slips(request.user, found))
    form = UntilForm(request.POST)
    if form.is_valid():
        try:
            s.begin(survey_round=found, closes_at=form.closes_at(), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "可以填表了。请把票条打乱，让大家自己抽。")
            return redirect("rectification:survey_slips", pk=pk)
    return _page(request, found, until=form)


@signed_in
@require_POST
def drop(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Do without slips."""
    found = find_round(request, pk)
    require(can_print_survey_slips(request.user, found))
    try:
        s.drop_slips(survey_round=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "票条已取消，印好的都已作废。")
    return redirect("rectification:survey_slips", pk=pk)


@signed_in
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
def close(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Both halves are typed; wrong ones are told, right ones close and count."""
    found = find_round(request, pk)
    require(can_close_slips(request.user, found))
    typed = {seat: request.POST.get(f"half_{seat}", "")[:80] for seat in SEAT_NAMES}
    problems: dict[int, str] = {}
    try:
        if request.method == "POST":
            s.close(survey_round=found, first=typed[1], second=typed[2], by=request.user)
            messages.success(request, "已关闭、清点。请填写发出票条的张数，收齐纸质表以后计票。")
            return redirect("rectification:survey", pk=found.survey_id)
    except WrongHalf as refusal:
        problems = refusal.problems
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("rectification:survey_slips", pk=pk)
    page = slips_page(found, request.user)
    if not page.may_close:
        messages.info(request, "现在没有正在填的票条，不用关闭。")
        return redirect("rectification:survey_slips", pk=pk)
    boxes = [(seat, name, typed[seat], problems.get(seat, "")) for seat, name in SEAT_NAMES.items()]
    context = {"round": found, "page": page, "halves": boxes, "problems": problems}
    return render(request, "rectification/survey_slips_close.html", context)
