"""Who may run a campaign's steps, plans, rules, channels and feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Campaign, CampaignStatus, Job, Organization, Plan, User
from branches.permissions.base import (
    CLERK_ROLES,
    LEADERS,
    OFFICE_ROLES,
    SUPERIOR_KINDS,
    Answer,
    Denied,
    can_fetch_result,
    can_issue_campaign,
    can_manage_branch,
    holds,
    is_user,
    posts_at,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def is_above(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user works for an office, or leads a body, strictly above the organisation."""
    return any(
        post.organization_id != organization.pk
        and (post.role in OFFICE_ROLES or post.organization.kind in SUPERIOR_KINDS)
        for post in posts_at(user, (*OFFICE_ROLES, *LEADERS), organization)
    )


def can_note_step(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Tick a step by hand, or untick it: the organisation's own clerks, or an office above."""
    return can_manage_branch(user, organization)


def can_postpone(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Postpone a step, telling the superior: the organisation's own leaders, or its superior."""
    if holds(user, LEADERS, organization) or is_above(user, organization):
        return True
    return Denied("延期由本组织书记（副书记）提出，或由上级党组织决定。")


def can_waive(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Let an organisation off a step, or end a waiver or postponement: its superior only."""
    if is_above(user, organization):
        return True
    return Denied("是否可以不做，由上级党组织决定；请与上级党建办联系。")


def can_order_redo(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Order an organisation to do it again (责令重新进行): its superior only."""
    if is_above(user, organization):
        return True
    return Denied("重新进行由上级党组织责令。")


def can_write_plan(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Write the plan or the 沟通记录: the organisation's own secretary, deputy or organiser."""
    if holds(user, CLERK_ROLES, organization):
        return True
    return Denied("方案由本组织书记、副书记或组织委员填写。")


def can_edit_plan(user: User | AnonymousUser, plan: Plan) -> Answer:
    """Change a plan's text: those who may write it."""
    return can_write_plan(user, plan.organization)


def can_submit_plan(user: User | AnonymousUser, plan: Plan) -> Answer:
    """Hand the plan in, or take it back before the review: the organisation's own leaders."""
    if holds(user, LEADERS, plan.organization):
        return True
    return Denied("方案由本组织书记（副书记）上报。")


def can_review_plan(user: User | AnonymousUser, plan: Plan) -> Answer:
    """Approve, file or return a plan: an office strictly above; the author is never the reviewer."""
    above = [
        post
        for post in posts_at(user, OFFICE_ROLES, plan.organization)
        if post.organization_id != plan.organization_id
    ]
    if not above:
        return Denied("方案由上级党组织的党建办审核。")
    if plan.author_id == user.pk or holds(user, CLERK_ROLES, plan.organization):
        return Denied("不能审核自己（本组织）的方案，请由上级党建办的其他同志审核。")
    return True


def can_list_plans(user: User | AnonymousUser) -> Answer:
    """Open the queue of plans: the office of any superior organisation; it shows what is that office's."""
    if is_user(user) and any(
        post.role in OFFICE_ROLES and post.organization.kind in SUPERIOR_KINDS for post in user.posts()
    ):
        return True
    return Denied("方案由上级党组织的党建办审核。")


def can_revise_rules(user: User | AnonymousUser, campaign: Campaign) -> Answer:
    """Make a new version of published rules: the issuer's office, as long as the campaign is open."""
    answer = can_issue_campaign(user, campaign.issuer)
    if not answer:
        return answer
    if campaign.status == CampaignStatus.DRAFT:
        return Denied("活动还没有发布，请直接修改规则。")
    if not campaign.is_open:
        return Denied("活动已经结束，规则不能再改。")
    return True


def can_manage_channels(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Set the e-mail addresses and group robots of an organisation: an office at or above it."""
    if posts_at(user, OFFICE_ROLES, organization):
        return True
    return Denied("消息渠道由党建办设置。")


def can_manage_feed(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Make or revoke the calendar address of an organisation: its own clerks, or an office above."""
    return can_manage_branch(user, organization)


def can_cancel_job(user: User | AnonymousUser, job: Job) -> Answer:
    """Cancel long work: who asked for it."""
    if job.requested_by_id is not None and job.requested_by_id == user.pk:
        return True
    return Denied("这项任务由申请人本人办理。")


def can_ask_again(user: User | AnonymousUser, job: Job) -> Answer:
    """Have the file of one's own job made anew: when the work has ended and a post still reaches its organisation."""
    answer = can_cancel_job(user, job) and can_fetch_result(user, job)
    if not answer:
        return answer
    if job.is_open:
        return Denied("这项任务还没有办完，请等一等。")
    if job.next_url:
        return Denied("这项任务不生成文件，请回到原来的页面再办。")
    return True
