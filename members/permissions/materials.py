"""Who may write, read, hand in and review a self-examination material."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    LEADERS,
    OFFICE_ROLES,
    Answer,
    Denied,
    holds,
    is_user,
    posts_at,
)
from members.models import Decision, Material, MaterialRole, MaterialStatus, ReviewSlot
from members.permissions.seats import Bench

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

UNREAD = (MaterialStatus.DRAFT, MaterialStatus.RETURNED)


def is_subject(user: User | AnonymousUser, material: Material) -> bool:
    """Whether the material is the user's own; the committee's is its leaders'."""
    if not is_user(user):
        return False
    if material.role == MaterialRole.COMMITTEE:
        return holds(user, LEADERS, material.organization)
    if material.member is not None:
        return material.member.user_id == user.pk
    return material.appointment is not None and material.appointment.user_id == user.pk


def can_write_material(user: User | AnonymousUser, material: Material) -> Answer:
    """Write the text: the person alone (“自己动手”); the committee's material its own clerks."""
    if is_subject(user, material):
        return True
    if material.role == MaterialRole.COMMITTEE and holds(user, CLERK_ROLES, material.organization):
        return True
    return Denied("材料由本人自己撰写；班子材料由书记主持、本支部起草。")


def can_submit_material(user: User | AnonymousUser, material: Material) -> Answer:
    """Hand it in, or take it back: the person; the committee's material its leaders."""
    if is_subject(user, material):
        return True
    return Denied("材料由本人提交；班子材料由书记（副书记）提交。")


def can_receive_material(user: User | AnonymousUser, material: Material) -> Answer:
    """Note that a material was handed in on paper: the organisation's own clerks, or an office above."""
    above = posts_at(user, OFFICE_ROLES, material.organization)
    if holds(user, CLERK_ROLES, material.organization) or above:
        return True
    return Denied("收到纸质材料由本支部书记、副书记、组织委员或上级党建办登记。")


def holds_seat(user: User | AnonymousUser, slot: ReviewSlot) -> bool:
    """Whether the user sits there today: by the posts of the day, whoever is noted as the holder.

    Once decided: who decided, as long as the post is held; and who would sit there today.
    """
    if not is_user(user) or not user.is_active:
        return False
    material = slot.version.material
    return _decided(user, slot) or user.pk in Bench.of([material]).seat(material, slot.seat).holders


def _decided(user: User, slot: ReviewSlot) -> bool:
    """Whether the user decided there and still holds the post."""
    if slot.decision == Decision.PENDING or slot.holder_id != user.pk or slot.office is None:
        return False
    return holds(user, (slot.role,), slot.office)


def can_review_slot(user: User | AnonymousUser, slot: ReviewSlot) -> Answer:
    """Pass or return from a seat: its holder of today, never the author or the person it is about."""
    material = slot.version.material
    if is_user(user) and (is_subject(user, material) or material.author_id == user.pk):
        return Denied("不能审核自己（本组织）的材料。")
    if not holds_seat(user, slot):
        return Denied("这份材料由别的同志审核；任职变动后会自动转给新任。")
    return True


def can_settle_review(user: User | AnonymousUser, material: Material) -> Answer:
    """Move the material on when the seats have decided: one who sits at its review today."""
    slots = ReviewSlot.objects.filter(version=material.versions.first())
    if any(can_review_slot(user, slot) for slot in slots.select_related("version__material", "office")):
        return True
    return Denied("这份材料由别的同志审核。")


def can_return_material(user: User | AnonymousUser, material: Material) -> Answer:
    """Return a material after a spot check: an office strictly above."""
    posts = posts_at(user, OFFICE_ROLES, material.organization)
    if any(post.organization_id != material.organization_id for post in posts):
        return True
    return Denied("抽查由上级党建办办理。")


def can_read_material(user: User | AnonymousUser, material: Material) -> Answer:
    """Read the text. A draft: who may write it. A returned one: also those who sit at its review.

    Once handed in: also the leaders of the branch (they lead the meeting). Offices above see that there is
    one; what they drew for a spot check they read on the page of the draw (`spot_checks.can_read_drawn`), where
    reading is recorded.
    """
    if can_write_material(user, material):
        return True
    if not is_user(user):
        return Denied("请先登录。")
    if material.status != MaterialStatus.DRAFT and _sits_at(user, material):
        return True
    if material.status not in UNREAD:
        readers = COMMITTEE_ROLES if material.role == MaterialRole.COMMITTEE else LEADERS
        if holds(user, readers, material.organization):
            return True
    return Denied("材料只给本人、审核人和本支部书记看。")


def can_read_remarks(user: User | AnonymousUser, material: Material) -> Answer:
    """Read what reviewers and spot checks said of it: who writes it, and those who sit at its review."""
    if can_write_material(user, material):
        return True
    if is_user(user) and material.status != MaterialStatus.DRAFT and _sits_at(user, material):
        return True
    return Denied("审核意见、抽查情况只给本人和审核人看。")


def _sits_at(user: User, material: Material) -> bool:
    """Whether the user sits at the review of any version today."""
    slots = ReviewSlot.objects.filter(version__material=material)
    return any(holds_seat(user, slot) for slot in slots.select_related("version__material", "office"))
