"""Who drafts, approves, posts and reads the notice of a branch's results, and notes objections to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import CLERK_ROLES, LEADERS, Answer, Denied, holds
from evaluations.models import AssessmentSheet, ResultNotice
from evaluations.permissions.assessing import can_see_sheet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SCOPED = "scoped_notice"  # value of the rule `result_publicity`


def can_see_result_notice(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Read the draft and the notice: who reads the assessment, where the rules ask for a notice at all."""
    if sheet.rules().result_publicity != SCOPED:
        return Denied("本次活动不要求公示评议结果，不用办理。")
    return can_see_sheet(user, sheet)


def can_draft_result_notice(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Draft and save the notice: the branch's secretary, deputy or organiser."""
    if holds(user, CLERK_ROLES, sheet.organization):
        return True
    return Denied("公示由本支部书记、副书记或组织委员起草。")


def can_approve_result_notice(user: User | AnonymousUser, notice: ResultNotice) -> Answer:
    """Approve or withdraw it: the branch's secretary or deputy; the notices of the campaigns name nobody else."""
    if holds(user, LEADERS, notice.organization):
        return True
    return Denied("公示由本支部书记（副书记）批准、撤回。")


def can_post_result_notice(user: User | AnonymousUser, notice: ResultNotice) -> Answer:
    """Note that it hangs, that it is over, what was objected and answered: secretary, deputy or organiser."""
    if holds(user, CLERK_ROLES, notice.organization):
        return True
    return Denied("公示情况由本支部书记、副书记或组织委员登记。")
