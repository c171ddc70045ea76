"""The steps of one meeting's evening: what is done, what comes next, and the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from branches.models import User
from branches.permissions import can_see_people
from meetings.models import Counts, Meeting, MeetingStatus
from meetings.permissions import can_change_meeting, can_record_attendance
from meetings.permissions.readiness import can_postpone_meeting
from meetings.reports.room import steps_in_room
from meetings.rules.kinds import OPEN
from meetings.workflow import has_ballot, officers_missing

DONE, NOW, LATER = "ok", "now", "idle"
WORDS = {DONE: "已完成", NOW: "现在办", LATER: "未开始"}
WEEKDAYS = "一二三四五六日"
ON_PAPER = ("agenda", "room")  # steps that nobody has to do here: they never come next


@dataclass(frozen=True)
class Step:
    """One line of the evening's list: what, how far, and the page where it is done."""

    key: str
    title: str
    text: str
    state: str
    url: str = ""

    @property
    def word(self) -> str:
        """The state in words; colour never stands alone."""
        return WORDS[self.state]


def when(meeting: Meeting) -> str:
    """Day, weekday and hour of a meeting in Chinese."""
    start = timezone.localtime(meeting.starts_at)
    day = f"{start.year}年{start.month}月{start.day}日（周{WEEKDAYS[start.weekday()]}）{start:%H:%M}"
    return f"延期，新的时间待定（原定{day}）" if meeting.is_undecided else day


def steps_of_evening(meeting: Meeting, counts: Counts, user: User) -> tuple[Step, ...]:
    """The steps in their order; the first that is not done is the one to do now."""
    changes = can_change_meeting(user, meeting)
    frozen = meeting.roster is not None and meeting.roster.is_frozen
    missing = officers_missing(meeting)
    roster = reverse("members:roster", args=[meeting.organization_id, meeting.campaign.slug])
    if not can_see_people(user, meeting.organization):
        roster = ""
    records = can_record_attendance(user, meeting)
    opened = meeting.status in (MeetingStatus.OPENED, MeetingStatus.CLOSED)
    closed = meeting.status == MeetingStatus.CLOSED
    page = {
        name: reverse(f"meetings:{name}", args=[meeting.pk]) for name in ("edit", "officers", "attendance")
    }
    set_day = page["edit"] if changes else ""
    if meeting.is_undecided and can_postpone_meeting(user, meeting):
        set_day = reverse("meetings:postpone", args=[meeting.pk])
    marked = bool(counts.present) and not counts.unmarked
    who = "主持人、记录人、监票人、计票人" if has_ballot(meeting) else "主持人、记录人"
    planned = [
        ("plan", "时间和地点", f"{when(meeting)}，{meeting.place}", not meeting.is_undecided, set_day),
    ]
    if meeting.uses_roster:
        planned.append(("roster", "核定花名册", _roster_text(meeting, counts), frozen, roster))
    planned.append(
        (
            "officers",
            who,
            f"还没有确定：{'、'.join(missing)}" if missing else "已确定",
            not missing,
            page["officers"] if changes else "",
        )
    )
    if meeting.about.people != OPEN:
        url = page["attendance"] if records else ""
        planned.append(("attendance", "登记到会", _attendance_text(counts), marked, url))
    agenda, room = steps_in_room(meeting, user)
    planned += [agenda, ("open", "宣布开会", "已宣布开会" if opened else "", opened, ""), room]
    if has_ballot(meeting):
        planned.append(("ballots", "民主测评", "准备测评表、发票、收票、计票" if opened else "", closed, ""))
    planned.append(("close", "宣布散会", "已散会" if closed else "", closed, ""))
    current = next(
        (key for key, _title, _text, done, _url in planned if not done and key not in ON_PAPER), ""
    )
    if meeting.status == MeetingStatus.CANCELLED:
        current = ""
    steps = []
    for key, title, text, done, url in planned:
        state = DONE if done else NOW if key == current else LATER
        steps.append(Step(key, title, text, state, url))
    return tuple(steps)


def _roster_text(meeting: Meeting, counts: Counts) -> str:
    """How far the roster is."""
    if meeting.roster is None:
        return "还没有花名册"
    if not meeting.roster.is_frozen:
        return f"有 {counts.expected} 人，还没有核定"
    return f"已核定，应到 {counts.expected} 人"


def _attendance_text(counts: Counts) -> str:
    """How far attendance is."""
    if not counts.present:
        return "还没有登记"
    text = f"应到 {counts.expected}，实到 {counts.present}"
    return f"{text}，还有 {counts.unmarked} 人没有登记" if counts.unmarked else text
