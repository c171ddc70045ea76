"""Who may do what with people, rosters and imports; a refusal carries the reason the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Campaign, Organization, Role, User
from branches.permissions import (
    OFFICE_ROLES,
    Answer,
    Denied,
    any_role,
    can_lead_branch,
    can_manage_branch,
    can_see_people,
    has_role,
    is_user,
)
from members.models import ImportBatch, Member, Roster

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_list_members(user: User | AnonymousUser) -> Answer:
    """Open the list of members: everybody who holds a post that reads people."""
    posts = user.posts() if is_user(user) else []
    if any(can_see_people(user, post.organization) or post.role == Role.GROUP_LEADER for post in posts):
        return True
    return Denied("名册由支部委员会和上级党组织查看；您可以在主页查看本人信息。")


def is_own(user: User | AnonymousUser, member: Member) -> bool:
    """Whether the record is the user's own."""
    return is_user(user) and member.user_id == user.pk


def can_edit_member(user: User | AnonymousUser, member: Member) -> Answer:
    """Change a member's data or standing: the branch's secretary, deputy or organiser, or an office above."""
    return can_manage_branch(user, member.organization)


def can_reveal(user: User | AnonymousUser, member: Member) -> Answer:
    """See ID number and phone in full: the person, the branch's own clerks, an office above."""
    if is_own(user, member):
        return True
    return can_manage_branch(user, member.organization)


def can_export(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Take the roster as a file, numbers masked: who may read the organisation's people."""
    return can_see_people(user, organization)


def can_export_unmasked(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Take the roster with full ID numbers and phones: the branch's own clerks or an office above."""
    return can_manage_branch(user, organization)


def can_import_roster(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Import a roster into an organisation and the branches below it."""
    return can_manage_branch(user, organization)


def can_import_somewhere(user: User | AnonymousUser) -> Answer:
    """Open the import page: clerks of a branch and offices."""
    posts = user.posts() if is_user(user) else []
    if any(can_import_roster(user, post.organization) for post in posts):
        return True
    return Denied("名册由支部书记、副书记、组织委员或上级党建办导入。")


def can_step_batch(user: User | AnonymousUser, batch: ImportBatch) -> Answer:
    """Confirm, undo or discard an import."""
    return can_import_roster(user, batch.organization)


def can_prepare_roster(user: User | AnonymousUser, roster: Roster) -> Answer:
    """Draw up the roster and mark exemptions."""
    return can_manage_branch(user, roster.organization)


def can_freeze_roster(user: User | AnonymousUser, roster: Roster) -> Answer:
    """Freeze or amend the roster: the branch's secretary or deputy, or an office above."""
    if has_role(user, OFFICE_ROLES, roster.organization):
        return True
    return can_lead_branch(user, roster.organization)


def can_exempt(user: User | AnonymousUser, roster: Roster) -> Answer:
    """Take a member out of 应到, or back in: clerks while the roster is a draft, who may freeze it afterwards."""
    return can_freeze_roster(user, roster) if roster.is_frozen else can_prepare_roster(user, roster)


def can_use_campaign(organization: Organization, campaign: Campaign) -> Answer:
    """A roster belongs to an open campaign that covers the branch."""
    if not campaign.covers(organization):
        return Denied("本活动不包括这个党支部。")
    if not campaign.is_open:
        return Denied("活动尚未发布或已经结束，不能核定花名册。")
    return True


def sees_only_own(user: User | AnonymousUser) -> bool:
    """Whether the user holds no post at all and sees just the own record."""
    return not (is_user(user) and any_role(user, list(Role)))
