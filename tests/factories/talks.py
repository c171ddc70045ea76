"""Branches with talks for tests, made by the real services; every name is invented."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization, Role, User
from members.models import Member, Talk
from members.services.talks import record_talk
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.members import MemberFactory

FOUR_TALKS = ("secretary_committee", "secretary_member", "committee_committee", "member_member")


def key_of(member: Member) -> str:
    """The key of a member in the grid."""
    return f"m{member.pk.hex}"


@dataclass
class Village:
    """A branch whose officers are members with accounts, a few plain members, and a campaign that asks for talks."""

    organization: Organization
    campaign: Campaign
    secretary: User
    organizer: User
    committee: User
    plain: User
    heads: dict[str, Member]
    others: list[Member] = field(default_factory=list)

    @property
    def everybody(self) -> list[Member]:
        """The officers, then the others."""
        return [*self.heads.values(), *self.others]

    def key(self, who: str) -> str:
        """The key of one of the people with accounts."""
        return key_of(self.heads[who])

    def talk(self, *members: Member | str, on: datetime.date | None = None, **more: Any) -> Talk:
        """A talk recorded by the secretary: of people with accounts by their name here, or of members."""
        keys = [self.key(one) if isinstance(one, str) else key_of(one) for one in members]
        return record_talk(
            campaign=self.campaign,
            organization=self.organization,
            people=keys,
            held_on=on or timezone.localdate(),
            by=more.pop("by", self.secretary),
            **more,
        )


def village_with_talks(
    tree: Tree,
    *,
    level: str = "tick",
    others: int = 3,
    pairs: Sequence[str] = FOUR_TALKS,
    organization: Organization | None = None,
    slug: str = "talks",
    **rules: Any,
) -> Village:
    """A village of four people with accounts and so many others, in a campaign with these rules."""
    place = organization or tree.village
    campaign = CampaignFactory.create(
        issuer=tree.county,
        slug=slug,
        status="running",
        year=timezone.localdate().year,
        rules={
            "talk_pairs": list(pairs),
            "talk_upper_pairs": ["secretary_committee", "committee_committee"],
            "talk_record_level": level,
            "talk_large_branch_from": None,
            **rules,
        },
    )
    roles = {
        "secretary": (Role.SECRETARY, "刘德福"),
        "organizer": (Role.ORGANIZER, "张桂兰"),
        "committee": (Role.COMMITTEE, "王国庆"),
        "plain": (None, "李秀英"),
    }
    people = {who: account_with(role, place, full_name=name) for who, (role, name) in roles.items()}
    heads = {
        who: MemberFactory.create(organization=place, name=user.full_name, user=user)
        for who, user in people.items()
    }
    rest = [MemberFactory.create(organization=place) for _ in range(others)]
    return Village(place, campaign, heads=heads, others=rest, **people)


def post_above(tree: Tree, name: str = "何长河") -> Any:
    """The secretary of the township, who reminds."""
    return AppointmentFactory.create(
        organization=tree.township, role=Role.SECRETARY, user=None, holder_name=name
    )
