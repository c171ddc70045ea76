"""What is put up in public: the organisation's list, one publication with its preview and its steps, the paper."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from branches.http import Request, answered, once, posted_before, require, signed_in
from branches.models import Campaign
from branches.permissions import Answer
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.forms import at_version
from config.lib.paging import page_of
from evaluations.views.downloading import download
from members.reports.opinion_papers import qr_picture
from members.views.placing import place
from rectification import permissions as may
from rectification.forms import publications as f
from rectification.models import Publication, PublicationStatus
from rectification.reports.publications import PublicationList, notice_pdf, publication_page
from rectification.services import public_pages, publication_objections
from rectification.services import publications as p
from rectification.services.publication_sources import materials_for

MEANWHILE = "别人刚刚保存过，您填的还没有保存，都在下面。请看一遍，再办一次。"
# Each step: its form, its service, who may, its heading, what is said afterwards.
STEPS: dict[str, tuple[type[f.ReadForm], Callable[..., Any], Callable[..., Answer], str, str]] = {
    "approve": (f.ReadForm, p.approve, may.can_approve_publication, "批准公示", "已批准。请打印张贴。"),
    "post": (f.ReadForm, p.post, may.can_post_publication, "登记已张贴", "已登记：正在公示。"),
    "take_down": (f.ReadForm, p.end, may.can_post_publication, "结束公示", "已登记：公示结束。"),
    "answer": (
        f.ObjectionAnswerForm,
        publication_objections.answer_objection,
        may.can_post_publication,
        "答复意见",
        "已登记答复。",
    ),
    "object": (
        f.ObjectForm,
        publication_objections.note_objection,
        may.can_post_publication,
        "登记反映的意见",
        "已登记，请研究答复。",
    ),
    "file": (f.FileForm, p.note_filed, may.can_post_publication, "登记向上级报备", "已登记报备。"),
    "ask": (
        f.ReadForm,
        public_pages.ask_page,
        may.can_ask_page,
        "申请网上公示",
        "已向上级提出，批准以后可以打印二维码。",
    ),
    "release": (
        f.ReadForm,
        public_pages.release_page,
        may.can_release_page,
        "批准网上公示",
        "已批准。张贴以后，有地址的人都能看，到期自动撤下。",
    ),
    "close": (
        f.ReadForm,
        public_pages.close_page,
        may.can_close_page,
        "撤下网上公示",
        "已撤下，原来的地址和二维码马上作废。",
    ),
    "withdraw": (
        f.WithdrawForm,
        p.withdraw,
        may.can_approve_publication,
        "撤回",
        "已撤回，可以照样再起草一份。",
    ),
}


def find(request: Request, pk: uuid.UUID) -> Publication:
    """The publication, 404 outside the reader's posts, 403 for those who may not read it."""
    rows = Publication.objects.visible_to(request.user).select_related(*p.RELATED)
    found: Publication = get_object_or_404(rows, pk=pk)
    require(may.can_read_publication(request.user, found))
    return found


@signed_in
@never_cache
def publications(request: Request, slug: str, pk: int) -> HttpResponse:
    """What the organisation puts up in this campaign; POST begins another."""
    campaign, organization = place(request, slug, pk)
    require(may.can_see_publications(request.user, organization))
    page = PublicationList.of(campaign, organization, request.user)
    allowed = may.can_draft_publication(request.user, organization)
    materials = materials_for(campaign, organization, request.user) if allowed else []
    form = f.BeginForm(request.POST or None, kinds=page.kinds, materials=materials)
    if request.method == "POST":
        require(allowed)
        if form.is_valid():
            if earlier := once(request):
                return redirect(earlier)
            try:
                made = p.draft(campaign=campaign, organization=organization, by=request.user, **form.kept())
            except NotAllowed as refusal:
                form.add_error(None, refusal.reason)
            else:
                return answered(request, redirect("rectification:publication", pk=made.pk))
    context = {"page": page, "form": form, "may_draft": allowed}
    return render(request, "rectification/publications.html", context)


