"""Problems from outside that can be listed by a button: what was said to a notice that hangs, what a visit found."""

from __future__ import annotations

from collections.abc import Iterator

from branches.models import Campaign, Organization, User
from rectification.models import Finding, FindingKind, Source
from rectification.permissions import can_see_publications
from rectification.services.candidate import Candidate, origin_of
from rectification.services.publication_objections import objections_to_rectify

ASKING = (FindingKind.ADVICE, FindingKind.SUGGESTION, FindingKind.CORRECT)  # praise and proposals ask nothing


def objections(
    campaign: Campaign, organization: Organization, number: int, user: User
) -> Iterator[Candidate]:
    """What people said to a notice and the branch marked 列入整改 when it answered; who said it is not kept."""
    if not can_see_publications(user, organization):
        return
    for one in objections_to_rectify(campaign, organization, number):
        yield Candidate(
            origin=origin_of("objection", one.pk),
            source=Source.MASSES,
            where=f"对“{one.publication.title}”的意见",
            problem=one.text.strip(),
        )


def findings(campaign: Campaign, organization: Organization, user: User) -> Iterator[Candidate]:
    """What visits advised or criticised, as far as the person may read it."""
    found = Finding.objects.visible_to(user).standing().filter(kind__in=ASKING)
    here = found.filter(visit__campaign=campaign, visit__organization=organization)
    for one in here.select_related("visit"):
        yield Candidate(
            origin=origin_of("finding", one.pk),
            source=Source.VISIT,
            where=f"{one.get_kind_display()}（{one.issued_on.year}年{one.issued_on.month}月{one.issued_on.day}日）",
            problem=one.text.strip(),
        )
