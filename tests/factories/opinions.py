"""Rounds of opinions, opinions and points for tests; every word is invented."""

from __future__ import annotations

import datetime
from typing import Any

import factory
from django.utils import timezone

from branches.models import Campaign, Organization
from members.models import Opinion, OpinionPoint, OpinionRound, Target
from tests.factories.branches import CampaignFactory, OrganizationFactory

ASKING: dict[str, Any] = {
    "opinions_asked": True,
    "opinion_ways": ["forum", "form", "back_to_back", "online"],
    "opinion_verdicts": True,
    "committee_heads": ["联系服务群众", "改进作风"],
    "member_heads": ["履职践诺"],
}


class OpinionRoundFactory(factory.django.DjangoModelFactory):
    """A round by forms, begun three days ago."""

    class Meta:
        model = OpinionRound

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(OrganizationFactory)
    way = "form"
    begun_on = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=3))


class OpinionFactory(factory.django.DjangoModelFactory):
    """An opinion on the committee that was let in."""

    class Meta:
        model = Opinion

    round = factory.SubFactory(OpinionRoundFactory)
    text = factory.Sequence(lambda n: f"第{n}组的路灯坏了，没有人来修。")
    target = factory.LazyAttribute(lambda o: Target.PERSON if o.member else Target.COMMITTEE)
    member = None


class OpinionPointFactory(factory.django.DjangoModelFactory):
    """A point on the committee; `member=` makes it one on a person."""

    class Meta:
        model = OpinionPoint

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(OrganizationFactory)
    text = factory.Sequence(lambda n: f"第{n}件群众反映的事办得慢。")
    target = factory.LazyAttribute(lambda o: Target.PERSON if o.member else Target.COMMITTEE)
    member = None


def asking(issuer: Organization, slug: str = "asking", **rules: Any) -> Campaign:
    """A running campaign that asks for opinions, also on the net."""
    made: Campaign = CampaignFactory.create(
        issuer=issuer, slug=slug, status="running", rules={**ASKING, **rules}
    )
    return made
