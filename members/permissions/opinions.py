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
    holds,
    posts_at,
)
from members.models import OpinionRound

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


def is_clerk(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user runs the organisation's own business."""
    return holds(user, CLERK_ROLES, organization)
