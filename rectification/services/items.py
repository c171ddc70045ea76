"""Items of the register: listed, changed, worked on, verified, struck off; done again or taken off."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from branches.models import Campaign, CampaignStatus, Organization, User
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from config.lib.sealed import blind_indexes
from members.models import Member
from rectification.models import ItemStatus, ProgressNote, RectificationItem, Source, Term, VerifiedBy
from rectification.models.item import (
    LONGEST_LINE,
    LONGEST_MEASURES,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PROBLEM,
)
from rectification.permissions import can_keep_ledger, can_verify_as, can_work_item
from rectification.rules.items import UNFINISHED
from rectification.rules.repeated import repeats
from rectification.services.people import people_of
from rectification.workflow import ITEM

RELATED = ("campaign__issuer", "organization", "member", "owner_member", "repeats__campaign")
KEPT = (
    "problem",
    "measures",
    "source",
    "source_note",
    "leader",
    "owner",
    "owner_member",
    "term",
    "due_on",
    "member",
    "repeats",
)


@dataclass(frozen=True)
class Typed:
    """What is typed of an item; `member`: whose problem, None for the committee's."""

    problem: str
    measures: str = ""
    source: str = Source.SELF
    source_note: str = ""
    leader: str = ""
    owner: str = ""
    term: str = Term.DATED
    due_on: datetime.date | None = None
    member: Member | None = None


def add(
    *, campaign: Campaign, organization: Organization, typed: Typed, by: User, origin: str = ""
) -> RectificationItem:
    """List a problem. `origin`: what it is taken over from (`Candidate.origin`); taken over twice is refused.

    Raises NotAllowed without the right, for a campaign that does not reach here, and for what does not fit.
    """
    insist(can_keep_ledger(by, organization))
    if campaign.status == CampaignStatus.DRAFT or not campaign.covers(organization):
        raise NotAllowed("这项活动没有发给本组织，不能登记整改事项。")
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)  # numbers one after the other
        here = RectificationItem.objects.filter(
            campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
        )
        if here.standing().filter(source_key__in=blind_indexes(origin)).exists():
            raise NotAllowed("这一条已经列入过，不用再列。")
        item = RectificationItem(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            ordinal=(here.aggregate(last=Max("ordinal"))["last"] or 0) + 1,
            listed_on=timezone.localdate(),
        )
        item.origin = origin
        _write(item, typed)
        item.save()
        detail = {"pulled": bool(origin), "of_member": typed.member is not None}
        record(by=by, action="list_item", about=item, detail=detail)
    return item


def _write(item: RectificationItem, typed: Typed) -> None:
    """Put what was typed upon the item; raises NotAllowed with what to do."""
    for name, text, longest in (
        ("问题", typed.problem, LONGEST_PROBLEM),
        ("整改措施", typed.measures, LONGEST_MEASURES),
        ("来源说明", typed.source_note, LONGEST_LINE),
        ("责任领导", typed.leader, LONGEST_NAME),
        ("责任人", typed.owner, LONGEST_NAME),
    ):
        _short(name, text, longest)
    if not typed.problem.strip():
        raise NotAllowed("请写下问题。")
    if typed.source not in Source.values or typed.term not in Term.values:
        raise NotAllowed("请从给出的来源和类型里选。")
    if typed.term != Term.LASTING and typed.due_on is None:
        raise NotAllowed("请填整改时限；长期坚持的，类型选“长期坚持”，可以不填。")
    if typed.member is not None and not _is_here(item, typed.member):
        raise NotAllowed("这位党员不在本组织，请重新选择。")
    item.problem, item.measures = typed.problem.strip(), typed.measures.strip()
    item.source, item.source_note = typed.source, typed.source_note.strip()
    item.leader, item.owner = typed.leader.strip(), typed.owner.strip()
    item.term, item.due_on, item.member = typed.term, typed.due_on, typed.member
    item.owner_member = _member_named(item.organization, item.owner)
    item.repeats = _repeated(item)


def _is_here(item: RectificationItem, member: Member) -> bool:
    """Whether the member is of the organisation, or it was that member's already."""
    if member.pk == item.member_id or member.organization_id == item.organization_id:
        return True
    return item.organization.is_body and people_of(item.organization).filter(pk=member.pk).exists()


def _short(name: str, text: str, longest: int) -> None:
    """Raise NotAllowed for a text that cannot be kept."""
    if len(text.strip()) > longest:
        raise NotAllowed(f"{name}最多写 {longest} 个字，请写短一些。")


def _member_named(organization: Organization, name: str) -> Member | None:
    """The member of the roll with this name, where there is exactly one."""
    if not name:
        return None
    found = list(Member.objects.filter(organization=organization, name=name).active()[:2])
    return found[0] if len(found) == 1 else None


def _repeated(item: RectificationItem) -> RectificationItem | None:
    """The item of an earlier year of the same subject that says the same; none where the rules want no hint."""
    rules = item.campaign.rules_for(item.organization)
    if not rules.repeated_problem_hint:
        return None
    earlier = list(
        RectificationItem.objects.standing()
        .filter(organization=item.organization, member=item.member, campaign__year__lt=item.campaign.year)
        .order_by("-campaign__year", "ordinal", "pk")
    )
    place = repeats(item.problem, [one.problem for one in earlier], rules.material_copy_share)
    return None if place is None else earlier[place]


