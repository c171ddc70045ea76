"""Spot checks of materials (随机抽查): the draws of an office, a new one, one draw, one material of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, CampaignStatus, Organization
from branches.workflow import NotAllowed
from config.lib.paging import page_of
from members.forms.spot_checks import DrawForm, FindingForm
from members.models import SpotCheck, SpotCheckItem
from members.permissions.spot_checks import can_draw, can_read_drawn, can_see_draws
from members.reports.spot_checks import ItemPage, Stock, Summary, draws_of, is_typed, items_of, repeats
from members.reports.spot_sheets import pool_sheet, summary_sheet
from members.rules.drawing import size_of_share
from members.services import spot_checks

DRAWS_A_PAGE = 20  # each comes with its whole pool
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _place(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The campaign and the organisation whose office draws; 404 where nothing is to be drawn."""
    visible = Campaign.objects.visible_to(request.user).select_related("issuer")
    campaign = get_object_or_404(visible, slug=slug)
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    asks = campaign.status != CampaignStatus.DRAFT and spot_checks.checked_categories(campaign)
    drew = SpotCheck.objects.visible_to(request.user).filter(campaign=campaign, organization=organization)
    if not spot_checks.is_within(campaign, organization) or not (asks or drew.exists()):
        raise Http404("这项活动没有要求抽查材料。")
    require(can_see_draws(request.user, organization))
    return campaign, organization


def _check(request: Request, pk: uuid.UUID) -> SpotCheck:
    """A draw within reach, else 404."""
    visible = SpotCheck.objects.visible_to(request.user).select_related("campaign__issuer", "organization")
    return get_object_or_404(visible, pk=pk)


@signed_in
def spot_checks_list(request: Request, slug: str, pk: int) -> HttpResponse:
    """All draws of an office in a campaign, and the counts by branch."""
    campaign, organization = _place(request, slug, pk)
    visible = SpotCheck.objects.visible_to(request.user)
    context = {
        "campaign": campaign,
        "organization": organization,
        "page": page_of(request, draws_of(visible, campaign, organization), DRAWS_A_PAGE),
        "summary": Summary.of(campaign, organization),
        "may_draw": bool(can_draw(request.user, organization)) and campaign.is_open,
    }
    return render(request, "members/spot_checks.html", context)


@signed_in
@require_GET
def spot_summary(request: Request, slug: str, pk: int) -> HttpResponse:
    """The counts by branch as a workbook."""
    campaign, organization = _place(request, slug, pk)
    return _workbook(summary_sheet(Summary.of(campaign, organization)), "材料抽查情况.xlsx")


@signed_in
def spot_draw(request: Request, slug: str, pk: int) -> HttpResponse:
    """A new draw: from what, how many, by which seed."""
    campaign, organization = _place(request, slug, pk)
    require(can_draw(request.user, organization))
    form = DrawForm(request.POST or None, categories=spot_checks.checked_categories(campaign))
    if earlier := posted_before(request, form):
        return earlier
    if (
        request.method == "POST"
        and form.is_valid()
        and (done := _drawn(request, campaign, organization, form))
    ):
        return done
    stock = Stock.of(spot_checks.drawable(campaign, organization))
    context = {"campaign": campaign, "organization": organization, "form": form, "stock": stock}
    return render(request, "members/spot_draw.html", context)


def _drawn(
    request: Request, campaign: Campaign, organization: Organization, form: DrawForm
) -> HttpResponseRedirect | None:
    """Draw as the form says and show the draw; None when it was refused."""
    data = form.cleaned_data
    share, only = data.pop("share"), {name: data[name] for name in ("category", "role", "fresh")}
    if share is not None:
        data["size"] = size_of_share(len(spot_checks.pool_of(campaign, organization, **only)), share)
    try:
        check = spot_checks.draw_materials(
            campaign=campaign, organization=organization, by=request.user, **data
        )
    except NotAllowed as refusal:
        form.add_error("size" if share is None else "share", refusal.reason)
        return None
    messages.success(request, f"从 {len(check.pool)} 份材料中抽出 {check.size} 份。")
    return answered(request, redirect("members:spot_check", pk=check.pk))


@signed_in
def spot_check(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One draw: what was drawn, how far the check is, and how anybody can repeat it."""
    check = _check(request, pk)
    require(can_see_draws(request.user, check.organization))
    context = {
        "check": check,
        "campaign": check.campaign,
        "organization": check.organization,
        "items": items_of(check),
        "is_typed": is_typed(check),
        "may_open": bool(can_draw(request.user, check.organization)),
    }
    return render(request, "members/spot_check.html", context)


@signed_in
@require_POST
def spot_verify(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Draw again from what was kept and say whether the result is the same; nothing is written."""
    check = _check(request, pk)
    require(can_see_draws(request.user, check.organization))
    if repeats(check):
        messages.success(request, f"重新抽了一遍：{check.size} 份和顺序都与当时抽中的一致。")
    else:
        messages.error(
            request, "重新抽取的结果与记录的不一致。请不要使用这次抽查，并联系系统运维人员查原因。"
        )
    return redirect("members:spot_check", pk=pk)


@signed_in
@require_GET
def spot_pool(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The pool with its lots as a workbook."""
    check = _check(request, pk)
    require(can_see_draws(request.user, check.organization))
    return _workbook(pool_sheet(check), f"抽查范围_{check.drawn_at:%Y%m%d}.xlsx")


@signed_in
def spot_item(request: Request, pk: uuid.UUID, position: int) -> HttpResponse:
    """One drawn material: read it, write down what was found; one that is through may be returned."""
    check = _check(request, pk)
    require(can_draw(request.user, check.organization))
    places = check.items.select_related(
        "check_of__organization",
        "material__campaign",
        "material__organization",
        "material__member",
        "material__appointment__organization",
    )
    item = get_object_or_404(places, position=position)
    found = ItemPage.of(item, request.user)
    known = {"finding": item.finding, "wants_more": "1" if item.wants_more else "0"}
    form = FindingForm(request.POST or None, initial=known if item.checked_on else {})
    if request.method == "POST" and form.is_valid() and (done := _noted(request, found, form)):
        return done
    reading = can_read_drawn(request.user, item)
    text = found.text if reading else ()
    if text:
        spot_checks.note_reading(item=item, by=request.user)
    context = {"check": check, "item": item, "found": found, "form": form, "reading": reading, "text": text}
    context["may_return"] = spot_checks.may_send_back(item.material)
    return render(request, "members/spot_item.html", context)


def _noted(request: Request, found: ItemPage, form: FindingForm) -> HttpResponseRedirect | None:
    """Keep what was found and go on to the next material; None when it was refused."""
    sends_back = request.POST.get("decision") == "return"
    try:
        spot_checks.check_item(item=found.item, by=request.user, sends_back=sends_back, **form.answers())
    except NotAllowed as refusal:
        form.add_error("finding" if "写明" in refusal.reason else None, refusal.reason)
        return None
    said = "材料已退回本人修改。" if sends_back else "抽查情况已保存。"
    following: SpotCheckItem | None = found.following
    if following is None:
        messages.success(request, said)
        return redirect("members:spot_check", pk=found.item.check_of_id)
    messages.success(request, f"{said}下面是下一份。")
    return redirect("members:spot_item", pk=found.item.check_of_id, position=following.position)


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
