"""Who may see and keep the dues ledger and its table of rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Kind, Organization, User
from branches.permissions import (
    OFFICE_ROLES,
    SUPERIOR_KINDS,
    Answer,
    Denied,
    can_manage_branch,
    has_role,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_keep_dues(user: User | AnonymousUser, organization: Organization) -> Answer:
    """See and keep the ledger: the branch's secretary, deputy or organiser, or an office above; nobody else."""
    allowed = (
        can_manage_branch(user, organization)
        if organization.kind == Kind.BRANCH
        else has_role(user, OFFICE_ROLES, organization)
    )
    if allowed:
        return True
    return Denied(
        "党费台账由本支部书记、副书记、组织委员和上级党建办登记、查看；本人的交纳情况在“我的党费”里。"
    )


def can_change_rates(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Give an organisation a table of rates of its own: the office of a superior organisation."""
    if organization.kind in SUPERIOR_KINDS and has_role(user, OFFICE_ROLES, organization):
        return True
    return Denied("党费标准由上级党组织的党建办调整；支部按所列标准核定。")
