"""The seats of a committee (班子成员) on a day, in the order in which they are read out."""

from __future__ import annotations

import collections
import datetime
import uuid
from dataclasses import dataclass

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


def seats_of(organization: Organization, day: datetime.date) -> tuple[Seat, ...]:
    """Who sits on the committee on `day`: secretary, deputies, then the others in the order of their offices.

    A person with several offices has one seat, the first. The holder is the member with the same account, else the
    only member of that name on the organisation's own roll. Two queries.
    """
    posts = Appointment.objects.current(day).filter(organization=organization, role__in=COMMITTEE_ROLES)
    order = {role: place for place, role in enumerate(COMMITTEE_ROLES)}
    roll = list(
        Member.objects.active()
        .filter(organization__path__range=organization.subtree_range)
        .only("name", "user", "organization")
    )
    by_user = {member.user_id: member for member in roll if member.user_id is not None}
    own = [member for member in roll if member.organization_id == organization.pk]
    alone = collections.Counter(member.name for member in own)
    by_name = {member.name: member for member in own if alone[member.name] == 1}
    found: dict[str, Seat] = {}
    for post in sorted(posts, key=lambda post: (order[Role(post.role)], post.starts_on, post.pk)):
        member = by_user.get(post.user_id) if post.user_id is not None else None
        member = member or by_name.get(post.holder_name)
        key = f"m{member.pk.hex}" if member is not None else f"a{post.pk}"
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
