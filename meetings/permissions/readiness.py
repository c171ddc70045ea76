"""Who sees whether a meeting is ready, puts it off and answers for the organisation above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import Answer, Denied, can_postpone, can_see_people, is_above
from meetings.models import Meeting, MeetingKind, MeetingStatus
from meetings.permissions.meetings import can_run_meeting

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_see_readiness(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Read what is prepared: whoever runs the meeting, the committee, offices and supervisors above."""
    if can_run_meeting(user, meeting) or can_see_people(user, meeting.organization):
        return True
    return Denied("会前准备情况由本组织委员会和上级查看。")


def needs_consent(meeting: Meeting) -> bool:
    """Whether another day for this meeting needs the consent of the organisation above."""
    return meeting.kind == MeetingKind.LIFE and meeting.rules().reschedule_needs_consent


def can_postpone_meeting(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Put the meeting off: the organisation's own leaders, or its superior, before it is held."""
    answer = can_postpone(user, meeting.organization)
    if not answer:
        return answer
    if meeting.status != MeetingStatus.PLANNED:
        return Denied(f"会议{meeting.get_status_display()}，不能延期。")
    if not meeting.rules().may_postpone:
        return Denied("这项活动没有写可以延期；确要改时间的，请先与上级联系。")
    return True


def can_move_day(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Write down another day by simply changing it: not where that needs consent, but for who gives it.

    A meeting already put off with consent needs none for its new day.
    """
    if not needs_consent(meeting) or meeting.is_undecided or is_above(user, meeting.organization):
        return True
    return Denied("民主生活会改期须经上级同意，请在“延期、改期”页里提出。")


def can_answer_postponement(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Consent to another day, or refuse: the organisation above only."""
    if is_above(user, meeting.organization):
        return True
    return Denied("是否同意改期，由上级党组织答复。")


def can_withdraw_request(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Take a request for another day back: those who may make one."""
    return can_postpone(user, meeting.organization)
