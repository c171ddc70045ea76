"""The notice of results: begun from the assessment, edited with its preview, approved, posted, objected to, ended."""

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
from branches.models import Campaign, Organization
from branches.permissions import Answer
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.forms import at_version
from evaluations.forms import result_notices as f
from evaluations.models import AssessmentSheet, NoticeStatus, ResultNotice
from evaluations.permissions import (
    can_approve_result_notice,
    can_draft_result_notice,
    can_post_result_notice,
    can_see_result_notice,
)
from evaluations.reports.result_notice import notice_page, notice_pdf
from evaluations.services import present
from evaluations.services import result_notices as n
from evaluations.views.downloading import download

MEANWHILE = "别人刚刚保存过，您填的还没有保存，都在下面。请看一遍，再办一次。"
# Each step: its form, its service, who may, its heading, what is said afterwards.
STEPS: dict[str, tuple[type[f.ReadForm], Callable[..., Any], Callable[..., Answer], str, str]] = {
    "approve": (f.ReadForm, n.approve, can_approve_result_notice, "批准公示", "已批准。请打印张贴。"),
    "post": (f.ReadForm, n.post, can_post_result_notice, "登记已张贴", "已登记：正在公示。"),
    "take_down": (f.ReadForm, n.end, can_post_result_notice, "结束公示", "已登记：公示结束。"),
    "answer": (f.NoticeAnswerForm, n.answer_objection, can_post_result_notice, "答复意见", "已登记答复。"),
    "object": (
        f.ObjectForm,
        n.note_objection,
        can_post_result_notice,
        "登记反映的意见",
        "已登记，请研究答复。",
    ),
    "withdraw": (f.WithdrawForm, n.withdraw, can_approve_result_notice, "撤回", "已撤回，可以重新起草。"),
}


def _find(request: Request, pk: uuid.UUID) -> ResultNotice:
    """The notice, 404 outside the reader's posts, 403 for those who may not read it."""
    found = get_object_or_404(ResultNotice.objects.visible_to(request.user).select_related(*n.RELATED), pk=pk)
    require(can_see_result_notice(request.user, found.sheet))
    return found


@signed_in
def of_branch(request: Request, slug: str, pk: int) -> HttpResponse:
    """The way to the notice of the present round; to the assessment as long as there is none."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    found = present.present_sheet(campaign, organization)
    if found is None:
        return redirect("evaluations:assessment_of", slug=slug, pk=pk)
    return redirect("evaluations:result_notice_begin", pk=found.pk)


@signed_in
@never_cache
def begin(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The notice that stands, or a page that begins one."""
    visible = AssessmentSheet.objects.visible_to(request.user).select_related(*present.RELATED)
    sheet = get_object_or_404(visible, pk=pk)
    require(can_see_result_notice(request.user, sheet))
    if request.method == "POST":
        require(can_draft_result_notice(request.user, sheet))
        try:
            return redirect("evaluations:result_notice", pk=n.draft(sheet=sheet, by=request.user).pk)
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
    elif found := n.standing_notice(sheet):
        return redirect("evaluations:result_notice", pk=found.pk)
    context = {
        "sheet": sheet,
        "rules": sheet.rules(),
        "may_draft": can_draft_result_notice(request.user, sheet),
        "withdrawn": ResultNotice.objects.visible_to(request.user).filter(
            sheet=sheet, status=NoticeStatus.WITHDRAWN
        ),
    }
    return render(request, "evaluations/result_notice_begin.html", context)


@signed_in
@never_cache
def notice(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The notice with its table as it will hang; POST saves the draft, a refusal keeps what was typed."""
    found = _find(request, pk)
    form = f.DraftForm(request.POST or None, about=found)
    if request.method != "POST":
        return _page(request, found, form)
    require(can_draft_result_notice(request.user, found.sheet))
    if not form.is_valid():
        return _page(request, found, form)
    try:
        n.save(notice=found, by=request.user, **form.kept())
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
    except Stale as stale:
        form.add_error(None, MEANWHILE)
        form.data = at_version(form.data, stale.saved.version)
        return _page(request, stale.saved, form, status=409)
    else:
        messages.success(request, "已保存。请核对下面的名单。")
        return redirect("evaluations:result_notice", pk=pk)
    return _page(request, found, form)


def _page(
    request: Request,
    found: ResultNotice,
    draft: f.DraftForm,
    bound: dict[str, f.ReadForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `bound` is a step's form that could not be kept."""
    page, held = notice_page(found, request.user), bound or {}
    names = [*page.steps, *(name for name in held if name not in page.steps)]
    steps = [(s, STEPS[s][3], held.get(s) or STEPS[s][0](about=found, prefix=s)) for s in names]
    context = {
        "page": page,
        "notice": found,
        "sheet": found.sheet,
        "form": draft,
        "steps": steps,
        "bound": next(iter(held.values()), None),
    }
    return render(request, "evaluations/result_notice.html", context, status=status)


@signed_in
@require_POST
def step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Take one step; a refusal keeps what was typed."""
    found = _find(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = STEPS[step]
    require(allowed(request.user, found))
    form = form_class(request.POST, about=found, prefix=step)
    if form.is_valid():
        about = {} if step == "answer" else {"notice": found}
        try:
            service(by=request.user, **about, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale as stale:
            form.add_error(None, MEANWHILE)
            form.data = at_version(form.data, stale.saved.version, f"{step}-version")
        else:
            messages.success(request, said)
            return redirect("evaluations:result_notice", pk=pk)
    again = _find(request, pk)
    return _page(request, again, f.DraftForm(about=again), {step: form})


@signed_in
@require_safe
def paper(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The approved notice to print."""
    found = _find(request, pk)
    if not found.body:
        messages.error(request, "批准以后才能打印。")
        return redirect("evaluations:result_notice", pk=pk)
    return download(f"{found.sheet.organization.short_name}_评议结果公示.pdf", notice_pdf(found))
