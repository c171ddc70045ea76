"""What every page of a ballot begins with: the ballot if it may be seen, and refusals told on its page."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from branches.http import Request
from branches.workflow import NotAllowed
from evaluations.models import Ballot

BallotView = Callable[[Request, uuid.UUID], HttpResponseBase]


def find(request: Request, pk: uuid.UUID) -> Ballot:
    """The ballot, 404 for those who may not see it."""
    visible = Ballot.objects.visible_to(request.user).select_related(
        "organization", "campaign__issuer", "meeting__organization", "meeting__campaign"
    )
    return get_object_or_404(visible, pk=pk)


def told_on(page: str) -> Callable[[BallotView], BallotView]:
    """Wraps a view: a refused step goes to `page` of the ballot and says why there. Nothing is lost."""

    def wrap(view: BallotView) -> BallotView:
        @functools.wraps(view)
        def answered(request: Request, pk: uuid.UUID) -> HttpResponseBase:
            try:
                return view(request, pk)
            except NotAllowed as refusal:
                messages.error(request, refusal.reason)
                return redirect(page, pk=pk)

        return answered

    return wrap


told = told_on("evaluations:ballot")
