"""Meetings of the demo's campaign: one planned with a guest, one being recorded, one with signed minutes and a report begun."""

from __future__ import annotations

import datetime

from django.utils import timezone

from branches.models import Campaign, Organization, User
from config.home.report.page import draft_for
from meetings.models import Meeting, MeetingKind
from meetings.services import close_meeting, mark_all_present, name_officers, open_meeting, plan_meeting
from meetings.services.agenda import draw_up, slots_of
from meetings.services.guests import invite_guest
from meetings.services.minutes import draft_minutes, sign_minutes, step_minutes
from meetings.services.reports import open_report
from meetings.services.speaking import save_notes, turn
from members.models import Member

HALL = "村党群服务中心"
ON_PAPER = "学习、谈心和材料都已办好，有的写在纸上"
HALF_WAY = 6  # slots already taken where the meeting is going on
# What the recorder noted, by the kind of slot.
NOTED = {
    "committee_check": "班子主要问题：走访不够经常，答应群众的事办得慢。三条措施，年底前落实。",
    "own_check": "本人存在学习不深、联系农户偏少的问题，今后每月走完一个组。",
    "criticism": "提出：抓工作有时急躁，听取不同意见不够，建议遇事多商量。",
    "reply": "虚心接受，逐条改正，请大家监督。",
}


def hold_meetings(
    campaign: Campaign,
    *,
    planned: Organization,
    going_on: Organization,
    over: Organization,
    by: dict[str, User],
) -> None:
    """Three branches at three stages; `by` are the secretaries, by the code of their branch."""
    _planned(campaign, planned, by[planned.code])
    _going_on(campaign, going_on, by[going_on.code])
    _over(campaign, over, by[over.code])


def _start(days: int, hour: int) -> datetime.datetime:
    """An hour of a day so many days from today."""
    day = timezone.localtime() + datetime.timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _planned(campaign: Campaign, branch: Organization, secretary: User) -> None:
    """支委会 and 党员大会 next week, members told, a superior invited."""
    for days, kind in ((5, MeetingKind.COMMITTEE), (6, MeetingKind.PLENARY)):
        meeting = plan_meeting(
            organization=branch,
            campaign=campaign,
            kind=kind,
            starts_at=_start(days, 19),
            place=HALL,
            notified_on=timezone.localdate(),
            by=secretary,
        )
    invite_guest(meeting=meeting, name="陈国栋", post="镇党委书记", capacity="superior", by=secretary)


def _committee(campaign: Campaign, branch: Organization, secretary: User, days: int) -> Meeting:
    """A 支委会 that was opened, its order of speaking drawn up."""
    meeting = plan_meeting(
        organization=branch,
        campaign=campaign,
        kind=MeetingKind.COMMITTEE,
        starts_at=_start(days, 9),
        place=HALL,
        by=secretary,
    )
    people = Member.objects.active().filter(organization=branch).order_by("roster_number")
    name_officers(
        meeting=meeting, chair=people[0], recorder=people[1], scrutineers=[], tellers=[], by=secretary
    )
    mark_all_present(meeting=meeting, by=secretary)
    meeting = open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    draw_up(meeting=meeting, by=secretary)
    return meeting


def _speak(meeting: Meeting, secretary: User, most: int | None = None) -> None:
    """Go through the first `most` slots, or all of them."""
    left = None
    for slot in slots_of(meeting)[:most]:
        turn(meeting=meeting, left=left, to=slot.pk, by=secretary)
        save_notes(slot=slot, saved=slot.saved, text=NOTED.get(slot.kind, ""), by=secretary)
        left = slot.pk
    if most is None:
        turn(meeting=meeting, left=left, to=None, by=secretary)


def _going_on(campaign: Campaign, branch: Organization, secretary: User) -> None:
    """A 支委会 this morning, half of it recorded."""
    _speak(_committee(campaign, branch, secretary, 0), secretary, HALF_WAY)


def _over(campaign: Campaign, branch: Organization, secretary: User) -> None:
    """A 支委会 of yesterday with signed minutes; the report is begun."""
    meeting = _committee(campaign, branch, secretary, -1)
    _speak(meeting, secretary)
    close_meeting(meeting=meeting, by=secretary)
    minutes = step_minutes(
        minutes=draft_minutes(meeting=meeting, by=secretary), name="settle_minutes", by=secretary
    )
    chair, recorder = Member.objects.filter(organization=branch).order_by("roster_number")[:2]
    sign_minutes(
        minutes=minutes,
        revision=minutes.revision,
        chair=chair.name,
        recorder=recorder.name,
        day=timezone.localdate(),
        by=secretary,
    )
    draft, numbers = draft_for(campaign, branch)
    open_report(
        campaign=campaign,
        organization=branch,
        title=draft.title,
        sections=draft.sections,
        numbers=numbers.values,
        by=secretary,
    )
