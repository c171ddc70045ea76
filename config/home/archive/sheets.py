"""The papers made for the archive out of what was entered: plan, consultation, study, who came."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from branches.models import Campaign, Consultation, Organization, Plan
from branches.reports.plans import PlanText
from config.home.archive.papers import ArchivePaper
from meetings.models import Capacity, Meeting
from meetings.rules.kinds import KINDS, SEATS
from meetings.services.minute_facts import marked, when
from members.models import Part, StudySession

CAME = "到会"


def long_day(day: datetime.date | None) -> str:
    """2026年12月10日; empty where there is none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def plan_paper(plan: Plan, text: PlanText) -> ArchivePaper:
    """The plan as it was handed in."""
    days = [
        f"{word}：{long_day(day)}"
        for word, day in (("上报", plan.submitted_on), ("办结", plan.decided_on))
        if day
    ]
    return ArchivePaper(
        title=f"{plan.organization.name}实施方案",
        organization=plan.organization.name,
        lines=(plan.campaign.name, "　".join([plan.get_status_display(), *days])),
        texts=tuple((line.label, "".join(one.text for one in line.stretches)) for line in text.lines),
    )


def consultation_paper(noted: Consultation) -> ArchivePaper:
    """The 沟通记录."""
    return ArchivePaper(
        title=f"{noted.organization.name}沟通记录",
        organization=noted.organization.name,
        lines=(noted.campaign.name,),
        texts=(
            ("沟通日期", long_day(noted.held_on)),
            ("与谁沟通", noted.with_whom),
            ("商定的开会日期", long_day(noted.agreed_on)),
            ("商定的开法", noted.agreed_form),
            ("邀请谁参加", noted.invited),
        ),
    )


def study_paper(
    organization: Organization, campaign: Campaign, sessions: Sequence[StudySession]
) -> ArchivePaper:
    """Sessions of study with head-counts; never who missed which."""
    rows = []
    for number, session in enumerate(sessions, 1):
        parts = [part.part for part in session.parts.all()]
        counted = "，".join(
            f"{word} {parts.count(kind)} 人"
            for word, kind in (("参加", Part.PRESENT), ("已送学", Part.MADE_UP), ("未参加", Part.ABSENT))
            if kind in parts
        )
        where = "，".join(filter(None, (session.form, session.place)))
        rows.append((str(number), long_day(session.held_on), where, "\n".join(session.topics), counted))
    return ArchivePaper(
        title=f"{organization.name}集中学习情况",
        organization=organization.name,
        lines=(campaign.name,),
        columns=("序号", "日期", "方式、地点", "学习内容", "人数"),
        widths=(8, 18, 18, 36, 20),
        rows=tuple(rows),
    )


def attendance_paper(meeting: Meeting) -> ArchivePaper:
    """Who came to a meeting, who did not and why; then those who attended without counting."""
    people = list(meeting.participants.all())
    rows = [
        (str(number), name, str(how.label), why) for number, (name, how, why) in enumerate(marked(meeting), 1)
    ]
    counts = meeting.counts()
    guests = "、".join(
        f"{one.name}（{one.post or one.get_capacity_display()}）"
        for one in people
        if one.capacity != Capacity.SEAT and one.status in ("", "present")
    )
    full = "" if KINDS[meeting.kind].people == SEATS else f"（正式 {counts.expected_full} 名）"
    here = "" if KINDS[meeting.kind].people == SEATS else f"（正式 {counts.present_full} 名）"
    return ArchivePaper(
        title=f"{meeting.organization.name}{meeting.get_kind_display()}到会名单",
        organization=meeting.organization.name,
        lines=(
            f"{when(meeting)}　{meeting.place}",
            f"应到 {counts.expected} 名{full}，实到 {counts.present} 名{here}",
        ),
        columns=("序号", "姓名", "到会情况", "原因"),
        widths=(12, 26, 24, 38),
        rows=tuple(rows),
        notes=(*((f"列席：{guests}",) if guests else ()), "纸质签到表由支部另存。"),
    )
