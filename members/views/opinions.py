"""Pages of opinions asked for: rounds with their numbers, typing in, the blank form, feeding back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import can_see_people
from branches.workflow import NotAllowed
from members.forms.opinions import FeedBackForm, LineSet, RoundForm
from members.models import OpinionRound
from members.permissions.opinions import can_ask_opinions, can_read_originals
from members.reports.opinion_papers import OpinionForm
from members.reports.opinion_points import own_points
from members.reports.opinion_table import CompiledTable
from members.reports.opinions import OpinionsPage
from members.services import opinions
from members.views.placing import find_place, own_place

STEPS = {"compile": "已梳理完毕。", "reopen": "可以继续登记意见了。"}


def opinion_place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The campaign and the organisation, for those who may read its people; 404 for a group, which asks nobody."""
    campaign, organization = find_place(request, slug, pk)
    if not opinions.is_own_place(organization):
        raise Http404("党小组没有自己的征求意见。")
    require(can_see_people(request.user, organization))
    return campaign, organization


def asked_place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The same where opinions are asked for; 404 where they are not."""
    campaign, organization = opinion_place(request, slug, pk)
    if not opinions.is_asked(campaign, organization):
        raise Http404("这项活动不要求征求意见。")
    return campaign, organization


def find_round(request: Request, campaign: Campaign, organization: Organization, key: Any) -> OpinionRound:
    """A round of that organisation in that campaign."""
    rounds = OpinionRound.objects.visible_to(request.user).select_related("campaign__issuer", "organization")
    return get_object_or_404(rounds, pk=key, campaign=campaign, organization=organization)


def file(content: bytes, kind: str, name: str, *, shown: bool = False) -> HttpResponse:
    """A file for the browser, saved or shown under its Chinese name."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    return response


@signed_in
def overview(request: Request, slug: str, pk: int) -> HttpResponse:
    """Rounds, numbers, points and what is not answered; where nothing is asked the page says so."""
    campaign, organization = opinion_place(request, slug, pk)
    page = OpinionsPage.of(campaign, organization, request.user)
    return render(request, "members/opinions.html", {"page": page, "form": FeedBackForm()})


@signed_in
def round_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """Begin a round."""
    campaign, organization = asked_place(request, slug, pk)
    require(can_ask_opinions(request.user, organization))
    form = RoundForm(request.POST or None, rules=campaign.rules_for(organization))
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            opinions.begin_round(
                campaign=campaign, organization=organization, by=request.user, **form.cleaned_data
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记，可以录入意见了。")
            return answered(request, redirect("members:opinions", slug=slug, pk=pk))
    context = {"campaign": campaign, "organization": organization, "form": form}
    return render(request, "members/opinion_round.html", context)


@signed_in
def round_edit(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """Change the facts of a round; take one back that holds nothing."""
    campaign, organization = asked_place(request, slug, pk)
    asked = find_round(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    form = RoundForm(request.POST or None, instance=asked, rules=campaign.rules_for(organization))
    if request.method == "POST":
        try:
            if "remove" in request.POST:
                opinions.remove_round(asked=asked, by=request.user)
                messages.success(request, "已删除。")
                return redirect("members:opinions", slug=slug, pk=pk)
            if form.is_valid():
                opinions.change_round(asked=asked, by=request.user, **form.cleaned_data)
                messages.success(request, "已保存。")
                return redirect("members:opinions", slug=slug, pk=pk)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
    context = {"campaign": campaign, "organization": organization, "form": form, "asked": asked}
    return render(request, "members/opinion_round.html", context)


@signed_in
def type_in(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """Type opinions in, several on one page; who gave them is asked nowhere."""
    campaign, organization = asked_place(request, slug, pk)
    asked = find_round(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    given = {"rules": campaign.rules_for(organization), "people": list(opinions.people_to_name(organization))}
    lines: Any = LineSet(request.POST or None, form_kwargs=given)
    if earlier := posted_before(request, lines):
        return earlier
    refused = ""
    if request.method == "POST" and lines.is_valid():
        said = [one for form in lines.forms if (one := form.said()) is not None]
        try:
            count = opinions.type_in(asked=asked, said=said, by=request.user)
        except NotAllowed as refusal:
            refused = refusal.reason
        else:
            messages.success(request, f"登记了 {count} 条意见。")
            if "more" in request.POST:
                return answered(request, redirect("members:opinion_type", slug=slug, pk=pk, key=asked.pk))
            return answered(request, redirect("members:opinions", slug=slug, pk=pk))
    context = {"campaign": campaign, "organization": organization, "asked": asked, "lines": lines}
    return render(request, "members/opinion_type.html", {**context, "refused": refused})


@signed_in
@require_POST
def round_step(request: Request, slug: str, pk: int, key: str, name: str) -> HttpResponse:
    """Finish compiling, or go on asking."""
    campaign, organization = asked_place(request, slug, pk)
    asked = find_round(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    if name not in STEPS:
        raise Http404("没有这一步。")
    try:
        opinions.step_round(asked=asked, name=name, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, STEPS[name])
    return redirect("members:opinions", slug=slug, pk=pk)


@signed_in
def feed_back(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """Note on which day those asked were told what came of it."""
    campaign, organization = asked_place(request, slug, pk)
    asked = find_round(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    form = FeedBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opinions.feed_back(asked=asked, day=form.cleaned_data["day"], by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记反馈。")
            return redirect("members:opinions", slug=slug, pk=pk)
    context = {"campaign": campaign, "organization": organization, "asked": asked, "form": form}
    return render(request, "members/opinion_feed_back.html", context)


@signed_in
def blank_form(request: Request, slug: str, pk: int) -> HttpResponse:
    """The blank 征求意见表 as PDF."""
    campaign, organization = asked_place(request, slug, pk)
    form = OpinionForm.of(campaign, organization)
    return file(form.to_pdf(), "application/pdf", form.file_name, shown=True)


@signed_in
def table(request: Request, slug: str, pk: int, kind: str) -> HttpResponse:
    """The 汇总表 as .xlsx or PDF, for those who may read the originals."""
    campaign, organization = asked_place(request, slug, pk)
    require(can_read_originals(request.user, organization))
    found = CompiledTable.of(campaign, organization)
    if kind == "pdf":
        return file(found.to_pdf(), "application/pdf", found.file_name("pdf"), shown=True)
    if kind != "xlsx":
        raise Http404("没有这种文件。")
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return file(found.to_xlsx(), sheet, found.file_name("xlsx"))


@signed_in
def mine(request: Request, slug: str, pk: int) -> HttpResponse:
    """What was said about oneself, compiled: never how it came in."""
    campaign, organization = own_place(request, slug, pk)
    if not opinions.is_own_place(organization):
        raise Http404("党小组没有自己的征求意见。")
    context = {
        "campaign": campaign,
        "organization": organization,
        "rules": campaign.rules_for(organization),
        "points": own_points(campaign, organization, request.user),
    }
    return render(request, "members/opinion_mine.html", context)
