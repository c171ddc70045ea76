"""The seats of a committee (班子成员) on a day, in the order in which they are read out."""

from __future__ import annotations

import collections
import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from branches.models import Appointment, Organization, Role
from branches.permissions import COMMITTEE_ROLES
from members.models import Member


@dataclass(frozen=True)
class Seat:
    """One person of a committee: `key` as in `members.rules.talk_people`; account and member where they are known."""

    key: str
    name: str
    post: str
    role: str
    user_id: int | None
    member_id: uuid.UUID | None
    appointment_id: int

    @property
    def by_post(self) -> str:
        """The key by the post alone: what was kept before the holder was on a roll still stands under it."""
        return key_by_post(self.appointment_id)


def key_by_post(appointment_id: int) -> str:
    """The key of somebody who is on no roll."""
    return f"a{appointment_id}"


def seats_of(organization: Organization, day: datetime.date) -> tuple[Seat, ...]:
    """Who sits on the committee on `day`: secretary, deputies, then the others in the order of their offices.

    A person with several offices has one seat, the first. The holder is the member with the same account, else the
    only member of that name on the organisation's own roll. Two queries.
    """
    return seats_by_organization([organization], day)[organization.pk]


def seats_by_organization(
    organizations: Sequence[Organization], day: datetime.date
) -> dict[int, tuple[Seat, ...]]:
    """The same for many organisations by their keys; two queries for any number."""
    keys = [organization.pk for organization in organizations]
    posts = Appointment.objects.current(day).filter(organization__in=keys, role__in=COMMITTEE_ROLES)
    held: dict[int, list[Appointment]] = collections.defaultdict(list)
    for post in posts:
        held[post.organization_id].append(post)
    names = Q(organization__in=keys, name__in=posts.order_by().values("holder_name"))
    roll = (
        Member.objects.active()
        .filter(Q(user__in=posts.order_by().values("user")) | names)
        .select_related("organization")
        .only("name", "user", "organization__path")
    )
    by_user: dict[int, Member] = {}
    by_place: dict[int, list[Member]] = collections.defaultdict(list)
    for member in roll if held else ():
        by_place[member.organization_id].append(member)
        if member.user_id is not None:
            by_user[member.user_id] = member
    return {one.pk: _seated(one, held[one.pk], by_user, by_place[one.pk]) for one in organizations}


def _seated(
    organization: Organization, posts: list[Appointment], by_user: dict[int, Member], own: list[Member]
) -> tuple[Seat, ...]:
    """The seats of one organisation from its posts, the members by account, and its own members of those names."""
    order = {role: place for place, role in enumerate(COMMITTEE_ROLES)}
    alone = collections.Counter(member.name for member in own)
    by_name = {member.name: member for member in own if alone[member.name] == 1}
    found: dict[str, Seat] = {}
    for post in sorted(posts, key=lambda post: (order[Role(post.role)], post.starts_on, post.pk)):
        member = by_user.get(post.user_id) if post.user_id is not None else None
        if member is not None and not member.organization.path.startswith(organization.path):
            member = None  # on the roll of somewhere else
        member = member or by_name.get(post.holder_name)
        key = f"m{member.pk.hex}" if member is not None else key_by_post(post.pk)
        same_user = next((s.key for s in found.values() if post.user_id and s.user_id == post.user_id), key)
        found.setdefault(
            same_user,
            Seat(
                key=key,
                name=post.holder_name,
                post=post.get_role_display(),
                role=post.role,
                user_id=post.user_id or (member.user_id if member else None),
                member_id=member.pk if member else None,
                appointment_id=post.pk,
            ),
        )
    return tuple(found.values())
