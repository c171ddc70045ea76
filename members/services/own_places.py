"""The organisations a person may look at for their own part: reached by a post, or the own branch."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from branches.models import Appointment, Organization, User
from branches.models.organization import OrganizationQuerySet


def places_of(user: User) -> OrganizationQuerySet:
    """What the person's posts reach, where the person is on the roll, and where a post is held today."""
    reached = Organization.objects.visible_to(user).values("pk")
    held = Appointment.objects.current(timezone.localdate()).filter(user=user).values("organization")
    own = Q(members__user=user) | Q(pk__in=held)
    found: OrganizationQuerySet = Organization.objects.filter(Q(pk__in=reached) | own).distinct()
    return found
