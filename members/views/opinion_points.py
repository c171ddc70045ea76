"""Pages where opinions are compiled: merged, singled out, moved, undone, checked; points named from above."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.workflow import NotAllowed
from members.forms.opinions import JudgeForm, MergeForm, MoveForm, WordingForm
from members.models import OpinionPoint
from members.permissions.opinions import can_ask_opinions, can_name_points, can_read_originals
from members.reports.opinion_points import CompilingPage, PointPage
from members.services import opinion_points
from members.services.opinion_points import Wording
from members.services.opinions import people_to_name
from members.views.opinions import asked_place, opinion_place


def ticked(request: Request) -> list[uuid.UUID]:
    """The keys of the originals ticked on the page; what is no key is left out."""
    found = []
    for text in request.POST.getlist("keys"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _given(campaign: Campaign, organization: Organization) -> dict[str, Any]:
    """What the forms of a wording are made from."""
    return {"rules": campaign.rules_for(organization), "people": list(people_to_name(organization))}


@signed_in
def compiling(request: Request, slug: str, pk: int) -> HttpResponse:
    """Originals that are loose, and the points: tick, write, merge."""
    campaign, organization = asked_place(request, slug, pk)
    require(can_read_originals(request.user, organization))
    page = CompilingPage.of(campaign, organization, request.user, ticked(request))
    points = [row.point for row in page.points]
    form = MergeForm(request.POST or None, points=points, **_given(campaign, organization))
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        require(can_ask_opinions(request.user, organization))
        try:
            _merge(request, page, form)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            return answered(request, redirect("members:opinion_points", slug=slug, pk=pk))
    return render(request, "members/opinion_points.html", {"page": page, "form": form})


def _merge(request: Request, page: CompilingPage, form: MergeForm) -> None:
    """Make a point of what is ticked, or put it to one there is; raises NotAllowed."""
    keys = ticked(request)
    if form.old_point is not None:
        count = opinion_points.put_to(point=form.old_point, keys=keys, by=request.user)
        messages.success(request, f"并入了 {count} 条原文。")
        return
    written = form.wording()
    text = written.text or page.longest_ticked
    if not text:
        raise NotAllowed("还没有勾选意见原文。请先勾选要归并的几条。")
    where: dict[str, Any] = {"campaign": page.campaign, "organization": page.organization}
    wording = Wording(text, written.member, written.heading)
    opinion_points.merge(**where, keys=keys, wording=wording, by=request.user)
    messages.success(request, f"{len(keys)} 条原文归并成一条，原文都附在后面。")


@signed_in
@require_POST
def single_out(request: Request, slug: str, pk: int) -> HttpResponse:
    """Make every original that is still loose a point of its own."""
    campaign, organization = asked_place(request, slug, pk)
    require(can_ask_opinions(request.user, organization))
    try:
        done = opinion_points.single_out(campaign=campaign, organization=organization, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{done.made} 条各自单列。")
        if done.unnamed:
            messages.warning(
                request, f"还有 {done.unnamed} 条是对个人的，没有指明是谁，请勾选后选定人再归并。"
            )
    return redirect("members:opinion_points", slug=slug, pk=pk)


def find_point(request: Request, campaign: Campaign, organization: Organization, key: Any) -> OpinionPoint:
    """A point of that organisation in that campaign, for those who may read originals."""
    points = OpinionPoint.objects.visible_to(request.user)
    points = points.select_related("campaign__issuer", "organization", "member")
    require(can_read_originals(request.user, organization))
    return get_object_or_404(points, pk=key, campaign=campaign, organization=organization)


@signed_in
def point(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """A point with its originals: reword it, check it."""
    campaign, organization = opinion_place(request, slug, pk)
    found = find_point(request, campaign, organization, key)
    judging = request.method == "POST" and "judge" in request.POST
    wording = WordingForm(
        request.POST if request.method == "POST" and not judging else None,
        point=found,
        **_given(campaign, organization),
    )
    named = not found.by_superior or bool(can_name_points(request.user, organization))
    said = request.POST if judging else None
    judge = JudgeForm(said, instance=found, rules=wording.rules, may_check=named)
    form = judge if judging else wording
    if request.method == "POST" and form.is_valid():
        require(can_ask_opinions(request.user, organization))
        try:
            if judging:
                opinion_points.judge(point=found, by=request.user, **judge.answers())
            else:
                opinion_points.reword(point=found, wording=wording.wording(), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已保存。")
            return redirect("members:opinion_point", slug=slug, pk=pk, key=key)
    page = PointPage.of(found, request.user)
    forms = {"wording": wording, "judge": judge, "move": MoveForm(points=page.others), "form": form}
    return render(request, "members/opinion_point.html", {"page": page, **forms})


@signed_in
@require_POST
def point_step(request: Request, slug: str, pk: int, key: str, name: str) -> HttpResponse:
    """Take originals out, move them to another point, or undo the whole point."""
    campaign, organization = opinion_place(request, slug, pk)
    found = find_point(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    try:
        if name == "out":
            count = opinion_points.take_out(point=found, keys=ticked(request), by=request.user)
            messages.success(request, f"拆出了 {count} 条原文。")
        elif name == "move":
            others = OpinionPoint.objects.visible_to(request.user).filter(organization=organization)
            to = get_object_or_404(others, pk=_key(request.POST.get("to", "")))
            count = opinion_points.move(point=found, keys=ticked(request), to=to, by=request.user)
            messages.success(request, f"移动了 {count} 条原文。")
        elif name == "undo":
            opinion_points.dissolve(point=found, by=request.user)
            messages.success(request, "已拆开，原文都还在。" if not found.by_superior else "已撤回。")
        else:
            raise Http404("没有这一步。")
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("members:opinion_point", slug=slug, pk=pk, key=key)
    back = "members:opinions" if found.by_superior else "members:opinion_points"
    return redirect(back, slug=slug, pk=pk)


def _key(text: str) -> uuid.UUID | None:
    """The key typed, None for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@signed_in
def point_new(request: Request, slug: str, pk: int) -> HttpResponse:
    """An office above names a point that must be answered."""
    campaign, organization = opinion_place(request, slug, pk)
    require(can_name_points(request.user, organization))
    form = WordingForm(request.POST or None, **_given(campaign, organization))
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            opinion_points.name_point(
                campaign=campaign, organization=organization, wording=form.wording(), by=request.user
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记，材料里必须回应这一条。")
            return answered(request, redirect("members:opinions", slug=slug, pk=pk))
    context = {"campaign": campaign, "organization": organization, "form": form}
    return render(request, "members/point_new.html", context)
