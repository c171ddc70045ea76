"""Whose problems stand in a register beside the committee's: the roll of a branch, the leaders of a Party committee."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Organization
from meetings.services.seats import seats_of
from members.models import Member
from members.models.member import MemberQuerySet


def people_of(organization: Organization) -> MemberQuerySet:
    """The members on the roll; of a body those who sit on its committee today, on whichever roll they are."""
    found: MemberQuerySet = Member.objects.active()
    if not organization.is_body:
        return found.filter(organization=organization)
    seats = seats_of(organization, timezone.localdate())
    return found.filter(pk__in=[seat.member_id for seat in seats if seat.member_id is not None])


def speakers_of(organization: Organization) -> set[str]:
    """The names of the leaders of a body, which may stand in front of what was noted at its meetings."""
    return {seat.name for seat in seats_of(organization, timezone.localdate())}
