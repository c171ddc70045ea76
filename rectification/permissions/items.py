"""Who keeps the register of problems and measures (整改台账), and who reads which of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Campaign, Organization, User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    LEADERS,
    OFFICE_ROLES,
    READER_ROLES,
    SUPERIOR_KINDS,
    Answer,
    Denied,
    holds,
    is_above,
    is_user,
    posts_at,
)
from rectification.models import RectificationItem, VerifiedBy

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def reads_above(user: User | AnonymousUser, campaign: Campaign, organization: Organization) -> bool:
    """Whether the user reads for an organisation above: the campaign's superiors, and where measures are filed all."""
    above = [
        post for post in posts_at(user, READER_ROLES, organization) if post.organization_id != organization.pk
    ]
    if campaign.rules_for(organization).rectification_filed:
        return bool(above)
    return any(post.organization.path.startswith(campaign.issuer.path) for post in above)


def is_clerk(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user keeps the organisation's papers: its clerks, and for a body its own 党建办."""
    return holds(user, (*CLERK_ROLES, *OFFICE_ROLES) if organization.is_body else CLERK_ROLES, organization)


def can_see_ledger(user: User | AnonymousUser, campaign: Campaign, organization: Organization) -> Answer:
    """Read the committee's rows of the register: the committee, and those above the rules let read."""
    if holds(user, COMMITTEE_ROLES, organization) or is_clerk(user, organization):
        return True
    if reads_above(user, campaign, organization):
        return True
    return Denied("整改事项由支部委员会和上级党组织查看；本人的整改和承诺在“我的整改”里看。")


def can_see_overview(user: User | AnonymousUser, campaign: Campaign) -> Answer:
    """Read how many items stand where in each branch below: readers of a body at, above or below the issuer."""
    issuer = campaign.issuer.path
    for post in user.posts() if is_user(user) else ():
        path = post.organization.path
        meets = path.startswith(issuer) or issuer.startswith(path)
        if post.role in READER_ROLES and post.organization.kind in SUPERIOR_KINDS and meets:
            return True
    return Denied("各支部的整改进展由上级党组织查看。")


def can_see_member_rows(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read the rows of single members: the organisation's secretary, deputy and organiser. Superiors see numbers."""
    if is_clerk(user, organization):
        return True
    return Denied("党员个人的整改由本人和本支部书记、副书记、组织委员掌握。")


def is_own(user: User | AnonymousUser, item: RectificationItem) -> bool:
    """Whether the item is about the user, or the user is responsible for it."""
    people = (item.member, item.owner_member)
    return is_user(user) and any(one is not None and one.user_id == user.pk for one in people)


def can_read_item(user: User | AnonymousUser, item: RectificationItem) -> Answer:
    """Read one row: the committee's who reads the register; a member's that member and the clerks."""
    if is_own(user, item):
        return True
    if item.member_id is not None:
        return can_see_member_rows(user, item.organization)
    return can_see_ledger(user, item.campaign, item.organization)


def can_keep_ledger(user: User | AnonymousUser, organization: Organization) -> Answer:
    """List problems and change what is listed: secretary, deputy or organiser (a body's 党建办 too)."""
    if is_clerk(user, organization):
        return True
    return Denied("整改事项由本组织书记、副书记或组织委员登记。")


def can_work_item(user: User | AnonymousUser, item: RectificationItem) -> Answer:
    """Note that it is begun, how it goes and that it is done: the clerks, and whose it is."""
    if is_clerk(user, item.organization) or is_own(user, item):
        return True
    return Denied("整改进展由书记、副书记、组织委员或责任人登记。")


def can_verify_item(user: User | AnonymousUser, item: RectificationItem) -> Answer:
    """Note that members or the masses found it put right: the clerks; a superior verifies it in its own right."""
    if is_clerk(user, item.organization) or is_above(user, item.organization):
        return True
    return Denied("验收由书记、副书记、组织委员按党员群众的评议登记，或者由上级党组织办理。")


def can_verify_as(user: User | AnonymousUser, item: RectificationItem, verified_by: str) -> Answer:
    """Say who verified it: 上级验收 only somebody above, the others only the branch itself."""
    if verified_by == VerifiedBy.SUPERIOR:
        return True if is_above(user, item.organization) else Denied("上级验收由上级党组织登记。")
    if is_clerk(user, item.organization):
        return True
    return Denied("党员、群众评议由本支部登记；上级请选择“上级验收”。")


def can_close_item(user: User | AnonymousUser, item: RectificationItem) -> Answer:
    """Strike it off (销号), or take it off the register: the secretary or deputy."""
    if holds(user, LEADERS, item.organization):
        return True
    return Denied("销号、撤销由本组织书记（副书记）办理。")


def can_reopen_item(user: User | AnonymousUser, item: RectificationItem) -> Answer:
    """Have it done again: the secretary or deputy, or the superior (“党员群众不满意的”)."""
    if holds(user, LEADERS, item.organization) or is_above(user, item.organization):
        return True
    return Denied("重新整改由本组织书记（副书记）或者上级党组织提出。")
