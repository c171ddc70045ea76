"""The steps of a meeting, and what still stands in the way of opening it."""

from __future__ import annotations

from dataclasses import dataclass

from branches.permissions import Answer, Denied
from branches.services.plans import gate_refusal
from branches.workflow import Transition, Workflow
from meetings.models import Duty, DutyKind, Meeting, MeetingStatus
from meetings.permissions import can_run_meeting
from meetings.rules import scrutineers_needed, tellers_needed
from meetings.rules.kinds import OPEN
from meetings.workflow.ordering import out_of_order
from meetings.workflow.quorum import below_quorum, has_ballot, opening_quorum
from members.services.studies import has_studied, study_step

NO_STUDY = "还没有登记集中学习"


@dataclass(frozen=True)
class Obstacle:
    """Something to be done before the meeting may be opened: which part of the work, and what to do."""

    part: str  # campaign, plan, day, roster, study, officers, attendance or quorum
    text: str


def lacks_study(meeting: Meeting) -> bool:
    """Whether the rules ask for study before the meeting and none is on record; off: nobody asks."""
    if not meeting.is_of_self_examination or meeting.rules().study_gate == "off":
        return False
    if study_step(meeting.campaign, meeting.organization) is None:
        return False
    return not has_studied(meeting.campaign, meeting.organization)


def officers_missing(meeting: Meeting) -> list[str]:
    """What is missing among chair, recorder, scrutineers and tellers, as short Chinese phrases.

    A branch too small for all of them is asked only for the people it has.
    """
    duties = list(Duty.objects.filter(meeting=meeting))
    named = {kind: [duty for duty in duties if duty.kind == kind] for kind in DutyKind}
    missing = [kind.label for kind in (DutyKind.CHAIR, DutyKind.RECORDER) if not named[kind]]
    if has_ballot(meeting) and meeting.roster is not None:
        rules, size = meeting.rules(), meeting.roster.entries.count()
        inside = sum(duty.member_id is not None for duty in named[DutyKind.SCRUTINEER])
        asked = {
            DutyKind.SCRUTINEER: scrutineers_needed(asked=rules.scrutineers_min, on_roster=size),
            DutyKind.TELLER: tellers_needed(asked=rules.tellers_min, on_roster=size, scrutineers=inside),
        }
        for kind, least in asked.items():
            lacking = least - len(named[kind])
            if lacking > 0:
                missing.append(f"{kind.label}（还差 {lacking} 名）")
    return missing


def obstacles(meeting: Meeting) -> list[Obstacle]:
    """All that stands in the way of opening, in the order in which it is to be done."""
    found = []
    if not meeting.campaign.is_open:
        found.append(Obstacle("campaign", "活动已经结束或还没有发布，不能开会。"))
    gate = gate_refusal(meeting.campaign, meeting.organization)
    if isinstance(gate, Denied):
        found.append(Obstacle("plan", gate.reason))
    if meeting.is_undecided:
        found.append(Obstacle("day", "会议已经延期，新的时间还没有定，请先定下时间。"))
    if meeting.uses_roster and (meeting.roster is None or not meeting.roster.is_frozen):
        found.append(Obstacle("roster", "还没有核定本支部的花名册，请先核定。"))
        return found
    if meeting.rules().study_gate == "refuse" and lacks_study(meeting):
        found.append(
            Obstacle("study", f"{NO_STUDY}，不得开会。请先组织学习并登记；已经学过的，补登记一次就行。")
        )
    missed = out_of_order(meeting)
    if missed and not meeting.unready_reason:
        said = "；".join(one.text for one in missed)
        found.append(Obstacle("order", f"{said}。确要先开的，请写明原因。"))
    missing = officers_missing(meeting)
    if missing:
        found.append(Obstacle("officers", f"还没有确定：{'、'.join(missing)}。"))
    if meeting.about.people != OPEN and not meeting.counts().present:
        found.append(Obstacle("attendance", "还没有登记到会情况，请先登记谁到会。"))
    return [*found, *_too_few(meeting)]


def _too_few(meeting: Meeting) -> list[Obstacle]:
    """Below the quorum a 民主生活会 is not opened; any other meeting is, with a reason."""
    short, quorum = below_quorum(meeting), opening_quorum(meeting)
    if not short:
        return []
    if quorum is not None and quorum.refuses:
        return [Obstacle("quorum", f"{short}，不能开会。请等人到齐，或者改期。")]
    if meeting.quorum_reason:
        return []
    return [Obstacle("quorum", f"{short}。确要开会的，请写明原因。")]


def _may_open(meeting: Meeting) -> Answer:
    """The first obstacle speaks."""
    found = obstacles(meeting)
    return Denied(found[0].text) if found else True


def _everybody_marked(meeting: Meeting) -> Answer:
    """Attendance is locked with the end of the meeting, so it must be complete."""
    unmarked = meeting.counts().unmarked
    if unmarked:
        return Denied(f"还有 {unmarked} 人没有登记到会情况，散会后不能再改，请先登记完。")
    return True


MEETING: Workflow[Meeting] = Workflow(
    "会议",
    Meeting,
    {
        "open": Transition(
            "宣布开会",
            frozenset({MeetingStatus.PLANNED}),
            MeetingStatus.OPENED,
            can_run_meeting,
            guard=_may_open,
        ),
        "close": Transition(
            "宣布散会",
            frozenset({MeetingStatus.OPENED}),
            MeetingStatus.CLOSED,
            can_run_meeting,
            guard=_everybody_marked,
        ),
        "cancel": Transition(
            "取消会议",
            frozenset({MeetingStatus.PLANNED}),
            MeetingStatus.CANCELLED,
            can_run_meeting,
            note_required=True,
        ),
    },
)
