"""Pages of one talk: when and how; what was said, for those who took part."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from members.forms.talks import ChangeForm, WordsForm
from members.models import Talk
from members.permissions.talks import (
    can_change_talk,
    can_open_talk,
    can_read_summary,
    can_read_words,
    can_see_talks,
)
from members.reports.talk_sheet import TalkSheet, side_name
from members.services import talks
from members.views.talk_places import own_place


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser and is saved under a Chinese name."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return response


def find_talk(request: Request, slug: str, pk: int, talk: UUID) -> Talk:
    """The talk in the address, as far as the user's posts or own part reach; 403 for others' talks."""
    campaign, organization = own_place(request, slug, pk)
    seen = Talk.objects.visible_to(request.user).filter(campaign=campaign, organization=organization)
    found: Talk = get_object_or_404(seen.select_related("campaign__issuer", "organization"), pk=talk)
    require(can_open_talk(request.user, found))
    return found


@signed_in
def talk_detail(request: Request, slug: str, pk: int, talk: UUID) -> HttpResponse:
    """One talk; those who took part write here what is kept of it."""
    found = find_talk(request, slug, pk, talk)
    level = talks.level_of(found.campaign, found.organization)
    form = None
    if request.method == "POST":
        require(can_read_words(request.user, found))
        if level not in talks.KEEPING:
            raise Http404("这项活动不记谈话内容。")
    if level in talks.KEEPING and can_read_words(request.user, found):
        saved = {"seen": talks.seen_mark(found), "summary": found.summary, **talks.words_of(found)}
        form = WordsForm(request.POST or None, initial=saved, full=level == talks.FULL)
    if form is not None and form.is_valid() and _kept(request, found, form):
        return redirect("members:talk", slug=slug, pk=pk, talk=talk)
    return _detail(request, found, form, ChangeForm(initial=_as_it_is(found)))


def _as_it_is(talk: Talk) -> dict[str, object]:
    """Day, way and place as recorded."""
    return {"held_on": talk.held_on, "mode": talk.mode, "place": talk.place}


def _kept(request: Request, talk: Talk, form: WordsForm) -> bool:
    """Keep what was written; a refusal becomes an error of the form, nothing typed is lost."""
    try:
        talks.keep_words(
            talk=talk,
            summary=form.cleaned_data["summary"],
            words=form.parts(),
            seen=form.cleaned_data["seen"],
            by=request.user,
        )
    except talks.Stale:
        talk.refresh_from_db()
        form.add_error(None, talks.STALE)
        form.go_on_from(talks.seen_mark(talk))
        return False
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, "谈话内容已保存。")
    return True


def _detail(request: Request, talk: Talk, form: WordsForm | None, change: ChangeForm) -> HttpResponse:
    """The page of one talk as this person sees it."""
    sides = list(talk.sides.select_related("member", "appointment", "outsider"))
    level = talks.level_of(talk.campaign, talk.organization)
    reads = level in talks.KEEPING and bool(can_read_summary(request.user, talk))
    words = talks.words_of(talk) if form is not None and form.errors else {}
    context = {
        "talk": talk,
        "campaign": talk.campaign,
        "organization": talk.organization,
        "names": [(side_name(side), side.is_host) for side in sides],
        "level": level,
        "form": form if talk.campaign.is_open else None,
        "change": change,
        "summary": talk.summary if reads else "",
        "reads_summary": reads,
        "saved": [(label, words[part]) for part, label in talks.PARTS.items() if words.get(part)],
        "may_change": talk.campaign.is_open and can_change_talk(request.user, talk),
    }
    return render(request, "members/talk.html", context)


@signed_in
@require_POST
def talk_change(request: Request, slug: str, pk: int, talk: UUID) -> HttpResponse:
    """Put day, way or place right."""
    found = find_talk(request, slug, pk, talk)
    require(can_change_talk(request.user, found))
    change = ChangeForm(request.POST)
    if change.is_valid():
        try:
            talks.change_talk(talk=found, by=request.user, **change.cleaned_data)
        except NotAllowed as refusal:
            change.add_error(None, refusal.reason)
        else:
            messages.success(request, "已改好。")
            return redirect("members:talk", slug=slug, pk=pk, talk=talk)
    return _detail(request, found, None, change)


@signed_in
def talk_sheet(request: Request, slug: str, pk: int, talk: UUID) -> HttpResponse:
    """谈心谈话记录表 of one talk as PDF, with what this person may read."""
    found = find_talk(request, slug, pk, talk)
    return pdf(TalkSheet.of(found, request.user).to_pdf(), "谈心谈话记录表.pdf")


@signed_in
def talk_blank(request: Request, slug: str, pk: int) -> HttpResponse:
    """The empty form as PDF: paper suffices."""
    campaign, organization = own_place(request, slug, pk)
    require(can_see_talks(request.user, organization))
    return pdf(TalkSheet.blank(campaign, organization).to_pdf(), "谈心谈话记录表（空白）.pdf")
