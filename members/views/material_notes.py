"""What the clerks note beside a material without reading it: paper received, discussed, shown to the masses."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.permissions import can_manage_branch
from branches.workflow import NotAllowed
from members.forms.materials import ReceiveForm, ShownForm, StagesForm
from members.models import Material, MaterialRole
from members.permissions.materials import can_receive_material
from members.services.material_notes import (
    asks_discussion,
    asks_publicity,
    note_shown,
    note_stages,
    receive_material,
)
from members.services.materials import owed_by
from members.views.materials import find
from members.views.placing import place


@signed_in
def receive(request: Request, slug: str, pk: int) -> HttpResponse:
    """Note that a material was handed in on paper; `key` says whose."""
    campaign, organization = place(request, slug, pk)
    require(can_receive_material(request.user, Material(campaign=campaign, organization=organization)))
    key = request.POST.get("key", request.GET.get("key", ""))
    form = ReceiveForm(request.POST or None)
    try:
        owed = owed_by(campaign, organization, key)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("members:materials", slug=slug, pk=pk)
    if request.method == "POST" and form.is_valid():
        where: dict[str, Any] = {"campaign": campaign, "organization": organization, "key": key}
        try:
            receive_material(**where, day=form.cleaned_data["day"], by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已登记收到{owed.name or '班子'}的纸质材料。")
            return redirect("members:materials", slug=slug, pk=pk)
    context = {"campaign": campaign, "organization": organization, "owed": owed, "key": key, "form": form}
    return render(request, "members/material_receive.html", context)


@signed_in
@require_POST
def shown(request: Request, slug: str, pk: int) -> HttpResponse:
    """Note for all settled materials at once that they were shown to the masses."""
    campaign, organization = place(request, slug, pk)
    require(can_manage_branch(request.user, organization))
    form = ShownForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写公示（承诺）的日期和方式。")
        return redirect("members:materials", slug=slug, pk=pk)
    try:
        count = note_shown(campaign=campaign, organization=organization, by=request.user, **form.cleaned_data)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"已登记 {count} 份材料。")
    return redirect("members:materials", slug=slug, pk=pk)


@signed_in
def stages(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Who led the drafting, when it was discussed, consulted on and shown."""
    material = find(request, pk)
    require(can_receive_material(request.user, material))
    rules = material.campaign.rules_for(material.organization)
    wanted = ["drafted_by"] if material.role == MaterialRole.COMMITTEE else []
    if asks_discussion(material, rules):
        wanted += ["discussed_on", "consulted_on", "consulted_scope"]
    if asks_publicity(rules):
        wanted += ["shown_on", "shown_where"]
    form = StagesForm(request.POST or None, instance=material, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            note_stages(material=material, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记。")
            return redirect("members:materials", slug=material.campaign.slug, pk=material.organization_id)
    return render(request, "members/material_stages.html", {"material": material, "form": form})
