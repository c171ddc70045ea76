"""The assessment: the sheet of a branch, one member's page, what the meeting decided, the superior's answer."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from branches.services.versions import Stale
from branches.workflow import NotAllowed, insist
from evaluations.forms.assessing import ConfirmForm, DecideForm, HearingForm, ReturnForm, RowForm, Versioned
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus
from evaluations.permissions import (
    can_begin_assessment,
    can_confirm_assessment,
    can_decide_assessment,
    can_see_result_notice,
    can_see_sheet,
    can_write_assessment,
)
from evaluations.permissions.exporting import can_print_registration
from evaluations.reports.assessment import row_page, sheet_page
from evaluations.reports.opinion_copies import copied_opinions
from evaluations.services import assessing, assessing_decisions, present
from evaluations.services.present import RELATED
from evaluations.workflow.assessments import NO_ASSESSMENT, works

MEANWHILE = "别人刚刚保存过，您填的还没有保存，都在下面。请看一遍，再保存一次。"
SheetView = Callable[..., HttpResponseBase]


def find(request: Request, pk: uuid.UUID) -> AssessmentSheet:
    """The sheet, 404 for those whose posts do not reach it, 403 for those who may not read it."""
    visible = AssessmentSheet.objects.visible_to(request.user).select_related(*RELATED)
    found = get_object_or_404(visible, pk=pk)
    require(can_see_sheet(request.user, found))
    return found


def told(view: SheetView) -> SheetView:
    """Wraps a view: a refused step goes to the sheet and says why there."""

    @functools.wraps(view)
    def answered(request: Request, pk: uuid.UUID, **more: uuid.UUID) -> HttpResponseBase:
        try:
            return view(request, pk, **more)
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        except Stale:
            messages.error(request, "别人刚刚改过，请看一遍现在的情况，再办一次。")
        return redirect("evaluations:assessment", pk=pk)

    return answered


def offer(request: Request, found: AssessmentSheet) -> None:
    """Open no page to write on where nothing can be kept any more; what was typed before that is never thrown away."""
    if request.method != "POST":
        insist(works(found))


@signed_in
def of_branch(request: Request, slug: str, pk: int) -> HttpResponse:
    """The way in: the sheet of the present round, or a page that begins it."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    found = present.present_sheet(campaign, organization)
    if found is not None and request.method != "POST":
        return redirect("evaluations:assessment", pk=found.pk)
    require(can_begin_assessment(request.user, organization))
    ballot = present.present_ballot(campaign, organization)
    answer = assessing.may_begin(campaign, ballot)
    if request.method == "POST":
        try:
            begun = assessing.begin_assessment(campaign=campaign, organization=organization, by=request.user)
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        else:
            return redirect("evaluations:assessment", pk=begun.pk)
    context = {
        "campaign": campaign,
        "organization": organization,
        "ballot": ballot,
        "answer": answer,
        "is_asked": campaign.rules_for(organization).assessment_by != NO_ASSESSMENT,
    }
    return render(request, "evaluations/assessment_begin.html", context)


@signed_in
def feedback_of(request: Request, slug: str, pk: int) -> HttpResponse:
    """The way to the feedback of the present round; to the assessment as long as there is none."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    found = present.present_sheet(campaign, organization)
    if found is None:
        return redirect("evaluations:assessment_of", slug=slug, pk=pk)
    return redirect("evaluations:feedback", pk=found.pk)


@signed_in
@never_cache
def sheet(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The whole sheet, and what is next."""
    found = find(request, pk)
    page = sheet_page(found, request.user)
    context = {
        "page": page,
        "sheet": found,
        "copies": copied_opinions(page),
        "may_notice": found.status == AssessmentStatus.EFFECTIVE
        and bool(can_see_result_notice(request.user, found)),
        "may_print": bool(can_print_registration(request.user, found)),
    }
    return render(request, "evaluations/assessment.html", context)


