"""Who may ask for opinions, compile them, name points and look at those from the page for the masses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import (
    CLERK_ROLES,
    OFFICE_ROLES,
    Answer,
    Denied,
    can_manage_branch,
    can_see_people,
    holds,
    is_user,
    posts_at,
)
from members.models import OpinionPoint, OpinionRound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_ask_opinions(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Begin a round and type opinions in: the organisation's own clerks, or an office above."""
    return can_manage_branch(user, organization)


def can_run_opinions(user: User | AnonymousUser, asked: OpinionRound) -> Answer:
    """Change a round: who may begin one."""
    return can_ask_opinions(user, asked.organization)


def can_compile_opinions(user: User | AnonymousUser, asked: OpinionRound) -> Answer:
    """Compile and judge: the organisation's own clerks, or an office above."""
    return can_ask_opinions(user, asked.organization)


def can_name_points(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Name a point that must be answered (上级点): an office strictly above."""
    posts = posts_at(user, OFFICE_ROLES, organization)
    if any(post.organization_id != organization.pk for post in posts):
        return True
    return Denied("上级点明的问题由上级党建办登记。")


def can_moderate(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Let opinions from the page for the masses in: an office strictly above, not those they are about."""
    if can_name_points(user, organization):
        return True
    return Denied("网上意见由上级党建办先看过，再交给本支部。")


def can_read_originals(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read opinions word for word, and points about persons: who compiles them, and offices above."""
    if can_manage_branch(user, organization):
        return True
    return Denied("意见原文只给本组织书记、副书记、组织委员和上级党建办看。")


def can_read_point(user: User | AnonymousUser, point: OpinionPoint) -> Answer:
    """Read a compiled point: about the committee who sees its people; about a person that person too."""
    if can_read_originals(user, point.organization):
        return True
    if point.member is None:
        return can_see_people(user, point.organization)
    if is_user(user) and point.member.user_id == user.pk:
        return True
    return Denied("对个人的意见只给本人、本组织书记和上级党建办看。")


def is_clerk(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user runs the organisation's own business."""
    return holds(user, CLERK_ROLES, organization)
