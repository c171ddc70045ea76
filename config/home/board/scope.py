"""Which organisations the board is about: the part of the tree, the field, the liaison, the name searched for."""

from __future__ import annotations

import datetime
import operator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404

from branches.models import (
    Appointment,
    Campaign,
    Organization,
    Role,
    User,
    path_and_above,
    subtree_range,
)
from branches.models.appointment import AppointmentQuerySet
from branches.models.organization import OrganizationQuerySet
from branches.permissions import READER_ROLES, SUPERIOR_KINDS, SUPERVISOR_ROLES
from config.home.board.asked import Asked

MOST_LIAISONS = 100  # a longer list cannot be chosen from; going down the tree shortens it


class Place(NamedTuple):
    """An organisation as far as the board needs to know it."""

    pk: int
    path: str
    name: str
    short_name: str
    category: str
    kind: str


@dataclass(frozen=True)
class Choice:
    """A value to choose from, with its words."""

    value: str
    words: str


@dataclass(frozen=True)
class Scope:
    """The organisations the board is about: at or below `place`, itself at or below `top`."""

    campaign: Campaign
    top: Organization  # where the reader's post is
    place: Organization
    superiors: tuple[Place, ...]  # below `place`: committees, general branches, work committees
    crumbs: tuple[Place, ...]  # from `top` down to just above `place`
    liaisons: tuple[Choice, ...] | None  # None: too many to choose from
    liaison: Choice | None
    _watched: tuple[str, ...]  # paths the chosen liaison watches over
    _asked: Asked

    @classmethod
    def of(cls, campaign: Campaign, top: Organization, asked: Asked, today: datetime.date) -> Scope:
        """Read it; 404 for a place that is not below the reader's post."""
        place = top
        if asked.under and asked.under != str(top.pk):
            below = Organization.objects.in_subtree(top).filter(kind__in=SUPERIOR_KINDS)
            found = below.filter(pk=int(asked.under)).first()
            if found is None:
                raise Http404("没有这个下级党组织，或者不归您查看。")
            place = found
        above = [path for path in path_and_above(place.path)[:-1] if path.startswith(top.path)]
        posts = Appointment.objects.current(today).filter(role__in=SUPERVISOR_ROLES)
        liaison, watched = _chosen(posts.filter(organization__path__range=top.subtree_range), asked.liaison)
        superiors = Organization.objects.in_subtree(place).filter(kind__in=SUPERIOR_KINDS)
        return cls(
            campaign=campaign,
            top=top,
            place=place,
            superiors=_places(superiors.exclude(pk=place.pk)),
            crumbs=_places(Organization.objects.filter(path__in=above)) if above else (),
            liaisons=_liaisons(posts, place),
            liaison=liaison,
            _watched=watched,
            _asked=asked,
        )

    @cached_property
    def organizations(self) -> OrganizationQuerySet:
        """The working organisations addressed, as far as the filter lets them in, in tree order."""
        rows = self.campaign.organizations().in_subtree(self.place)
        if self._asked.category:
            rows = rows.filter(category=self._asked.category)
        if self._asked.direct:
            rows = rows.filter(depth__lte=self.place.depth + 1).exclude(
                kind__in=SUPERIOR_KINDS, depth=self.place.depth + 1
            )
        if self._asked.q:
            rows = rows.filter(Q(name__icontains=self._asked.q) | Q(short_name__icontains=self._asked.q))
        if self._watched:
            rows = rows.filter(_within(self._watched))
        return rows

    def places(self) -> tuple[Place, ...]:
        """The organisations as rows; one query."""
        return _places(self.organizations)

    @property
    def is_everything(self) -> bool:
        """Whether all organisations addressed below `place` are let in."""
        asked = self._asked
        return not (asked.category or asked.direct or asked.q or self._watched)

    def above(self, path: str) -> Place | None:
        """The nearest superior of a path that lies below `place`."""
        known = {superior.path: superior for superior in self.superiors}
        return next((known[p] for p in reversed(path_and_above(path)[:-1]) if p in known), None)


def top_of(user: User) -> Organization | None:
    """The organisation whose board the person reads: that of the first post that reads a superior."""
    posts = (post for post in user.posts() if post.role in READER_ROLES)
    return next((p.organization for p in posts if p.organization.kind in SUPERIOR_KINDS), None)


def _chosen(posts: AppointmentQuerySet, asked: str) -> tuple[Choice | None, tuple[str, ...]]:
    """The liaison asked for, and the paths of the organisations all posts of the same person are in."""
    post = posts.filter(pk=int(asked)).first() if asked else None
    if post is None:
        return None, ()
    same = (
        posts.filter(user=post.user_id)
        if post.user_id
        else posts.filter(user=None, holder_name=post.holder_name)
    )
    paths = tuple(same.order_by("organization__path").values_list("organization__path", flat=True))
    return Choice(asked, f"{post.holder_name}（{post.get_role_display()}）"), paths


def _liaisons(posts: AppointmentQuerySet, place: Organization) -> tuple[Choice, ...] | None:
    """Who is sent to organisations below the place, each person once; None when there are too many."""
    below = posts.filter(organization__path__range=place.subtree_range).exclude(organization=place)
    columns = ("pk", "user_id", "holder_name", "role", "organization__short_name")
    rows = list(below.order_by("holder_name", "pk").values_list(*columns)[: MOST_LIAISONS + 1])
    if len(rows) > MOST_LIAISONS:
        return None
    found: dict[object, tuple[int, str, list[str]]] = {}
    for pk, user, name, role, where in rows:
        _first, _words, places = found.setdefault(user or name, (pk, f"{name}（{Role(role).label}", []))
        places.append(where)
    return tuple(
        Choice(str(pk), f"{words}，{places[0]}{f'等 {len(places)} 个' if len(places) > 1 else ''}）")
        for pk, words, places in found.values()
    )


def _places(rows: QuerySet[Organization]) -> tuple[Place, ...]:
    """Organisations as plain rows, in tree order."""
    return tuple(map(Place._make, rows.order_by("path").values_list(*Place._fields)))


def _within(paths: tuple[str, ...]) -> Q:
    """At or below one of the paths."""
    return reduce(operator.or_, (Q(path__range=subtree_range(path)) for path in paths))
