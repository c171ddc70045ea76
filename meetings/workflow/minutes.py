"""The steps of minutes: written, settled and printed, signed on paper and then locked for good."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from meetings.models import MeetingStatus, Minutes, MinutesStatus
from meetings.permissions.minutes import can_sign_minutes, can_write_minutes


def _is_over(minutes: Minutes) -> Answer:
    """Who came is certain only when the meeting is over."""
    if minutes.meeting.status != MeetingStatus.CLOSED:
        return Denied("会议还没有散会，散会以后再定稿。")
    return True


MINUTES: Workflow[Minutes] = Workflow(
    "会议记录",
    Minutes,
    {
        "settle_minutes": Transition(
            "定稿",
            frozenset({MinutesStatus.DRAFT}),
            MinutesStatus.READY,
            can_write_minutes,
            guard=_is_over,
        ),
        "rework_minutes": Transition(
            "再改", frozenset({MinutesStatus.READY}), MinutesStatus.DRAFT, can_write_minutes
        ),
        "sign_minutes": Transition(
            "登记已签字", frozenset({MinutesStatus.READY}), MinutesStatus.SIGNED, can_sign_minutes
        ),
    },
)
