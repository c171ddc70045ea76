"""Pages of talks: who still owes whom, recorded in two taps; several people at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.workflow import NotAllowed
from members.forms.talks import BY_HOST, SittingForm, TickForm
from members.models import Talk, TalkMode
from members.permissions.talks import (
    can_change_talk,
    can_enter_talks,
    can_plan_talks,
    can_record_talk,
    can_see_talks,
    own_keys,
)
from members.reports.talks import TalksPage
from members.rules.talk_book import REMOTE, VISIT
from members.rules.talk_checks import asks_the_way
from members.rules.talk_people import Person
from members.services import talks
from members.services.talk_facts import warnings_of
from members.services.talk_names import tell_apart
from members.services.talk_people import partners_of
from members.views.talk_places import own_place

ALL, PAIR = "all", 2
WAYS = {VISIT: TalkMode.VISIT, REMOTE: TalkMode.PHONE}  # how the plan of sittings expects it


def to_talks(slug: str, pk: int, person: str = "", show: str = "") -> HttpResponseRedirect:
    """Back to the page, with the person that was chosen."""
    query = urlencode({name: value for name, value in (("person", person), ("show", show)) if value})
    return redirect(reverse("members:talks", args=[slug, pk]) + (f"?{query}" if query else ""))


@signed_in
def talk_list(request: Request, slug: str, pk: int) -> HttpResponse:
    """Who has talked with whom, and who still owes whom."""
    campaign, organization = own_place(request, slug, pk)
    require(can_see_talks(request.user, organization))
    return render(
        request, "members/talks.html", {"page": _page(request, campaign, organization, request.GET)}
    )


def _page(request: Request, campaign: Campaign, organization: Organization, asked: Any) -> TalksPage:
    """The page with the person asked for."""
    return TalksPage.of(
        campaign,
        organization,
        request.user,
        person=asked.get("person", ""),
        whole=asked.get("show") == ALL,
    )


def _two(people: tuple[Person, ...], asked: Any) -> list[Person]:
    """The two people named in the address or the form, or 404."""
    keys = (asked.get("a", ""), asked.get("b", ""))
    found = [person for key in keys for person in people if person.key == key]
    if keys[0] == keys[1] or len(found) != len(keys):
        raise Http404("名单上没有这两位同志。")
    return found


@signed_in
def talk_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """One pair and a day: a small page, or a part of the page where scripts run."""
    campaign, organization = own_place(request, slug, pk)
    require(can_enter_talks(request.user, organization))
    people = tell_apart(partners_of(campaign, organization))
    two = _two(people, request.POST if request.method == "POST" else request.GET)
    require(can_record_talk(request.user, organization, [one.key for one in two]))
    rules = campaign.rules_for(organization)
    asks_mode = asks_the_way(rules, two) or rules.talk_record_level in talks.KEEPING
    form = TickForm(request.POST or None, initial=request.GET.dict(), asks_mode=asks_mode)
    if request.method == "POST" and form.is_valid():
        try:
            talk = talks.record_talk(
                campaign=campaign,
                organization=organization,
                people=[one.key for one in two],
                held_on=form.cleaned_data["held_on"],
                mode=form.chosen_mode,
                by=request.user,
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _recorded(request, talk, people, form.cleaned_data["person"], form.cleaned_data["show"])
    context = {"campaign": campaign, "organization": organization, "form": form, "two": two}
    return _form_part(request, context) if request.htmx else render(request, "members/talk_new.html", context)


def _form_part(request: Request, context: dict[str, Any]) -> HttpResponse:
    """The form alone; with mistakes in it, it stays where it was."""
    response = render(request, "members/_talk_tick.html", context)
    if request.method == "POST":
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#tick", "outerHTML"
    return response


def _recorded(
    request: Request, talk: Talk, people: tuple[Person, ...], person: str, show: str
) -> HttpResponse:
    """The page again, saying what was recorded and what to mind."""
    told = warnings_of(talk, people)
    names = "和".join(one.name for one in people if one.key in {side.key for side in talk.sides.all()})
    said = f"已登记：{names}，{talk.held_on.month}月{talk.held_on.day}日。"
    if not request.htmx:
        messages.success(request, said)
        for text in told:
            messages.warning(request, text)
        return to_talks(talk.campaign.slug, talk.organization_id, person, show)
    asked = {"person": person, "show": show}
    page = _page(request, talk.campaign, talk.organization, asked)
    return render(request, "members/_talks.html", {"page": page, "said": said, "told": told})


@signed_in
def talk_sitting(request: Request, slug: str, pk: int) -> HttpResponse:
    """A talk of several people: everybody with everybody, or one with each."""
    campaign, organization = own_place(request, slug, pk)
    require(can_enter_talks(request.user, organization))
    people = tell_apart(partners_of(campaign, organization))
    first = _prefilled(request, organization)
    keeps = talks.level_of(campaign, organization) in talks.KEEPING
    form = SittingForm(request.POST or None, initial=first, people=people, keeps_place=keeps)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        talk = _record_sitting(request, campaign, organization, form)
        if talk is not None:
            return answered(request, _sat(request, talk, people))
    return render(
        request,
        "members/talk_sitting.html",
        {"campaign": campaign, "organization": organization, "form": form},
    )


def _prefilled(request: Request, organization: Organization) -> dict[str, Any]:
    """Whom the address names and how they are to be talked with; the own name for those who record only theirs."""
    named = request.GET.getlist("p")
    if not named and not can_plan_talks(request.user, organization):
        named = sorted(own_keys(request.user, organization))
    alone = WAYS.get(request.GET.get("mode", ""), TalkMode.FACE)
    return {"people": named, "mode": TalkMode.SITTING if len(named) != PAIR else alone}


def _record_sitting(
    request: Request, campaign: Campaign, organization: Organization, form: SittingForm
) -> Talk | None:
    """The talk as it was recorded; a refusal becomes an error of the form."""
    data = form.cleaned_data
    by_host = data["how"] == BY_HOST
    try:
        return talks.record_talk(
            campaign=campaign,
            organization=organization,
            people=data["people"],
            held_on=data["held_on"],
            mode=data["mode"],
            host=data["host"] if by_host else "",
            together=not by_host,
            place=data.get("place", ""),
            by=request.user,
        )
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return None


def _sat(request: Request, talk: Talk, people: tuple[Person, ...]) -> HttpResponseRedirect:
    """Back to the page, saying how many talked and what to mind."""
    messages.success(
        request,
        f"已登记：{talk.sides.count()} 人，{talk.held_on.month}月{talk.held_on.day}日，{TalkMode(talk.mode).label}。",
    )
    for text in warnings_of(talk, people):
        messages.warning(request, text)
    return to_talks(talk.campaign.slug, talk.organization_id)


@signed_in
@require_POST
def talk_remove(request: Request, slug: str, pk: int, talk: UUID) -> HttpResponse:
    """Take a talk back that was recorded by mistake."""
    campaign, organization = own_place(request, slug, pk)
    seen = Talk.objects.visible_to(request.user).filter(campaign=campaign, organization=organization)
    found = get_object_or_404(seen, pk=talk)
    require(can_change_talk(request.user, found))
    person = request.POST.get("person", "")
    try:
        talks.remove_talk(talk=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已撤销这次谈心的登记。")
    return to_talks(slug, pk, person)
