"""The file of what the board shows."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from branches.http import Request, signed_in
from branches.models import Campaign, CampaignStatus
from config.home.board.asked import Asked
from config.home.board.export import ask_for_file
from config.home.board.scope import top_of


@signed_in
@require_POST
def missing_file(request: Request, slug: str) -> HttpResponse:
    """Ask for 谁缺什么 as a file; a job makes it."""
    visible = Campaign.objects.visible_to(request.user).exclude(status=CampaignStatus.DRAFT)
    campaign = get_object_or_404(visible, slug=slug)
    top = top_of(request.user)
    if top is None:
        raise PermissionDenied("进度总览由上级党组织查看；本组织要办的事在主页。")
    asked = Asked.read(request.POST)
    job = ask_for_file(campaign=campaign, organization=top, asked=asked, by=request.user)
    return redirect("branches:job", pk=job.pk)
