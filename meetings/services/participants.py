"""The seats of a committee at its meeting: filled from the posts of the day, kept up while the meeting is planned."""

from __future__ import annotations

from meetings.models import Capacity, Meeting, MeetingStatus, Participant
from meetings.services.seats import Seat, seats_of


def seats_due(meeting: Meeting) -> tuple[Seat, ...]:
    """Who ought to sit at the meeting by the posts of its day; nobody at meetings of another kind."""
    return seats_of(meeting.organization, meeting.day) if meeting.has_seats else ()


def seats_changed(meeting: Meeting) -> bool:
    """Whether the posts have changed since the seats were filled; a meeting that was opened keeps its people."""
    if not meeting.has_seats or meeting.status != MeetingStatus.PLANNED:
        return False
    kept = meeting.participants.seats().values_list("key", "name", "post")
    return set(kept) != {(seat.key, seat.name, seat.post) for seat in seats_due(meeting)}


def fill_seats(meeting: Meeting) -> bool:
    """Let the seats follow the posts of the meeting's day, and keep the marks of those who stay; True if any changed.

    Must run inside a transaction with the meeting locked. Who was noted as a guest and has a seat becomes a seat.
    """
    if not seats_changed(meeting):
        return False
    due = {seat.key: (number, seat) for number, seat in enumerate(seats_due(meeting), 1)}
    known = list(meeting.participants.all())
    entered = {(seat.by_post, seat.name): seat.key for _, seat in due.values()}
    for row in known:
        row.key = entered.get((row.key, row.name), row.key)  # on the roll since the seats were filled
        if row.capacity == Capacity.SEAT and row.key not in due:
            row.delete()
    by_key = {row.key: row for row in known if row.key in due}
    by_user = {row.user_id: row for row in known if row.user_id and row.key not in due}
    for number, seat in due.values():
        row = by_key.get(seat.key) or by_user.get(seat.user_id or 0) or Participant(meeting=meeting)
        row.key, row.capacity, row.ordinal = seat.key, Capacity.SEAT, number
        row.name, row.post = seat.name, seat.post
        row.user_id, row.member_id = seat.user_id, seat.member_id
        row.save()
    return True
