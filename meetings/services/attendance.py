"""Who came is written down, each row on its own, so that two people at two doors lose nothing."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed
from meetings.models import Attendance, AttendanceStatus, Meeting, Participant
from meetings.permissions import can_record_attendance
from meetings.rules import Mark, Merged, merge_marks
from meetings.services.meetings import locked_meeting, require_answer
from meetings.services.participants import fill_seats
from members.models import ExemptReason, RosterEntry

SEAT_STATUSES = (AttendanceStatus.PRESENT, AttendanceStatus.LEAVE, AttendanceStatus.ABSENT)


class Conflict(Exception):
    """Rows that two people changed differently; nothing was written. `rows` are entry ids as text."""

    def __init__(self, rows: tuple[str, ...]) -> None:
        super().__init__(f"{len(rows)} rows")
        self.rows = rows


def saved_marks(meeting: Meeting) -> dict[str, Mark]:
    """What is written down now: id of the entry (at a committee: of the seat) as text → status and reason."""
    if meeting.has_seats:
        seats = meeting.participants.seats().exclude(status="").values_list("pk", "status", "reason")
        return {str(seat): (status, reason) for seat, status, reason in seats}
    rows = Attendance.objects.filter(meeting=meeting).values_list("entry_id", "status", "reason")
    return {str(entry): (status, reason) for entry, status, reason in rows}


def record_attendance(
    *,
    meeting: Meeting,
    marks: Mapping[str, Mark],
    by: User,
    seen: Mapping[str, Mark] | None = None,
    partial: bool = False,
) -> Merged:
    """Write the status and reason of each entry in `marks` (entry id as text); returns what changed.

    `seen` is what the writer's page showed before: rows others changed meanwhile are kept. Where both
    changed the same row differently, Conflict is raised and nothing written; with `partial` the other
    rows are written and the conflicts returned. An empty status takes a mark away.
    Raises NotAllowed when the roster is not frozen, the meeting is over, or 不计应到 has no reason.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting)
        require_answer(can_record_attendance(by, locked))
        now = saved_marks(locked)
        merged = merge_marks(mine=marks, seen=now if seen is None else seen, now=now)
        if merged.conflicts and not partial:
            raise Conflict(merged.conflicts)
        if merged.changes:
            write = _write_seats if locked.has_seats else _write
            write(locked, merged.changes)
            record(by=by, action="record_attendance", about=locked, detail={"rows": len(merged.changes)})
    return merged


def _write(meeting: Meeting, changes: Mapping[str, Mark]) -> None:
    """Replace the changed rows; only people of the frozen roster have one."""
    entries = _entries(meeting)
    for key, (status, reason) in changes.items():
        if key not in entries:
            raise NotAllowed("名册刚刚有变动，请刷新页面后再登记。")
        if status == AttendanceStatus.NOT_COUNTED and reason not in ExemptReason.values:
            raise NotAllowed(f"{entries[key].name}不计应到，请选择原因。")
    Attendance.objects.filter(meeting=meeting, entry_id__in=[entries[key].pk for key in changes]).delete()
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, entry=entries[key], status=status, reason=reason)
        for key, (status, reason) in changes.items()
        if status
    )


def _write_seats(meeting: Meeting, changes: Mapping[str, Mark]) -> None:
    """Write the marks of those who sit on the committee."""
    seats = {str(pk): pk for pk in meeting.participants.seats().values_list("pk", flat=True)}
    for key, (status, _reason) in changes.items():
        if key not in seats:
            raise NotAllowed("班子成员刚刚有变动，请刷新页面后再登记。")
        if status and status not in SEAT_STATUSES:
            raise NotAllowed("班子成员只登记到会、请假或缺席，都计入应到。")
    marked = [
        Participant(pk=seats[key], status=status, reason=reason) for key, (status, reason) in changes.items()
    ]
    Participant.objects.bulk_update(marked, ["status", "reason"])


def _entries(meeting: Meeting) -> dict[str, RosterEntry]:
    """The people of the meeting's frozen roster by id as text."""
    if meeting.roster is None or not meeting.roster.is_frozen:
        raise NotAllowed("请先核定花名册，再登记到会情况。")
    return {str(entry.pk): entry for entry in meeting.people()}


def _due(meeting: Meeting) -> list[str]:
    """The keys of those expected: all seats, else whom the roster expects and who was at no earlier sitting."""
    if meeting.has_seats:
        return [str(pk) for pk in meeting.participants.seats().values_list("pk", flat=True)]
    return [key for key, entry in _entries(meeting).items() if is_due(entry)]


def is_due(entry: RosterEntry) -> bool:
    """Whether an entry of `Meeting.people()` is expected at this sitting."""
    return entry.is_expected and not getattr(entry, "came_before", False)


def renew_seats(*, meeting: Meeting, by: User) -> bool:
    """Take changed posts over into the seats of a planned meeting; True if anything changed."""
    with transaction.atomic():
        locked = locked_meeting(meeting)
        require_answer(can_record_attendance(by, locked))
        changed = fill_seats(locked)
        if changed:
            record(by=by, action="renew_seats", about=locked, detail={"count": len(_due(locked))})
    return changed


def mark_all_present(*, meeting: Meeting, by: User) -> int:
    """Mark everybody expected and not yet marked as present; returns how many."""
    return _mark_rest(meeting, AttendanceStatus.PRESENT, by)


def mark_rest_absent(*, meeting: Meeting, by: User) -> int:
    """Mark everybody expected and not yet marked as absent; returns how many."""
    return _mark_rest(meeting, AttendanceStatus.ABSENT, by)


def _mark_rest(meeting: Meeting, status: str, by: User) -> int:
    """Give all without a mark the same one; nobody's earlier mark is touched."""
    with transaction.atomic():
        locked = locked_meeting(meeting)
        now = saved_marks(locked)
        marks = {key: (str(status), "") for key in _due(locked) if key not in now}
        return len(record_attendance(meeting=locked, marks=marks, by=by).changes)
