"""Compiling: originals merged into points, the rest singled out, points judged, points named by the superior.

Originals are never changed or thrown away: they belong to a point, and can be taken out of it again as long as
their round is being compiled.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from branches.models import Campaign, Organization, OrganizationStatus, User
from branches.permissions import Answer, Denied
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.workflow import NotAllowed, insist
from members.models import (
    LONGEST_OPINION,
    Member,
    Opinion,
    OpinionPoint,
    OpinionRoundStatus,
    Target,
    Verdict,
)
from members.models.opinion import OpinionQuerySet
from members.permissions.opinions import can_ask_opinions, can_name_points
from members.rules.opinions import tidy_text, too_long
from members.services.opinions import asked_of, is_own_place

MOVED = "这一页打开以后，有的意见已经被归并或者移走了。请看一下现在的页面，再勾选。"
NOT_COLLECTING = "这次征求意见已经梳理完毕，请先点“继续征求”，再拆开。"
JUDGED = "这一条已经核实或者列入整改。请先把核实情况和列入整改的内容清空，再拆开。"


def loose_opinions(campaign: Campaign, organization: Organization) -> OpinionQuerySet:
    """Returns the originals of the present round that belong to no point yet, in no order that tells anything."""
    found: OpinionQuerySet = Opinion.objects.accepted().filter(
        round__campaign=campaign,
        round__organization=organization,
        round__round_no=round_of(campaign, organization),
        point__isnull=True,
    )
    return found


@dataclass(frozen=True)
class Wording:
    """What a point says, about whom and on which head; `member` is None for the committee."""

    text: str
    member: Member | None = None
    heading: str = ""


def _wording(wording: Wording) -> dict[str, Any]:
    """The columns of a wording; raises NotAllowed for an empty or too long text."""
    text = tidy_text(wording.text)
    if not text:
        raise NotAllowed("请写出梳理后的意见。")
    if problem := too_long(text, LONGEST_OPINION):
        raise NotAllowed(problem)
    target = Target.COMMITTEE if wording.member is None else Target.PERSON
    return {"text": text, "member": wording.member, "target": target, "heading": wording.heading}


def _chosen(campaign: Campaign, organization: Organization, keys: Collection[uuid.UUID]) -> list[Opinion]:
    """The loose originals with these keys under a lock; raises NotAllowed when one is no longer loose."""
    rows = loose_opinions(campaign, organization).filter(pk__in=keys)
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not found or len(found) != len(set(keys)):
        raise NotAllowed(MOVED if keys else "还没有勾选意见原文。请先勾选要归并的几条。")
    return found


def merge(
    *,
    campaign: Campaign,
    organization: Organization,
    keys: Collection[uuid.UUID],
    wording: Wording,
    by: User,
) -> OpinionPoint:
    """Make one point of some originals, which stay with it. Raises NotAllowed with the reason."""
    insist(can_ask_opinions(by, organization), asked_of(campaign, organization))
    with transaction.atomic():
        found = _chosen(campaign, organization, keys)
        sources = {one.source for one in found}
        point = OpinionPoint.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            source=sources.pop() if len(sources) == 1 else "",
            **_wording(wording),
        )
        Opinion.objects.filter(pk__in=[one.pk for one in found]).update(point=point)
        record(by=by, action="merge_opinions", about=point, detail={"rows": len(found)})
    return point


def put_to(*, point: OpinionPoint, keys: Collection[uuid.UUID], by: User) -> int:
    """Put more originals to a point there is already; returns how many. Raises NotAllowed with the reason."""
    with transaction.atomic():
        locked = lock_point(point, by=by)
        if locked.by_superior:
            raise NotAllowed("上级点明的问题不能并入其他意见，请另立一条。")
        found = _chosen(locked.campaign, locked.organization, keys)
        Opinion.objects.filter(pk__in=[one.pk for one in found]).update(point=locked)
        record(by=by, action="merge_opinions", about=locked, detail={"rows": len(found)})
    return len(found)


@dataclass(frozen=True)
class Singled:
    """How many originals became points of their own, and how many are about a person not named yet."""

    made: int
    unnamed: int


def single_out(*, campaign: Campaign, organization: Organization, by: User) -> Singled:
    """Make a point of its own, word for word, of every original that is loose (其余各自单列).

    Originals about a person whom nobody has named yet stay loose. Raises NotAllowed with the reason.
    """
    insist(can_ask_opinions(by, organization), asked_of(campaign, organization))
    with transaction.atomic():
        rows = loose_opinions(campaign, organization).select_for_update(of=("self",)).order_by("pk")
        loose = list(rows)
        ready = [one for one in loose if one.target == Target.COMMITTEE or one.member_id is not None]
        number = round_of(campaign, organization)
        points = [
            OpinionPoint(
                campaign=campaign,
                organization=organization,
                round_no=number,
                target=one.target,
                member_id=one.member_id,
                heading=one.heading,
                source=one.source,
                text=one.text,
            )
            for one in ready
        ]
        OpinionPoint.objects.bulk_create(points, batch_size=200)
        for one, point in zip(ready, points, strict=True):
            one.point = point
        Opinion.objects.bulk_update(ready, ["point"], batch_size=200)
        if ready:
            detail = {"campaign": campaign.pk, "rows": len(ready)}
            record(by=by, action="single_out_opinions", about=organization, detail=detail)
    return Singled(len(ready), len(loose) - len(ready))


def lock_point(point: OpinionPoint, *, by: User) -> OpinionPoint:
    """The point's row under a lock; raises NotAllowed unless `by` may work on it now."""
    rows = OpinionPoint.objects.select_for_update(of=("self",)).select_related(
        "campaign__issuer", "organization"
    )
    locked = rows.filter(pk=point.pk).first()
    if locked is None:
        raise NotAllowed(MOVED)
    insist(can_ask_opinions(by, locked.organization), _open(locked.campaign, locked.organization))
    if locked.round_no != round_of(locked.campaign, locked.organization):
        raise NotAllowed("上级已经责令重新进行，这是上一轮的意见，不再修改。")
    return locked


