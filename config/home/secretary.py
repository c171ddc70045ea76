"""The task list of one branch in one campaign: what is done, and the one thing to do now."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, RuleSet
from branches.rules import Clause, Rules, clause_for
from config.home.days import deadline, said
from evaluations.models import Ballot, BallotStatus, SubjectKind
from evaluations.progress import BallotProgress, ballot_progress
from meetings.models import Duty, DutyKind, MeetingStatus
from meetings.progress import MeetingProgress, meetings_by_organization
from meetings.rules import scrutineers_needed, tellers_needed
from members.models import Member, MemberKind, Roster, RosterEntry, RosterStatus

DONE, NOW, LATER = "ok", "now", "idle"
WORDS = {DONE: "已完成", NOW: "现在办", LATER: "还不能开始"}
PARTS = ("会前", "会上", "会后")
# Which value of which rule lets a branch off, and what it need not do then.
NOT_NEEDED: tuple[tuple[str, tuple[object, ...], str], ...] = (
    ("plan_gate", ("none", "consult"), "支部工作方案的报批材料"),
    ("member_material", ("none",), "党员个人发言材料"),
    ("committee_material", ("none",), "支委会检查材料"),
    ("outlines", ("off",), "批评提纲"),
    ("report", ("none",), "总结报告、报表台账"),
    ("extra_requests", (False,), "另外上报的材料、照片"),
)


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

    @property
    def word(self) -> str:
        """The state in words; colour never stands alone."""
        return "未开始" if self.state == LATER and self.at_any_time else WORDS[self.state]

    @property
    def is_open(self) -> bool:
        """Whether the line leads to its page."""
        return bool(self.url) and (self.state != LATER or self.at_any_time)


@dataclass(frozen=True)
class Facts:
    """What the apps know about the branch, read by a constant number of queries."""

    full: int
    probationary: int
    is_frozen: bool
    on_roster: int
    expected: int
    meeting: MeetingProgress | None
    duties: Mapping[str, int]
    ballots: Mapping[str, BallotProgress]
    signed: Mapping[str, int]
    rules: Rules

    @classmethod
    def of(cls, branch: Organization, campaign: Campaign, rule_set: RuleSet) -> Facts:
        """Read them."""
        just_this = Organization.objects.filter(pk=branch.pk)
        people = Member.objects.active().filter(organization=branch)
        heads = people.aggregate(
            full=Count("pk", filter=Q(kind=MemberKind.FULL)),
            probationary=Count("pk", filter=Q(kind=MemberKind.PROBATIONARY)),
        )
        frozen = Roster.objects.filter(campaign=campaign, organization=branch, status=RosterStatus.FROZEN)
        counted = RosterEntry.objects.filter(roster__in=frozen).aggregate(
            everybody=Count("pk"), expected=Count("pk", filter=Q(is_expected=True))
        )
        meeting = meetings_by_organization(campaign, just_this).get(branch.pk)
        duties: dict[str, int] = {}
        if meeting is not None:
            named = Duty.objects.filter(meeting=meeting.meeting).values_list("kind", "member")
            duties = dict(collections.Counter(kind for kind, _member in named))
            duties["inside"] = sum(kind == DutyKind.SCRUTINEER and bool(member) for kind, member in named)
        ballots = {}
        for kind in SubjectKind.values:
            found = ballot_progress(campaign, just_this, kind).get(branch.pk)
            if found is not None:
                ballots[kind] = found
        standing = Ballot.objects.filter(pk__in=[b.ballot for b in ballots.values()])
        signed = standing.values_list("subject_kind").annotate(n=Count("signatures__duty", distinct=True))
        return cls(
            full=heads["full"],
            probationary=heads["probationary"],
            is_frozen=frozen.exists(),
            on_roster=counted["everybody"],
            expected=counted["expected"],
            meeting=meeting,
            duties=duties,
            ballots=ballots,
            signed=dict(signed.order_by("subject_kind")),
            rules=campaign.rules_for(branch),
        )


@dataclass(frozen=True)
class TaskList:
    """Everything the secretary's home shows for one branch."""

    branch: Organization
    campaign: Campaign
    parts: tuple[tuple[str, tuple[Task, ...]], ...]
    next: Task | None
    done: int
    total: int
    deadline: str
    urgency: str
    not_needed: tuple[str, ...]
    clauses: tuple[Clause, ...]
    facts: Facts

    @classmethod
    def of(cls, branch: Organization, campaign: Campaign) -> TaskList:
        """The list of the branch in the campaign, on today's date."""
        rule_set = campaign.rule_set()
        facts = Facts.of(branch, campaign, rule_set)
        tasks = _with_states(_tasks(facts, branch, campaign))
        parts: dict[str, list[Task]] = {}
        for task in tasks:
            parts.setdefault(task.part, []).append(task)
        words, urgency = deadline(campaign.finish_by, timezone.localdate())
        spared, clauses = _not_needed(facts.rules, rule_set, branch.category)
        return cls(
            branch=branch,
            campaign=campaign,
            parts=tuple((part, tuple(found)) for part, found in parts.items()),
            next=next((task for task in tasks if task.state == NOW), None),
            done=sum(task.is_done for task in tasks),
            total=len(tasks),
            deadline=words,
            urgency=urgency,
            not_needed=spared,
            clauses=clauses,
            facts=facts,
        )


