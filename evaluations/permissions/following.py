"""Who reads the lists of what follows: help and disposals of a branch, and the cases that wait for a superior."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import (
    COMMITTEE_ROLES,
    LEADERS,
    OFFICE_ROLES,
    SUPERIOR_KINDS,
    Answer,
    Denied,
    holds,
    is_above,
    is_user,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_see_follow_up(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read a branch's help plans and disposals: its committee, and leaders and offices above.

    What of them somebody above may read is asked for each of them (`can_see_sheet`, `can_see_disposal`).
    """
    if holds(user, COMMITTEE_ROLES, organization) or is_above(user, organization):
        return True
    return Denied("帮扶和处置由支部委员会和上级党组织掌握。")


def can_list_disposals(user: User | AnonymousUser) -> Answer:
    """Read the list of cases that wait for approval: offices, and leaders of bodies."""
    if is_user(user) and any(
        post.role in OFFICE_ROLES or (post.role in LEADERS and post.organization.kind in SUPERIOR_KINDS)
        for post in user.posts()
    ):
        return True
    return Denied("组织处置由上级党组织审批；本支部的在“帮扶和处置”里办理。")
