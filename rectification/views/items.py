"""One item: listed, changed, worked on, verified, struck off."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.permissions import Answer
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.forms import at_version
from members.views.placing import find_place
from rectification.forms import items as f
from rectification.models import RectificationItem
from rectification.permissions import (
    can_close_item,
    can_keep_ledger,
    can_read_item,
    can_reopen_item,
    can_see_ledger,
    can_verify_item,
    can_work_item,
)
from rectification.rules.items import UNFINISHED
from rectification.services import items as s
from rectification.workflow import ITEM

MEANWHILE = "别人刚刚保存过，您填的还没有保存，都在下面。请看一遍，再保存一次。"
# Each step: its form, its service, who may, its heading, what is said afterwards.
STEPS: dict[str, tuple[type[f.StepForm], Callable[..., Any], Callable[..., Answer], str, str]] = {
    "note": (f.ProgressForm, s.note_progress, can_work_item, "记一句进展", "已记下。"),
    "begin_item": (f.StepForm, s.begin, can_work_item, "开始整改", "已登记：正在整改。"),
    "finish_item": (f.FinishForm, s.finish, can_work_item, "登记办完", "已登记办完，下一步请党员群众评议。"),
    "verify_item": (f.VerifyForm, s.verify, can_verify_item, "登记验收", "已登记验收。"),
    "close_item": (f.StepForm, s.close, can_close_item, "销号", "已销号。"),
    "reopen_item": (f.ReasonForm, s.reopen, can_reopen_item, "重新整改", "已登记，重新整改。"),
    "withdraw_item": (f.ReasonForm, s.withdraw, can_close_item, "撤销", "已撤销，仍然可以查看。"),
}


def _find(request: Request, pk: uuid.UUID) -> RectificationItem:
    """The item, 404 outside the reader's posts, 403 for those who may not read it."""
    visible = RectificationItem.objects.visible_to(request.user).select_related(*s.RELATED)
    found = get_object_or_404(visible, pk=pk)
    require(can_read_item(request.user, found))
    return found


@signed_in
@never_cache
def new(request: Request, slug: str, pk: int) -> HttpResponse:
    """List a problem that is typed."""
    campaign, organization = find_place(request, slug, pk)
    require(can_keep_ledger(request.user, organization))
    form = f.ItemForm(request.POST or None, organization=organization)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            s.add(campaign=campaign, organization=organization, typed=form.typed(), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已列入整改事项。")
            return answered(request, redirect("rectification:ledger", slug=slug, pk=pk))
    context = {"campaign": campaign, "organization": organization, "form": form}
    return render(request, "rectification/item_new.html", context)


@signed_in
@never_cache
def item(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One item; POST saves what is changed, a refusal keeps what was typed."""
    found = _find(request, pk)
    form = _form(request, found, request.POST or None)
    if request.method != "POST":
        return _page(request, found, form)
    require(can_keep_ledger(request.user, found.organization))
    if form.is_valid():
        try:
            s.save(item=found, version=form.cleaned_data["version"], typed=form.typed(), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale as stale:
            form.add_error(None, MEANWHILE)
            form.data = at_version(form.data, stale.saved.version)
            return _page(request, stale.saved, form, status=409)
        else:
            messages.success(request, "已保存。")
            return redirect("rectification:item", pk=pk)
    return _page(request, found, form)


def _form(request: Request, found: RectificationItem, data: Any = None) -> f.ItemForm:
    """The form of what is listed."""
    about = f.typed_of(found)
    return f.ItemForm(data, organization=found.organization, about=about, version=found.version)


def _page(
    request: Request,
    found: RectificationItem,
    form: f.ItemForm,
    bound: dict[str, f.StepForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `bound` is a step's form that could not be kept."""
    held, user = bound or {}, request.user
    names = [name for name, _ in ITEM.available(found, user)]
    if found.status in UNFINISHED and can_work_item(user, found):
        names.insert(0, "note")
    names += [name for name in held if name not in names]
    context = {
        "item": found,
        "notes": list(found.notes.all()),
        "form": form,
        "steps": [
            (name, STEPS[name][3], held.get(name) or STEPS[name][0](about=found, user=user, prefix=name))
            for name in names
        ],
        "bound": next(iter(held.values()), None),
        "may_list": bool(can_see_ledger(user, found.campaign, found.organization)),
        "may_edit": found.status in UNFINISHED and bool(can_keep_ledger(user, found.organization)),
    }
    return render(request, "rectification/item.html", context, status=status)


@signed_in
@require_POST
def step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Take one step; a refusal keeps what was typed."""
    found = _find(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = STEPS[step]
    require(allowed(request.user, found))
    form = form_class(request.POST, about=found, user=request.user, prefix=step)
    if earlier := posted_before(request, form):
        return earlier
    if form.is_valid():
        try:
            service(item=found, by=request.user, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, said)
            return answered(request, _back(request, found))
    again = _find(request, pk)
    return _page(request, again, _form(request, again), {step: form})


def _back(request: Request, found: RectificationItem) -> HttpResponseRedirect:
    """To the page the step was taken from."""
    url = request.POST.get("next", "")
    if url and url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return redirect(url)
    return redirect("rectification:item", pk=found.pk)
