"""The page of one meeting: what is done, what comes next, and who does it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from branches.models import User
from branches.permissions import can_see_people
from branches.rules import Clause, clause_for
from meetings.models import AttendanceStatus, Counts, Duty, DutyKind, Meeting, MeetingStatus
from meetings.permissions import can_change_meeting, can_record_attendance, can_run_meeting
from meetings.permissions.readiness import can_postpone_meeting, can_see_readiness
from meetings.reports.notice import agenda_for, agenda_of
from meetings.reports.outlines import page_of_meeting
from meetings.reports.readiness import Readiness
from meetings.reports.room import steps_in_room
from meetings.rules import notice_is_short, notify_by, parts_before
from meetings.rules.kinds import OPEN, ROSTER
from meetings.rules.quorum import Quorum
from meetings.workflow import below_quorum, has_ballot, lacks_study, officers_missing
from meetings.workflow.ordering import may_split, out_of_order
from meetings.workflow.quorum import opening_quorum, resolution_quorum
from members.models import Member

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


@dataclass(frozen=True)
class Officer:
    """Somebody with a task: name, task, whether also rated, whether a login is still missing."""

    duty: Duty
    is_rated: bool
    needs_account: bool


@dataclass(frozen=True)
class Unstudied:
    """No study is on record: whether the rules refuse to open the meeting, with their clause, and where to note it."""

    refused: bool
    clause: Clause | None
    url: str


@dataclass(frozen=True)
class Missed:
    """A meeting that comes before this one and is not on record, with the clause that puts it first.

    `is_own`: the same organisation holds it, and not the body above.
    """

    text: str
    clause: Clause | None
    is_own: bool


@dataclass(frozen=True)
class Cockpit:
    """Everything the meeting's page shows to one person."""

    steps: tuple[Step, ...]
    next: Step | None
    officers: tuple[Officer, ...]
    counts: Counts
    when: str
    has_people: bool
    agenda: tuple[str, ...]
    before_ballot: tuple[str, ...]
    clause: dict[str, str]
    hints: tuple[str, ...]
    below_quorum: str
    study: Unstudied | None
    missed: tuple[Missed, ...]
    quorum: str
    may_open_short: bool
    resolution: str
    unproved: tuple[str, ...]
    asks_ballot: bool
    readiness: Readiness | None
    outlines: str

    @property
    def asks_why(self) -> bool:
        """Whether the page asks why the meeting is opened although not everything is ready."""
        opens = self.next is not None and self.next.key == "open"
        return opens and self.readiness is not None and bool(self.readiness.missing)

    @property
    def room(self) -> Step | None:
        """The recorder's screen while an agenda is gone through."""
        return next((one for one in self.steps if one.key == "room" and one.url and one.state != DONE), None)

    @classmethod
    def of(cls, meeting: Meeting, user: User) -> Cockpit:
        """The page of a meeting as this person sees it; `next` is the one thing to do now."""
        counts = meeting.counts()
        has_people = Member.objects.active().filter(organization=meeting.organization_id).exists()
        steps = _steps(meeting, counts, user)
        runs = bool(can_run_meeting(user, meeting))
        mine = [step for step in steps if step.state == NOW and _may_do(step, runs)]
        return cls(
            steps=steps,
            next=mine[0] if mine else None,
            officers=_officers(meeting),
            counts=counts,
            when=when(meeting),
            has_people=has_people,
            agenda=agenda_for(meeting),
            before_ballot=(
                agenda_of(parts_before(meeting.rules().plenary_parts, "ballot"))
                if has_ballot(meeting)
                else ()
            ),
            clause=(
                meeting.campaign.rule_set().clauses.get("plenary_parts", {})
                if meeting.about.people == ROSTER
                else {}
            ),
            hints=_hints(meeting, counts),
            below_quorum=below_quorum(meeting) if counts.present else "",
            study=_unstudied(meeting),
            missed=_missed(meeting),
            quorum=_quorum_words(opening_quorum(meeting), counts),
            may_open_short=not getattr(opening_quorum(meeting), "refuses", False),
            resolution=_quorum_words(resolution_quorum(meeting) if meeting.uses_roster else None, counts),
            unproved=_unproved(meeting),
            asks_ballot=has_ballot(meeting),
            readiness=Readiness.before(meeting, user) if can_see_readiness(user, meeting) else None,
            outlines=page_of_meeting(meeting) if can_see_people(user, meeting.organization) else "",
        )


