"""Who sits at the review of materials today: read from the posts of the day, a constant number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from branches.models import (
    Appointment,
    Campaign,
    Organization,
    Portfolio,
    PortfolioKind,
    User,
    path_and_above,
)
from branches.permissions import COMMITTEE_ROLES
from members.models import Material, MaterialRole, Member
from members.rules.routing import (
    SEATS,
    SUPERVISOR_ROLE,
    Case,
    Identity,
    Office,
    Post,
    SeatPlan,
    said_plainly,
    seats_of,
    sit,
)

SITTING = (*COMMITTEE_ROLES, SUPERVISOR_ROLE)
SEEN = ("campaign", "organization__line_superior", "member", "appointment__user__member", "author__member")


@dataclass(frozen=True)
class Bench:
    """The seats of some materials: what decides on each of them, and by which rule it is reviewed."""

    cases: Mapping[uuid.UUID, Case]
    rules: Mapping[uuid.UUID, str]

    @classmethod
    def of(cls, materials: Iterable[Material]) -> Bench:
        """Look everything up for today."""
        found = Material.objects.filter(pk__in=[m.pk for m in materials]).select_related(*SEEN)
        rows = list(found.defer("content_sealed"))
        paths = {path for row in rows for path in path_and_above(row.organization.path)}
        lines = [row.organization.line_superior for row in rows if row.organization.line_superior]
        paths |= {path for line in lines for path in path_and_above(line.path)}
        offices = _offices(paths)
        campaigns: dict[int, Campaign] = {}
        cases, rules = {}, {}
        for row in rows:
            campaign = campaigns.setdefault(row.campaign_id, row.campaign)
            asked = campaign.rules_for(row.organization)
            rules[row.pk] = str(getattr(asked, f"{row.role}_reviewer"))
            cases[row.pk] = Case(
                _upwards(offices, row.organization),
                _upwards(offices, _line(row.organization)),
                _barred(row, offices),
                asked.reviewer_when_author,
                asked.reviewer_when_vacant,
            )
        return cls(cases, rules)

    def seats(self, material: Material) -> tuple[SeatPlan, ...]:
        """The seats the rules want for the material."""
        return seats_of(self.rules[material.pk], self.cases[material.pk])

    def seat(self, material: Material, seat: str) -> SeatPlan:
        """Who sits today on one seat that was opened, whatever the rules have come to say since."""
        return sit(seat, self.cases[material.pk])

    def opened(self, material: Material, seats: Iterable[str]) -> dict[str, SeatPlan]:
        """The same for all seats of one review, by their keys."""
        order = sorted(seats, key=list(SEATS).index)
        return {plan.seat: plan for plan in said_plainly([self.seat(material, seat) for seat in order])}


def _line(organization: Organization) -> Organization | None:
    """The supervising unit; an organisation that names itself has none."""
    line = organization.line_superior
    return None if line is None or line.pk == organization.pk else line


def chains_of(organizations: Iterable[Organization]) -> dict[int, tuple[Office, ...]]:
    """Each of the organisations and all above it with their posts of today, from below; three queries."""
    found = list(organizations)
    offices = _offices({path for one in found for path in path_and_above(one.path)})
    return {one.pk: _upwards(offices, one) for one in found}


def _upwards(offices: Mapping[str, Office], organization: Organization | None) -> tuple[Office, ...]:
    """The organisation and all above it, from below."""
    if organization is None:
        return ()
    return tuple(offices[path] for path in reversed(path_and_above(organization.path)))


def _identity(user: User | None, name: str) -> Identity:
    """Who holds a post: an account that is closed counts as none."""
    if user is None:
        return Identity(None, "", name)
    member: Member | None = getattr(user, "member", None)
    return Identity(user.pk if user.is_active else None, member.pk.hex if member else "", name)


def _offices(paths: Iterable[str]) -> dict[str, Office]:
    """The organisations at these paths with their posts of today; three queries."""
    organizations = Organization.objects.filter(path__in=list(paths))
    posts = Appointment.objects.current(timezone.localdate()).filter(
        organization__in=organizations.order_by(), role__in=SITTING
    )
    charges: dict[int, set[int]] = {}
    lines = Portfolio.objects.filter(
        appointment__in=posts.order_by(), kind=PortfolioKind.CHARGE, organization__isnull=False
    )
    for appointment, organization in lines.values_list("appointment_id", "organization_id"):
        charges.setdefault(appointment, set()).add(organization)
    held: dict[int, list[Post]] = {}
    for post in posts.select_related("user__member").order_by("starts_on", "pk"):
        seen = Post(_identity(post.user, post.holder_name), post.role, frozenset(charges.get(post.pk, ())))
        held.setdefault(post.organization_id, []).append(seen)
    return {
        o.path: Office(o.pk, o.short_name, o.kind, o.category, tuple(held.get(o.pk, ())))
        for o in organizations
    }


def _barred(material: Material, offices: Mapping[str, Office]) -> tuple[Identity, ...]:
    """Who may not review it: the writer, the person it is about; of a committee's, the whole committee."""
    found = []
    if material.author is not None:
        found.append(_identity(material.author, material.author.full_name))
    if material.member is not None:
        account = material.member.user_id
        found.append(Identity(account, material.member.pk.hex, material.member.name))
    if material.appointment is not None:
        found.append(_identity(material.appointment.user, material.appointment.holder_name))
    if material.role == MaterialRole.COMMITTEE:
        posts = offices[material.organization.path].posts
        found += [post.holder for post in posts if post.role in COMMITTEE_ROLES]
    return tuple(found)
