"""The page of one meeting: what is done, what comes next, and who does it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from branches.models import User
from branches.permissions import can_see_people
from branches.rules import Clause, clause_for
from meetings.models import AttendanceStatus, Counts, Duty, DutyKind, Meeting, MeetingStatus
from meetings.permissions import can_run_meeting
from meetings.permissions.readiness import can_see_readiness
from meetings.reports.evening import DONE, NOW, Step, steps_of_evening, when
from meetings.reports.notice import agenda_for, agenda_of
from meetings.reports.outlines import page_of_meeting
from meetings.reports.readiness import Readiness
from meetings.rules import notice_is_short, notify_by, parts_before
from meetings.rules.kinds import ROSTER
from meetings.rules.quorum import Quorum
from meetings.workflow import below_quorum, has_ballot, lacks_study
from meetings.workflow.ordering import may_split, out_of_order
from meetings.workflow.quorum import opening_quorum, resolution_quorum
from members.models import Member


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
        steps = steps_of_evening(meeting, counts, user)
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
