"""Who owes a material in a campaign: the people of any number of organisations, in a constant number of queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Appointment, Campaign, Kind, Organization, Role
from branches.models.appointment import COMMITTEE_SEATS
from branches.models.organization import BODIES
from members.models import Member, RosterEntry
from members.rules.material_owed import Candidate, Owed, owed

POSTS = (Role.SECRETARY, Role.VILLAGE_OFFICIAL, *COMMITTEE_SEATS)


@dataclass(frozen=True)
class People:
    """The people of one organisation who may owe a material, and whether it has a committee."""

    candidates: tuple[Candidate, ...]
    has_committee: bool


def member_key(pk: uuid.UUID) -> str:
    """The key of a member."""
    return f"m{pk.hex}"


def post_key(pk: int) -> str:
    """The key of the holder of a post who is not on the roll."""
    return f"a{pk}"


def people_of(campaign: Campaign, organizations: Iterable[Organization]) -> dict[int, People]:
    """The people of each organisation; three queries."""
    places = list(organizations)
    posts = defaultdict(list)
    current = Appointment.objects.current(timezone.localdate()).filter(
        organization__in=places, role__in=POSTS
    )
    for post in current.order_by("pk"):
        posts[post.organization_id].append(post)
    branches = [place.pk for place in places if place.kind == Kind.BRANCH]
    roll = defaultdict(list)
    members = Member.objects.active().filter(organization__in=branches).in_order()
    for member in members.only("pk", "name", "user_id", "organization_id", "is_village_official"):
        roll[member.organization_id].append(member)
    excused = set(
        RosterEntry.objects.filter(
            roster__campaign=campaign, roster__organization__in=branches, is_expected=False
        ).values_list("member_id", flat=True)
    )
    return {place.pk: _people(place, posts[place.pk], roll[place.pk], excused) for place in places}


def _people(
    place: Organization, posts: list[Appointment], members: list[Member], excused: set[uuid.UUID]
) -> People:
    seats = any(post.role in COMMITTEE_SEATS for post in posts)
    has_committee = seats if place.committee_override is None else place.committee_override
    if place.kind in BODIES:
        return People(_leaders(posts), True)
    return People(_branch(posts, members, excused), has_committee)


def _leaders(posts: list[Appointment]) -> tuple[Candidate, ...]:
    """The 班子成员 of a body; who holds two posts is one person, under the first of them."""
    seated = [post for post in posts if post.role != Role.VILLAGE_OFFICIAL]
    found: dict[tuple[int | None, str], Candidate] = {}
    for post in sorted(seated, key=lambda one: one.role != Role.SECRETARY):
        person = (post.user_id, "" if post.user_id else post.holder_name)
        found.setdefault(
            person, Candidate(post_key(post.pk), post.holder_name, is_head=post.role == Role.SECRETARY)
        )
    return tuple(found.values())


def _branch(
    posts: list[Appointment], members: list[Member], excused: set[uuid.UUID]
) -> tuple[Candidate, ...]:
    """The members of a branch with what posts make of them, and holders who are not on its roll."""
    heads: set[str] = set()
    officials = {member_key(member.pk) for member in members if member.is_village_official}
    outside: dict[str, str] = {}
    for post in posts:
        if post.role not in (Role.SECRETARY, Role.VILLAGE_OFFICIAL):
            continue
        holder = _holder(post, members)
        key = member_key(holder.pk) if holder is not None else post_key(post.pk)
        if holder is None:
            outside[key] = post.holder_name
        (heads if post.role == Role.SECRETARY else officials).add(key)
    rows = [(member_key(one.pk), one.name, one.pk in excused) for one in members]
    rows += [(key, name, False) for key, name in outside.items()]
    return tuple(Candidate(key, name, key in heads, key in officials, out) for key, name, out in rows)


def _holder(post: Appointment, members: list[Member]) -> Member | None:
    """The member who holds the post: by account, else the only one of that name."""
    for member in members:
        if post.user_id is not None and member.user_id == post.user_id:
            return member
    named = [member for member in members if member.name == post.holder_name]
    if len(named) != 1 or (named[0].user_id and post.user_id):
        return None
    return named[0]


def owed_in(campaign: Campaign, organizations: Iterable[Organization]) -> Mapping[int, tuple[Owed, ...]]:
    """What each organisation owes under its rules, by key; nothing for groups and work committees."""
    places = [place for place in organizations if place.kind in (Kind.BRANCH, *BODIES)]
    people = people_of(campaign, places)
    return {
        place.pk: owed(
            campaign.rules_for(place),
            people[place.pk].candidates,
            body=place.kind in BODIES,
            has_committee=people[place.pk].has_committee,
        )
        for place in places
    }


def owed_here(campaign: Campaign, organization: Organization) -> tuple[Owed, ...]:
    """What one organisation owes."""
    return owed_in(campaign, [organization]).get(organization.pk, ())
