"""What waits for an office above: opinions, assessments over the cap, pages for the net; and its spot checks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from branches.models import Campaign, Category, Organization, Run, User
from branches.permissions import OFFICE_ROLES
from evaluations.models import AssessmentSheet, AssessmentStatus
from members.models import Moderation, OpinionRound
from members.permissions.spot_checks import can_see_draws
from members.services.spot_checks import checked_categories, is_within
from rectification.models import Publication
from rectification.services.public_pages import OPEN


@dataclass(frozen=True)
class Waiting:
    """An organisation whose opinions from the net wait to be looked through, how many, and where."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class ToConfirm:
    """A branch that waits for an answer (its assessment exceeds the cap, it wants a page on the net), and where."""

    name: str
    url: str


@dataclass(frozen=True)
class FromAbove:
    """What waits for the office, and the page of its spot checks; empty where the rules want none."""

    waiting: tuple[Waiting, ...]
    to_confirm: tuple[ToConfirm, ...]
    to_release: tuple[ToConfirm, ...]
    spot_checks: str

    @classmethod
    def of(cls, user: User, organization: Organization, campaign: Campaign) -> FromAbove:
        """Of one campaign, for the posts of the person; three queries, one more where pages on the net are allowed."""
        place = [campaign.slug, organization.pk]
        draws = is_within(campaign, organization) and checked_categories(campaign)
        may = draws and can_see_draws(user, organization)
        url = reverse("members:spot_checks", args=place) if may else ""
        return cls(_waiting(user, campaign), _to_confirm(user, campaign), _to_release(user, campaign), url)


def _below(user: User) -> Q:
    """Documents of organisations strictly below the person's offices."""
    below = Q(pk__in=[])
    for post in user.posts():
        if post.role in OFFICE_ROLES:
            own = post.organization
            below |= Q(organization__path__range=own.subtree_range) & ~Q(organization=own)
    return below


def _to_confirm(user: User, campaign: Campaign) -> tuple[ToConfirm, ...]:
    """Assessments over the cap, of the present round, that nobody has answered."""
    newer = Run.objects.filter(
        campaign=campaign, organization=OuterRef("organization"), round_no__gt=OuterRef("round_no")
    )
    sheets = AssessmentSheet.objects.filter(
        _below(user), ~Exists(newer), campaign=campaign, status=AssessmentStatus.AWAITING
    ).order_by("organization__path")
    return tuple(
        ToConfirm(name, reverse("evaluations:assessment_confirm", args=[pk]))
        for pk, name in sheets.values_list("pk", "organization__short_name")
    )


def _to_release(user: User, campaign: Campaign) -> tuple[ToConfirm, ...]:
    """What is to be put up on the net and nobody has answered; nothing is asked for where no rule allows it."""
    rules = campaign.rule_set()
    if not any(rules.stored("public_page", category) for category in Category.values):
        return ()
    asked = Publication.objects.filter(
        _below(user), campaign=campaign, status__in=OPEN, asked_on__isnull=False, page_digest=""
    ).order_by("organization__path")
    return tuple(
        ToConfirm(f"{name}《{title}》", reverse("rectification:publication", args=[pk]))
        for pk, name, title in asked.values_list("pk", "organization__short_name", "title")
    )


def _waiting(user: User, campaign: Campaign) -> tuple[Waiting, ...]:
    """Organisations strictly below the person's offices with opinions nobody has looked through."""
    held = Q(opinions__moderation=Moderation.WAITING)
    rounds = OpinionRound.objects.filter(_below(user), campaign=campaign)
    counted = rounds.order_by("organization__path").values_list("organization", "organization__short_name")
    found = counted.annotate(n=Count("opinions", filter=held)).filter(n__gt=0)
    return tuple(
        Waiting(name, n, reverse("members:opinion_moderation", args=[campaign.slug, pk]))
        for pk, name, n in found
    )