def _open(campaign: Campaign, organization: Organization) -> Answer:
    """Whether points may be worked on: the campaign is open and addressed to a working organisation."""
    works = organization.status != OrganizationStatus.ABOLISHED and is_own_place(organization)
    if not works or not campaign.covers(organization):
        return Denied("这项活动没有发给本组织，不用登记。")
    return True if campaign.is_open else Denied("活动还没有发布或者已经结束，不能再办理。")


def reword(*, point: OpinionPoint, wording: Wording, by: User) -> OpinionPoint:
    """Change what a point says; one named by the superior is reworded by an office above only."""
    with transaction.atomic():
        locked = lock_point(point, by=by)
        if locked.by_superior:
            insist(can_name_points(by, locked.organization))
        for name, value in _wording(wording).items():
            setattr(locked, name, value)
        locked.save(update_fields=["text", "member", "target", "heading"])
        record(by=by, action="reword_point", about=locked)
    return locked


def judge(*, point: OpinionPoint, verdict: str, note: str, elsewhere: str, by: User) -> OpinionPoint:
    """Say what checking a point found, and where it is dealt with if not in a material (列入整改).

    Raises NotAllowed where the rules ask for no verdicts but one is given.
    """
    if verdict and verdict not in Verdict.values:
        raise NotAllowed("请选择核实结论。")
    with transaction.atomic():
        locked = lock_point(point, by=by)
        if verdict and not locked.campaign.rules_for(locked.organization).opinion_verdicts:
            raise NotAllowed("这项活动不要求逐条核实。")
        if locked.by_superior and verdict != locked.verdict:
            insist(can_name_points(by, locked.organization))
        locked.verdict, locked.verdict_note, locked.elsewhere = verdict, note, elsewhere
        locked.save(update_fields=["verdict", "verdict_note", "elsewhere"])
        detail = {"to": verdict, "elsewhere": bool(elsewhere)}
        record(by=by, action="judge_point", about=locked, detail=detail)
    return locked


def take_out(*, point: OpinionPoint, keys: Collection[uuid.UUID], by: User) -> int:
    """Take originals out of a point again; a point without originals goes. Returns how many. Raises NotAllowed."""
    with transaction.atomic():
        locked = lock_point(point, by=by)
        rows = locked.originals.filter(pk__in=keys).select_related("round").order_by("pk")
        found = list(rows.select_for_update(of=("self",)))
        if not found:
            raise NotAllowed(MOVED if keys else "还没有勾选意见原文。")
        if any(one.round.status != OpinionRoundStatus.COLLECTING for one in found):
            raise NotAllowed(NOT_COLLECTING)
        left = locked.originals.exclude(pk__in=[one.pk for one in found]).exists()
        if not left and (locked.verdict or locked.elsewhere):
            raise NotAllowed(JUDGED)
        Opinion.objects.filter(pk__in=[one.pk for one in found]).update(point=None)
        record(by=by, action="take_out_opinions", about=locked, detail={"rows": len(found)})
        if not left:
            locked.delete()
    return len(found)


def dissolve(*, point: OpinionPoint, by: User) -> int:
    """Undo a merge: all originals are loose again, the point goes. Returns how many. Raises NotAllowed.

    A point named by the superior is taken back by an office above.
    """
    with transaction.atomic():
        locked = lock_point(point, by=by)
        if locked.by_superior:
            insist(can_name_points(by, locked.organization))
            if locked.verdict or locked.elsewhere:
                raise NotAllowed(JUDGED)
            record(by=by, action="drop_point", about=locked)
            locked.delete()
            return 0
        keys = list(locked.originals.values_list("pk", flat=True))
        return take_out(point=locked, keys=keys, by=by)


def move(*, point: OpinionPoint, keys: Collection[uuid.UUID], to: OpinionPoint, by: User) -> int:
    """Move originals from one point to another of the same organisation and round. Raises NotAllowed."""
    with transaction.atomic():
        first, second = (lock_point(one, by=by) for one in sorted((point, to), key=lambda one: one.pk))
        source, target = (first, second) if first.pk == point.pk else (second, first)
        same = (source.campaign_id, source.organization_id, source.round_no)
        if same != (target.campaign_id, target.organization_id, target.round_no) or source.pk == target.pk:
            raise NotAllowed("请选择本组织的另一条意见。")
        if target.by_superior:
            raise NotAllowed("上级点明的问题不能并入其他意见，请另选一条。")
        found = list(source.originals.filter(pk__in=keys).values_list("pk", flat=True))
        if not found:
            raise NotAllowed(MOVED if keys else "还没有勾选意见原文。")
        left = source.originals.exclude(pk__in=found).exists()
        if not left and (source.verdict or source.elsewhere):
            raise NotAllowed(JUDGED)
        Opinion.objects.filter(pk__in=found).update(point=target)
        record(by=by, action="move_opinions", about=target, detail={"rows": len(found)})
        if not left:
            source.delete()
    return len(found)


def name_point(*, campaign: Campaign, organization: Organization, wording: Wording, by: User) -> OpinionPoint:
    """Name a point that must be answered (上级点明): an office strictly above. Raises NotAllowed with the reason."""
    insist(can_name_points(by, organization), _open(campaign, organization))
    with transaction.atomic():
        point = OpinionPoint.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            source="superior",
            by_superior=True,
            **_wording(wording),
        )
        record(by=by, action="name_point", about=point, detail={"campaign": campaign.pk})
    return point
