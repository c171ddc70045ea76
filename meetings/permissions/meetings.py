"""Who may do what with meetings: the clerks of branch or body run them, the recorder may write attendance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Kind, Organization, User
from branches.models.organization import BODIES
from branches.permissions import (
    CLERK_ROLES,
    OFFICE_ROLES,
    Answer,
    Denied,
    can_open_account,
    can_see_people,
    holds,
    is_user,
)
from meetings.models import Duty, DutyKind, Meeting, MeetingKind
from meetings.rules.kinds import BODY, BRANCH, COMMITTEE, KINDS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

HOLDERS = (*BODIES, Kind.BRANCH)


def _on_duty(user: User | AnonymousUser, meeting: Meeting, *kinds: str) -> bool:
    """Whether the meeting named the user for one of these duties."""
    if not is_user(user):
        return False
    return Duty.objects.filter(meeting=meeting, kind__in=kinds, member__user=user).exists()


def is_teller(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the user is a 计票人 of this meeting."""
    return _on_duty(user, meeting, DutyKind.TELLER)


def is_scrutineer(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the user is a 监票人 of this meeting."""
    return _on_duty(user, meeting, DutyKind.SCRUTINEER)


def is_recorder(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the user is the 记录人 of this meeting."""
    return _on_duty(user, meeting, DutyKind.RECORDER)


def _is_clerk(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user arranges the organisation's meetings: its clerks, and for a body its own 党建办."""
    roles = (*CLERK_ROLES, *OFFICE_ROLES) if organization.is_body else CLERK_ROLES
    return holds(user, roles, organization)


def _not_its_clerk(organization: Organization) -> Denied:
    """Who arranges the meetings of an organisation."""
    if organization.is_body:
        return Denied("班子的会议由本级党组织书记、副书记、组织委员或党建办安排。")
    return Denied("会议由本支部书记、副书记或组织委员安排，请与支部书记联系。")


def can_hold(organization: Organization, kind: str) -> Answer:
    """Whether an organisation holds meetings of this kind at all."""
    about = KINDS[kind]
    if (BODY if organization.is_body else BRANCH) not in about.holders:
        if organization.kind == Kind.BRANCH:
            return Denied(f"{about.label}由党委、党总支召开，支部不召开。")
        return Denied(f"{about.label}由党支部召开，请到党支部里安排。")
    if kind == COMMITTEE and not organization.has_committee:
        return Denied("本支部没有设支委会，直接召开党员大会就可以。")
    return True


def can_plan_meeting(
    user: User | AnonymousUser, organization: Organization, kind: str = MeetingKind.PLENARY
) -> Answer:
    """Plan a meeting of this kind: the organisation's own secretary, deputy or organiser (a body's 党建办 too)."""
    if organization.kind not in HOLDERS:
        return Denied("会议由党支部、党总支、党委召开，请到党支部里安排。")
    answer = can_hold(organization, kind)
    if not answer:
        return answer
    return True if _is_clerk(user, organization) else _not_its_clerk(organization)


def can_plan_any(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Plan some meeting of an organisation, whatever its kind."""
    if organization.kind in HOLDERS and _is_clerk(user, organization):
        return True
    return _not_its_clerk(organization)


def can_plan_somewhere(user: User | AnonymousUser) -> Answer:
    """Plan a meeting of some branch or body: whoever is clerk of one."""
    posts = user.posts() if is_user(user) else []
    if any(can_plan_any(user, post.organization) for post in posts):
        return True
    return Denied("会议由党支部书记、副书记或组织委员安排。")


def can_run_meeting(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Change, open, close or cancel the meeting and name its officers: the organisation's own clerks."""
    return True if _is_clerk(user, meeting.organization) else _not_its_clerk(meeting.organization)


def can_change_meeting(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Change time, place or officers: the clerks, until the meeting is closed or cancelled."""
    answer = can_run_meeting(user, meeting)
    if answer and not meeting.is_open_to_change:
        return Denied(f"会议{meeting.get_status_display()}，不能再改。")
    return answer


def can_record_attendance(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Write who came: the clerks and the recorder, until the meeting is closed or cancelled."""
    if not can_run_meeting(user, meeting) and not is_recorder(user, meeting):
        return Denied("到会情况由支部书记、副书记、组织委员或本次会议的记录人登记。")
    if not meeting.is_open_to_change:
        return Denied(f"会议{meeting.get_status_display()}，到会情况不能再改。")
    return True


def can_see_attendance(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Read who came, by name: readers of the branch's people and those with a duty at the meeting."""
    if can_see_people(user, meeting.organization) or _on_duty(user, meeting, *DutyKind.values):
        return True
    return Denied("到会名单由支部委员会和本次会议的工作人员查看。")


def can_open_duty_account(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Open a login for somebody who counts: the branch's leader, while the meeting is not over."""
    if not meeting.is_open_to_change:
        return Denied(f"会议{meeting.get_status_display()}，不用再开设计票账号。")
    return can_open_account(user, meeting.organization)
