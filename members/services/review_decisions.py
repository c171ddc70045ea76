"""What a reviewer does at a seat: remarks at paragraphs, the checklist, passing and returning."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, User
from branches.permissions import LEADERS
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.workflow import NotAllowed, insist, perform
from members.models import Decision, Material, MaterialRole, MaterialStatus, ReviewRemark, ReviewSlot
from members.permissions.materials import can_review_slot, holds_seat
from members.rules.paper import Paper
from members.rules.routing import SEATS
from members.services.reviewing import pending_slots, reassign_reviews
from members.workflow.preparing import MATERIAL

YES, NO = "yes", "no"
LONGEST_REMARK, LONGEST_NOTE, MOST_REMARKS = 1000, 2000, 200
Checklist = Mapping[str, str]


def _locked(slot: ReviewSlot, by: User) -> ReviewSlot:
    """The seat, with its material under a lock; raises NotAllowed unless the person may decide there now."""
    Material.objects.select_for_update().get(pk=slot.version.material_id)
    reassign_reviews(slots=pending_slots().filter(version=slot.version_id))
    rows = ReviewSlot.objects.select_for_update(of=("self",)).select_related(
        "version__material__campaign", "version__material__organization", "office"
    )
    locked = rows.get(pk=slot.pk)
    insist(can_review_slot(by, locked))
    material, newest = locked.version.material, locked.version.material.versions.first()
    if locked.decision != Decision.PENDING:
        raise NotAllowed(f"这一席已经审核过，结果是「{locked.get_decision_display()}」，不用再办。")
    if newest is None or newest.pk != locked.version_id:
        raise NotAllowed("作者已经重新提交，这一版不用再审。请打开审核台看新的一版。")
    if material.status != MaterialStatus.SUBMITTED:
        raise NotAllowed(f"材料现在是「{material.get_status_display()}」，不用再审。请刷新页面查看最新情况。")
    if not material.campaign.is_open:
        raise NotAllowed("活动还没有发布或者已经结束，材料不能再办理。")
    return locked


def add_remark(*, slot: ReviewSlot, block: str, paragraph: int, text: str, by: User) -> ReviewRemark:
    """Say something about one paragraph; the author sees it once the seat has decided.

    The very same remark said twice is one. Raises NotAllowed for a paragraph that is not there, and for
    others than the holder.
    """
    text = text.strip()
    with transaction.atomic():
        locked = _locked(slot, by)
        if not text:
            raise NotAllowed("批注还没有写。请写上哪里要改、怎么改。")
        if len(text) > LONGEST_REMARK:
            raise NotAllowed(f"一条批注最多 {LONGEST_REMARK} 字，现在 {len(text)} 字。请写得简短一些。")
        if not _is_there(locked, block, paragraph):
            raise NotAllowed("没有找到要批注的这一段。请刷新页面再批注。")
        if locked.remarks.count() >= MOST_REMARKS:
            raise NotAllowed(f"一份材料最多批注 {MOST_REMARKS} 处。其余的请写在总的意见里。")
        said = locked.remarks.filter(block=block, paragraph=paragraph)
        for remark in said:
            if remark.text == text:
                return remark
        remark = ReviewRemark(slot=locked, block=block, paragraph=paragraph)
        remark.text = text
        remark.save(force_insert=True)
    return remark


def _is_there(slot: ReviewSlot, block: str, paragraph: int) -> bool:
    """Whether the version has this paragraph."""
    found = [one for one in Paper.loads(slot.version.content).blocks() if one.id == block]
    return bool(found) and 0 <= paragraph < len(found[0].paragraphs)


def drop_remark(*, slot: ReviewSlot, remark: uuid.UUID, by: User) -> tuple[str, int] | None:
    """Take a remark back before the seat has decided; returns its place, None for one that is gone already."""
    with transaction.atomic():
        found = _locked(slot, by).remarks.filter(pk=remark).first()
        if found is None:
            return None
        found.delete()
    return found.block, found.paragraph


def keep_review(*, slot: ReviewSlot, note: str, checklist: Checklist, by: User) -> ReviewSlot:
    """Keep what was typed so far, without deciding."""
    with transaction.atomic():
        locked = _locked(slot, by)
        locked.note, locked.checklist = note.strip()[:LONGEST_NOTE], dict(checklist)
        locked.save(update_fields=["note_sealed", "checklist"])
    return locked


def checklist_of(slot: ReviewSlot) -> tuple[str, ...]:
    """What the reviewer goes through, as the rules of the material's organisation want it."""
    material = slot.version.material
    return tuple(material.campaign.rules_for(material.organization).review_checklist)


