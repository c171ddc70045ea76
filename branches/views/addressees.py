"""To whom a campaign is addressed: lines added and taken away."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.forms.notice import AddresseeForm
from branches.http import Request, require, signed_in
from branches.permissions import can_keep_campaign
from branches.services import campaigns
from branches.services.campaigns import Line
from branches.views.finding import seen_campaigns
from branches.workflow import NotAllowed


@signed_in
def campaign_addressees(request: Request, slug: str) -> HttpResponse:
    """The lines with how many organisations each reaches; add one (`?q=` looks for an organisation)."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_keep_campaign(request.user, campaign))
    found = request.GET.get("q", "").strip()
    form = AddresseeForm(request.POST or None, campaign=campaign, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.add_addressee(campaign=campaign, line=Line(**form.cleaned_data), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已增加。")
            return redirect("branches:campaign_addressees", slug=slug)
    reached = campaigns.reached_by(campaign)
    lines = campaign.addressees.select_related("organization")
    context = {
        "campaign": campaign,
        "form": form,
        "lines": [(line, reached.get(line.pk, 0)) for line in lines],
        "count": campaign.organizations().count(),
        "q": found,
    }
    return render(request, "branches/campaign_addressees.html", context)


@signed_in
@require_POST
def addressee_remove(request: Request, slug: str, pk: int) -> HttpResponse:
    """Take a line away."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_keep_campaign(request.user, campaign))
    row = get_object_or_404(campaign.addressees.select_related("organization"), pk=pk)
    line = Line(row.organization, row.category, row.audience)
    try:
        campaigns.remove_addressee(campaign=campaign, line=line, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已去掉。")
    return redirect("branches:campaign_addressees", slug=slug)