@signed_in
@require_safe
@never_cache
def publicity_queue(request: Request, slug: str) -> HttpResponse:
    """What waits to be let onto the net or stands there, over all organisations the reader sees."""
    require(may.can_watch_pages(request.user))
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    rows = Publication.objects.visible_to(request.user).filter(
        campaign=campaign,
        asked_on__isnull=False,
        status__in=(PublicationStatus.APPROVED, PublicationStatus.POSTED),
    )
    rows = rows.select_related("organization").order_by("page_digest", "asked_on", "pk")
    context = {"campaign": campaign, "page": page_of(request, rows)}
    return render(request, "rectification/publicity_queue.html", context)


@signed_in
@never_cache
def publication(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One publication as it will hang; POST saves the draft, a refusal keeps what was typed."""
    found = find(request, pk)
    form = f.DraftForm(request.POST or None, about=found)
    if request.method != "POST":
        return _page(request, found, form)
    require(may.can_draft_publication(request.user, found.organization))
    if not form.is_valid():
        return _page(request, found, form)
    try:
        p.save(publication=found, by=request.user, **form.kept())
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
    except Stale as stale:
        form.add_error(None, MEANWHILE)
        form.data = at_version(form.data, stale.saved.version)
        return _page(request, stale.saved, form, status=409)
    else:
        messages.success(request, "已保存。请核对公示的样子。")
        return redirect("rectification:publication", pk=pk)
    return _page(request, found, form)


def address_of(request: Request, found: Publication) -> str:
    """The whole address of the page without login; empty without one."""
    token = found.page_token if found.page_digest else ""
    return request.build_absolute_uri(reverse("public_notice", args=[token])) if token else ""


def _page(
    request: Request,
    found: Publication,
    draft: f.DraftForm,
    bound: dict[str, f.ReadForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `bound` is a step's form that could not be kept."""
    page, held = publication_page(found, request.user), bound or {}
    names = [*page.steps, *(name for name in held if name not in page.steps)]
    steps = [(s, STEPS[s][3], held.get(s) or STEPS[s][0](about=found, prefix=s)) for s in names]
    address = address_of(request, found)
    context = {
        "page": page,
        "publication": found,
        "form": draft,
        "steps": steps,
        "bound": next(iter(held.values()), None),
        "address": address,
        "picture": qr_picture(address) if address else "",
        "may_list": bool(may.can_keep_ledger(request.user, found.organization)),
        "may_copy": may.can_draft_publication(request.user, found.organization)
        and found.status in (PublicationStatus.WITHDRAWN, PublicationStatus.ENDED),
    }
    return render(request, "rectification/publication.html", context, status=status)


@signed_in
@require_POST
def publication_step(request: Request, pk: uuid.UUID, step: str) -> HttpResponse:
    """Take one step; a refusal keeps what was typed."""
    found = find(request, pk)
    if step not in STEPS:
        raise Http404("没有这一步。")
    form_class, service, allowed, _, said = STEPS[step]
    require(allowed(request.user, found))
    form = form_class(request.POST, about=found, prefix=step)
    if earlier := posted_before(request, form):
        return earlier
    if form.is_valid():
        about = {} if step == "answer" else {"publication": found}
        try:
            service(by=request.user, **about, **form.kept())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        except Stale as stale:
            form.add_error(None, MEANWHILE)
            form.data = at_version(form.data, stale.saved.version, f"{step}-version")
        else:
            messages.success(request, said)
            return answered(request, redirect("rectification:publication", pk=pk))
    again = find(request, pk)
    return _page(request, again, f.DraftForm(about=again), {step: form})


@signed_in
@require_POST
def publication_copy(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Begin a new draft with the words of one that is withdrawn or over."""
    found = find(request, pk)
    require(may.can_draft_publication(request.user, found.organization))
    if earlier := once(request):
        return redirect(earlier)
    try:
        made = p.copy(publication=found, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return answered(request, redirect("rectification:publication", pk=pk))
    return answered(request, redirect("rectification:publication", pk=made.pk))


@signed_in
@require_safe
def publication_pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The approved notice to print."""
    found = find(request, pk)
    if found.approved_on is None:
        messages.error(request, "批准以后才能打印。")
        return redirect("rectification:publication", pk=pk)
    name = f"{found.organization.short_name}_{found.get_kind_display()}.pdf"
    return download(name, notice_pdf(found, address_of(request, found)))