def locked_item(item: RectificationItem, version: int | None = None) -> RectificationItem:
    """The item under a lock; raises Stale when it was saved since `version`."""
    return locked_row(item, *RELATED, version=version)


def save(*, item: RectificationItem, version: int, typed: Typed, by: User) -> RectificationItem:
    """Change what is listed. Raises Stale, and NotAllowed once it is done, for others, and for what does not fit."""
    with transaction.atomic():
        locked = locked_item(item, version)
        insist(can_keep_ledger(by, locked.organization))
        if locked.status not in UNFINISHED:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能再改。要改的，先“重新整改”。")
        _write(locked, typed)
        locked.version += 1
        locked.save(update_fields=[*KEPT, "version"])
        record(by=by, action="save_item", about=locked, detail={"version": locked.version})
    return locked


def begin(*, item: RectificationItem, by: User) -> RectificationItem:
    """Note that it is begun."""
    return perform(ITEM, item, "begin_item", by=by)


def note_progress(*, item: RectificationItem, on: datetime.date, text: str, by: User) -> ProgressNote:
    """Note how it goes; the first word begins it. Raises NotAllowed when it is done, for a day to come, for others."""
    _past(on, "日期")
    _short("进展", text, LONGEST_NOTE)
    if not text.strip():
        raise NotAllowed("请写一句进展。")
    with transaction.atomic():
        locked = locked_item(item)
        insist(can_work_item(by, locked))
        if locked.status not in UNFINISHED:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，不用再记进展。")
        if locked.status == ItemStatus.LISTED:
            perform(ITEM, locked, "begin_item", by=by)
        note = ProgressNote.objects.create(item=locked, on=on, text=text.strip())
        record(by=by, action="note_item_progress", about=locked, detail={"length": len(note.text)})
    return note


def finish(
    *, item: RectificationItem, done_on: datetime.date, outcome: str, evidence: str, by: User
) -> RectificationItem:
    """Note that it is done; evidence may be left empty and is never a photo. Raises NotAllowed with what to do."""
    _past(done_on, "完成日期")
    _short("完成情况", outcome, LONGEST_NOTE)
    _short("佐证", evidence, LONGEST_NOTE)
    with transaction.atomic():
        locked = locked_item(item)
        insist(ITEM.step(locked, "finish_item", by))
        locked.done_on, locked.outcome, locked.evidence = done_on, outcome.strip(), evidence.strip()
        return _moved(locked, "finish_item", by, "done_on", "outcome", "evidence")


def verify(
    *, item: RectificationItem, verified_by: str, verified_on: datetime.date, verified_how: str, by: User
) -> RectificationItem:
    """Note who found it put right, when and how. Raises NotAllowed with what to do."""
    _past(verified_on, "验收日期")
    _short("怎样验收", verified_how, LONGEST_LINE)
    if verified_by not in VerifiedBy.values:
        raise NotAllowed("请选择谁验收。")
    with transaction.atomic():
        locked = locked_item(item)
        insist(ITEM.step(locked, "verify_item", by), can_verify_as(by, locked, verified_by))
        if locked.done_on is not None and verified_on < locked.done_on:
            raise NotAllowed("验收日期早于完成日期，请核对。")
        locked.verified_by, locked.verified_on = verified_by, verified_on
        locked.verified_how = verified_how.strip()
        return _moved(locked, "verify_item", by, "verified_by", "verified_on", "verified_how")


def close(*, item: RectificationItem, by: User) -> RectificationItem:
    """Strike it off (销号) as of today."""
    with transaction.atomic():
        locked = locked_item(item)
        insist(ITEM.step(locked, "close_item", by))
        locked.closed_on = timezone.localdate()
        return _moved(locked, "close_item", by, "closed_on")


def reopen(*, item: RectificationItem, note: str, by: User) -> RectificationItem:
    """Have it done again, with the reason: what was noted as done, verified and struck off no longer holds."""
    _short("原因", note, LONGEST_LINE)
    with transaction.atomic():
        locked = perform(ITEM, locked_item(item), "reopen_item", by=by, note=note)
        locked.reason, locked.done_on, locked.verified_on, locked.closed_on = note.strip(), None, None, None
        locked.verified_by = locked.verified_how = ""
        locked.version += 1
        locked.save()
    return locked


def withdraw(*, item: RectificationItem, note: str, by: User) -> RectificationItem:
    """Take it off the register, with the reason; it stays readable."""
    _short("原因", note, LONGEST_LINE)
    with transaction.atomic():
        locked = perform(ITEM, locked_item(item), "withdraw_item", by=by, note=note)
        locked.reason = note.strip()
        locked.version += 1
        locked.save(update_fields=["reason", "version"])
    return locked


def _past(day: datetime.date, name: str) -> None:
    """Raise NotAllowed for a day to come."""
    if day > timezone.localdate():
        raise NotAllowed(f"{name}不能晚于今天，请核对。")


def _moved(item: RectificationItem, step: str, by: User, *fields: str) -> RectificationItem:
    """Save these fields as a new version, then take the step."""
    item.version += 1
    item.save(update_fields=[*fields, "version"])
    return perform(ITEM, item, step, by=by)
