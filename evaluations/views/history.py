"""One branch year on year, on a page of its own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from branches.http import Request, require, signed_in
from branches.models import Kind, Organization
from evaluations.permissions import can_see_history
from evaluations.reports.history import history_of
from evaluations.reports.history_chart import chart_of
from members.models.member import reach_of_people


@signed_in
@never_cache
def history(request: Request, pk: int) -> HttpResponse:
    """The branch's last campaigns as bars and as a table; 404 for those whose posts do not reach it."""
    reached = Organization.objects.visible_to(request.user).filter(
        reach_of_people(request.user, "path"), kind=Kind.BRANCH
    )
    organization = get_object_or_404(reached, pk=pk)
    require(can_see_history(request.user, organization))
    found = history_of(organization, request.user)
    return render(request, "evaluations/history.html", {"history": found, "chart": chart_of(found.years)})
