"""Pages of outlines of criticism: the grid, one's own outlines, what was disclosed to oneself, a sheet to read from."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.permissions import can_see_people
from branches.workflow import NotAllowed
from meetings.forms.outlines import HandInForm, WritingForm
from meetings.models import Outline
from meetings.permissions.outlines import can_keep_outlines, can_print_outlines, can_withdraw_outline
from meetings.reports.outline_sheets import OutlineSheet
from meetings.reports.outlines import OutlinesPage
from meetings.reports.outlines_mine import MinePage, ToMePage
from meetings.services.outline_book import Book
from meetings.services.outline_steps import disclose_outlines
from meetings.services.outlines import (
    StaleOutlines,
    note_consultation,
    receive_outlines,
    save_outlines,
    submit_outlines,
    take_paper_back,
    withdraw_outline,
)
from meetings.services.seats import Seat
from members.views.placing import own_place

STALE = "提纲刚才在另一处（另一台设备、另一个窗口）保存过。您写的内容都还在下面，请对照已保存的内容改好，再保存一次。"
STALE_CHECK = "提纲刚才又保存过，请按现在的内容再看一遍，然后提交。"


@signed_in
def outlines(request: Request, slug: str, pk: int) -> HttpResponse:
    """Who has written of whom, without any text; offices above see numbers."""
    campaign, organization = own_place(request, slug, pk)
    page = OutlinesPage.of(campaign, organization, request.user)
    require(True if page.me is not None else can_see_people(request.user, organization))
    return render(request, "meetings/outlines.html", {"page": page})


def _own(request: Request, slug: str, pk: int) -> tuple[Book, Seat]:
    """The outlines and the seat of the person; 404 for those who do not sit on this committee."""
    book = Book.of(*own_place(request, slug, pk))
    seat = book.seat_of(request.user)
    if seat is None:
        raise Http404("您现在不在这个班子里。")
    return book, seat


def _form(request: Request, page: MinePage) -> WritingForm:
    """The form filled with what is saved, or with what was posted."""
    targets = [(e.target.key, f"对{e.target.name}同志（{e.target.post}）", e.text) for e in page.open_entries]
    data = request.POST if request.method == "POST" else None
    return WritingForm(data, revision=page.revision, targets=targets)


@signed_in
def outlines_mine(request: Request, slug: str, pk: int) -> HttpResponse:
    """Write all of one's outlines on one page; overtaken, both texts show."""
    book, me = _own(request, slug, pk)
    page = MinePage.of(book, me)
    form, saved = _form(request, page), False
    if request.method == "POST" and request.htmx:
        return _saved_by_itself(request, page, form)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, page, form)
            checks = request.POST.get("do") == "check"
            if not checks:
                messages.success(request, "提纲已保存。")
            return redirect(f"meetings:outlines_{'check' if checks else 'mine'}", slug=slug, pk=pk)
        except StaleOutlines as stale:
            form.add_error(None, STALE)
            form.go_on_from(revision=stale.book.revision(me.key))
            page, saved = MinePage.of(stale.book, me), True
            form.fill_blanks({entry.target.key: entry.text for entry in page.open_entries})
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
    lines = [
        (entry, form.field_of(entry.target.key))
        for entry in page.open_entries
        if entry.target.key in form.keys
    ]
    context = {
        "page": page,
        "form": form,
        "lines": lines,
        "saved": saved,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "meetings/outlines_mine.html", context)


def _save(request: Request, page: MinePage, form: WritingForm, is_auto: bool = False) -> int:
    """Keep what was posted; the revision of the page now."""
    return save_outlines(
        campaign=page.campaign,
        organization=page.organization,
        revision=form.cleaned_data["revision"],
        texts=form.texts(),
        by=request.user,
        is_auto=is_auto,
    ).revision


def _saved_by_itself(request: Request, page: MinePage, form: WritingForm) -> JsonResponse:
    """What the page saves by itself every half minute: when it was saved, or why not."""
    if not form.is_valid():
        return JsonResponse({"error": "内容有误，没有保存。"}, status=400)
    try:
        revision = _save(request, page, form, is_auto=True)
    except StaleOutlines:
        return JsonResponse({"error": STALE, "stale": True}, status=409)
    except NotAllowed as refusal:
        return JsonResponse({"error": refusal.reason}, status=400)
    now = f"{timezone.localtime():%H:%M}"
    answer = {"saved": now, "revision": revision, "unanswered": [], "token": get_token(request)}
    return JsonResponse(answer)


