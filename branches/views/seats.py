"""The leading group of a campaign and its office."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.forms.notice import SeatForm
from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign
from branches.permissions import can_keep_campaign
from branches.reports.campaign_page import seats_of
from branches.services import campaigns
from branches.views.finding import seen_campaigns
from branches.workflow import NotAllowed


def _kept(request: Request, slug: str) -> Campaign:
    """A campaign whose notice this person keeps in order."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_keep_campaign(request.user, campaign))
    return campaign


@signed_in
def campaign_seats(request: Request, slug: str) -> HttpResponse:
    """Both bodies in order; add a seat."""
    campaign = _kept(request, slug)
    form = SeatForm(request.POST or None)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        campaigns.add_seat(campaign=campaign, by=request.user, **form.cleaned_data)
        messages.success(request, f"已增加{form.cleaned_data['name']}。")
        return answered(request, redirect("branches:campaign_seats", slug=slug))
    context = {"campaign": campaign, "form": form, "bodies": seats_of(campaign)}
    return render(request, "branches/campaign_seats.html", context)


@signed_in
def seat_change(request: Request, slug: str, pk: int) -> HttpResponse:
    """Change what a seat says."""
    campaign = _kept(request, slug)
    seat = get_object_or_404(campaign.seats, pk=pk)
    form = SeatForm(request.POST or None, instance=seat)
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.change_seat(seat=seat, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已保存。")
            return redirect("branches:campaign_seats", slug=slug)
    return render(request, "branches/seat_change.html", {"campaign": campaign, "form": form})


@signed_in
@require_POST
def seat_step(request: Request, slug: str, pk: int, name: str) -> HttpResponse:
    """Move a seat up or down, or remove it."""
    seat = get_object_or_404(_kept(request, slug).seats, pk=pk)
    if name not in ("up", "down", "remove"):
        raise Http404("没有这一步。")
    try:
        if name == "remove":
            campaigns.remove_seat(seat=seat, by=request.user)
            messages.success(request, "已删去。")
        else:
            campaigns.move_seat(seat=seat, up=name == "up", by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("branches:campaign_seats", slug=slug)
