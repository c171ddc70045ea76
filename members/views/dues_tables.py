"""Pages around the dues ledger: the table of rates, and dues from a spreadsheet."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Kind, Organization
from branches.permissions import can_see_people
from branches.workflow import NotAllowed
from config.lib.tables import read_table
from config.lib.uploads import UploadRefused
from members.forms.dues import DuesUploadForm, RateFormSet, rate_lines
from members.permissions.dues import can_change_rates
from members.rules.dues import delivered, rate_words
from members.rules.dues_sheet import SheetNotRead
from members.services.dues_imports import confirm_import, preview_import
from members.services.dues_rates import copy_rates, drop_rates, rates_for, save_rates
from members.views.dues import find_branch


def _find(request: Request, pk: int) -> Organization:
    places = Organization.objects.visible_to(request.user).exclude(kind=Kind.GROUP)
    found: Organization = get_object_or_404(places, pk=pk)
    return found


@signed_in
def rates(request: Request, pk: int) -> HttpResponse:
    """The table that holds, with its source; its owner changes it here."""
    organization = _find(request, pk)
    require(can_see_people(request.user, organization))
    applied = rates_for(organization)
    is_own = applied.owner is not None and applied.owner.pk == organization.pk
    may_change = can_change_rates(request.user, organization)
    if request.method == "POST":
        require(may_change)
    lines = RateFormSet(request.POST or None, initial=rate_lines(applied.rates))
    if request.method == "POST" and lines.is_valid():
        found = [rate for rate in (form.rate() for form in lines) if rate is not None]
        try:
            save_rates(organization=organization, rates=found, by=request.user)
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, "标准已保存，以后核定时按新标准算；已经核定的不变。")
            return redirect("members:dues_rates", pk=pk)
    context = {
        "organization": organization,
        "applied": applied,
        "is_own": is_own,
        "may_change": may_change,
        "lines": lines if may_change and (is_own or request.method == "POST") else None,
        "shown": rate_words(applied.rates),
        "clauses": delivered().clauses,
        "document": delivered().document,
    }
    return render(request, "members/dues_rates.html", context)


@signed_in
@require_POST
def rates_step(request: Request, pk: int, name: str) -> HttpResponse:
    """Copy the table that holds into one's own, or do without an own one again."""
    organization = _find(request, pk)
    require(can_change_rates(request.user, organization))
    steps = {"copy": copy_rates, "drop": drop_rates}
    if name not in steps:
        raise Http404("没有这一步。")
    steps[name](organization=organization, by=request.user)
    messages.success(request, "可以修改了。" if name == "copy" else "已恢复上级（本系统所列）标准。")
    return redirect("members:dues_rates", pk=pk)


@signed_in
def dues_import(request: Request, pk: int) -> HttpResponse:
    """Upload a sheet; the answer is what would be written, with the rows that cannot be taken."""
    branch = find_branch(request, pk)
    form = DuesUploadForm(request.POST or None, request.FILES or None)
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_table(form.cleaned_data["file"])
            preview = preview_import(
                organization=branch, rows=rows, year=form.cleaned_data["year"], by=request.user
            )
        except (UploadRefused, SheetNotRead) as refusal:
            form.add_error("file", str(refusal))
        except NotAllowed as refusal:
            form.add_error("file", refusal.reason)
    context = {"organization": branch, "form": form, "preview": preview}
    return render(request, "members/dues_import.html", context)


@signed_in
@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    """Write what the preview showed."""
    branch = find_branch(request, pk)
    try:
        done = confirm_import(organization=branch, sealed=request.POST.get("sealed", ""), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("members:dues_import", pk=pk)
    before = f"，另有 {done.settled_before} 个月已经登记过，没有改动" if done.settled_before else ""
    messages.success(request, f"已登记 {done.count} 个月{before}。")
    return redirect("members:dues", pk=pk)