@signed_in
@require_POST
@told
def refresh(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Follow the roster, and the ballot that stands now."""
    found = find(request, pk)
    require(can_write_assessment(request.user, found))
    assessing.begin_assessment(campaign=found.campaign, organization=found.organization, by=request.user)
    messages.success(request, "已按现在的花名册和测评结果更新，写好的意见都在。")
    return redirect("evaluations:assessment", pk=pk)


def _row_of(found: AssessmentSheet, row: uuid.UUID) -> Assessment:
    """One member's row of the sheet, 404 for another sheet's."""
    one = get_object_or_404(found.assessments, pk=row)
    one.sheet = found
    return one


@signed_in
@never_cache
@told
def row(request: Request, pk: uuid.UUID, row: uuid.UUID) -> HttpResponseBase:
    """One member: what is known on one side, evidence, opinion and grade to be written."""
    found = find(request, pk)
    require(can_write_assessment(request.user, found))
    if found.status != AssessmentStatus.DRAFT and request.method != "POST":
        raise NotAllowed(f"现在是「{found.get_status_display()}」，评定意见不能再改。")
    offer(request, found)
    one = _row_of(found, row)
    form = RowForm(request.POST or None, row=one)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            assessing.save_assessment(assessment=one, by=request.user, **form.said())
        except Stale:
            one = _row_of(found, row)
            form.take_version(one.version)
            form.add_error(None, MEANWHILE)
            status = 409
        except NotAllowed as refusal:  # what was typed stays on the page
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{one.name}的评定意见已保存。")
            return _onward(request, found, one)
    page = sheet_page(found, request.user)
    context = {"page": page, "one": row_page(page, row), "sheet": found, "form": form, "saved": one}
    context["stale"] = status == 409
    return render(request, "evaluations/assessment_row.html", context, status=status)


def _onward(request: Request, found: AssessmentSheet, one: Assessment) -> HttpResponse:
    """To the next member, or back to the sheet after the last one or when asked for."""
    after = found.assessments.filter(ordinal__gt=one.ordinal).first()
    if after is None or request.POST.get("then") != "next":
        return redirect("evaluations:assessment", pk=found.pk)
    return redirect("evaluations:assessment_row", pk=found.pk, row=after.pk)


@signed_in
@told
def hearing(request: Request, pk: uuid.UUID, row: uuid.UUID) -> HttpResponseBase:
    """Note that the member was heard, before the decision takes effect."""
    found = find(request, pk)
    require(can_write_assessment(request.user, found))
    one = _row_of(found, row)
    form = HearingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            assessing.note_hearing(assessment=one, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已登记听取{one.name}的申辩。")
            return redirect("evaluations:assessment", pk=pk)
    context = {"sheet": found, "one": one, "form": form, "hearings": one.hearings.all()}
    return render(request, "evaluations/assessment_hearing.html", context)


@signed_in
@never_cache
@told
def decide_sheet(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What the meeting decided: everybody's grade once more, the arithmetic, the meeting, then the step."""
    found = find(request, pk)
    require(can_decide_assessment(request.user, found))
    page = sheet_page(found, request.user)
    if not page.is_draft:
        messages.info(request, f"现在是「{found.get_status_display()}」，没有任何改变。")
        return redirect("evaluations:assessment", pk=pk)
    offer(request, found)
    held = assessing_decisions.fitting_meetings(found)
    form = DecideForm(request.POST or None, sheet=found, meetings=held, over=page.is_over)
    if request.method == "POST" and form.is_valid():
        try:
            decided = assessing_decisions.decide(sheet=found, by=request.user, **form.said())
        except Stale as stale:
            form.take_version(stale.saved.version)
            form.add_error(None, "别人刚刚改过评定表，请看一遍下面的评定结果，再登记一次。")
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            asked = decided.status == AssessmentStatus.AWAITING
            messages.success(request, "已报上级确认。" if asked else "评定结果已登记。下一步：逐人反馈。")
            return redirect("evaluations:assessment", pk=pk)
    context = {"page": page, "sheet": found, "form": form, "meetings": held}
    return render(request, "evaluations/assessment_decide.html", context)


@signed_in
@require_POST
@told
def take_sheet_back(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Take the sheet back from the superior."""
    found = find(request, pk)
    require(can_decide_assessment(request.user, found))
    assessing_decisions.take_back(sheet=found, by=request.user)
    messages.success(request, "已撤回，可以修改以后再登记。")
    return redirect("evaluations:assessment", pk=pk)


@signed_in
@never_cache
@told
def confirm_sheet(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The superior confirms what exceeds the cap: names, arithmetic and reason first, then the step."""
    return _answer(request, pk, returns=False)


@signed_in
@never_cache
@told
def return_to_branch(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The superior returns it, with a reason."""
    return _answer(request, pk, returns=True)


def _answer(request: Request, pk: uuid.UUID, *, returns: bool) -> HttpResponseBase:
    """One page with both answers; each has its own address."""
    found = find(request, pk)
    require(can_confirm_assessment(request.user, found))
    if found.status != AssessmentStatus.AWAITING:
        messages.info(request, f"现在是「{found.get_status_display()}」，没有任何改变。")
        return redirect("evaluations:assessment", pk=pk)
    offer(request, found)
    posted = request.POST if request.method == "POST" else None
    confirm: Versioned = ConfirmForm(None if returns else posted, initial={"version": found.version})
    back: Versioned = ReturnForm(posted if returns else None, initial={"version": found.version})
    form = back if returns else confirm
    if posted is not None and form.is_valid():
        act = assessing_decisions.return_sheet if returns else assessing_decisions.confirm
        act(sheet=found, by=request.user, **form.cleaned_data)
        messages.success(request, "已退回支部，支部会收到通知。" if returns else "已确认，支部会收到通知。")
        return redirect("evaluations:assessment", pk=pk)
    page = sheet_page(found, request.user)
    context = {"page": page, "sheet": found, "form": form, "confirm": confirm, "back": back}
    return render(request, "evaluations/assessment_confirm.html", context)
