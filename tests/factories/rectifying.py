"""A branch after its meeting, for tests of what follows: problems, promises and reports; every name is invented."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches.models import Campaign, Kind, Organization, Role, User
from meetings.models import Meeting, MeetingStatus
from members.models import Member
from rectification.models import Commitment, RectificationItem
from rectification.services import commitments, items
from rectification.services.items import Typed
from tests.factories.branches import AppointmentFactory, OrganizationFactory, account_with
from tests.factories.evaluations import account_of, published_campaign
from tests.factories.meetings import MeetingFactory
from tests.factories.members import members_of

PROBLEM = "支部组织生活不够经常，党员大会有时几个月才开一次。"


@dataclass
class Rectifying:
    """A branch below a general branch of a township, its campaign, secretary and members."""

    township: Organization
    organization: Organization
    campaign: Campaign
    secretary: User
    people: list[Member]

    @property
    def place(self) -> dict[str, Any]:
        """Campaign and organisation, as services take them."""
        return {"campaign": self.campaign, "organization": self.organization}

    @property
    def address(self) -> list[Any]:
        """The same as addresses take them."""
        return [self.campaign.slug, self.organization.pk]

    def item(self, problem: str = PROBLEM, **other: Any) -> RectificationItem:
        """A problem listed by the secretary, due in a month unless said."""
        fields = {
            "measures": "每月固定一天开会。",
            "due_on": timezone.localdate() + datetime.timedelta(days=30),
            **other,
        }
        typed = Typed(problem=problem, **fields)
        return items.add(**self.place, typed=typed, by=self.secretary)

    def pledge(self, number: int, text: str = "每月联系两户群众。") -> Commitment:
        """What the member of this number promises, copied by the secretary."""
        return commitments.write(
            campaign=self.campaign, member=self.people[number], version=0, text=text, by=self.secretary
        )

    def held(self, on: datetime.date, kind: str = "plenary", **other: Any) -> Meeting:
        """A meeting that took place that evening."""
        starts = datetime.datetime.combine(on, datetime.time(19), tzinfo=ZoneInfo("Asia/Shanghai"))
        meeting: Meeting = MeetingFactory.create(
            **{**self.place, **other}, kind=kind, status=MeetingStatus.CLOSED, starts_at=starts
        )
        return meeting


def rectifying(
    *, preset: str = "xinyi_2018", rules: Mapping[str, Any] | None = None, members: int = 3, **how: Any
) -> Rectifying:
    """A branch with a published campaign of the township above; nothing of it is held yet."""
    township = OrganizationFactory.create(kind=Kind.COMMITTEE, category="office")
    general = OrganizationFactory.create(parent=township, kind=Kind.GENERAL_BRANCH)
    branch = OrganizationFactory.create(parent=general, **how)
    campaign = published_campaign(township, preset=preset, rules=rules)
    secretary = account_with(Role.SECRETARY, branch, full_name="刘德福")
    return Rectifying(township, branch, campaign, secretary, members_of(branch, members))


def cast_of(made: Rectifying, own: int = 1) -> dict[str, Any]:
    """Everybody who may come near an item or a promise, and some who may not; `own`: the member it is about."""
    branch, township = made.organization, made.township
    general = branch.superior()
    assert general is not None
    above = OrganizationFactory.create(kind=Kind.COMMITTEE)
    group = OrganizationFactory.create(parent=branch, kind=Kind.GROUP)
    sibling = OrganizationFactory.create(parent=general)
    return {
        "own": account_of(made.people[own]),
        "other_member": account_of(made.people[own + 1]),
        "secretary": made.secretary,
        "deputy": account_with(Role.DEPUTY, branch),
        "organizer": account_with(Role.ORGANIZER, branch),
        "committee": account_with(Role.COMMITTEE, branch),
        "group_leader": account_with(Role.GROUP_LEADER, group),
        "sibling": account_with(Role.SECRETARY, sibling),
        "general": account_with(Role.SECRETARY, general),
        "township": account_with(Role.OFFICE, township),
        "leader_above": account_with(Role.SECRETARY, township),
        "supervisor": account_with(Role.SUPERVISOR, township),
        "system": account_with(Role.SYSTEM, township),
        "auditor": account_with(Role.AUDITOR, township),
        "stranger": account_with(Role.OFFICE, above),
        "nobody": AnonymousUser(),
    }


def leader_of(organization: Organization, user: User) -> None:
    """The account leads the organisation from now on."""
    AppointmentFactory.create(organization=organization, role=Role.SECRETARY, user=user)
