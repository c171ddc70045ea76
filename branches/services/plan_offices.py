"""Who reviews a plan: an office, the nearest one above the organisation that somebody works for today.

Nobody reviews an own plan: where the only one there wrote it or runs the branch, the next office above does.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from branches.models import Appointment, Organization, Plan, Run, User, path_and_above
from branches.models.appointment import AppointmentQuerySet
from branches.permissions import CLERK_ROLES, OFFICE_ROLES


@dataclass(frozen=True)
class Office:
    """The organisation whose office reviews, None when nobody is there; and who works there today."""

    organization: Organization | None
    people: tuple[User, ...]


def _offices() -> AppointmentQuerySet:
    """Posts of offices held today by people with an account that works."""
    posts = Appointment.objects.current(timezone.localdate())
    return posts.filter(role__in=OFFICE_ROLES, user__is_active=True)


def _clerks() -> AppointmentQuerySet:
    """Posts of those who run an organisation's business today."""
    return Appointment.objects.current(timezone.localdate()).filter(role__in=CLERK_ROLES)


def reviewing_office(plan: Plan) -> Office:
    """The office whose turn it is; two queries."""
    own = set(_clerks().filter(organization=plan.organization).values_list("user_id", flat=True))
    above = path_and_above(plan.organization.path)[:-1]
    posts = _offices().filter(organization__path__in=above).select_related("organization", "user")
    by_office: dict[Organization, list[User]] = {}
    for post in posts.order_by("-organization__depth", "pk"):
        if post.user is not None and post.user_id not in {*own, plan.author_id}:
            by_office.setdefault(post.organization, []).append(post.user)
    for office, people in by_office.items():
        return Office(office, tuple(dict.fromkeys(people)))
    return Office(None, ())


def for_office(plans: QuerySet[Plan], user: User) -> QuerySet[Plan]:
    """Of these plans those of the present round that are this person's to review, by the same rule."""
    mine = Q(pk__in=[])
    for post in user.posts():
        if post.role in OFFICE_ROLES:
            below = Q(organization__path__range=post.organization.subtree_range)
            mine |= below & ~Q(organization=post.organization) & ~Q(Exists(_nearer(post.organization)))
    newer = Run.objects.filter(
        campaign=OuterRef("campaign"),
        organization=OuterRef("organization"),
        round_no__gt=OuterRef("round_no"),
    )
    runs = _clerks().filter(user=user).values("organization")
    return plans.filter(mine).exclude(author=user).exclude(organization__in=runs).exclude(Exists(newer))


def _nearer(office: Organization) -> AppointmentQuerySet:
    """Posts of offices between `office` and the organisation of the plan outside, that could review it."""
    runs_it = _clerks().filter(user=OuterRef("user"), organization=OuterRef(OuterRef("organization")))
    below = ExpressionWrapper(OuterRef("organization__path"), output_field=CharField())
    between = _offices().annotate(below=below)
    return (
        between.filter(
            below__startswith=F("organization__path"),
            organization__depth__gt=office.depth,
            organization__depth__lt=OuterRef("organization__depth"),
        )
        .exclude(user=OuterRef("author"))
        .exclude(Exists(runs_it))
    )
