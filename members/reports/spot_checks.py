"""Spot checks on screen: the draws of an office, one draw, what was found, counts by branch."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from branches.models import Campaign, CampaignStatus, Category, Organization, User
from branches.permissions import SUPERIOR_KINDS
from members.models import Material, MaterialRole, MaterialVersion, SpotCheck, SpotCheckItem
from members.models.material import MaterialQuerySet
from members.models.review import SpotCheckQuerySet
from members.permissions.spot_checks import can_check_item, can_see_draws
from members.rules.drawing import draw, is_machine_seed
from members.rules.paper import Block, Paper
from members.services.spot_checks import checked_categories, is_within

CHECKED = Q(checked_on__isnull=False)


@dataclass(frozen=True)
class Found:
    """What one check of a material found, as its author and its reviewers are shown it."""

    on: datetime.date
    office: str
    text: str
    wants_more: bool


def findings_of(material: Material) -> tuple[Found, ...]:
    """What spot checks found in the material, the newest first; one query."""
    items = material.spot_checks.filter(checked_on__isnull=False).select_related("check_of__organization")
    return tuple(
        Found(item.checked_on, item.check_of.organization.short_name, item.finding, bool(item.wants_more))
        for item in items.order_by("-checked_on", "-pk")
        if item.checked_on is not None
    )


@dataclass(frozen=True)
class SummaryRow:
    """The counts of one organisation, or of all; never an order by them."""

    name: str
    drawn: int
    checked: int
    wants_more: int
    paper: int


@dataclass(frozen=True)
class Summary:
    """How many materials an office drew, looked at and wants changed, by organisation in tree order."""

    campaign: Campaign
    organization: Organization
    rows: tuple[SummaryRow, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> Summary:
        """The counts of all draws so far; one query. A material drawn twice counts twice."""
        items = SpotCheckItem.objects.filter(
            check_of__campaign=campaign, check_of__organization=organization
        ).order_by("material__organization__path")
        counted = items.values_list("material__organization__name", "material__organization__path").annotate(
            drawn=Count("pk"),
            checked=Count("pk", filter=CHECKED),
            more=Count("pk", filter=Q(wants_more=True)),
            paper=Count("pk", filter=Q(material__is_on_paper=True)),
        )
        rows = (SummaryRow(name, *counts) for name, _path, *counts in counted)
        return cls(campaign, organization, tuple(rows))

    @property
    def total(self) -> SummaryRow:
        """The sums."""
        return SummaryRow(
            "合计",
            sum(row.drawn for row in self.rows),
            sum(row.checked for row in self.rows),
            sum(row.wants_more for row in self.rows),
            sum(row.paper for row in self.rows),
        )


def draws_of(visible: SpotCheckQuerySet, campaign: Campaign, organization: Organization) -> SpotCheckQuerySet:
    """The draws of an office in a campaign with how many were looked at, the newest first."""
    looked_at = SpotCheckItem.objects.filter(CHECKED, check_of=OuterRef("pk")).order_by().values("check_of")
    counted = looked_at.annotate(n=Count("pk")).values("n")
    mine = visible.filter(campaign=campaign, organization=organization)
    return mine.annotate(n_checked=Coalesce(Subquery(counted), 0)).order_by("-drawn_at", "-pk")


def is_typed(check: SpotCheck) -> bool:
    """Whether a person gave the seed (dice thrown at a meeting), and not the program."""
    return not is_machine_seed(check.seed)


def repeats(check: SpotCheck) -> bool:
    """Whether drawing again from what was kept gives what was drawn."""
    kept = check.items.order_by("position").values_list("material_id", flat=True)
    return draw(check.pool, check.seed, check.size) == tuple(str(key) for key in kept)


def items_of(check: SpotCheck) -> tuple[SpotCheckItem, ...]:
    """What was drawn, in the order of the lots; one query."""
    return tuple(
        check.items.select_related(
            "material__organization", "material__member", "material__appointment"
        ).order_by("position")
    )


@dataclass(frozen=True)
class Stock:
    """What could be drawn today: by category, how many of each role; for the form of a draw."""

    rows: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    total: int

    @classmethod
    def of(cls, materials: MaterialQuerySet) -> Stock:
        """The counts; one query."""
        counted = materials.order_by().values_list("organization__category", "role").annotate(n=Count("pk"))
        counts = {(category, role): n for category, role, n in counted}
        rows = (
            (c.label, tuple((r.label, counts[c.value, r.value]) for r in MaterialRole if (c, r) in counts))
            for c in Category
        )
        return cls(tuple((label, parts) for label, parts in rows if parts), sum(counts.values()))


@dataclass(frozen=True)
class ItemPage:
    """One drawn material as the office sees it."""

    item: SpotCheckItem
    version: MaterialVersion | None
    refusal: str
    following: SpotCheckItem | None

    @classmethod
    def of(cls, item: SpotCheckItem, user: User) -> ItemPage:
        """The page today; `following` is the next one of the draw that nobody has looked at."""
        answer = can_check_item(user, item)
        others = item.check_of.items.filter(checked_on__isnull=True).exclude(pk=item.pk)
        left = others.select_related(
            "material__member", "material__appointment", "material__organization"
        ).order_by("position")
        following = left.filter(position__gt=item.position).first() or left.first()
        return cls(item, item.material.versions.first(), "" if answer else answer.reason, following)

    @property
    def text(self) -> tuple[Block, ...]:
        """The newest version handed in; nothing where paper was handed in in its place."""
        if self.version is None or self.item.material.is_on_paper:
            return ()
        return Paper.loads(self.version.content).blocks()


def place_of_draws(campaign: Campaign, user: User) -> Organization | None:
    """The person's own organisation whose draws in the campaign there are to be seen or made; None without one.

    For a link: the office, its leaders and supervisors come to their own body's page.
    """
    if campaign.status == CampaignStatus.DRAFT or not checked_categories(campaign):
        return None
    for post in user.posts():
        place = post.organization
        if place.kind in SUPERIOR_KINDS and is_within(campaign, place) and can_see_draws(user, place):
            return place
    return None