@signed_in
def outlines_check(request: Request, slug: str, pk: int) -> HttpResponse:
    """Everything written on one page before it is handed in at once; what is not written stops nobody."""
    book, me = _own(request, slug, pk)
    page = MinePage.of(book, me)
    form = HandInForm(request.POST or None, initial={"revision": page.revision})
    if request.method == "POST" and form.is_valid():
        try:
            count = submit_outlines(
                campaign=book.campaign,
                organization=book.organization,
                revision=form.cleaned_data["revision"],
                by=request.user,
            )
        except StaleOutlines as stale:
            form.add_error(None, STALE_CHECK)
            form.go_on_from(revision=stale.book.revision(me.key))
            page = MinePage.of(stale.book, me)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已{'提交' if page.reviewer else '写好'} {count} 份提纲。")
            return redirect("meetings:outlines_mine", slug=slug, pk=pk)
    return render(request, "meetings/outlines_check.html", {"page": page, "form": form})


@signed_in
def outlines_to_me(request: Request, slug: str, pk: int) -> HttpResponse:
    """What the others have disclosed to this person before the meeting."""
    book, me = _own(request, slug, pk)
    return render(request, "meetings/outlines_to_me.html", {"page": ToMePage.of(book, me), "book": book})


@signed_in
def outlines_sheet(request: Request, slug: str, pk: int, key: str) -> HttpResponse:
    """One speaker's outlines to read from, for the author and for who vets them."""
    book = Book.of(*own_place(request, slug, pk))
    speaker = book.seat(key)
    if speaker is None:
        raise Http404("没有找到这位同志。")
    require(can_print_outlines(request.user, book.sample(speaker)))
    sheet = OutlineSheet.of(book, speaker, request.user)
    shown = content_disposition_header(as_attachment=False, filename=sheet.file_name)
    return HttpResponse(
        sheet.to_pdf(), content_type="application/pdf", headers={"Content-Disposition": str(shown)}
    )


@signed_in
@require_POST
def outline_withdraw(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take back one of one's own outlines."""
    visible = Outline.objects.visible_to(request.user).select_related("campaign", "organization")
    outline = get_object_or_404(visible, pk=pk)
    require(can_withdraw_outline(request.user, outline))
    try:
        withdraw_outline(outline=outline, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"对{outline.target_name}同志的提纲已撤回，可以接着修改。")
    return redirect("meetings:outlines_mine", slug=outline.campaign.slug, pk=outline.organization_id)


def _step(
    request: Request, slug: str, pk: int, back: str, done: str, work: Callable[[Book], object]
) -> HttpResponse:
    """Do one thing on the page of an organisation and go back to it, with the reason when it is refused."""
    book = Book.of(*own_place(request, slug, pk))
    require(True if book.seat_of(request.user) else can_keep_outlines(request.user, book.organization))
    try:
        number = work(book)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, done.format(number))
    return redirect(f"meetings:{back}", slug=slug, pk=pk)


@signed_in
@require_POST
def outlines_receive(request: Request, slug: str, pk: int) -> HttpResponse:
    """Note that somebody handed outlines in on paper, or take the note back."""
    undo = "undo" in request.POST
    service = take_paper_back if undo else receive_outlines
    done = "已撤销 {} 份纸质提纲的登记。" if undo else "已登记收到纸质提纲 {} 份。"

    def work(book: Book) -> int:
        key = request.POST.get("key", "")
        return service(campaign=book.campaign, organization=book.organization, key=key, by=request.user)

    return _step(request, slug, pk, "outlines", done, work)


@signed_in
@require_POST
def outlines_disclose(request: Request, slug: str, pk: int) -> HttpResponse:
    """Show the vetted outlines of one author to whom they are about."""

    def work(book: Book) -> int:
        return disclose_outlines(
            campaign=book.campaign,
            organization=book.organization,
            key=request.POST.get("key", ""),
            target=request.POST.get("target", ""),
            by=request.user,
        )

    back = "outlines_mine" if request.POST.get("back") == "mine" else "outlines"
    return _step(request, slug, pk, back, "已向本人明示 {} 份提纲。", work)


@signed_in
@require_POST
def outlines_consulted(request: Request, slug: str, pk: int) -> HttpResponse:
    """Note that two have talked it over, or take the note back."""
    undo = "undo" in request.POST

    def work(book: Book) -> None:
        note_consultation(
            campaign=book.campaign,
            organization=book.organization,
            one=request.POST.get("one", ""),
            other=request.POST.get("other", ""),
            by=request.user,
            undo=undo,
        )

    return _step(
        request, slug, pk, "outlines", "已撤销会前沟通的登记。" if undo else "已登记会前沟通。", work
    )
