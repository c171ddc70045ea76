"""The page of one campaign: the notice made readable, for one person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from branches.models import (
    Addressee,
    Body,
    Campaign,
    CampaignFile,
    Kind,
    LeadingSeat,
    Organization,
    RuleSet,
    User,
)
from branches.permissions import can_edit_campaign, can_revise_rules
from branches.rules import Rules
from branches.rules.carrying import DateValue, same_dates
from branches.services import campaigns
from branches.services.responsibility import Responsible, responsible_for


@dataclass(frozen=True)
class CampaignPage:
    """What the page shows; `pending` and what is to be checked only to those who may change it."""

    rules: Rules
    theme: str
    addressees: tuple[Addressee, ...]
    n_branches: int
    n_bodies: int
    seats: tuple[tuple[str, tuple[LeadingSeat, ...]], ...]
    files: tuple[CampaignFile, ...]
    versions: tuple[RuleSet, ...]
    pending: RuleSet | None
    own: Organization | None
    responsible: tuple[Responsible, ...]
    dates: tuple[tuple[DateValue, ...], ...]
    words: tuple[str, ...]

    @property
    def wants_group(self) -> bool:
        """Whether the rules ask for a leading group and nobody is in it yet."""
        return self.rules.leading_group and not self.seats


def campaign_page(campaign: Campaign, user: User) -> CampaignPage:
    """Return the page of the campaign as it is for this person now."""
    rules = campaign.rules_for()
    kinds = Counter(campaign.organizations().order_by().values_list("kind", flat=True))
    own = own_organization(campaign, user)
    drafting = bool(can_edit_campaign(user, campaign))
    return CampaignPage(
        rules=rules,
        theme=campaign.theme or rules.theme,
        addressees=tuple(campaign.addressees.select_related("organization")),
        n_branches=kinds[Kind.BRANCH],
        n_bodies=kinds.total() - kinds[Kind.BRANCH],
        seats=seats_of(campaign),
        files=tuple(campaign.files.all()),
        versions=tuple(campaigns.versions_of(campaign)),
        pending=campaigns.pending_of(campaign) if can_revise_rules(user, campaign) else None,
        own=own,
        responsible=() if own is None else responsible_for(campaign=campaign, organization=own),
        dates=same_dates(campaigns.dates_to_check(campaign)) if drafting else (),
        words=campaigns.words_to_check(campaign) if drafting else (),
    )


def seats_of(campaign: Campaign) -> tuple[tuple[str, tuple[LeadingSeat, ...]], ...]:
    """Return the leading group and its office with their seats in order; empty ones are left out."""
    rows = list(campaign.seats.all())
    parts = ((str(body.label), tuple(row for row in rows if row.body == body)) for body in Body)
    return tuple((label, seats) for label, seats in parts if seats)


def own_organization(campaign: Campaign, user: User) -> Organization | None:
    """Return the first of the person's own organisations that the campaign addresses; None without one.

    Somebody of a Party group (党小组) belongs to its branch.
    """
    places = [post.organization for post in user.posts()]
    if user.home is not None:
        places.append(user.home)
    for place in places:
        found = place.superior() if place.kind == Kind.GROUP else place
        if found is not None and campaign.covers(found):
            return found
    return None
