"""What the pages show where opinions are compiled, and what a person sees of what was said about oneself."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from branches.models import Campaign, Organization, User
from branches.rules import Rules
from branches.rules.planning import SOURCES
from branches.services.rounds import round_of
from members.models import Opinion, OpinionPoint, Target
from members.permissions.opinions import can_ask_opinions, can_name_points
from members.reports.opinions import PointRow, point_rows
from members.services.must_answer import unanswered_points
from members.services.opinion_points import loose_opinions
from members.services.opinions import asked_of


@dataclass(frozen=True)
class Loose:
    """An original that belongs to no point yet, and whether it is ticked."""

    opinion: Opinion
    is_ticked: bool

    @property
    def whom(self) -> str:
        """Whom it is about."""
        if self.opinion.target == Target.COMMITTEE:
            return "班子"
        return self.opinion.member.name if self.opinion.member is not None else "个人（没有选定是谁）"

    @property
    def source(self) -> str:
        """Where it came from, in words."""
        return SOURCES.get(self.opinion.source, "")


@dataclass(frozen=True)
class CompilingPage:
    """The page where originals become points."""

    campaign: Campaign
    organization: Organization
    loose: tuple[Loose, ...]
    points: tuple[PointRow, ...]
    may_write: bool
    asks_verdicts: bool

    @classmethod
    def of(
        cls,
        campaign: Campaign,
        organization: Organization,
        user: User,
        ticked: Collection[uuid.UUID] = (),
    ) -> CompilingPage:
        """The page now, with what was ticked still ticked."""
        loose = loose_opinions(campaign, organization).select_related("member")
        open_points = unanswered_points(campaign, organization)
        return cls(
            campaign=campaign,
            organization=organization,
            loose=tuple(
                Loose(one, one.pk in ticked) for one in loose.order_by("target", "member", "heading", "pk")
            ),
            points=point_rows(campaign, organization, open_points, persons=True, originals=True),
            may_write=bool(can_ask_opinions(user, organization) and asked_of(campaign, organization)),
            asks_verdicts=campaign.rules_for(organization).opinion_verdicts,
        )

    @property
    def longest_ticked(self) -> str:
        """The longest of the originals that are ticked; empty when none is."""
        return max((one.opinion.text for one in self.loose if one.is_ticked), key=len, default="")

    @property
    def originals(self) -> int:
        """How many originals there are, loose or not."""
        return len(self.loose) + sum(len(row.originals) for row in self.points)


@dataclass(frozen=True)
class PointPage:
    """The page of one point."""

    campaign: Campaign
    organization: Organization
    row: PointRow
    others: tuple[OpinionPoint, ...]
    rules: Rules
    may_write: bool
    may_reword: bool
    may_undo: bool

    @classmethod
    def of(cls, point: OpinionPoint, user: User) -> PointPage:
        """The page now."""
        campaign, organization = point.campaign, point.organization
        open_points = {one.point.pk for one in unanswered_points(campaign, organization)}
        others = OpinionPoint.objects.filter(
            campaign=campaign, organization=organization, round_no=point.round_no, by_superior=False
        ).exclude(pk=point.pk)
        present = campaign.is_open and point.round_no == round_of(campaign, organization)
        writes = present and bool(can_ask_opinions(user, organization))
        names = not point.by_superior or bool(can_name_points(user, organization))
        return cls(
            campaign=campaign,
            organization=organization,
            row=PointRow(point, tuple(point.originals.all()), point.pk in open_points),
            others=tuple(others),
            rules=campaign.rules_for(organization),
            may_write=writes,
            may_reword=writes and names,
            may_undo=writes and names and not (point.verdict or point.elsewhere),
        )


@dataclass(frozen=True)
class OwnPoint:
    """What was said about a person, as the person sees it: neither originals nor how or when they came in."""

    text: str
    heading: str
    verdict: str
    by_superior: bool


def own_points(campaign: Campaign, organization: Organization, user: User) -> tuple[OwnPoint, ...]:
    """Returns what was said about the user: once it is checked, where the rules ask for checking."""
    rows = OpinionPoint.objects.filter(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        target=Target.PERSON,
        member__user=user,
    )
    if campaign.rules_for(organization).opinion_verdicts:
        rows = rows.filter(~Q(verdict="") | Q(by_superior=True))
    return tuple(OwnPoint(one.text, one.heading, one.get_verdict_display(), one.by_superior) for one in rows)
