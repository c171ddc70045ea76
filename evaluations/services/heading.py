"""What stands above and below a branch's table besides votes: kept at certification, so that a reprint says the same."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from evaluations.models import Ballot, SubjectKind
from meetings.models import Duty, DutyKind
from members.models import RosterEntry

COUNTING = (DutyKind.SCRUTINEER, DutyKind.TELLER)
TABLES = {
    SubjectKind.MEMBERS: "民主评议党员测评汇总表",
    SubjectKind.COMMITTEE: "党支部委员会测评汇总表",
    SubjectKind.MASSES: "民主评议党员测评汇总表（群众代表票）",
}
APART = "群众代表票单独统计，不与党员票相加；应到、实到是邀请的和到会的群众代表。"


@dataclass(frozen=True, slots=True)
class Heading:
    """The names and notes of one table; `day` is the meeting's, as 2026-12-10."""

    title: str
    organization: str
    campaign: str
    day: str
    notes: tuple[str, ...]

    @property
    def held_on(self) -> datetime.date:
        """The day of the meeting."""
        return datetime.date.fromisoformat(self.day)

    def stored(self) -> dict[str, Any]:
        """As plain JSON."""
        return {**asdict(self), "notes": list(self.notes)}


def heading_of(ballot: Ballot) -> Heading:
    """The heading kept at certification; before that, as branch, meeting and roster are now."""
    kept = ballot.as_certified
    if kept:
        return Heading(**{**kept, "notes": tuple(kept["notes"])})
    return Heading(
        title=f"{ballot.organization.name}（{ballot.campaign.year}年度）{TABLES[ballot.kind]}",
        organization=ballot.organization.name,
        campaign=ballot.campaign.name,
        day=ballot.meeting.day.isoformat(),
        notes=tuple(_notes(ballot)),
    )


def _notes(ballot: Ballot) -> list[str]:
    """Why the meeting was held below its quorum, who counted, who was not counted in 应到 and why."""
    notes = [APART] if ballot.by_masses else []
    if ballot.meeting.quorum_reason:
        notes.append(f"到会人数不足仍然开会，原因：{ballot.meeting.quorum_reason}")
    named: dict[str, list[str]] = {}
    for duty in Duty.objects.filter(meeting=ballot.meeting, kind__in=COUNTING):
        named.setdefault(duty.kind, []).append(duty.holder_name)
    notes += [f"{kind.label}：{'、'.join(named[kind])}" for kind in COUNTING if named.get(kind)]
    if ballot.subject_kind == SubjectKind.MEMBERS:
        exempt = RosterEntry.objects.filter(
            roster__campaign=ballot.campaign_id,
            roster__organization=ballot.organization_id,
            is_expected=False,
        )
        shown = "；".join(f"{e.name}（{e.get_exempt_reason_display()}）" for e in exempt)
        if shown:
            notes.append(f"不计应到：{shown}")
    return notes
