"""To whom a campaign is addressed (发至): set while it is a draft, only added to afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from branches.models import Addressee, Audience, Campaign, CampaignStatus, Category, Organization, User
from branches.models.organization import OrganizationQuerySet, OrganizationStatus
from branches.permissions import can_keep_campaign
from branches.services.audit import record
from branches.services.campaigns.drafting import allow, locked
from branches.services.campaigns.telling import concerned
from branches.services.notices import announce
from branches.workflow import NotAllowed


@dataclass(frozen=True)
class Line:
    """One line of the addressees: a subtree, in it one category or all, and which kinds of organisations."""

    organization: Organization
    category: str = ""
    audience: str = Audience.BRANCHES

    def matches(self, row: Addressee) -> bool:
        """Whether the stored row says the same."""
        return (self.organization.pk, self.category, self.audience) == (
            row.organization_id,
            row.category,
            row.audience,
        )


def set_addressees(*, campaign: Campaign, lines: Sequence[Line], by: User) -> list[Addressee]:
    """Make these the addressees; none means every branch at or below the issuer.

    After publication the change may only add organisations: they get the notice, the others keep it.
    Returns the lines in order. Raises NotAllowed.
    """
    wanted = list(dict.fromkeys(lines))
    with transaction.atomic():
        current = locked(campaign)
        allow(can_keep_campaign(by, current))
        _check(current, wanted)
        before = set(current.organizations().values_list("pk", flat=True))
        rows = {row.pk: row for row in current.addressees.all()}
        kept = {pk for pk, row in rows.items() if any(line.matches(row) for line in wanted)}
        new = [line for line in wanted if not any(line.matches(row) for row in rows.values())]
        current.addressees.exclude(pk__in=kept).delete()
        Addressee.objects.bulk_create(
            Addressee(
                campaign=current,
                organization=line.organization,
                category=line.category,
                audience=line.audience,
            )
            for line in new
        )
        if current.status != CampaignStatus.DRAFT:
            _tell_added(current, before)
        detail = {"lines": len(wanted), "added": len(new), "removed": len(rows) - len(kept)}
        record(by=by, action="set_addressees", about=current, detail=detail)
    return list(current.addressees.select_related("organization"))


def add_addressee(*, campaign: Campaign, line: Line, by: User) -> list[Addressee]:
    """Add one line to those there are.

    A published campaign without lines was addressed to every branch: this becomes a line of its own.
    """
    with transaction.atomic():
        current = locked(campaign)
        lines = _lines(current)
        if not lines and current.status != CampaignStatus.DRAFT:
            lines = [Line(current.issuer)]
        return set_addressees(campaign=current, lines=[*lines, line], by=by)


def remove_addressee(*, campaign: Campaign, line: Line, by: User) -> list[Addressee]:
    """Take one line away; of a published campaign only one that the others make superfluous."""
    with transaction.atomic():
        current = locked(campaign)
        rest = [other for other in _lines(current) if other != line]
        return set_addressees(campaign=current, lines=rest, by=by)


def reached_by(campaign: Campaign) -> dict[int, int]:
    """How many working organisations each line reaches, by the line's id; one query for all lines."""
    lines = list(campaign.addressees.select_related("organization"))
    if not lines:
        return {}
    below = Organization.objects.in_subtree(campaign.issuer).filter(status=OrganizationStatus.ACTIVE)
    counts = {f"line_{line.pk}": Count("pk", filter=line.meant()) for line in lines}
    found = below.order_by().aggregate(**counts)
    return {line.pk: found[f"line_{line.pk}"] for line in lines}


def _lines(campaign: Campaign) -> list[Line]:
    """The stored lines as plain values."""
    rows = campaign.addressees.select_related("organization")
    return [Line(row.organization, row.category, row.audience) for row in rows]


def _check(campaign: Campaign, lines: list[Line]) -> None:
    """Every line stands below the issuer and says what this system knows; raises NotAllowed."""
    for line in lines:
        if not line.organization.path.startswith(campaign.issuer.path):
            raise NotAllowed(f"{line.organization.name}不在{campaign.issuer.name}下面，不能发至。")
        if line.category not in ("", *Category.values) or line.audience not in Audience.values:
            raise NotAllowed("没有这个领域或者这类组织，请重新选择。")


def _tell_added(campaign: Campaign, before: set[int]) -> None:
    """Tell those who were added to a published campaign; raises NotAllowed when somebody was left out."""
    now: OrganizationQuerySet = campaign.organizations()
    reached = set(now.values_list("pk", flat=True))
    if before - reached:
        raise NotAllowed("活动已经发布，只能增加发至的党组织，不能减少。确实不需要做的，请逐个同意不做。")
    added: OrganizationQuerySet = Organization.objects.filter(pk__in=reached - before)
    announce(
        kind="campaign_published",
        about=campaign,
        recipients=concerned(campaign, added),
        title=f"新活动：{campaign.name}",
        body="上级增加了发至的党组织。请打开查看要做什么、什么时候完成。",
        url=reverse("branches:campaign", args=[campaign.slug]),
    )
