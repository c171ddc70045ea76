"""The reviewer's desk (审核台): what waits, what was returned, what was reviewed; a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from branches.models import Campaign, User
from members.models import (
    Decision,
    Material,
    MaterialRole,
    MaterialStatus,
    MaterialVersion,
    OpinionPoint,
    ReviewSlot,
    Target,
)
from members.reports.reviews import Hints, hints_of
from members.rules.paper import Paper
from members.services.must_answer import Point, fixed_id
from members.services.reviewing import waiting_for

PER_PAGE = 50
SHOWN: dict[str, str] = {"waiting": "待我审核", "returned": "已退回未改", "done": "我审过的"}
SEEN = (
    "version__material__organization",
    "version__material__campaign",
    "version__material__member",
    "version__material__appointment__user__member",
)


@dataclass(frozen=True)
class Row:
    """One material of the list."""

    slot: ReviewSlot
    hints: Hints
    days: int

    @property
    def material(self) -> Material:
        """Whose it is."""
        return self.slot.version.material

    @property
    def version(self) -> MaterialVersion:
        """The version that waits, or was decided on."""
        return self.slot.version


@dataclass(frozen=True)
class Queue:
    """The desk of one person."""

    shown: str
    tiles: tuple[tuple[str, int, str], ...]
    page: Page[ReviewSlot]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, user: User, *, shown: str, page: str | None) -> Queue:
        """What the person has to do, those that wait longest first, or what the person did, the newest first."""
        if shown not in SHOWN:
            shown = "waiting"
        waiting = waiting_for(user)
        lists = {"returned": returned_by(user), "done": decided_by(user)}
        counts = {"waiting": len(waiting), **{key: rows.count() for key, rows in lists.items()}}
        keys = [slot.pk for slot in waiting]
        rows = (
            ReviewSlot.objects.filter(pk__in=keys).order_by("version__submitted_at", "version")
            if shown == "waiting"
            else lists[shown].order_by("-decided_at", "pk")
        )
        current = Paginator(rows.select_related(*SEEN), PER_PAGE).get_page(page)
        return cls(
            shown=shown,
            tiles=tuple((key, counts[key], words) for key, words in SHOWN.items()),
            page=current,
            rows=tuple(_rows(list(current.object_list))),
        )


def decided_by(user: User) -> QuerySet[ReviewSlot]:
    """The seats the person decided at, one for each version, as far as the posts of today still reach."""
    earlier = ReviewSlot.objects.filter(
        version=OuterRef("version"), holder=user, decided_at__isnull=False, seat__gt=OuterRef("seat")
    )
    mine = Q(pk__in=[])
    for post in user.posts():
        mine |= Q(office=post.organization_id, role=post.role)
    decided = ReviewSlot.objects.exclude(decision=Decision.PENDING).filter(mine, holder=user)
    return decided.filter(~Exists(earlier))


def returned_by(user: User) -> QuerySet[ReviewSlot]:
    """Of these, what was returned and has not been handed in again."""
    newer = MaterialVersion.objects.filter(
        material=OuterRef("version__material"), number__gt=OuterRef("version__number")
    )
    waiting = decided_by(user).filter(
        decision=Decision.RETURNED, version__material__status=MaterialStatus.RETURNED
    )
    return waiting.filter(~Exists(newer))


def _rows(slots: list[ReviewSlot]) -> Iterable[Row]:
    """The lines of the list, with what to point to."""
    campaigns: dict[int, Campaign] = {}
    points = _points([slot.version.material for slot in slots])
    today = timezone.localdate()
    for slot in slots:
        material, version = slot.version.material, slot.version
        campaign = campaigns.setdefault(material.campaign_id, material.campaign)
        rules = campaign.rules_for(material.organization)
        fixed = [Point(fixed_id(text), text, "fixed") for text in rules.must_answer]
        asked = [*_about(material, points), *fixed]
        hints = hints_of(version, Paper.loads(version.content), rules, asked)
        yield Row(slot, hints, (today - timezone.localtime(version.submitted_at).date()).days)


def _points(materials: Iterable[Material]) -> Mapping[tuple[int, int, int], list[OpinionPoint]]:
    """The points to answer in the organisations of these materials, by campaign, organisation and round."""
    rows = list(materials)
    found: dict[tuple[int, int, int], list[OpinionPoint]] = {}
    points = OpinionPoint.objects.filter(
        campaign__in={m.campaign_id for m in rows}, organization__in={m.organization_id for m in rows}
    )
    for point in points.to_answer().filter(elsewhere=""):
        found.setdefault((point.campaign_id, point.organization_id, point.round_no), []).append(point)
    return found


def _about(material: Material, points: Mapping[tuple[int, int, int], list[OpinionPoint]]) -> list[Point]:
    """Those of the points that are about the subject of the material."""
    here = points.get((material.campaign_id, material.organization_id, material.round_no), [])
    if material.role == MaterialRole.COMMITTEE:
        return [Point(p.pk.hex, p.text, "opinion") for p in here if p.target == Target.COMMITTEE]
    member = material.member_id
    if member is None and material.appointment is not None and material.appointment.user is not None:
        held = getattr(material.appointment.user, "member", None)
        member = held.pk if held is not None else None
    return [Point(p.pk.hex, p.text, "opinion") for p in here if member and p.member_id == member]
