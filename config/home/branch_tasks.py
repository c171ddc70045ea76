"""The tasks of the evening in one branch: roll, roster, meeting, officers, ballots; each waits for the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from branches.models import Campaign, Organization
from config.home.branch_facts import Facts
from config.home.days import said
from evaluations.models import BallotStatus, SubjectKind
from evaluations.services.setup import kinds_asked
from meetings.models import DutyKind, MeetingStatus
from meetings.rules import scrutineers_needed, tellers_needed
from meetings.rules.kinds import PLENARY

DONE, NOW, LATER = "ok", "now", "idle"
WORDS = {DONE: "已完成", NOW: "现在办", LATER: "还不能开始"}
TASKS = {
    SubjectKind.MEMBERS: "民主测评党员",
    SubjectKind.COMMITTEE: "评议支委会",
    SubjectKind.MASSES: "群众代表测评",
}
PARTS = ("会前", "会上", "会后")


@dataclass(frozen=True)
class Task:
    """One line of the list."""

    part: str
    title: str
    text: str
    is_done: bool
    url: str
    action: str  # verb and object, for the one button
    at_any_time: bool = False
    state: str = LATER
    number: int = 0
    said: str = ""  # what the tag says instead of the word of the state

    @property
    def word(self) -> str:
        """The state in words; colour never stands alone."""
        if self.said:
            return self.said
        return "未开始" if self.state == LATER and self.at_any_time else WORDS[self.state]

    @property
    def is_open(self) -> bool:
        """Whether the line leads to its page."""
        return bool(self.url) and (self.state != LATER or self.at_any_time)


def evening_tasks(facts: Facts, branch: Organization, campaign: Campaign) -> list[Task]:
    """The chain in order: the first not done is the one to do now, the others say what comes first."""
    chain = [*_before(facts, branch, campaign), *_meeting(facts), *_ballots(facts, branch)]
    found: list[Task] = []
    waiting = ""
    for task in sorted(chain, key=lambda task: PARTS.index(task.part)):
        state = DONE if task.is_done else LATER if waiting else NOW
        text = task.text if state != LATER or task.at_any_time else f"先完成：{waiting}"
        found.append(replace(task, state=state, text=text))
        waiting = waiting if task.is_done else task.title
    return found


def _before(facts: Facts, branch: Organization, campaign: Campaign) -> list[Task]:
    """Roll, roster, meeting and officers."""
    members = facts.full + facts.probationary
    people = (
        f"党员 {members} 名（正式 {facts.full}，预备 {facts.probationary}）" if members else "还没有党员名册"
    )
    roster = f"已核定，应到 {facts.expected} 人" if facts.is_frozen else "谁应到会、谁填票、谁被测评"
    meeting = facts.meeting
    when = meeting and (meeting.held_on or meeting.planned_for)
    asked = urlencode({"organization": branch.pk, "campaign": campaign.pk, "kind": PLENARY})
    new = f"{reverse('meetings:new')}?{asked}"
    page = reverse("meetings:detail", args=[meeting.meeting]) if meeting else new
    officers = reverse("meetings:officers", args=[meeting.meeting]) if meeting else ""
    if meeting and meeting.held_on:  # over: they are looked at, not changed
        officers = page
    short = [] if meeting is None else _officers_short(facts)
    roll = reverse("members:list") if members else reverse("members:import_new")
    return [
        Task("会前", "党员名册", people, bool(members), roll, "导入党员名册"),
        Task(
            "会前",
            "核定评议花名册",
            roster,
            facts.is_frozen,
            reverse("members:roster", args=[branch.pk, campaign.slug]),
            "核定评议花名册",
        ),
        Task(
            "会前",
            "安排党员大会",
            said(when) if when else "时间、地点",
            bool(when),
            page,
            "安排党员大会",
            True,
        ),
        Task(
            "会前",
            "确定主持人、记录人、监票人、计票人",
            f"还差：{'、'.join(short)}" if short else "",
            meeting is not None and not short,
            officers,
            "确定会议分工",
        ),
    ]


def _officers_short(facts: Facts) -> list[str]:
    """Which officers are still missing."""
    least = {DutyKind.CHAIR: 1, DutyKind.RECORDER: 1}
    if facts.rules.ballot_place != "none" and facts.is_frozen:
        inside, rules, size = facts.duties.get("inside", 0), facts.rules, facts.on_roster
        least[DutyKind.SCRUTINEER] = scrutineers_needed(asked=rules.scrutineers_min, on_roster=size)
        least[DutyKind.TELLER] = tellers_needed(asked=rules.tellers_min, on_roster=size, scrutineers=inside)
    return [kind.label for kind, n in least.items() if facts.duties.get(kind, 0) < n]


def _meeting(facts: Facts) -> list[Task]:
    """The meeting itself."""
    meeting = facts.meeting
    held = meeting is not None and meeting.status in (MeetingStatus.OPENED, MeetingStatus.CLOSED)
    url = reverse("meetings:detail", args=[meeting.meeting]) if meeting else ""
    text = f"{said(meeting.held_on)}召开" if meeting and held and meeting.held_on else "到会登记后宣布开会"
    return [Task("会上", "召开党员大会", text, held, url, "进入党员大会")]


def _ballots(facts: Facts, branch: Organization) -> list[Task]:
    """What each ballot asks for; nothing where the rules ask for none."""
    found = []
    for kind in kinds_asked(facts.rules, has_committee=branch.has_committee):
        what = TASKS[kind]
        ballot, status = facts.ballots.get(kind), ""
        if ballot is not None:
            status = ballot.status
            page = reverse("evaluations:ballot", args=[ballot.ballot])
        else:
            page = reverse("evaluations:for_meeting", args=[facts.meeting.meeting]) if facts.meeting else ""
        certified, matched = (
            status == BallotStatus.CERTIFIED,
            status in (BallotStatus.MATCHED, BallotStatus.CERTIFIED),
        )
        issued = matched or status in (BallotStatus.ISSUED, BallotStatus.COLLECTED)
        valid = f"有效票 {ballot.valid} 张" if ballot and ballot.valid is not None else ""
        signed = f"已有 {facts.signed.get(kind, 0)} 方确认" if matched and not certified else ""
        found += [
            Task("会上", f"{what}：印表、发票", "无记名，现场填写", issued, page, f"准备{what}表"),
            Task("会上", f"{what}：两人计票、核对", valid, matched, page, "查看计票进度"),
            Task("会后", f"{what}：汇总表签字、核定", signed, certified, page, "打印汇总表、核定结果"),
        ]
    return found
