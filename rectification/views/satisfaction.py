"""What follows a failed survey: a duty noted, a case of 组织措施 decided by the superior."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.permissions import Answer
from branches.services.versions import Stale
from branches.workflow import NotAllowed, Workflow
from rectification.forms import satisfaction as f
from rectification.forms.surveys import NoteForm, ReadForm
from rectification.models import CaseStatus, MeasureCase, SatisfactionDuty
from rectification.permissions.satisfaction import (
    can_decide_case,
    can_note_duty,
    can_see_case,
    can_see_surveys,
    can_waive_duty,
)
from rectification.services import satisfaction as s
from rectification.workflow.satisfaction import MEASURE_CASE, SATISFACTION_DUTY

MEANWHILE = "别人刚才登记过。请看下面最新的情况；您填的还在，需要的再办一次。"
ROUND = ("round__survey__organization", "round__survey__campaign__issuer")
Steps = dict[str, tuple[type[ReadForm], Callable[..., Any], Callable[..., Answer], str, str]]
# Each step: its form, its service, who may, its heading, what is said afterwards.
DUTY_STEPS: Steps = {
    "fulfil_duty": (f.FulfilForm, s.fulfil, can_note_duty, "登记已办", "已登记。"),
    "waive_duty": (NoteForm, s.waive, can_waive_duty, "同意不办", "已登记同意不办。"),
    "owe_again": (NoteForm, s.take_back, can_waive_duty, "撤销登记", "已撤销，请重新登记。"),
}
CASE_STEPS: Steps = {
    "decide_measures": (
        f.DecideForm,
        s.decide,
        can_decide_case,
        "登记决定",
        "已登记，本组织书记会收到通知。",
    ),
    "settle_measures": (f.SettleForm, s.settle, can_decide_case, "登记办结", "已登记办结。"),
}


def _forms(
    steps: Steps, flow: Workflow[Any], about: Any, user: Any, held: dict[str, ReadForm]
) -> list[tuple[str, str, ReadForm]]:
    """The forms of the steps open to this person, and those that could not be kept."""
    open_now = {name for name, _step in flow.available(about, user)}
    return [
        (name, heading, held.get(name) or form_class(about=about, prefix=name))
        for name, (form_class, _service, _may, heading, _said) in steps.items()
        if name in open_now or name in held
    ]


def _take(request: Request, steps: Steps, step: str, key: str, about: Any) -> ReadForm | None:
    """Take one step; None when it is done, else the form with what was typed and what is wrong."""
    if step not in steps:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = steps[step]
    require(allowed(request.user, about))
    form: Any = form_class(request.POST, about=about, prefix=step)
    if form.is_valid():
        try:
            service(by=request.user, **{key: about}, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale:
            form.add_error(None, MEANWHILE)
            about.refresh_from_db(fields=["version", "status"])
            form.data = {**form.data.dict(), f"{step}-version": str(about.version)}
        else:
            messages.success(request, said)
            return None
    return form  # type: ignore[no-any-return]


def _find_duty(request: Request, pk: int) -> SatisfactionDuty:
    """The duty, 404 outside the reader's posts."""
    visible = SatisfactionDuty.objects.visible_to(request.user).select_related(*ROUND)
    found = get_object_or_404(visible, pk=pk)
    require(can_see_surveys(request.user, found.organization))
    return found


@signed_in
@never_cache
def duty(request: Request, pk: int) -> HttpResponse:
    """One duty and what this person may note of it."""
    return _duty_page(request, pk)


def _duty_page(request: Request, pk: int, held: dict[str, ReadForm] | None = None) -> HttpResponse:
    """The page; `held` is a form that could not be kept."""
    found = _find_duty(request, pk)
    context = {
        "duty": found,
        "steps": _forms(DUTY_STEPS, SATISFACTION_DUTY, found, request.user, held or {}),
        "bound": next(iter((held or {}).values()), None),
        "may_note": can_note_duty(request.user, found),
    }
    return render(request, "rectification/satisfaction_duty.html", context)


@signed_in
@require_POST
def duty_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Note one step of a duty; a refusal keeps what was typed."""
    found = _find_duty(request, pk)
    wrong = _take(request, DUTY_STEPS, step, "duty", found)
    if wrong is None:
        return redirect("rectification:survey", pk=found.round.survey_id)
    return _duty_page(request, pk, {step: wrong})


def _find_case(request: Request, pk: uuid.UUID) -> MeasureCase:
    """The case, 404 outside the reader's posts, 403 for those who may not read it."""
    found = get_object_or_404(MeasureCase.objects.visible_to(request.user).select_related(*ROUND), pk=pk)
    require(can_see_case(request.user, found))
    return found


@signed_in
@never_cache
def case(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One case of 组织措施."""
    return _case_page(request, pk)


def _case_page(request: Request, pk: uuid.UUID, held: dict[str, ReadForm] | None = None) -> HttpResponse:
    """The page; `held` is a form that could not be kept."""
    found = _find_case(request, pk)
    context = {
        "case": found,
        "waiting": found.status == CaseStatus.OPEN,
        "steps": _forms(CASE_STEPS, MEASURE_CASE, found, request.user, held or {}),
        "bound": next(iter((held or {}).values()), None),
        "may_decide": can_decide_case(request.user, found),
    }
    return render(request, "rectification/measure_case.html", context)


@signed_in
@require_POST
def case_step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Note one step of a case; a refusal keeps what was typed."""
    found = _find_case(request, pk)
    wrong = _take(request, CASE_STEPS, step, "case", found)
    if wrong is None:
        return redirect("rectification:measure_case", pk=pk)
    return _case_page(request, pk, {step: wrong})
