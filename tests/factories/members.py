"""Members, rosters and entries for tests; every name and number is invented."""

from __future__ import annotations

import datetime
from typing import Any

import factory

from branches.models import Organization
from members.models import Member, Roster, RosterEntry
from members.rules.id_numbers import check_digit
from tests.factories.branches import CampaignFactory, OrganizationFactory, invented_name


def invented_id_number(
    number: int, birth: datetime.date = datetime.date(1970, 1, 1), *, male: bool = True
) -> str:
    """The n-th valid ID number of an area that does not exist, with this birth date and sex."""
    order = (number * 2 + int(male)) % 1000
    first_17 = f"{990000 + number // 500 % 10000:06d}{birth:%Y%m%d}{order:03d}"
    return first_17 + check_digit(first_17)


class MemberFactory(factory.django.DjangoModelFactory):
    """A full member on the roll; `id_number=` and `phone=` are sealed."""

    class Meta:
        model = Member

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(invented_name)
    sex = "male"
    ethnicity = "汉族"
    birth_on = datetime.date(1970, 1, 1)
    joined_on = datetime.date(1995, 7, 1)
    full_on = datetime.date(1996, 7, 1)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        """Seal the numbers after the row has its key."""
        numbers = {name: kwargs.pop(name) for name in ("id_number", "phone") if name in kwargs}
        member = model_class(**kwargs)
        for name, value in numbers.items():
            setattr(member, name, value)
        member.save(force_insert=True)
        return member


class RosterFactory(factory.django.DjangoModelFactory):
    """A draft roster of a branch in a campaign."""

    class Meta:
        model = Roster

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(OrganizationFactory)


class RosterEntryFactory(factory.django.DjangoModelFactory):
    """A member on a roster: expected, voting, rated."""

    class Meta:
        model = RosterEntry

    roster = factory.SubFactory(RosterFactory)
    member = factory.SubFactory(MemberFactory, organization=factory.SelfAttribute("..roster.organization"))
    ordinal = factory.Sequence(lambda n: n + 1)
    name = factory.SelfAttribute("member.name")
    kind = factory.SelfAttribute("member.kind")


def members_of(organization: Organization, count: int, **fields: Any) -> list[Member]:
    """So many members of a branch."""
    return [MemberFactory.create(organization=organization, **fields) for _ in range(count)]
