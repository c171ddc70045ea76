"""What the system knows already of an organisation, for whoever visits it: so that nobody asks the branch for it again."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Organization, Plan, StepMark
from branches.services.rounds import round_of
from branches.services.steps import steps_for
from evaluations.models import Ballot
from meetings.models import Meeting, MeetingStatus
from members.models import Roster

NOT_YET = "还没有"


@dataclass(frozen=True)
class Known:
    """One fact: what it is about, and how it stands in words."""

    label: str
    text: str


def known_of(campaign: Campaign, organization: Organization) -> tuple[Known, ...]:
    """Plan, roster, meetings with their head-counts, ballots and steps ticked, of the present round; six queries.

    Numbers of votes are not among them: they are told where they may be (页面“测评汇总”).
    """
    number = round_of(campaign, organization)
    place = {"campaign": campaign, "organization": organization}
    plan = Plan.objects.filter(**place, round_no=number).first()
    roster = Roster.objects.filter(**place).first()
    meetings = Meeting.objects.filter(**place).exclude(status=MeetingStatus.CANCELLED).with_counts()
    ballots = Ballot.objects.standing().filter(**place).order_by("subject_kind", "pk")
    marks = dict(StepMark.objects.filter(**place, round_no=number).values_list("step", "done_on"))
    ticked = [
        f"{step.label}（{marks[step.key].month}月{marks[step.key].day}日）"
        for step in steps_for(campaign, organization)
        if step.key in marks
    ]
    found = []
    if plan is not None:
        found.append(Known("实施方案", str(plan.get_status_display())))
    if not organization.is_body:
        found.append(
            Known("评议花名册", "已核定" if roster is not None and roster.is_frozen else f"{NOT_YET}核定")
        )
    held = [_meeting(one) for one in meetings.order_by("starts_at", "pk")]
    found.append(Known("会议", "；".join(held) or f"{NOT_YET}安排"))
    found += [
        Known(f"测评（{one.get_subject_kind_display()}）", str(one.get_status_display())) for one in ballots
    ]
    found.append(Known("登记完成", "、".join(ticked) or f"{NOT_YET}登记"))
    return tuple(found)


def _meeting(meeting: Meeting) -> str:
    """11月30日党员大会，筹备中; once it was opened with 应到 and 实到."""
    day = timezone.localtime(meeting.starts_at)
    words = f"{day.month}月{day.day}日{meeting.get_kind_display()}"
    if meeting.status == MeetingStatus.PLANNED:
        return f"{words}，{meeting.get_status_display()}"
    return f"{words}，应到 {meeting.expected_count} 人、实到 {meeting.present_count} 人"
