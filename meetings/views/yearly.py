"""Pages of the yearly checks: one organisation's year, days to note, and all branches below."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Kind, Organization
from branches.workflow import NotAllowed
from config.lib.paging import page_of
from meetings.forms.yearly import HeldForm, LeaderForm
from meetings.models import HeldNote
from meetings.permissions.yearly import (
    can_note_held,
    can_remove_held,
    can_see_yearly,
    can_see_yearly_below,
)
from meetings.reports.yearly import Overview, YearlyPage
from meetings.services import held

FIRST_YEAR = 2000


def _place(request: Request, pk: int, year: int) -> Organization:
    """The organisation, as far as this person reaches it, and a year that makes sense; else 404."""
    places = Organization.objects.visible_to(request.user).exclude(kind=Kind.WORK_COMMITTEE)
    found: Organization = get_object_or_404(places, pk=pk)
    if not FIRST_YEAR <= year <= timezone.localdate().year + 1:
        raise Http404("没有这一年。")
    require(can_see_yearly(request.user, found))
    return found


def _show(
    request: Request, page: YearlyPage, form: HeldForm | None = None, leader: LeaderForm | None = None
) -> HttpResponse:
    """The page with its forms; the one that was refused comes with what was typed."""
    context = {
        "page": page,
        "form": form or HeldForm(choices=page.choices),
        "leader_form": leader or LeaderForm(people=page.people),
        "refused": form or leader,
        "previous": page.year - 1 if page.year > FIRST_YEAR else None,
        "next": page.year + 1 if page.year < timezone.localdate().year else None,
    }
    return render(request, "meetings/yearly.html", context)


@signed_in
def yearly(request: Request, pk: int, year: int) -> HttpResponse:
    """What is on record of the meetings of a year."""
    organization = _place(request, pk, year)
    return _show(request, YearlyPage.of(organization, year, request.user))


@signed_in
@require_POST
def held_note(request: Request, pk: int, year: int) -> HttpResponse:
    """Note the day of a meeting: choose it, press."""
    organization = _place(request, pk, year)
    require(can_note_held(request.user, organization))
    page = YearlyPage.of(organization, year, request.user)
    form = HeldForm(request.POST, choices=page.choices)
    if not form.is_valid():
        return _show(request, page, form=form)
    place, _, kind = form.cleaned_data["kind"].partition("-")
    try:
        held.note_held(
            organization=Organization.objects.visible_to(request.user).get(pk=place),
            kind=kind,
            on=form.cleaned_data["on"],
            by=request.user,
        )
    except NotAllowed as refusal:
        form.add_error("on", refusal.reason)
        return _show(request, page, form=form)
    messages.success(request, "已登记。")
    return redirect("meetings:yearly", pk=pk, year=form.cleaned_data["on"].year)


@signed_in
@require_POST
def leader_note(request: Request, pk: int, year: int) -> HttpResponse:
    """Note that a leader took part in a meeting kept on paper; 404 where there is no body (班子)."""
    organization = _place(request, pk, year)
    if not organization.is_body:
        raise Http404("只有党委、党总支登记班子成员的双重组织生活。")
    require(can_note_held(request.user, organization))
    page = YearlyPage.of(organization, year, request.user)
    form = LeaderForm(request.POST, people=page.people)
    if not form.is_valid():
        return _show(request, page, leader=form)
    try:
        held.note_held(
            organization=organization,
            kind=form.cleaned_data["kind"],
            on=form.cleaned_data["on"],
            person=int(form.cleaned_data["person"]),
            by=request.user,
        )
    except NotAllowed as refusal:
        form.add_error("on", refusal.reason)
        return _show(request, page, leader=form)
    messages.success(request, "已登记。")
    return redirect("meetings:yearly", pk=pk, year=form.cleaned_data["on"].year)


@signed_in
@require_POST
def held_remove(request: Request, pk: int, year: int, note: int) -> HttpResponse:
    """Take a day off the record again."""
    _place(request, pk, year)
    found = get_object_or_404(
        HeldNote.objects.visible_to(request.user).select_related("organization"), pk=note
    )
    require(can_remove_held(request.user, found))
    try:
        held.remove_held(note=found, by=request.user)
        messages.success(request, "已删去。")
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("meetings:yearly", pk=pk, year=year)


@signed_in
def yearly_list(request: Request) -> HttpResponse:
    """The branches below in their order: how much of the year is on record."""
    require(can_see_yearly_below(request.user))
    asked, this_year = request.GET.get("year", ""), timezone.localdate().year
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else this_year
    year = min(max(year, FIRST_YEAR), this_year)
    branches = Organization.objects.visible_to(request.user).branches()
    page = page_of(request, branches)
    context = {
        "page": page,
        "overview": Overview.of(list(page.object_list), year),
        "bodies": Organization.objects.visible_to(request.user).filter(
            kind__in=("committee", "general_branch")
        )[:50],
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < this_year else None,
    }
    return render(request, "meetings/yearly_list.html", context)
