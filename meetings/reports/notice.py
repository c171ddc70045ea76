"""What is told to those who come: the 会议通知, as a sheet and as words for a group, and the 邀请函 for guests."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from branches.rules import show
from config.lib.pdf import render_pdf
from meetings.models import Meeting, MeetingKind, Participant
from meetings.rules.kinds import BODY, KINDS, OWN_GROUP, SEATS

STYLESHEET = "css/meeting-sheets.css"
PLENARIES = (MeetingKind.PLENARY, MeetingKind.THEMATIC)
WEEKDAYS = "一二三四五六日"


def agenda_of(parts: Iterable[str], rule: str = "plenary_parts") -> tuple[str, ...]:
    """Parts of a meeting in Chinese, in the order given; `rule` is the rule they are parts of."""
    return tuple(show(rule, (part,)) for part in parts)


def agenda_for(meeting: Meeting) -> tuple[str, ...]:
    """What the rules put on the agenda of a meeting of its kind; nothing where they say nothing."""
    rules = meeting.rules()
    if meeting.kind in PLENARIES:
        alone = rules.plenary_parts_alone and not meeting.organization.has_committee
        rule = "plenary_parts_alone" if alone else "plenary_parts"
        return agenda_of(getattr(rules, rule), rule)
    return agenda_of(rules.speaking_steps, "speaking_steps") if KINDS[meeting.kind].speaks else ()


def long_day(moment: datetime.datetime) -> str:
    """Day, weekday and hour in Chinese, as on paper."""
    local = timezone.localtime(moment)
    hour = f"{local.hour}时{local.minute}分" if local.minute else f"{local.hour}时"
    return f"{local.year}年{local.month}月{local.day}日（星期{WEEKDAYS[local.weekday()]}）{hour}"


def addressed(meeting: Meeting) -> str:
    """Whom the notice speaks to."""
    kind = KINDS[meeting.kind]
    if meeting.kind == MeetingKind.MASSES_BRIEFING:
        return "各位群众代表"
    if kind.people == OWN_GROUP and meeting.group is not None:
        return f"{meeting.group.short_name}各位党员"
    if kind.people == SEATS:
        return "各位班子成员" if meeting.organization.is_body else "各位支部委员"
    return "各位党员"


@dataclass(frozen=True)
class MeetingNotice:
    """The 会议通知 to be put up or sent round; for a meeting put off without a new day, the 延期通知."""

    organization: str
    kind: str
    title: str
    to: str
    paragraphs: tuple[str, ...]
    issued_on: datetime.date

    @classmethod
    def from_meeting(cls, meeting: Meeting) -> MeetingNotice:
        """The notice of a meeting; its date is the day people were told, else today."""
        kind = meeting.get_kind_display()
        put_off = meeting.is_undecided
        return cls(
            organization=meeting.organization.name,
            kind=kind,
            title=f"关于{kind}延期的通知" if put_off else f"关于召开{kind}的通知",
            to=f"{addressed(meeting)}：",
            paragraphs=_put_off(meeting) if put_off else _called(meeting),
            issued_on=meeting.notified_on or timezone.localdate(),
        )

    @property
    def text(self) -> str:
        """The whole notice as plain text, to be copied into a group."""
        day = self.issued_on
        end = (self.organization, f"{day.year}年{day.month}月{day.day}日")
        return "\n".join((self.title, "", self.to, *self.paragraphs, "", *end))

    def to_pdf(self) -> bytes:
        """The notice as A4 PDF."""
        html = render_to_string("meetings/reports/notice.html", {"notice": self})
        return render_pdf(html, stylesheet=STYLESHEET)


def _put_off(meeting: Meeting) -> tuple[str, ...]:
    """What is said while no new day is set."""
    return (
        f"原定于{long_day(meeting.starts_at)}在{meeting.place}召开的{meeting.get_kind_display()}延期，"
        "新的时间另行通知。",
    )


def _called(meeting: Meeting) -> tuple[str, ...]:
    """When, where, what about, in which order, and how to ask for leave."""
    theme_day = "，结合主题党日活动进行" if meeting.is_theme_day else ""
    theme = f"，主题是“{meeting.theme}”" if meeting.theme else ""
    said = [
        f"根据{meeting.campaign.name}的安排，定于{long_day(meeting.starts_at)}在{meeting.place}"
        f"召开{meeting.get_kind_display()}{theme}{theme_day}。"
    ]
    if agenda := agenda_for(meeting):
        said.append(f"会议程序：{'、'.join(agenda)}。")
    if attendees := meeting.rules().attendees if BODY in KINDS[meeting.kind].holders else ():
        said.append(f"参会人员：{'、'.join(attendees)}。")
    whom = "" if meeting.organization.is_body else "向支部书记"
    said.append(f"请按时参加。确实不能到会的，请提前{whom}请假，说明原因。")
    return tuple(said)


@dataclass(frozen=True)
class Invitation:
    """The 邀请函 to one guest."""

    organization: str
    name: str
    post: str
    paragraphs: tuple[str, ...]
    issued_on: datetime.date

    @classmethod
    def to_guest(cls, meeting: Meeting, guest: Participant) -> Invitation:
        """The letter; its date is the day of the invitation."""
        when = "时间另行通知" if meeting.is_undecided else f"定于{long_day(meeting.starts_at)}"
        theme = f"，主题是“{meeting.theme}”" if meeting.theme else ""
        said = [f"我们{when}在{meeting.place}召开{meeting.get_kind_display()}{theme}。"]
        comments = meeting.rules().superior_comments and guest.capacity in ("superior", "instructor")
        said.append("敬请到会指导，并对会议情况作点评。" if comments else "敬请到会指导。")
        if guest.capacity in ("masses", "observer"):
            said[-1] = "敬请列席，欢迎提出意见。"
        return cls(
            organization=meeting.organization.name,
            name=guest.name,
            post=guest.post,
            paragraphs=tuple(said),
            issued_on=guest.invited_on or timezone.localdate(),
        )

    def to_pdf(self) -> bytes:
        """The letter as A4 PDF."""
        html = render_to_string("meetings/reports/invitation.html", {"letter": self})
        return render_pdf(html, stylesheet=STYLESHEET)
