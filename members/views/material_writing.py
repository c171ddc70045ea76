"""Writing a material: the form, what the page saves by itself, and the look before it is handed in."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from branches.http import Request, require, signed_in
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from members.forms.materials import HandInForm, PaperForm
from members.models import Material
from members.permissions.materials import can_write_material
from members.reports.material_pages import CheckPage, Unfinished, Wanted, remarks_by_block
from members.reports.reviews import ReviewNotes
from members.rules.paper import Block, Paper, arranged
from members.services.materials import save_material, submit_material
from members.views.materials import find
from members.workflow.preparing import EDITABLE

STALE = "这份材料刚才在另一处（另一台设备、另一个窗口或另一位同志）保存过。您写的内容都还在下面，请对照已保存的内容改好，再保存一次。"
STALE_CHECK = "材料刚才又保存过，请按现在的内容再看一遍，然后打勾提交。"


def form_for(material: Material, wanted: Wanted, data: object = None) -> PaperForm:
    """The form filled with what is saved, or with what was posted."""
    return PaperForm(
        data,
        material=material,
        paper=Paper.loads(material.content),
        heads=wanted.heads,
        parts=wanted.parts,
        points=wanted.points,
    )


@signed_in
def edit(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Write the material; items are added, removed and moved without a script too; overtaken, both texts show."""
    material = find(request, pk)
    require(can_write_material(request.user, material))
    if request.method == "GET" and material.status not in EDITABLE:
        return redirect("members:material_show", pk=pk)
    wanted = Wanted.of(material)
    form = form_for(material, wanted, request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.htmx:
        return _saved_by_itself(request, material, form, wanted)
    saved: tuple[Block, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, material, form)
        except Stale as stale:
            form.add_error(None, STALE)
            form.go_on_from(revision=stale.saved.revision)
            saved = Paper.loads(stale.saved.content).blocks()
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
    notes = ReviewNotes.of(material)
    form.attach(remarks_by_block(notes))
    context = {
        "material": material,
        "form": form,
        "wanted": wanted,
        "saved": saved,
        "lacks": Unfinished.of(
            wanted, form.paper() if form.is_bound and form.is_valid() else Paper.loads(material.content)
        ),
        "notes": notes,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "members/material_edit.html", context)


def _saved(request: Request, material: Material, form: PaperForm) -> HttpResponse:
    """Save what was posted, after what its button orders, and go where it leads."""
    order, paper = request.POST.get("do", ""), form.paper()
    revision = form.cleaned_data["revision"]
    paper = replace(paper, items=arranged(paper.items, order))
    save_material(material=material, revision=revision, paper=paper, by=request.user)
    if order == "check":
        return redirect("members:material_check", pk=material.pk)
    if order:
        here = paper.items[-1].id if order == "add" else order.partition(":")[2]
        return redirect(f"{reverse('members:material_edit', args=[material.pk])}#item-{here}")
    messages.success(request, "材料已保存。")
    return redirect("members:material_edit", pk=material.pk)


def _saved_by_itself(request: Request, material: Material, form: PaperForm, wanted: Wanted) -> JsonResponse:
    """What the page saves by itself every half minute: when it was saved, or why not."""
    if not form.is_valid():
        said = " ".join(map(str, form.non_field_errors())) or "内容有误，没有保存。"
        return JsonResponse({"error": said}, status=400)
    paper = form.paper()
    try:
        kept = save_material(
            material=material,
            revision=form.cleaned_data["revision"],
            paper=paper,
            by=request.user,
            is_auto=True,
        )
    except Stale:
        return JsonResponse({"error": STALE, "stale": True}, status=409)
    except NotAllowed as refusal:
        return JsonResponse({"error": refusal.reason}, status=400)
    lacks = Unfinished.of(wanted, paper)
    answer = {
        "saved": f"{timezone.localtime(kept.saved_at):%H:%M}" if kept.saved_at else "",
        "revision": kept.revision,
        "chars": lacks.chars,
        "unanswered": sorted(lacks.open_ids),
        "token": get_token(request),
    }
    return JsonResponse(answer)


@signed_in
def check(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Everything on one page before it is handed in: warnings stop nobody."""
    material = find(request, pk)
    require(can_write_material(request.user, material))
    if material.status not in EDITABLE:
        return redirect("members:material_show", pk=pk)
    form = HandInForm(request.POST or None, initial={"revision": material.revision})
    if request.method == "POST" and form.is_valid():
        try:
            submit_material(material=material, revision=form.cleaned_data["revision"], by=request.user)
        except Stale as stale:
            form.add_error(None, STALE_CHECK)
            form.go_on_from(revision=stale.saved.revision)
            material = find(request, pk)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "材料已提交。")
            return redirect("members:material_show", pk=pk)
    page = CheckPage.of(material, request.user)
    return render(request, "members/material_check.html", {"page": page, "material": material, "form": form})
