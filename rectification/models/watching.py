"""Which organisations a person looks in on from above, as a condition on rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from branches.models import Kind, Role, User, subtree_range

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SENT = (Role.SUPERVISOR, Role.INSTRUCTOR)  # 督导组、指导员: sent to where they look in
SEATS = (
    Role.SECRETARY,
    Role.DEPUTY,
    Role.ORGANIZER,
    Role.PUBLICITY,
    Role.DISCIPLINE,
    Role.COMMITTEE,
)
SEATED = (*SEATS, Role.OFFICE)
SUPERIOR = (Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.WORK_COMMITTEE)


def watched_by(user: User | AnonymousUser, field: str = "organization") -> Q:
    """Rows whose organisation the user's posts look in on: at or below those they are sent to, strictly below a body
    they sit in or work for; never where the person has a seat. `field` names the foreign key; empty for organisations themselves.
    """
    column = f"{field}__" if field else ""
    seen, seats = Q(pk__in=[]), []
    for post in user.posts() if isinstance(user, User) else ():
        own = post.organization
        if post.role in SEATS:
            seats.append(own.path)
        below = Q(**{f"{column}path__range": subtree_range(own.path)})
        if post.role in SENT:
            seen |= below
        elif post.role in SEATED and own.kind in SUPERIOR:
            seen |= below & ~Q(**{f"{column}path": own.path})
    return seen & ~Q(**{f"{column}path__in": seats}) if seats else seen