def when(meeting: Meeting) -> str:
    """Day, weekday and hour of a meeting in Chinese."""
    start = timezone.localtime(meeting.starts_at)
    day = f"{start.year}年{start.month}月{start.day}日（周{WEEKDAYS[start.weekday()]}）{start:%H:%M}"
    return f"延期，新的时间待定（原定{day}）" if meeting.is_undecided else day


def _unstudied(meeting: Meeting) -> Unstudied | None:
    """What the page says of missing study while the meeting may still be opened; None when nothing is missing."""
    if meeting.status != MeetingStatus.PLANNED or not lacks_study(meeting):
        return None
    quoted = meeting.campaign.rule_set().quoted()
    return Unstudied(
        refused=meeting.rules().study_gate == "refuse",
        clause=clause_for("study_gate", quoted, meeting.organization.category),
        url=reverse("members:studies", args=[meeting.campaign.slug, meeting.organization_id]),
    )


def _missed(meeting: Meeting) -> tuple[Missed, ...]:
    """What should have been held before, as long as the meeting may still be opened."""
    if meeting.status != MeetingStatus.PLANNED:
        return ()
    quoted = meeting.campaign.rule_set().quoted()
    return tuple(
        Missed(one.text, clause_for(one.rule, quoted, meeting.organization.category), one.is_own)
        for one in out_of_order(meeting)
    )


def _quorum_words(quorum: Quorum | None, counts: Counts) -> str:
    """Base and arithmetic of a quorum, as soon as anybody is marked present."""
    return quorum.words if quorum is not None and counts.present else ""


def _unproved(meeting: Meeting) -> tuple[str, ...]:
    """Who takes part elsewhere (流入地参加) without a word of where and how it was confirmed; it stops nobody."""
    if meeting.status != MeetingStatus.OPENED:
        return ()
    marks = meeting.attendances.filter(status=AttendanceStatus.ELSEWHERE, reason="")
    return tuple(marks.order_by("entry__ordinal").values_list("entry__name", flat=True))


def _may_do(step: Step, runs: bool) -> bool:
    """Whether the step is this person's to do: it has a page, or the branch's clerks press its button."""
    return bool(step.url) or step.key == "ballots" or runs


def _steps(meeting: Meeting, counts: Counts, user: User) -> tuple[Step, ...]:
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


def _officers(meeting: Meeting) -> tuple[Officer, ...]:
    """Everybody with a task, in the order chair, recorder, scrutineers, tellers."""
    rated = set()
    if meeting.roster is not None:
        rated = set(meeting.roster.entries.filter(is_subject=True).values_list("member_id", flat=True))
    order = list(DutyKind.values)
    duties = sorted(
        Duty.objects.filter(meeting=meeting).select_related("member"),
        key=lambda duty: (order.index(duty.kind), duty.ordinal),
    )
    return tuple(
        Officer(
            duty,
            duty.member_id in rated and duty.kind in (DutyKind.SCRUTINEER, DutyKind.TELLER),
            duty.member is not None
            and duty.member.user_id is None
            and duty.kind != DutyKind.CHAIR
            and meeting.is_open_to_change,
        )
        for duty in duties
    )


def _hints(meeting: Meeting, counts: Counts) -> tuple[str, ...]:
    """What the rules say about this meeting; nothing here stops anybody."""
    rules, hints = meeting.rules(), []
    last = notify_by(meeting.day, rules.notice_days)
    if meeting.notified_on is None:
        hints.append(f"最迟 {last.month}月{last.day}日 通知党员开会。")
    elif notice_is_short(notified_on=meeting.notified_on, meets_on=meeting.day, days=rules.notice_days):
        hints.append(f"通知晚于 {last.month}月{last.day}日，原因：{meeting.notice_reason or '未写'}。")
    whole = meeting.about.people == ROSTER and rules.meeting_form != "group"
    if whole and rules.group_split_from is not None and may_split(meeting.campaign, meeting.organization):
        hints.append("党员人数较多，自评和互评可以分党小组进行；民主测评在党员大会上进行。")
    if rules.superior_attendance != "none":
        hints.append("请上级党组织派人到会。")
    return tuple(hints)
