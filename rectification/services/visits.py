"""Visits: planned, written down, made, closed or cancelled."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.dateformat import format as date_format

from branches.models import Campaign, Organization, User
from branches.permissions import CLERK_ROLES, Answer, Denied
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.steps import steps_for
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from meetings.models import Meeting
from rectification.models import LinkedPoint, SupervisionTeam, Visit, VisitDraw, VisitStatus
from rectification.models.visits import LONGEST_REASON, LONGEST_SEEN
from rectification.permissions.visits import can_visit, can_write_visit
from rectification.rules.supervision import UNANNOUNCED, modes_of
from rectification.services.supervision import may_work
from rectification.workflow import VISIT

RELATED = (
    "campaign__issuer",
    "organization",
    "team__sender",
    "point",
    "drawn",
    "meeting__organization",
    "author",
)
OPEN = (VisitStatus.PLANNED, VisitStatus.MADE)


@dataclass(frozen=True)
class Typed:
    """What a person says of a visit: how, when, by whom, at which meeting, which steps, what was seen."""

    mode: str
    day: datetime.date
    visitors: str
    announced: bool = False
    team: SupervisionTeam | None = None
    point: LinkedPoint | None = None
    meeting: Meeting | None = None
    steps: Collection[str] = field(default_factory=tuple)
    seen: str = ""


def _may_plan(campaign: Campaign, organization: Organization, by: User) -> Answer:
    """Whether this person may visit this organisation in this campaign now."""
    for answer in (can_visit(by, organization), may_work(campaign, organization)):
        if not answer:
            return answer
    return True if campaign.covers(organization) else Denied("这次活动没有发给这个党组织。")


def _fits(campaign: Campaign, organization: Organization, typed: Typed) -> Answer:
    """Whether what was typed fits the rules, the organisation and itself."""
    if typed.mode not in modes_of(campaign.rules_for(organization)):
        return Denied("规则里没有这种督查方式，请按通知选择。")
    if typed.announced and typed.mode in UNANNOUNCED:
        return Denied("随机抽查和暗访不提前告诉支部，请去掉“提前告诉支部”。")
    if not typed.visitors.strip():
        return Denied("请写明督查人员。")
    for chosen in (typed.team, typed.point, typed.meeting):
        if chosen is not None and chosen.campaign_id != campaign.pk:
            return Denied("选的组、联系点或者会议是另一个活动的，请重新选择。")
    if typed.team is not None and not typed.team.covers(organization):
        return Denied("这个党组织不在这个组的督导范围里，请重新选择。")
    if typed.point is not None and typed.point.organization_id != organization.pk:
        return Denied("这不是这位领导的联系点，请重新选择。")
    if typed.meeting is not None and typed.meeting.organization_id != organization.pk:
        return Denied("这不是这个党组织的会议，请重新选择。")
    return True


def _put(visit: Visit, typed: Typed) -> None:
    """What was typed, into the row."""
    known = [step.key for step in steps_for(visit.campaign, visit.organization)]
    visit.mode, visit.day, visit.announced = typed.mode, typed.day, typed.announced
    visit.visitors, visit.seen = (
        typed.visitors.strip(),
        typed.seen.replace("\r\n", "\n").strip()[:LONGEST_SEEN],
    )
    visit.team, visit.point, visit.meeting = typed.team, typed.point, typed.meeting
    visit.steps = [key for key in known if key in set(typed.steps)]


def plan_visit(
    *,
    campaign: Campaign,
    organization: Organization,
    typed: Typed,
    by: User,
    drawn: VisitDraw | None = None,
    make: bool = False,
) -> Visit:
    """Plan a visit; the branch hears of it only when it is to be told beforehand. `make`: it took place already.

    Raises NotAllowed for those who do not look in from above, for what the rules do not allow, and for an
    organisation of a draw that has its visit already.
    """
    insist(_may_plan(campaign, organization, by), _fits(campaign, organization, typed))
    if drawn is not None and organization.code not in drawn.result:
        raise NotAllowed("这个党组织没有抽中，请从抽中的里面安排。")
    visit = Visit(campaign=campaign, organization=organization, author=by, drawn=drawn)
    _put(visit, typed)
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
            detail = {"mode": visit.mode, "announced": visit.announced, "drawn": drawn is not None}
            record(by=by, action="plan_visit", about=visit, detail=detail)
            if make:
                return perform(VISIT, visit, "make_visit", by=by)
            _tell_planned(visit)
    except IntegrityError as error:
        raise NotAllowed("这次抽签里的这个党组织已经安排过督查，请到督查列表里看。") from error
    return visit


def _tell_planned(visit: Visit) -> None:
    """Tell the branch of a visit it is to know of; nobody's name."""
    if visit.announced:
        day = date_format(visit.day, "n月j日")
        announce(
            kind="visit_announced",
            about=visit,
            recipients=clerks_of(visit.organization),
            title=f"上级安排 {day} 来督查指导，不用另外准备材料",
            url=branch_page(visit),
        )


def clerks_of(organization: Organization) -> list[User]:
    """Those with an account who run the organisation's business today."""
    return holders(Organization.objects.filter(pk=organization.pk), CLERK_ROLES)


def branch_page(visit: Visit) -> str:
    """The address of the page of visits to the organisation."""
    return reverse("rectification:branch_visits", args=[visit.campaign.slug, visit.organization_id])


def locked_visit(visit: Visit, version: int | None = None) -> Visit:
    """The visit under a lock; raises Stale when it was saved since `version`."""
    return locked_row(visit, *RELATED, version=version)


def save_visit(*, visit: Visit, version: int, typed: Typed, by: User, make: bool = False) -> Visit:
    """Keep what was typed of a visit that is not closed; `make` notes at once that it took place.

    Raises Stale, and NotAllowed for others, a visit closed or cancelled, and what does not fit.
    """
    with transaction.atomic():
        locked = locked_visit(visit, version)
        insist(can_write_visit(by, locked), may_work(locked.campaign))
        if locked.status not in OPEN:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能再改。")
        insist(_fits(locked.campaign, locked.organization, typed))
        told = locked.announced
        _put(locked, typed)
        if locked.status == VisitStatus.MADE and not locked.seen:
            raise NotAllowed("已经登记过的督查，请保留看到的情况。")
        locked.version += 1
        locked.save()
        record(by=by, action="save_visit", about=locked, detail={"version": locked.version})
        if not told and locked.status == VisitStatus.PLANNED:
            _tell_planned(locked)
        return perform(VISIT, locked, "make_visit", by=by) if make else locked


def close_visit(*, visit: Visit, version: int, by: User) -> Visit:
    """Close a visit whose findings are settled."""
    return _step(visit, version, "close_visit", by)


def cancel_visit(*, visit: Visit, version: int, note: str, by: User) -> Visit:
    """Cancel a visit that was not made, with a reason."""
    return _step(visit, version, "cancel_visit", by, note=note, reason=note.strip()[:LONGEST_REASON])


def _step(visit: Visit, version: int, name: str, by: User, note: str = "", **fields: Any) -> Visit:
    """Take a step of what was read at `version` and keep these fields with it."""
    with transaction.atomic():
        locked = locked_visit(visit, version)
        moved = perform(VISIT, locked, name, by=by, note=note)
        moved.version += 1
        for key, value in fields.items():
            setattr(moved, key, value)
        moved.save(update_fields=[*fields, "version"])
    return moved
