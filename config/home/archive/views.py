"""The page of the archive: what will be in it, and the button that has it made."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from config.home.archive.classes import classes
from config.home.archive.items import Archive
from config.home.archive.making import NOT_WANTED, ask_for_archive, wants_archive
from meetings.permissions.archive import can_make_archive
from members.views.placing import place


def _archived(request: Request, slug: str, pk: int) -> tuple[Campaign, Organization]:
    """The campaign and the organisation whose archive is made, for who may make it; 404 where none is asked for."""
    campaign, organization = place(request, slug, pk)
    if not wants_archive(campaign, organization):
        raise Http404(NOT_WANTED)
    require(can_make_archive(request.user, organization))
    return campaign, organization


@signed_in
def archive(request: Request, slug: str, pk: int) -> HttpResponse:
    """What will be in the bundle, what is not there yet, and what never goes in."""
    campaign, organization = _archived(request, slug, pk)
    context = {"archive": Archive.of(campaign, organization, request.user), "classes": classes()}
    return render(request, "home/archive.html", context)


@signed_in
@require_POST
def archive_make(request: Request, slug: str, pk: int) -> HttpResponse:
    """Have the bundle made; a job does it."""
    campaign, organization = _archived(request, slug, pk)
    job = ask_for_archive(campaign=campaign, organization=organization, by=request.user)
    return redirect("branches:job", pk=job.pk)