def _with_states(tasks: list[Task]) -> list[Task]:
    """The tasks in order and numbered; the first not done is the one to do now, others say what comes first."""
    ordered = sorted(tasks, key=lambda task: PARTS.index(task.part))
    found: list[Task] = []
    waiting = ""
    for number, task in enumerate(ordered, 1):
        state = DONE if task.is_done else LATER if waiting else NOW
        text = task.text if state != LATER or task.at_any_time else f"先完成：{waiting}"
        found.append(replace(task, state=state, number=number, text=text))
        waiting = waiting if task.is_done else task.title
    return found


def _tasks(facts: Facts, branch: Organization, campaign: Campaign) -> list[Task]:
    """All tasks of the branch in their order."""
    return [*_before(facts, branch, campaign), *_meeting(facts), *_ballots(facts, branch)]


def _before(facts: Facts, branch: Organization, campaign: Campaign) -> list[Task]:
    """Roll, roster, meeting and officers."""
    members = facts.full + facts.probationary
    people = (
        f"党员 {members} 名（正式 {facts.full}，预备 {facts.probationary}）" if members else "还没有党员名册"
    )
    roster = f"已核定，应到 {facts.expected} 人" if facts.is_frozen else "谁应到会、谁填票、谁被测评"
    meeting = facts.meeting
    when = meeting and (meeting.held_on or meeting.planned_for)
    page = reverse("meetings:detail", args=[meeting.meeting]) if meeting else reverse("meetings:new")
    officers = reverse("meetings:officers", args=[meeting.meeting]) if meeting else ""
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
    if facts.rules.ballot_place == "none":
        return []
    rated = facts.rules.committee_rated and branch.has_committee
    kinds = [SubjectKind.MEMBERS, *([SubjectKind.COMMITTEE] if rated else [])]
    found = []
    for kind in kinds:
        what = "民主测评党员" if kind == SubjectKind.MEMBERS else "评议支委会"
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


def _not_needed(rules: Rules, rule_set: RuleSet, category: str) -> tuple[tuple[str, ...], tuple[Clause, ...]]:
    """What this campaign does not ask for, and the clauses that say so."""
    clauses, spared, quoted = rule_set.quoted(), [], {}
    for key, values, words in NOT_NEEDED:
        if getattr(rules, key) in values:
            spared.append(words)
            clause = clause_for(key, clauses, category)
            if clause is not None:
                quoted[clause.text] = clause
    return tuple(spared), tuple(quoted.values())
