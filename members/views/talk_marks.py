"""Pages beside the grid: pairs let off, people marked, reminders by the superior, partners who are no members."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import can_manage_branch
from branches.workflow import NotAllowed
from members.forms.talks import ConcernForm, OutsiderForm, RemindForm, WaiveForm
from members.models import ConcernKind, Member
from members.models.member import MemberQuerySet
from members.permissions.talks import (
    can_mark_concern,
    can_remind,
    can_see_concerns,
    can_waive_talk,
    is_above,
)
from members.services import talk_marks
from members.services.talk_names import tell_apart
from members.services.talk_people import partners_of, people_of
from members.services.talks import remind_talk
from members.views.talk_places import place
from members.views.talks import to_talks

GONE = "已不在名单上"


@signed_in
def talk_waive(request: Request, slug: str, pk: int) -> HttpResponse:
    """Pairs that need not talk, each with the reason; one more."""
    campaign, organization = place(request, slug, pk)
    require(can_waive_talk(request.user, organization))
    people = tell_apart(people_of(campaign, organization))
    form = WaiveForm(request.POST or None, initial=request.GET.dict(), people=people)
    if request.method == "POST" and form.is_valid():
        try:
            talk_marks.waive_pair(
                campaign=campaign, organization=organization, by=request.user, **form.cleaned_data
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记，这两位同志不再列为应谈。")
            return redirect("members:talk_waive", slug=slug, pk=pk)
    names = {person.key: person.name for person in people}
    waivers = [
        (row, names.get(row.first, GONE), names.get(row.second, GONE))
        for row in talk_marks.waivers_of(campaign, organization)
    ]
    context = {"campaign": campaign, "organization": organization, "form": form, "waivers": waivers}
    return render(request, "members/talk_waive.html", context)


@signed_in
@require_POST
def talk_unwaive(request: Request, slug: str, pk: int, waiver: int) -> HttpResponse:
    """Ask for the talk of a pair again."""
    campaign, organization = place(request, slug, pk)
    require(can_waive_talk(request.user, organization))
    found = get_object_or_404(talk_marks.waivers_of(campaign, organization), pk=waiver)
    try:
        talk_marks.unwaive_pair(waiver=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已恢复，这两位同志仍列为应谈。")
    return redirect("members:talk_waive", slug=slug, pk=pk)


def _kinds(request: Request, organization: Organization) -> list[ConcernKind]:
    """What this person may mark."""
    return [kind for kind in ConcernKind if can_mark_concern(request.user, organization, kind)]


def _roll(request: Request, organization: Organization) -> MemberQuerySet:
    """The members who can be marked."""
    roll = Member.objects.visible_to(request.user).filter(organization=organization)
    return roll.active().in_order("stroke")


@signed_in
def talk_concerns(request: Request, slug: str, pk: int) -> HttpResponse:
    """Who is to be talked with in particular; seen by the secretary, deputy and who marked it."""
    campaign, organization = place(request, slug, pk)
    require(can_see_concerns(request.user, organization))
    form = ConcernForm(
        request.POST or None, members=_roll(request, organization), kinds=_kinds(request, organization)
    )
    if request.method == "POST" and form.is_valid() and _marked(request, campaign, organization, form):
        return redirect("members:talk_concerns", slug=slug, pk=pk)
    shown = talk_marks.concerns_of(campaign, organization)
    if is_above(request.user, organization):
        shown = shown.filter(by_superior=True)
    concerns = [(row, can_mark_concern(request.user, organization, row.kind)) for row in shown]
    context = {"campaign": campaign, "organization": organization, "form": form, "concerns": concerns}
    return render(request, "members/talk_concerns.html", context)


def _marked(request: Request, campaign: Campaign, organization: Organization, form: ConcernForm) -> bool:
    """Mark the member; a refusal becomes an error of the form."""
    data = form.cleaned_data
    try:
        talk_marks.mark_concern(
            campaign=campaign,
            organization=organization,
            kind=data["kind"],
            member=data["member"].pk,
            other=data["other"].pk if data["other"] else None,
            by=request.user,
        )
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, "已登记。只有您、本支部书记（副书记）看得到，不印在任何表上。")
    return True


@signed_in
@require_POST
def talk_unmark(request: Request, slug: str, pk: int, concern: int) -> HttpResponse:
    """Take a mark back."""
    campaign, organization = place(request, slug, pk)
    found = get_object_or_404(talk_marks.concerns_of(campaign, organization), pk=concern)
    require(can_mark_concern(request.user, organization, found.kind))
    try:
        talk_marks.unmark_concern(concern=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已取消。")
    return redirect("members:talk_concerns", slug=slug, pk=pk)


@signed_in
def talk_remind(request: Request, slug: str, pk: int) -> HttpResponse:
    """A reminder (提醒谈话) by the superior; the office above records it."""
    campaign, organization = place(request, slug, pk)
    require(can_remind(request.user, organization))
    posts = talk_marks.superiors_of(organization)
    form = RemindForm(
        request.POST or None, superiors=posts, people=tell_apart(partners_of(campaign, organization))
    )
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            remind_talk(campaign=campaign, organization=organization, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "提醒谈话已登记。")
            return answered(request, to_talks(slug, pk))
    context = {"campaign": campaign, "organization": organization, "form": form}
    return render(request, "members/talk_remind.html", context)


@signed_in
def outsiders(request: Request, slug: str, pk: int) -> HttpResponse:
    """Partners of talks who are no members: investors, heads of departments."""
    campaign, organization = place(request, slug, pk)
    require(can_manage_branch(request.user, organization))
    form = OutsiderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = talk_marks.add_outsider(organization=organization, by=request.user, **form.cleaned_data)
        messages.success(request, f"已添加{person.name}。")
        return redirect("members:outsiders", slug=slug, pk=pk)
    people = talk_marks.outsiders_of(organization)
    context = {"campaign": campaign, "organization": organization, "form": form, "people": people}
    return render(request, "members/outsiders.html", context)


@signed_in
@require_POST
def outsider_end(request: Request, slug: str, pk: int, person: UUID) -> HttpResponse:
    """Somebody is no partner any more; talks held stay."""
    _campaign, organization = place(request, slug, pk)
    require(can_manage_branch(request.user, organization))
    found = get_object_or_404(organization.outsiders, pk=person)
    talk_marks.end_outsider(outsider=found, by=request.user)
    messages.success(request, f"已不再列{found.name}，谈过的仍然保留。")
    return redirect("members:outsiders", slug=slug, pk=pk)
