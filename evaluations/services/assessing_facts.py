"""What the program knows for an assessment: attendance, dues, and how many the cap is reckoned from; set-based."""

from __future__ import annotations

from collections import Counter, defaultdict
from uuid import UUID

from branches.rules import Rules
from evaluations.models import Assessment, AssessmentSheet
from evaluations.rules.assessing import Cap
from evaluations.rules.known_facts import Attended, DuesPaid, KnownFacts
from meetings.models import Attendance, AttendanceStatus, MeetingStatus
from members.models import Member, MemberKind, RosterEntry, Standing
from members.services.dues import dues_evidence

DUES = "dues"  # key of the rule `assessment_evidence`
COUNTED = {
    AttendanceStatus.PRESENT: "present",
    AttendanceStatus.ELSEWHERE: "elsewhere",
    AttendanceStatus.LEAVE: "leave",
    AttendanceStatus.ABSENT: "absent",
}  # best first: of several sittings of one meeting the best counts


def asks_dues(rules: Rules) -> bool:
    """Whether the ledger is looked at."""
    return rules.dues_ledger or DUES in rules.assessment_evidence


def facts_of(sheet: AssessmentSheet, rules: Rules) -> dict[int, KnownFacts]:
    """What is known of everybody on the roster, by roster entry; the same few queries for any number of members."""
    roster = RosterEntry.objects.filter(
        roster__campaign=sheet.campaign_id, roster__organization=sheet.organization_id
    )
    entries = list(roster.select_related("member"))
    attended = _attendance_of(sheet)
    dues = _dues_of([entry.member for entry in entries], sheet.campaign.year) if asks_dues(rules) else None
    return {
        entry.pk: KnownFacts(
            attended.get(entry.pk, Attended()), None if dues is None else dues[entry.member_id]
        )
        for entry in entries
    }


def _attendance_of(sheet: AssessmentSheet) -> dict[int, Attended]:
    """The branch's meetings of this campaign that were held, by roster entry; sittings of one meeting count once."""
    rows = Attendance.objects.filter(
        meeting__campaign=sheet.campaign_id,
        meeting__organization=sheet.organization_id,
        meeting__status__in=(MeetingStatus.OPENED, MeetingStatus.CLOSED),
        status__in=list(COUNTED),
    ).values_list("entry", "meeting", "meeting__continues", "status")
    order = list(COUNTED)
    best: dict[tuple[int, UUID], AttendanceStatus] = {}
    for entry, meeting, series, status in rows:
        key, now = (entry, series or meeting), AttendanceStatus(status)
        best[key] = min(best.get(key, now), now, key=order.index)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for (entry, _meeting), status in best.items():
        counts[entry][COUNTED[status]] += 1
    return {entry: Attended(**count) for entry, count in counts.items()}


def _dues_of(members: list[Member], year: int) -> dict[UUID, DuesPaid]:
    """The months of the campaign's year, by member."""
    found = dues_evidence(members, year)
    return {pk: DuesPaid(months.paid, months.waived, months.unpaid) for pk, months in found.items()}


def reckon_cap(sheet: AssessmentSheet, rows: list[Assessment], rules: Rules) -> Cap | None:
    """The cap on the best grade as it stands with these rows; None where no grade is given or nothing limits it."""
    if not sheet.scale or rules.excellent_cap is None:
        return None
    best = sheet.scale[0]
    return Cap(
        share=rules.excellent_cap,
        base=rules.excellent_base,
        number=_base_of(sheet, rows, rules.excellent_base),
        chosen=sum(row.grade == best["key"] for row in rows),
        grade=best["label"],
    )


def _base_of(sheet: AssessmentSheet, rows: list[Assessment], base: str) -> int:
    """How many people the share is taken of."""
    if base == "assessed":
        return sum(row.graded for row in rows)
    if base == "present":
        return sheet.ballot.present or 0
    return RosterEntry.objects.filter(
        roster__campaign=sheet.campaign_id,
        roster__organization=sheet.organization_id,
        kind=MemberKind.FULL,
        member__organization=sheet.organization_id,
        member__standing=Standing.ACTIVE,
    ).count()


def kept_cap(cap: Cap | None) -> dict[str, str | int]:
    """The cap as it is kept with the decision (see `AssessmentSheet.decided_cap`)."""
    if cap is None or cap.share is None:
        return {}
    return {
        "share": str(cap.share),
        "base": cap.base,
        "number": cap.number,
        "chosen": cap.chosen,
        "grade": cap.grade,
    }
