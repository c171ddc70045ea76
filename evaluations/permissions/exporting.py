"""Who takes assessments out of the system: forms to print, tables to type from, sums; and who with full ID numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import CLERK_ROLES, OFFICE_ROLES, SUPERIOR_KINDS, Answer, Denied, has_role, holds
from evaluations.models import AssessmentSheet, AssessmentStatus
from evaluations.permissions.assessing import BRANCH_ONLY, can_see_sheet
from members.permissions import can_export_unmasked

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_print_registration(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Print 《民主评议党员登记表》: the branch's clerks, and offices above that may read the assessment."""
    if holds(user, CLERK_ROLES, sheet.organization):
        return True
    if has_role(user, OFFICE_ROLES, sheet.organization):
        return can_see_sheet(user, sheet)
    return Denied("登记表由本支部书记、副书记、组织委员或上级党建办打印。")


def can_export_backfill(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Take the table that the national system is typed from: the organisation's own clerks or an office above."""
    if holds(user, CLERK_ROLES, organization) or has_role(user, OFFICE_ROLES, organization):
        return True
    return Denied("回填表由本支部书记、副书记、组织委员或上级党建办导出。")


def can_export_id_numbers(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Have full ID numbers in it: whoever may export the organisation's roster with full numbers."""
    return can_export_unmasked(user, organization)


def can_take_results(user: User | AnonymousUser, organization: Organization, publicity: str) -> Answer:
    """Take a branch's grades out: its own clerks; others as far as the rule `result_publicity` lets them go up."""
    if publicity != BRANCH_ONLY or holds(user, CLERK_ROLES, organization):
        return True
    return Denied("按本次活动的规定，评定情况由支部掌握，不报上级。")


def can_retype(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """See the numbers of one branch in the order they are typed in elsewhere: who may take its table."""
    answer = can_export_backfill(user, sheet.organization)
    if not answer:
        return answer
    if sheet.status != AssessmentStatus.EFFECTIVE:
        return Denied("评定还没有生效，现在还没有可以填报的数字。")
    return can_take_results(user, sheet.organization, sheet.rules().result_publicity)


def can_manage_summary_key(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Make or end the key that reads an organisation's summaries: the office of this superior, or one above."""
    if organization.kind in SUPERIOR_KINDS and has_role(user, OFFICE_ROLES, organization):
        return True
    return Denied("汇总接口的密钥由上级党组织的党建办管理。")