def pass_slot(*, slot: ReviewSlot, note: str = "", checklist: Checklist, by: User) -> Material:
    """Pass the version from every seat the person holds; when all seats have passed it, it is passed.

    Raises NotAllowed with the reason, also with a point of the checklist open or answered 否.
    """
    with transaction.atomic():
        locked = _locked(slot, by)
        asked = checklist_of(locked)
        refused = [point for point in asked if checklist.get(point) == NO]
        if refused:
            raise NotAllowed(
                f"有 {len(refused)} 条选了“否”，不能通过，请退回并写明怎么改：{'；'.join(refused)}。"
            )
        missing = [point for point in asked if checklist.get(point) != YES]
        if missing:
            raise NotAllowed(f"还有 {len(missing)} 条没有对照：{'；'.join(missing)}。请逐条选“是”或者“否”。")
        material = _decide(locked, Decision.PASSED, note, checklist, by)
        if material.versions.get(pk=locked.version_id).slots.exclude(decision=Decision.PASSED).exists():
            return material
        material = perform(MATERIAL, material, "pass", by=by)
        material.settled_on = timezone.localdate()
        material.save(update_fields=["settled_on"])
        _tell_author(material, locked.version.number, "材料审核通过", "")
    return material


def return_slot(*, slot: ReviewSlot, note: str = "", checklist: Checklist, by: User) -> Material:
    """Return the version; one seat is enough. Needs a remark at a paragraph, or a note of the whole."""
    with transaction.atomic():
        locked = _locked(slot, by)
        if not note.strip() and not locked.remarks.exists():
            raise NotAllowed("退回要写明哪里要改：至少写一条批注，或者写总的意见。")
        material = _decide(locked, Decision.RETURNED, note, checklist, by)
        material = perform(MATERIAL, material, "return", by=by)
        _tell_author(
            material,
            locked.version.number,
            "材料退回修改，请改好以后重新提交",
            "审核人写了意见，请打开查看。",
        )
    return material


def _decide(slot: ReviewSlot, decision: Decision, note: str, checklist: Checklist, by: User) -> Material:
    """Write the decision down at this seat, and at the others of the version that the person holds too."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise NotAllowed(f"总的意见最多 {LONGEST_NOTE} 字，现在 {len(note)} 字。请写得简短一些。")
    asked = checklist_of(slot)
    pending = ReviewSlot.objects.select_for_update(of=("self",)).select_related("version__material", "office")
    for seat in pending.filter(version=slot.version_id, decision=Decision.PENDING):
        if seat.pk != slot.pk and not holds_seat(by, seat):
            continue
        seat.decision, seat.holder = decision, by
        seat.checklist = {point: checklist[point] for point in asked if checklist.get(point) in (YES, NO)}
        seat.note = note if seat.pk == slot.pk else ""
        seat.decided_at, seat.decided_by = timezone.now(), by.full_name
        seat.save(
            update_fields=["decision", "holder", "checklist", "note_sealed", "decided_at", "decided_by"]
        )
        detail = {
            "slot": SEATS[seat.seat],
            "version": slot.version.number,
            "decision": str(decision.label),
        }
        record(by=by, action="decide_review", about=slot.version.material, detail=detail)
    return slot.version.material


def _tell_author(material: Material, number: int, title: str, body: str) -> None:
    """Tell those who write the material what became of it; nothing of it is said."""
    announce(
        kind=f"review_{material.status}_{number}",
        about=material,
        recipients=authors_of(material),
        title=title,
        body=body,
        url=reverse("members:material_show", args=[material.pk]),
    )


def authors_of(material: Material) -> list[User]:
    """The accounts of those it is of, and of who wrote it."""
    found = {material.author} if material.author is not None else set()
    if material.member is not None and material.member.user is not None:
        found.add(material.member.user)
    if material.appointment is not None and material.appointment.user is not None:
        found.add(material.appointment.user)
    if material.role == MaterialRole.COMMITTEE:
        found.update(holders(Organization.objects.filter(pk=material.organization_id), LEADERS))
    return sorted((user for user in found if user.is_active), key=lambda user: user.pk)
