"""Keys of the summary interface: made, ended, checked, counted; a key reads numbers of one organisation's tree."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from branches.models import Campaign, CampaignStatus, Organization, OrganizationStatus, User, path_and_above
from branches.services.audit import record
from branches.workflow import insist
from config.lib.limits import too_many
from evaluations.models import SummaryKey
from evaluations.permissions.exporting import can_manage_summary_key

KEY_BYTES = 32
MOST_A_MINUTE = 60  # requests of one key


def make_key(*, organization: Organization, by: User) -> str:
    """Make the organisation's key and return it, known only now; an older one ends. Raises NotAllowed."""
    insist(can_manage_summary_key(by, organization))
    secret = secrets.token_urlsafe(KEY_BYTES)
    with transaction.atomic():
        ended = _end(organization)
        key = SummaryKey.objects.create(
            organization=organization, digest=_digest(secret), made_on=timezone.localdate()
        )
        record(by=by, action="make_summary_key", about=key, detail={"renewed": bool(ended)})
    return secret


def revoke_key(*, organization: Organization, by: User) -> bool:
    """Let the organisation's key end at once; returns whether there was one. Raises NotAllowed."""
    insist(can_manage_summary_key(by, organization))
    with transaction.atomic():
        ended = _end(organization)
        for key in ended:
            record(by=by, action="revoke_summary_key", about=key)
    return bool(ended)


def key_of(organization: Organization) -> SummaryKey | None:
    """The key that holds, None without one."""
    return SummaryKey.objects.filter(organization=organization, revoked_on=None).first()


def find_key(secret: str) -> SummaryKey | None:
    """The key a secret is of; None for a wrong or ended one, or when the organisation is gone."""
    keys = SummaryKey.objects.filter(digest=_digest(secret), revoked_on=None).select_related("organization")
    return keys.exclude(organization__status=OrganizationStatus.ABOLISHED).first()


def is_busy(key: SummaryKey) -> bool:
    """Count one request of the key in the present minute; whether these are too many."""
    return too_many(f"summary-key:{key.pk}", MOST_A_MINUTE, 60)


def note_use(key: SummaryKey) -> None:
    """Record that the key was used, once a day: a platform asks every few minutes."""
    today = timezone.localdate()
    with transaction.atomic():
        first = SummaryKey.objects.filter(pk=key.pk).exclude(used_on=today).update(used_on=today)
        if first:
            record(by=None, action="read_summaries", about=key)


def campaigns_for(key: SummaryKey) -> QuerySet[Campaign]:
    """The published campaigns issued by, above or below the key's organisation."""
    organization = key.organization
    reached = Q(issuer__path__range=organization.subtree_range)
    above = Q(issuer__path__in=path_and_above(organization.path))
    found = Campaign.objects.filter(reached | above).exclude(status=CampaignStatus.DRAFT)
    return found.select_related("issuer")


def _digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _end(organization: Organization) -> list[SummaryKey]:
    """End the key that holds, one writer at a time; returns what was ended."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    ended = list(SummaryKey.objects.filter(organization=organization, revoked_on=None))
    SummaryKey.objects.filter(pk__in=[key.pk for key in ended]).update(revoked_on=timezone.localdate())
    return ended
