"""How many materials and outlines wait for each reviewer: lines for the digest, in counts, never in names."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Callable

from django.db.models import Count

from branches.models import Campaign, Organization
from branches.models.organization import BODIES
from branches.rules import Rules
from config.home.digest import REVIEW, Line, Place
from meetings.services.outline_steps import waiting_by_account
from members.services.reviewing import pending_slots

ORDER = (1, datetime.date.min, 0)  # behind what is overdue


def review_lines(rests: Callable[[Rules], bool]) -> dict[int, list[Line]]:
    """The lines of each account that holds a seat, as last looked; three queries. Nothing on days of rest."""
    seats = pending_slots().filter(holder__is_active=True, office__isnull=False)
    keys = (
        "holder",
        "version__material__campaign",
        "office",
        "office__path",
        "office__short_name",
        "office__kind",
    )
    counted = list(seats.order_by().values_list(*keys).annotate(n=Count("version", distinct=True)))
    campaigns = Campaign.objects.select_related("issuer").in_bulk({row[1] for row in counted})
    found: dict[int, list[Line]] = collections.defaultdict(list)
    for holder, key, office, path, name, kind, count in counted:
        campaign = campaigns[key]
        if not rests(campaign.rules_for(campaign.issuer)):
            place = Place(office, path, name, kind in BODIES)
            words = f"{count} 份材料待审核"
            found[holder].append(Line(campaign, place, f"{REVIEW}material", words, ORDER))
    for holder, lines in _outline_lines(rests).items():
        found[holder] += lines
    return found


def _outline_lines(rests: Callable[[Rules], bool]) -> dict[int, list[Line]]:
    """The same for outlines of criticism; more queries only when some wait."""
    found: dict[int, list[Line]] = collections.defaultdict(list)
    counted = waiting_by_account()
    campaigns = Campaign.objects.select_related("issuer").in_bulk({key[1] for key in counted})
    places = Organization.objects.in_bulk({key[2] for key in counted})
    for (holder, key, pk), count in counted.items():
        campaign, one = campaigns[key], places[pk]
        if not rests(campaign.rules_for(campaign.issuer)):
            place = Place(one.pk, one.path, one.short_name, one.kind in BODIES)
            words = f"{count} 份批评提纲待审核"
            found[holder].append(Line(campaign, place, f"{REVIEW}outlines", words, ORDER))
    return found
