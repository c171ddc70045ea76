"""Pages of study: what was studied when, one session in a minute, and make-ups."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.workflow import NotAllowed
from members.forms.studies import MakeUpForm, StudyForm
from members.models import StudySession
from members.permissions.studies import can_keep_study
from members.reports.studies import StudyPage, part_notes
from members.services import studies as services
from members.views.placing import place


def _place(request: Request, slug: str, pk: int, *, keeps: bool = False) -> tuple[Campaign, Organization]:
    """The campaign and the organisation where study is asked for; 404 where the rules do not."""
    campaign, organization = place(request, slug, pk)
    if services.study_step(campaign, organization) is None:
        raise Http404("这项活动对这个党组织没有集中学习的要求。")
    if keeps:
        require(can_keep_study(request.user, organization))
    return campaign, organization


def _page(request: Request, campaign: Campaign, organization: Organization) -> StudyPage:
    """What the page of study shows this person."""
    step = services.study_step(campaign, organization)
    if step is None:
        raise Http404("这项活动对这个党组织没有集中学习的要求。")
    return StudyPage.of(campaign, organization, step, request.user)


@signed_in
def studies(request: Request, slug: str, pk: int) -> HttpResponse:
    """The sessions of one organisation, and who has something to make up."""
    campaign, organization = _place(request, slug, pk)
    page = _page(request, campaign, organization)
    form = MakeUpForm(people=list(page.missing), notes=dict(page.notes))
    return render(request, "members/studies.html", {"page": page, "form": form})


@signed_in
def study_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """Write down a session: everybody is ticked already."""
    campaign, organization = _place(request, slug, pk, keeps=True)
    roll = services.study_roll(campaign, organization)
    page = _page(request, campaign, organization)
    rules, first = campaign.rules_for(organization), {"topics": page.open_topics}
    form = StudyForm(request.POST or None, rules=rules, people=roll, initial=first)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        absent = {member.pk for member in roll} - form.ticked()
        try:
            services.record_study(
                campaign=campaign, organization=organization, absent=absent, by=request.user, **form.said()
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记这次集中学习。")
            return answered(request, redirect("members:studies", slug=slug, pk=pk))
    return render(request, "members/study_edit.html", {"page": page, "form": form, "session": None})


def _session(
    request: Request, campaign: Campaign, organization: Organization, key: uuid.UUID
) -> StudySession:
    """A session of this place."""
    visible = StudySession.objects.visible_to(request.user).select_related("campaign", "organization")
    return get_object_or_404(visible, pk=key, campaign=campaign, organization=organization)


@signed_in
def study_edit(request: Request, slug: str, pk: int, key: uuid.UUID) -> HttpResponse:
    """Change a session."""
    campaign, organization = _place(request, slug, pk, keeps=True)
    session = _session(request, campaign, organization, key)
    people, notes, present = part_notes(session)
    was = {
        "held_on": session.held_on,
        "form": session.form,
        "topics": session.topics,
        "place": session.place,
        "present": present,
    }
    form = StudyForm(
        request.POST or None,
        rules=campaign.rules_for(organization),
        people=people,
        notes=notes,
        kept=session.topics,
        initial=was,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_study(session=session, present=form.ticked(), by=request.user, **form.said())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已保存。")
            return redirect("members:studies", slug=slug, pk=pk)
    context = {"page": _page(request, campaign, organization), "form": form, "session": session}
    return render(request, "members/study_edit.html", context)


@signed_in
@require_POST
def study_remove(request: Request, slug: str, pk: int, key: uuid.UUID) -> HttpResponse:
    """Take a session off the record."""
    campaign, organization = _place(request, slug, pk, keeps=True)
    session = _session(request, campaign, organization, key)
    try:
        services.remove_study(session=session, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已删除这次学习的登记。")
    return redirect("members:studies", slug=slug, pk=pk)


@signed_in
@require_POST
def study_makeup(request: Request, slug: str, pk: int) -> HttpResponse:
    """Note to whom what was missed was brought; a refusal keeps the ticks."""
    campaign, organization = _place(request, slug, pk, keeps=True)
    page = _page(request, campaign, organization)
    form = MakeUpForm(request.POST, people=list(page.missing), notes=dict(page.notes))
    if form.is_valid():
        try:
            count = services.make_up(
                campaign=campaign,
                organization=organization,
                members=form.ticked(),
                on=form.cleaned_data["on"],
                by=request.user,
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已登记送学 {count} 人。")
            return redirect("members:studies", slug=slug, pk=pk)
    return render(request, "members/studies.html", {"page": page, "form": form})


@signed_in
@require_POST
def study_unmake(request: Request, slug: str, pk: int, part: int) -> HttpResponse:
    """Take a make-up back."""
    campaign, organization = _place(request, slug, pk, keeps=True)
    visible = StudySession.objects.visible_to(request.user)
    session = get_object_or_404(visible, campaign=campaign, organization=organization, parts=part)
    found = session.parts.select_related("session").get(pk=part)
    try:
        services.undo_make_up(part=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已取消送学登记。")
    return redirect("members:studies", slug=slug, pk=pk)
