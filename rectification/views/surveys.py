"""The surveys of an organisation: begun step by step, papers noted, certified, printed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from branches.http import Request, require, signed_in
from branches.models import Campaign, CampaignStatus, Organization
from branches.permissions import Answer
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from evaluations.views.downloading import download
from rectification.forms import surveys as f
from rectification.models import Survey, SurveyRound
from rectification.permissions.satisfaction import (
    can_run_survey,
    can_see_surveys,
    can_step_survey,
    can_void_survey,
)
from rectification.reports.survey_page import survey_page
from rectification.reports.survey_paper import form_pdf, result_pdf
from rectification.reports.surveys import surveys_of
from rectification.services import satisfaction, survey_counts
from rectification.services import surveys as s

MEANWHILE = "别人刚刚保存过，您填的还没有保存，都在下面。请看一遍，再办一次。"
# Each step: its form, its service, who may, its heading, what is said afterwards.
STEPS: dict[str, tuple[type[f.ReadForm], Callable[..., Any], Callable[..., Answer], str, str]] = {
    "certify": (f.ReadForm, satisfaction.close, can_step_survey, "核定结果", "已核定，结果不再变动。"),
    "recount": (
        f.NoteForm,
        survey_counts.recount,
        can_step_survey,
        "退回重数",
        "已退回，请两个人再各数一遍。",
    ),
    "fix_papers": (
        f.ReadForm,
        s.fix,
        can_step_survey,
        "改正张数",
        "可以改了。改好以后再点“收齐了，开始计票”。",
    ),
    "void": (f.NoteForm, s.void, can_void_survey, "作废重来", "已作废。需要的，请重新开始测评。"),
}


def published(request: Request, slug: str) -> Campaign:
    """A campaign that was published, 404 for those who may not see it."""
    visible = Campaign.objects.visible_to(request.user).exclude(status=CampaignStatus.DRAFT)
    return get_object_or_404(visible.select_related("issuer"), slug=slug)


def reached(request: Request, pk: int) -> Organization:
    """The organisation, 404 outside the reader's posts, 403 for those who may not read its surveys."""
    organization: Organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_see_surveys(request.user, organization))
    return organization


def find_round(request: Request, pk: uuid.UUID) -> SurveyRound:
    """The round, 404 outside the reader's posts, 403 for those who may not read it."""
    found = get_object_or_404(SurveyRound.objects.visible_to(request.user).select_related(*s.RELATED), pk=pk)
    require(can_see_surveys(request.user, found.organization))
    return found


@signed_in
@never_cache
def surveys(request: Request, slug: str, pk: int) -> HttpResponse:
    """All surveys of one organisation in a campaign."""
    campaign, organization = published(request, slug), reached(request, pk)
    context = {
        "campaign": campaign,
        "organization": organization,
        "page": surveys_of(campaign, organization, request.user),
    }
    return render(request, "rectification/surveys.html", context)


@signed_in
@require_POST
def begin(request: Request, slug: str, pk: int, step: str) -> HttpResponse:
    """Begin the survey of one step, or go to the one that stands."""
    campaign, organization = published(request, slug), reached(request, pk)
    require(can_run_survey(request.user, organization))
    try:
        begun = s.begin(campaign=campaign, organization=organization, step=step, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("rectification:surveys", slug=slug, pk=pk)
    return redirect("rectification:survey", pk=begun.survey_id)


@signed_in
@never_cache
def survey(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One survey with its rounds."""
    return _page(request, pk)


def _page(
    request: Request,
    pk: uuid.UUID,
    heads: f.HeadsForm | None = None,
    bound: dict[str, f.ReadForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `heads` and `bound` are forms that could not be kept, with what was typed."""
    visible = Survey.objects.visible_to(request.user).select_related("campaign__issuer", "organization")
    found = get_object_or_404(visible, pk=pk)
    require(can_see_surveys(request.user, found.organization))
    page, held = survey_page(found, request.user), bound or {}
    newest = page.rounds[0] if page.rounds else None
    names = [] if newest is None else [*newest.steps, *(n for n in held if n not in newest.steps)]
    context = {
        "page": page,
        "survey": found,
        "newest": newest,
        "heads": heads or (f.HeadsForm(about=newest.round) if newest and newest.is_open else None),
        "steps": [
            (n, STEPS[n][3], held.get(n) or STEPS[n][0](about=newest and newest.round, prefix=n))
            for n in names
        ],
        "bound": next(iter(held.values()), None),
    }
    return render(request, "rectification/survey.html", context, status=status)


@signed_in
@require_POST
def heads(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Keep the day and the papers; with `then` go on to the count. A refusal keeps what was typed."""
    found = find_round(request, pk)
    require(can_step_survey(request.user, found))
    form = f.HeadsForm(request.POST, about=found)
    if not form.is_valid():
        return _page(request, found.survey_id, form)
    try:
        saved = s.save_heads(survey_round=found, by=request.user, **form.kept())
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return _page(request, found.survey_id, form)
    except Stale as stale:
        form.add_error(None, MEANWHILE)
        form.data = {**form.data.dict(), "version": str(stale.saved.version)}  # type: ignore[attr-defined]
        return _page(request, found.survey_id, form, status=409)
    if request.POST.get("then") == "collect":
        return _collect(request, saved)
    messages.success(request, "已保存。收齐以后再回来填。")
    return redirect("rectification:survey", pk=found.survey_id)


def _collect(request: Request, saved: SurveyRound) -> HttpResponse:
    """On to the count, or back with what is missing; what was typed is saved already."""
    try:
        s.collect(survey_round=saved, version=saved.version, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, f"已保存，还不能计票：{refusal.reason}")
    else:
        messages.success(request, "可以计票了：两个人各数一遍，各录各的。")
    return redirect("rectification:survey", pk=saved.survey_id)


@signed_in
@require_POST
def step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Take one step; a refusal keeps what was typed."""
    found = find_round(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = STEPS[step]
    require(allowed(request.user, found))
    form: Any = form_class(request.POST, about=found, prefix=step)
    if form.is_valid():
        try:
            service(survey_round=found, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale as stale:
            form.add_error(None, MEANWHILE)
            form.data = {**form.data.dict(), f"{step}-version": str(stale.saved.version)}
        else:
            messages.success(request, said)
            return redirect("rectification:survey", pk=found.survey_id)
    return _page(request, found.survey_id, bound={step: form})


@signed_in
@require_safe
def form_paper(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The form to be filled in, to print; `?on=2` for two to a page in larger type."""
    found = find_round(request, pk)
    name = f"{found.organization.short_name}_群众满意度测评表.pdf"
    return download(name, form_pdf(found, request.GET.get("on", "")))


@signed_in
@require_safe
def result_paper(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The sheet with the counts, to print and sign."""
    found = find_round(request, pk)
    return download(f"{found.organization.short_name}_群众满意度测评统计表.pdf", result_pdf(found))
