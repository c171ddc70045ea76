"""Who may do what: pure functions over current posts; a refusal carries the reason the page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeGuard

from branches.models import (
    Appointment,
    Campaign,
    CampaignStatus,
    Job,
    Kind,
    Organization,
    Role,
    User,
    path_and_above,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True)
class Denied:
    """A falsy answer with its reason in Chinese."""

    reason: str

    def __bool__(self) -> bool:
        """A refusal is false."""
        return False


Answer = Literal[True] | Denied

LEADERS = (Role.SECRETARY, Role.DEPUTY)
COMMITTEE_ROLES = (*LEADERS, Role.ORGANIZER, Role.PUBLICITY, Role.DISCIPLINE, Role.COMMITTEE)
CLERK_ROLES = (*LEADERS, Role.ORGANIZER)
OFFICE_ROLES = (Role.OFFICE,)
SUPERVISOR_ROLES = (Role.SUPERVISOR, Role.INSTRUCTOR)
READER_ROLES = (*COMMITTEE_ROLES, *OFFICE_ROLES, *SUPERVISOR_ROLES)
SUPERIOR_KINDS = (Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.WORK_COMMITTEE)


def is_user(user: User | AnonymousUser) -> TypeGuard[User]:
    """Whether somebody is logged in."""
    return user.is_authenticated


def posts_at(
    user: User | AnonymousUser, roles: Iterable[str], organization: Organization
) -> list[Appointment]:
    """The user's current posts with one of `roles` at the organisation or above it."""
    if not is_user(user):
        return []
    wanted, paths = set(roles), set(path_and_above(organization.path))
    return [p for p in user.posts() if p.role in wanted and p.organization.path in paths]


def has_role(user: User | AnonymousUser, roles: str | Iterable[str], organization: Organization) -> bool:
    """Whether a current post with one of `roles` reaches the organisation from itself or above."""
    wanted = (roles,) if isinstance(roles, str) else roles
    return bool(posts_at(user, wanted, organization))


def holds(user: User | AnonymousUser, roles: Iterable[str], organization: Organization) -> bool:
    """Whether the user holds one of `roles` in this very organisation."""
    return any(p.organization_id == organization.pk for p in posts_at(user, roles, organization))


def any_role(user: User | AnonymousUser, roles: Iterable[str]) -> bool:
    """Whether the user holds one of `roles` anywhere today."""
    wanted = set(roles)
    return is_user(user) and any(p.role in wanted for p in user.posts())


