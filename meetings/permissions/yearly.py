"""Who sees and keeps the yearly checks: those of the organisation, a group's leader for the group, offices above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Kind, Organization, Role, User
from branches.permissions import (
    READER_ROLES,
    SUPERIOR_KINDS,
    Answer,
    Denied,
    can_manage_branch,
    can_see_people,
    holds,
    is_user,
    posts_at,
)
from meetings.models import HeldNote

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

BRANCH_CLERKS = (Role.SECRETARY, Role.DEPUTY, Role.ORGANIZER)


def can_note_held(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Note the day of a meeting: the organisation's own clerks, an office above, a group's leader for the group."""
    if can_manage_branch(user, organization):
        return True
    if organization.kind == Kind.GROUP and (
        holds(user, (Role.GROUP_LEADER,), organization) or posts_at(user, BRANCH_CLERKS, organization)
    ):
        return True
    return Denied("会议日期由本组织书记、副书记、组织委员登记，党小组会也可以由党小组长登记。")


def can_remove_held(user: User | AnonymousUser, note: HeldNote) -> Answer:
    """Take a day off the record: those who may note it."""
    return can_note_held(user, note.organization)


def can_see_yearly(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Look at the checks of a year: readers of the organisation's people, and who notes its meetings."""
    if can_see_people(user, organization) or can_note_held(user, organization):
        return True
    return Denied("全年检查由本组织委员会和上级党组织查看。")


def can_see_yearly_below(user: User | AnonymousUser) -> Answer:
    """Look at the checks of all branches below: offices, leaders and supervisors of a superior organisation."""
    if is_user(user) and any(
        post.role in READER_ROLES and post.organization.kind in SUPERIOR_KINDS for post in user.posts()
    ):
        return True
    return Denied("各支部的全年情况由上级党组织查看。")
