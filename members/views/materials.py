"""Materials of a branch and of oneself: who owes, the text for those who may read it, its versions."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.permissions import can_manage_branch
from branches.workflow import NotAllowed
from members.forms.materials import ShownForm
from members.models import Material
from members.permissions.materials import can_read_material, can_submit_material
from members.reports.material_pages import ShowPage, history
from members.reports.materials import MaterialTable
from members.services.materials import open_material, withdraw_material
from members.views.placing import own_place, place


def find(request: Request, pk: uuid.UUID) -> Material:
    """The material, where the user may know of it; its text is asked for apart."""
    visible = Material.objects.visible_to(request.user).select_related(
        "campaign__issuer", "organization", "member", "appointment", "author"
    )
    return get_object_or_404(visible.distinct(), pk=pk)


@signed_in
def material_list(request: Request, slug: str, pk: int) -> HttpResponse:
    """Who owes a material, who is missing, what the reviewers decided; no text."""
    campaign, organization = place(request, slug, pk)
    table = MaterialTable.of(campaign, organization, request.user)
    context = {
        "table": table,
        "campaign": campaign,
        "organization": organization,
        "may_note": campaign.is_open and bool(can_manage_branch(request.user, organization)),
        "shown_form": ShownForm() if table.asks_publicity and table.unshown else None,
    }
    return render(request, "members/materials.html", context)


@signed_in
def material_own(request: Request, slug: str, pk: int) -> HttpResponse:
    """What the user writes in this organisation; for members without a post as well."""
    campaign, organization = own_place(request, slug, pk)
    table = MaterialTable.of(campaign, organization, request.user)
    context = {"table": table, "campaign": campaign, "organization": organization}
    return render(request, "members/material_own.html", context)


@signed_in
@require_POST
def material_open(request: Request, slug: str, pk: int) -> HttpResponse:
    """Begin the own material, or go on with it; a second press finds the same one."""
    campaign, organization = own_place(request, slug, pk)
    try:
        found = open_material(
            campaign=campaign, organization=organization, key=request.POST.get("key", ""), by=request.user
        )
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("members:material", slug=slug, pk=pk)
    return redirect("members:material_edit", pk=found.pk)


@signed_in
def material_show(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The text, what was said of it, and what may be done next."""
    material = find(request, pk)
    require(can_read_material(request.user, material))
    page = ShowPage.of(material, request.user)
    return render(request, "members/material_show.html", {"page": page, "material": material})


@signed_in
@require_POST
def material_withdraw(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take the material back to go on writing."""
    material = find(request, pk)
    require(can_submit_material(request.user, material))
    try:
        withdraw_material(material=material, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("members:material_show", pk=pk)
    messages.success(request, "材料已撤回，可以接着修改；改好以后要重新提交。")
    return redirect("members:material_edit", pk=pk)


@signed_in
def material_versions(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Every version handed in, with what changed since the one before."""
    material = find(request, pk)
    require(can_read_material(request.user, material))
    context = {"material": material, "versions": history(material)}
    return render(request, "members/material_versions.html", context)