def is_superior_office(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user works for the organisation's own or a higher office (党建办, 党委书记)."""
    return any(
        p.role == Role.OFFICE or p.organization.kind in SUPERIOR_KINDS
        for p in posts_at(user, (Role.OFFICE, *LEADERS), organization)
    )


def can_manage_branch(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Run the branch's own business: its secretary, deputy or organiser, or an office above."""
    if any(p.organization_id == organization.pk for p in posts_at(user, CLERK_ROLES, organization)):
        return True
    if has_role(user, OFFICE_ROLES, organization):
        return True
    return Denied("需要本支部书记、副书记或组织委员的权限；如需办理，请与支部书记联系。")


def can_lead_branch(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Decide for the branch: its secretary or deputy only."""
    if holds(user, LEADERS, organization):
        return True
    return Denied("只有本支部书记（副书记）可以办理这一步。")


def can_see_people(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read the organisation's people: its committee, and offices and supervisors above."""
    if has_role(user, READER_ROLES, organization):
        return True
    return Denied("您的任职不含查看本组织党员的权限。")


def can_manage_organizations(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Change the tree below: an office at or above the organisation."""
    if has_role(user, (*OFFICE_ROLES, Role.SYSTEM), organization):
        return True
    return Denied("只有上级党建办可以调整党组织。")


def can_open_account(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Make an account in the organisation: the level above, or the branch leader for own members."""
    if has_role(user, (*OFFICE_ROLES, Role.SYSTEM), organization):
        return True
    if organization.kind in (Kind.BRANCH, Kind.GROUP) and has_role(user, LEADERS, organization):
        return True
    return Denied("账号由上一级开设，请联系上级党建办。")


def can_list_accounts(user: User | AnonymousUser) -> Answer:
    """See and make accounts below: offices, system administrators and branch leaders."""
    if any_role(user, (*OFFICE_ROLES, Role.SYSTEM, *LEADERS)):
        return True
    return Denied("账号由上级党建办和支部书记管理。")


def can_change_status(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Suspend, resume or abolish an organisation: an office above it, never its own."""
    posts = posts_at(user, (*OFFICE_ROLES, Role.SYSTEM), organization)
    if any(p.organization_id != organization.pk for p in posts):
        return True
    return Denied("党组织的暂停和撤销由上一级党建办办理。")


def can_reset_password(user: User | AnonymousUser, account: User) -> Answer:
    """Hand out a new one-time password or close the account, never one's own or a superior's.

    Who could open the account, and could give each of the posts its holder has today: else a new
    password would be a way to somebody else's powers.
    """
    if account.home is None or account.is_superuser or user.pk == account.pk:
        return Denied("不能在这里重置这个账号的密码。")
    may_give = all(can_appoint(user, post.organization, post.role) for post in account.posts())
    if may_give and can_open_account(user, account.home):
        return True
    return Denied("有任职的账号由任命这个职务的上级重置密码；最高一级的账号请联系系统运维人员。")


def can_appoint(user: User | AnonymousUser, organization: Organization, role: str) -> Answer:
    """Give a post: only from strictly above, and never to widen one's own reach."""
    offices = (*OFFICE_ROLES, Role.SYSTEM)
    if role in (Role.GROUP_LEADER,) and has_role(user, LEADERS, organization):
        return True
    posts = posts_at(user, offices, organization)
    if any(p.organization_id != organization.pk for p in posts):
        return True
    if posts and role not in (*OFFICE_ROLES, Role.SYSTEM, Role.AUDITOR, *LEADERS):
        return True
    return Denied("任职由上一级党组织确定。")


def can_issue_campaign(user: User | AnonymousUser, issuer: Organization) -> Answer:
    """Draft and publish a campaign: the office of a superior organisation."""
    if issuer.kind in SUPERIOR_KINDS and has_role(user, OFFICE_ROLES, issuer):
        return True
    return Denied("只有上级党组织的党建办可以发起活动。")


def can_draft_campaigns(user: User | AnonymousUser) -> Answer:
    """Draft a campaign somewhere: the office of any superior organisation."""
    if is_user(user) and any(
        p.role in OFFICE_ROLES and p.organization.kind in SUPERIOR_KINDS for p in user.posts()
    ):
        return True
    return Denied("只有上级党组织的党建办可以发起活动。")


def can_edit_campaign(user: User | AnonymousUser, campaign: Campaign) -> Answer:
    """Change a draft; published rules are locked."""
    answer = can_issue_campaign(user, campaign.issuer)
    if not answer:
        return answer
    if campaign.status != CampaignStatus.DRAFT:
        return Denied("活动已经发布，规则已锁定，不能再改。")
    return True


def can_step_campaign(user: User | AnonymousUser, campaign: Campaign) -> Answer:
    """Publish, start or close the campaign."""
    return can_issue_campaign(user, campaign.issuer)


def can_see_rollup(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read the roll-up of an organisation's branches: offices, leaders and supervisors of it."""
    posts = posts_at(user, READER_ROLES, organization)
    if any(p.organization.kind in SUPERIOR_KINDS for p in posts):
        return True
    return Denied("汇总表由上级党组织查看。")


def can_read_audit(user: User | AnonymousUser) -> Answer:
    """Read the record: audit administrators only."""
    if any_role(user, (Role.AUDITOR,)):
        return True
    return Denied("只有审计管理员可以查看操作记录。")


def can_fetch_result(user: User | AnonymousUser, job: Job) -> Answer:
    """Take the file of one's own job: only as long as a post still reaches the organisation it is about."""
    if job.organization is None or posts_at(user, Role.values, job.organization):
        return True
    return Denied("您的任职已经变动，不能再下载这个党组织的文件。")
