"""Problems that stand elsewhere already: listed by a button, one after editing, or several as they stand."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Campaign, Organization
from branches.workflow import NotAllowed
from members.views.placing import find_place
from rectification.forms.items import ItemForm, PullForm
from rectification.permissions import can_keep_ledger
from rectification.services.candidates import candidates, pull_all
from rectification.services.candidates import pull as pull_one


@signed_in
@never_cache
def pull(request: Request, slug: str, pk: int) -> HttpResponse:
    """What can be listed; `?key=` opens one of them for editing."""
    campaign, organization = find_place(request, slug, pk)
    require(can_keep_ledger(request.user, organization))
    if key := request.GET.get("key", ""):
        return _one(request, campaign, organization, key)
    found = candidates(campaign, organization, request.user)
    form = PullForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            count = pull_all(
                campaign=campaign, organization=organization, by=request.user, **form.cleaned_data
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已列入 {count} 条，可以逐条修改。")
            return redirect("rectification:ledger", slug=slug, pk=pk)
    chosen = request.POST.getlist("keys")
    context = {
        "campaign": campaign,
        "organization": organization,
        "form": form,
        "rows": [(one, one.key in chosen) for one in found],
    }
    return render(request, "rectification/pull.html", context)


def _one(request: Request, campaign: Campaign, organization: Organization, key: str) -> HttpResponse:
    """One of them, to be edited and listed."""
    chosen = next((one for one in candidates(campaign, organization, request.user) if one.key == key), None)
    if chosen is None and request.method != "POST":
        raise Http404("这一条已经列入过，或者您看不到它。")
    about = chosen.typed() if chosen is not None else None
    form = ItemForm(request.POST or None, organization=organization, about=about)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            pull_one(
                campaign=campaign, organization=organization, key=key, typed=form.typed(), by=request.user
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已列入整改事项。")
            answer = redirect("rectification:pull", slug=campaign.slug, pk=organization.pk)
            return answered(request, answer)
    context = {"campaign": campaign, "organization": organization, "form": form}
    return render(request, "rectification/item_new.html", context)
