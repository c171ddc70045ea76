"""What waits for an office above: opinions, assessments over the cap, pages for the net, cases; its spot checks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from branches.models import Campaign, Organization, Run, User
from branches.permissions import OFFICE_ROLES
from branches.rules import Rules
from evaluations.models import AssessmentSheet, AssessmentStatus
from members.models import Moderation, OpinionRound
from members.permissions.spot_checks import can_see_draws
from members.services.spot_checks import checked_categories, is_within
from rectification.models import CaseStatus, MeasureCase, Publication
from rectification.permissions import can_see_overview
from rectification.services.public_pages import OPEN


@dataclass(frozen=True)
class Waiting:
    """An organisation whose opinions from the net wait to be looked through, how many, and where."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class ToConfirm:
    """A branch of which something waits to be confirmed, released or decided, and where."""

    name: str
    url: str


@dataclass(frozen=True)
class FromAbove:
    """What waits for the office, its spot checks and the overview of what is put right; empty where the rules want none."""

    waiting: tuple[Waiting, ...]
    to_confirm: tuple[ToConfirm, ...]
    to_release: tuple[ToConfirm, ...]
    measures: tuple[ToConfirm, ...]
    spot_checks: str
    rectification: str = ""

    @classmethod
    def of(
        cls, user: User, organization: Organization, campaign: Campaign, rules: Collection[Rules]
    ) -> FromAbove:
        """Of one campaign, for the posts of the person; `rules`: of those below. What no rules ask for is not read."""
        place = [campaign.slug, organization.pk]
        draws = is_within(campaign, organization) and checked_categories(campaign)
        may = draws and can_see_draws(user, organization)
        url = reverse("members:spot_checks", args=place) if may else ""
        waits = (
            _to_confirm(user, campaign),
            _to_release(user, campaign) if any(one.public_page for one in rules) else (),
            _measures(user, campaign) if any(one.satisfaction_surveys for one in rules) else (),
        )
        overview = reverse("rectification:overview", args=[campaign.slug])
        return cls(
            _waiting(user, campaign),
            *waits,
            url,
            overview if any(map(asks_measures, rules)) and can_see_overview(user, campaign) else "",
        )


def asks_measures(rules: Rules) -> bool:
    """Whether the rules ask a committee to put things right."""
    return rules.committee_rectification != "none" or bool(rules.committee_report_months)


def _below(user: User, field: str = "organization") -> Q:
    """Documents whose organisation, in `field`, lies strictly below one of the person's offices."""
    below = Q(pk__in=[])
    for post in user.posts():
        if post.role in OFFICE_ROLES:
            own = post.organization
            below |= Q(**{f"{field}__path__range": own.subtree_range}) & ~Q(**{field: own})
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
    """What is to be put up on the net and nobody has answered."""
    asked = Publication.objects.filter(
        _below(user), campaign=campaign, status__in=OPEN, asked_on__isnull=False, page_digest=""
    ).order_by("organization__path")
    return tuple(
        ToConfirm(f"{name}《{title}》", reverse("rectification:publication", args=[pk]))
        for pk, name, title in asked.values_list("pk", "organization__short_name", "title")
    )


def _measures(user: User, campaign: Campaign) -> tuple[ToConfirm, ...]:
    """Cases of 组织措施 after a second failed survey that nobody has decided yet."""
    place = "round__survey__organization"
    cases = MeasureCase.objects.filter(
        _below(user, place), round__survey__campaign=campaign, status=CaseStatus.OPEN
    ).order_by(f"{place}__path", "pk")
    return tuple(
        ToConfirm(name, reverse("rectification:measure_case", args=[pk]))
        for pk, name in cases.values_list("pk", f"{place}__short_name")
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
