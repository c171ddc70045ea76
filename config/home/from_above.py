"""What an office above does before the meetings: opinions from the net it looks through first, its spot checks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from branches.models import Campaign, Organization, User
from branches.permissions import OFFICE_ROLES
from members.models import Moderation, OpinionRound
from members.permissions.spot_checks import can_see_draws
from members.services.spot_checks import checked_categories, is_within


@dataclass(frozen=True)
class Waiting:
    """An organisation whose opinions from the net wait to be looked through, how many, and where."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class FromAbove:
    """What waits for the office, and the page of its spot checks; empty where the rules want none."""

    waiting: tuple[Waiting, ...]
    spot_checks: str

    @classmethod
    def of(cls, user: User, organization: Organization, campaign: Campaign) -> FromAbove:
        """Of one campaign, for the posts of the person; two queries."""
        place = [campaign.slug, organization.pk]
        draws = is_within(campaign, organization) and checked_categories(campaign)
        may = draws and can_see_draws(user, organization)
        url = reverse("members:spot_checks", args=place) if may else ""
        return cls(_waiting(user, campaign), url)


def _waiting(user: User, campaign: Campaign) -> tuple[Waiting, ...]:
    """Organisations strictly below the person's offices with opinions nobody has looked through."""
    below = Q(pk__in=[])
    for post in user.posts():
        if post.role in OFFICE_ROLES:
            own = post.organization
            below |= Q(organization__path__range=own.subtree_range) & ~Q(organization=own)
    held = Q(opinions__moderation=Moderation.WAITING)
    rounds = OpinionRound.objects.filter(below, campaign=campaign)
    counted = rounds.order_by("organization__path").values_list("organization", "organization__short_name")
    found = counted.annotate(n=Count("opinions", filter=held)).filter(n__gt=0)
    return tuple(
        Waiting(name, n, reverse("members:opinion_moderation", args=[campaign.slug, pk]))
        for pk, name, n in found
    )
