"""The calendar address of an organisation: make or renew it (shown once), let it end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.models import Organization
from branches.permissions import can_manage_feed
from branches.services import feeds


@signed_in
@require_POST
def feed_make(request: Request, pk: int) -> HttpResponse:
    """Make the address, or a new one instead of the old; the page shows it this once."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_manage_feed(request.user, organization))
    if earlier := once(request):
        return redirect(earlier)
    token = feeds.make_feed(organization=organization, by=request.user)
    answered(request, redirect("branches:organization", pk=pk))
    address = request.build_absolute_uri(reverse("calendar", args=[token]))
    return render(request, "branches/feed_made.html", {"organization": organization, "address": address})


@signed_in
@require_POST
def feed_revoke(request: Request, pk: int) -> HttpResponse:
    """Let the address end."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_manage_feed(request.user, organization))
    if feeds.revoke_feed(organization=organization, by=request.user):
        messages.success(request, "日历地址已停用，订阅过的日历从现在起不再更新。")
    else:
        messages.info(request, "现在没有日历地址，没有任何改变。")
    return redirect("branches:organization", pk=pk)
