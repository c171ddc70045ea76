"""Meetings for tests: planned, with officers named, with everybody present, opened."""

from __future__ import annotations

import datetime
from typing import Any

import factory
from django.utils import timezone

from branches.models import Campaign, Organization, User
from meetings.models import Attendance, AttendanceStatus, Duty, DutyKind, Meeting
from meetings.services import mark_all_present, name_officers, open_meeting
from members.models import Member
from tests.factories.branches import CampaignFactory, OrganizationFactory
from tests.factories.plans import let_go_on

ON_PAPER = "都已在线下办好，没有在系统里登记"  # why a meeting opens although less is recorded here


class MeetingFactory(factory.django.DjangoModelFactory):
    """A planned 党员大会 tomorrow."""

    class Meta:
        model = Meeting

    organization = factory.SubFactory(OrganizationFactory)
    campaign = factory.SubFactory(CampaignFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=1))
    place = "村委会会议室"


class AttendanceFactory(factory.django.DjangoModelFactory):
    """One person who came."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    status = AttendanceStatus.PRESENT


class DutyFactory(factory.django.DjangoModelFactory):
    """Somebody with a task at a meeting; a chair unless `kind=` says otherwise."""

    class Meta:
        model = Duty

    meeting = factory.SubFactory(MeetingFactory)
    kind = DutyKind.CHAIR
    member: Any = None
    holder_name = factory.LazyAttribute(lambda o: o.member.name if o.member else "赵文")


def name_all(meeting: Meeting, by: User, people: list[Member] | None = None) -> list[Duty]:
    """Name officers: the first of the people chairs, then recorder, scrutineer and two tellers."""
    some = people or list(Member.objects.filter(organization=meeting.organization).order_by("pk")[:5])
    return name_officers(
        meeting=meeting,
        chair=some[0],
        recorder=some[1],
        scrutineers=[some[2]],
        tellers=some[3:5],
        by=by,
    )


def opened_meeting(
    *, organization: Organization, campaign: Campaign, by: User, people: list[Member] | None = None
) -> Meeting:
    """A meeting that is open, everybody present; the roster must be frozen and have five people."""
    meeting = MeetingFactory.create(organization=organization, campaign=campaign)
    name_all(meeting, by, people)
    let_go_on(campaign, organization)
    mark_all_present(meeting=meeting, by=by)
    return open_meeting(meeting=meeting, by=by, unready_reason=ON_PAPER)
