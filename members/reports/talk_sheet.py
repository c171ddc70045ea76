"""谈心谈话记录表: empty, or of one talk, with only what the record level keeps and the reader may read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from branches.models import Campaign, Organization, User
from config.lib.pdf import render_pdf
from members.models import Talk, TalkKind, TalkMode, TalkSide
from members.permissions.talks import can_read_summary, can_read_words
from members.reports.talk_papers import STYLESHEET
from members.rules.talk_people import COMMITTEE, LEADER, MEMBER, SECRETARY, Person
from members.services.talk_people import people_of
from members.services.talks import FULL, KEEPING, PARTS, level_of, words_of

SUMMARY = "谈话要点"
REMINDER = "上级提醒"
KINDS = ("书记和委员", "书记和党员", "委员之间", "委员和党员", "党员之间", "重点对象", REMINDER)
BLANK_ROWS = 22
Ticks = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class TalkSheet:
    """The form as it is printed; `rows`: blank lines, where only who and when is kept."""

    organization: str
    campaign: str
    hosts: str
    host_titles: str
    partners: str
    partner_titles: str
    held_on: datetime.date | None
    place: str
    modes: Ticks
    kinds: Ticks
    parts: tuple[tuple[str, str], ...]
    keeps_words: bool
    rows: range
    note: str

    @classmethod
    def blank(cls, campaign: Campaign, organization: Organization) -> TalkSheet:
        """The empty form, for those who like to write by hand."""
        level = level_of(campaign, organization)
        return cls(
            organization=organization.name,
            campaign=campaign.name,
            hosts="",
            host_titles="",
            partners="",
            partner_titles="",
            held_on=None,
            place="",
            modes=tuple((mode.label, False) for mode in TalkMode),
            kinds=tuple((kind, False) for kind in KINDS),
            parts=tuple((label, "") for label in _labels(level)),
            keeps_words=level in KEEPING,
            rows=range(0 if level in KEEPING else BLANK_ROWS),
            note=_note(level),
        )

    @classmethod
    def of(cls, talk: Talk, reader: User) -> TalkSheet:
        """The form of one talk; the words only for those who took part."""
        people = {person.key: person for person in people_of(talk.campaign, talk.organization)}
        sides = list(talk.sides.select_related("member", "appointment", "outsider"))
        hosts = [side for side in sides if side.is_host] or sides[:1]
        others = [side for side in sides if side not in hosts]
        level = level_of(talk.campaign, talk.organization)
        return cls(
            organization=talk.organization.name,
            campaign=talk.campaign.name,
            hosts=_names(hosts),
            host_titles=_titles(people, hosts),
            partners=_names(others),
            partner_titles=_titles(people, others),
            held_on=talk.held_on,
            place=talk.place,
            modes=tuple((mode.label, mode == talk.mode) for mode in TalkMode),
            kinds=tuple((kind, kind == _kind(talk, people, sides)) for kind in KINDS),
            parts=tuple(_said(talk, reader, level)),
            keeps_words=level in KEEPING,
            rows=range(0),
            note=_note(level),
        )

    @property
    def is_short(self) -> bool:
        """Whether there is one part only, with more room."""
        return len(self.parts) == 1

    def to_pdf(self) -> bytes:
        """The form as A4 PDF."""
        html = render_to_string("members/reports/talk_sheet.html", {"sheet": self})
        return render_pdf(html, stylesheet=STYLESHEET)


def side_name(side: TalkSide) -> str:
    """The name of one who took part."""
    if side.member is not None:
        return side.member.name
    if side.appointment is not None:
        return side.appointment.holder_name
    return side.outsider.name if side.outsider is not None else ""


def _names(sides: Sequence[TalkSide]) -> str:
    """Their names."""
    return "、".join(map(side_name, sides))


def _titles(people: Mapping[str, Person], sides: Sequence[TalkSide]) -> str:
    """Their posts, each once; a superior's post as it is appointed."""
    found = []
    for side in sides:
        if side.key in people:
            found.append(people[side.key].title)
        elif side.appointment is not None:
            found.append(side.appointment.get_role_display())
    return "、".join(dict.fromkeys(filter(None, found)))


def _rank(people: Mapping[str, Person], side: TalkSide) -> str:
    """What the person is to the branch: 书记, 委员, 党员; empty for others."""
    posts = people[side.key].posts if side.key in people else frozenset[str]()
    for wanted, word in ((SECRETARY, "书记"), (COMMITTEE, "委员"), (LEADER, "委员"), (MEMBER, "党员")):
        if wanted in posts:
            return word
    return ""


def _kind(talk: Talk, people: Mapping[str, Person], sides: Sequence[TalkSide]) -> str:
    """The kind of talk that is ticked; empty where it is none of them, or several people talked."""
    if talk.kind == TalkKind.REMIND:
        return REMINDER
    ranks = sorted({_rank(people, side) for side in sides}, key=("书记", "委员", "党员", "").index)
    both = f"{ranks[0]}和{ranks[1]}" if len(ranks) == 2 else f"{ranks[0]}之间"
    return both if both in KINDS else ""


def _labels(level: str) -> tuple[str, ...]:
    """The parts the record level keeps."""
    if level == FULL:
        return (*PARTS.values(), SUMMARY)
    return (SUMMARY,) if level in KEEPING else ()


def _said(talk: Talk, reader: User, level: str) -> list[tuple[str, str]]:
    """The parts this reader may read, with what was said."""
    words = words_of(talk) if level == FULL and can_read_words(reader, talk) else None
    found = [(label, words[part]) for part, label in PARTS.items()] if words is not None else []
    if level in KEEPING and can_read_summary(reader, talk):
        found.append((SUMMARY, talk.summary))
    return found


def _note(level: str) -> str:
    """What is to be written, in one sentence under the form."""
    if level in KEEPING:
        return "由谈话双方自己填写、自己保管，不要求上交，不拍照。"
    return "只登记谁和谁、哪天谈的，不写谈话内容，不拍照。"
