"""The round an organisation is in: one, or the newest ordered by its superior."""

from __future__ import annotations

from django.db.models import Max

from branches.models import Campaign, Organization, Run


def round_of(campaign: Campaign, organization: Organization) -> int:
    """The number of the organisation's present round: 1, or the newest one ordered."""
    newest = Run.objects.filter(campaign=campaign, organization=organization).aggregate(n=Max("round_no"))
    return newest["n"] or 1
