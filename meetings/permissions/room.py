"""Who orders the agenda, who writes down what is said, and who may put the order on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import Answer, Denied
from meetings.models import Meeting, MeetingStatus, Minutes
from meetings.permissions.meetings import can_run_meeting, can_see_attendance, is_recorder

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_enter_room(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Read the notes of the meeting slot by slot: the clerks and the recorder."""
    if can_run_meeting(user, meeting) or is_recorder(user, meeting):
        return True
    return Denied("会上记录由支部书记、副书记、组织委员或本次会议的记录人办理。")


def can_order_agenda(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Draw up and change the order of speaking: the clerks and the recorder, until the meeting is over."""
    answer = can_enter_room(user, meeting)
    if answer and not meeting.is_open_to_change:
        return Denied(f"会议{meeting.get_status_display()}，议程不能再改。")
    return answer


def can_lead_through(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Go from one slot to the next: the clerks and the recorder, while the meeting is held."""
    answer = can_enter_room(user, meeting)
    if answer and meeting.status != MeetingStatus.OPENED:
        return Denied(f"会议{meeting.get_status_display()}，宣布开会以后才能逐项进行。")
    return answer


def can_note_slot(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Write what was said: while the meeting is held, and after it until the minutes are drawn up from it."""
    answer = can_enter_room(user, meeting)
    if not answer or meeting.status == MeetingStatus.OPENED:
        return answer
    if meeting.status != MeetingStatus.CLOSED:
        return Denied(f"会议{meeting.get_status_display()}，宣布开会以后才能记录。")
    if Minutes.objects.filter(meeting=meeting).exists():
        return Denied("会议记录已经生成，请直接在会议记录里修改。")
    return True


def can_project(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Show who speaks now and next: whoever may see who came; nothing that was said is shown."""
    if can_see_attendance(user, meeting):
        return True
    return Denied("投影页面由支部委员会和本次会议的工作人员打开。")
