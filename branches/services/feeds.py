"""Calendar feeds: one address an organisation, shown once, renewed or revoked at will."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from branches.models import CalendarFeed, Organization, OrganizationStatus, User
from branches.permissions import can_manage_feed
from branches.services.audit import record
from branches.workflow import NotAllowed

TOKEN_BYTES = 32


def make_feed(*, organization: Organization, by: User) -> str:
    """Make the organisation's address and return its secret part, known only now; an older one ends.

    Raises NotAllowed.
    """
    _require(organization, by)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        ended = _revoke(organization)
        feed = CalendarFeed.objects.create(organization=organization, digest=_digest(token))
        record(by=by, action="make_feed", about=feed, detail={"renewed": bool(ended)})
    return token


def revoke_feed(*, organization: Organization, by: User) -> bool:
    """Let the organisation's address end at once; returns whether there was one. Raises NotAllowed."""
    _require(organization, by)
    with transaction.atomic():
        ended = _revoke(organization)
        for feed in ended:
            record(by=by, action="revoke_feed", about=feed)
    return bool(ended)


def find_feed(token: str) -> CalendarFeed | None:
    """Return the feed a secret part opens; None for a wrong or ended one, or an abolished organisation."""
    feeds = CalendarFeed.objects.filter(digest=_digest(token), revoked_at=None).select_related("organization")
    return feeds.exclude(organization__status=OrganizationStatus.ABOLISHED).first()


def _require(organization: Organization, by: User) -> None:
    """Raise NotAllowed with the reason of a refusal."""
    answer = can_manage_feed(by, organization)
    if not answer:
        raise NotAllowed(answer.reason)


def _digest(token: str) -> str:
    """What is kept of a secret part."""
    return hashlib.sha256(token.encode()).hexdigest()


def _revoke(organization: Organization) -> list[CalendarFeed]:
    """End the address that holds, one writer at a time; returns what was ended."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    ended = list(CalendarFeed.objects.filter(organization=organization, revoked_at=None))
    CalendarFeed.objects.filter(pk__in=[feed.pk for feed in ended]).update(revoked_at=timezone.now())
    return ended
