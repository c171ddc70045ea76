"""The page where the masses give opinions without logging in; its address; the office that looks through them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.workflow import NotAllowed
from members.forms.opinions import PageForm, SayForm
from members.models import Moderation, Opinion, OpinionRound
from members.permissions.opinions import can_ask_opinions, can_moderate
from members.reports.opinion_papers import PageNotice, qr_picture
from members.services import opinion_pages
from members.views.opinions import asked_place, file, find_round

ON_ONE_PAGE = 50
QUIET = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
BUSY = "现在提意见的人多。您写的都还在，请过一分钟再点一次“发送”。"
FULL = "收到的意见已经很多，还没有看完，暂时收不下了。请过几天再提，或者把意见写在纸上交给支部。"
STALE = "请再看一遍您写的意见，然后点“发送”。"


@signed_in
def page_edit(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """Open the page of a round or give it another address; the address is shown this once."""
    campaign, organization = asked_place(request, slug, pk)
    asked = find_round(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    form = PageForm(request.POST or None, asked=asked)
    context: dict[str, Any] = {"campaign": campaign, "organization": organization, "asked": asked}
    if request.method == "POST" and form.is_valid():
        if earlier := once(request):
            return redirect(earlier)
        try:
            until = form.cleaned_data["until"]
            token = opinion_pages.open_page(asked=asked, until=until, by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            answered(request, redirect("members:opinion_page_edit", slug=slug, pk=pk, key=key))
            context |= {"token": token, "address": _address(request, token), "until": until}
            context["picture"] = qr_picture(context["address"])
            return render(request, "members/opinion_page_made.html", context)
    context |= {"form": form, "may": opinion_pages.may_open_page(asked)}
    return render(request, "members/opinion_page_edit.html", context)


def _address(request: HttpRequest, token: str) -> str:
    """The whole address of the page."""
    return request.build_absolute_uri(reverse("members:opinion_page", args=[token]))


@signed_in
@require_POST
def page_close(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """Let the address end at once."""
    campaign, organization = asked_place(request, slug, pk)
    asked = find_round(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    try:
        if opinion_pages.close_page(asked=asked, by=request.user):
            messages.success(request, "网上意见页已关闭，原来的地址和二维码马上作废。")
        else:
            messages.info(request, "网上意见页没有开放，没有任何改变。")
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("members:opinions", slug=slug, pk=pk)


@signed_in
@require_POST
def page_notice(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """The notice to be put up, as PDF, with the address just shown; it is kept nowhere."""
    campaign, organization = asked_place(request, slug, pk)
    asked = find_round(request, campaign, organization, key)
    require(can_ask_opinions(request.user, organization))
    token = request.POST.get("token", "")
    if not opinion_pages.is_address_of(asked, token):
        messages.error(request, "这个地址已经换过了。请换一个地址，再打印张贴用的通知。")
        return redirect("members:opinion_page_edit", slug=slug, pk=pk, key=key)
    notice = PageNotice.of(asked, _address(request, token))
    return file(notice.to_pdf(), "application/pdf", notice.file_name, shown=True)


@signed_in
def moderation(request: Request, slug: str, pk: int) -> HttpResponse:
    """An office above looks through what came in: lets it in, or not."""
    campaign, organization = asked_place(request, slug, pk)
    require(can_moderate(request.user, organization))
    here = Opinion.objects.visible_to(request.user).filter(
        round__campaign=campaign, round__organization=organization, moderation=Moderation.WAITING
    )
    if request.method == "POST":
        rounds = OpinionRound.objects.visible_to(request.user)
        chosen = {one: request.POST.get(f"what-{one.pk}", "") for one in here.only("pk")}
        try:
            looked = opinion_pages.let_in(
                organization=organization,
                rounds=list(rounds.filter(campaign=campaign, organization=organization)),
                accepted=[one.pk for one, what in chosen.items() if what == "accept"],
                refused=[one.pk for one, what in chosen.items() if what == "refuse"],
                by=request.user,
            )
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, f"采用 {looked.accepted} 条，不采用（已删除）{looked.refused} 条。")
        return redirect("members:opinion_moderation", slug=slug, pk=pk)
    count = here.count()
    context = {"campaign": campaign, "organization": organization, "waiting": here[:ON_ONE_PAGE]}
    return render(
        request, "members/opinion_moderation.html", {**context, "count": count, "most": ON_ONE_PAGE}
    )


# No session is used and nobody is known here, so a forged post could do no more than what anybody may do
# with the address; a cookie for the check would be a trace on the phone of whoever writes.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, token: str) -> HttpResponse:
    """The page for the masses: write, send, thanks. No cookie, no login; a bad address looks like any other."""
    asked = opinion_pages.find_page(token)
    if asked is None:
        return _quiet("members/say_gone.html", {}, status=404)
    rules = asked.campaign.rules_for(asked.organization)
    form = SayForm(request.POST if request.method == "POST" else None, rules=rules)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _send(asked, form)
        except opinion_pages.Stale:
            form.add_error(None, STALE)
        except opinion_pages.Busy:
            form.add_error(None, BUSY)
            status = 429
        except opinion_pages.Full:
            form.add_error(None, FULL)
            status = 429
        except NotAllowed:
            return _quiet("members/say_gone.html", {}, status=404)
        else:
            return _quiet("members/say_thanks.html", {"asked": asked})
    stamped = opinion_pages.stamp(request.POST.get("stamp", ""))
    return _quiet("members/say.html", {"asked": asked, "form": form, "stamp": stamped}, status=status)


def _send(asked: OpinionRound, form: SayForm) -> None:
    """Keep what was written, waiting to be looked through."""
    data = form.cleaned_data
    opinion_pages.send(
        asked=asked,
        text=data["text"],
        heading=data.get("heading", ""),
        about_person=data["about"] == "person",
        stamped=data["stamp"],
    )


def _quiet(template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page made without the request: nothing is read from it, so no cookie and no session can come of it."""
    return HttpResponse(render_to_string(template, context), status=status, headers=QUIET)
