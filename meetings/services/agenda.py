"""The agenda of one meeting is drawn up from its seats and the rules; minutes and ballot read it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from branches.models import OrganizationStatus, Role, User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from meetings.models import AttendanceStatus, Capacity, Meeting, MeetingKind, Slot, SlotKind, SlotStatus
from meetings.permissions.room import can_order_agenda
from meetings.rules.agenda import (
    COMMENTS,
    NOBODY,
    OTHER,
    Speaker,
    Turn,
    kinds_before_ballot,
    plain_order,
    plenary_order,
    speaking_order,
)
from meetings.rules.kinds import KINDS
from meetings.services.meetings import locked_meeting
from meetings.services.seats import seats_of
from meetings.workflow.ordering import may_split

BEGUN = "会议已经按现在的顺序进行，不能重新生成；可以移动、跳过或者加一项。"
PLENARIES = (MeetingKind.PLENARY, MeetingKind.THEMATIC)
AWAY = (AttendanceStatus.LEAVE, AttendanceStatus.ABSENT, AttendanceStatus.ELSEWHERE)
OPEN = (SlotStatus.PENDING, SlotStatus.NOW)


def slots_of(meeting: Meeting) -> list[Slot]:
    """The slots of a meeting in their order."""
    return list(Slot.objects.filter(meeting=meeting).order_by("ordinal", "pk"))


def parts_asked(meeting: Meeting) -> tuple[str, ...]:
    """The parts of a plenary as the rules order them, for a branch with or without a committee."""
    rules = meeting.rules()
    alone = () if meeting.organization.has_committee else rules.plenary_parts_alone
    return alone or rules.plenary_parts


def parts_open_before_ballot(meeting: Meeting) -> tuple[str, ...]:
    """Titles of what must be over before ballot papers are given out and is not; empty where no agenda is kept here.

    Source: 洛群组发〔2014〕21号 第二部分第4条 (通报、自评、互评、测评). One query where nothing was drawn up.
    """
    waiting = Slot.objects.filter(meeting=meeting, status__in=OPEN)
    kept = list(waiting.order_by("ordinal", "pk"))
    before = kinds_before_ballot(parts_asked(meeting)) if kept else frozenset()
    return tuple(slot.title for slot in kept if slot.kind in before)


def groups_of(meeting: Meeting) -> tuple[str, ...]:
    """The names of the party groups in which parts of the plenary may be held; empty where the rules do not let it."""
    if meeting.kind not in PLENARIES or not may_split(meeting.campaign, meeting.organization):
        return ()
    groups = meeting.organization.children().filter(status=OrganizationStatus.ACTIVE)
    return tuple(groups.values_list("short_name", flat=True))


def draw(meeting: Meeting, *, by_groups: bool = False) -> tuple[Turn, ...]:
    """The order the rules ask for: three steps a seat, the parts of a plenary, or a single slot for what is said."""
    rules = meeting.rules()
    if KINDS[meeting.kind].speaks:
        seats, away = _seats(meeting)
        turns = speaking_order(seats, rules.speaking_steps, away if rules.absent_statement else ())
        turns = turns or plain_order(rules.speaking_steps)
        return (*turns, *_comments(meeting)) if meeting.kind == MeetingKind.LIFE else turns
    if meeting.kind == MeetingKind.GROUP:
        return plain_order(part for part in parts_asked(meeting) if part in rules.group_split_parts)
    if meeting.kind in PLENARIES:
        turns = plenary_order(
            parts_asked(meeting),
            head=_head(meeting),
            groups=groups_of(meeting) if by_groups else (),
            in_groups=rules.group_split_parts,
        )
        return (*turns, *_comments(meeting))
    return (Turn(OTHER, extra="会议内容"),)


def _seats(meeting: Meeting) -> tuple[list[Speaker], list[Speaker]]:
    """Who speaks and who is away: the seats noted for the meeting, else those of the committee on its day."""
    noted = list(meeting.participants.filter(capacity=Capacity.SEAT).order_by("ordinal", "pk"))
    if not noted:
        return [Speaker(seat.key, seat.name) for seat in seats_of(meeting.organization, meeting.day)], []
    counted = [one for one in noted if one.status != AttendanceStatus.NOT_COUNTED]
    here = [Speaker(one.key, one.name) for one in counted if one.status not in AWAY]
    return here, [Speaker(one.key, one.name) for one in counted if one.status in AWAY]


def _head(meeting: Meeting) -> Speaker:
    """The secretary on the day of the meeting, where there is one."""
    seats = seats_of(meeting.organization, meeting.day)
    return next((Speaker(seat.key, seat.name) for seat in seats if seat.role == Role.SECRETARY), NOBODY)


def _comments(meeting: Meeting) -> tuple[Turn, ...]:
    """What somebody from above says at the end; named where only one was invited."""
    if not meeting.rules().superior_comments:
        return ()
    above = (Capacity.SUPERIOR, Capacity.INSTRUCTOR)
    guests = list(meeting.participants.filter(capacity__in=above)[:2])
    return (Turn(COMMENTS, Speaker(guests[0].key, guests[0].name) if len(guests) == 1 else NOBODY),)


def title_of(turn: Turn) -> str:
    """The words of a slot: 一组：个人自评, 对照检查（书面发言，请人宣读）."""
    label = str(SlotKind(turn.kind).label)
    if not turn.extra:
        return label
    if turn.kind == OTHER:
        return turn.extra
    return f"{label}（{turn.extra}）" if turn.speaker.name else f"{turn.extra}：{label}"


def is_untouched(slots: Sequence[Slot]) -> bool:
    """Whether nothing was said yet: then the order may be drawn up anew."""
    return all(slot.status == SlotStatus.PENDING and not slot.notes and not slot.seconds for slot in slots)


def draw_up(*, meeting: Meeting, by: User, by_groups: bool = False) -> list[Slot]:
    """Write the agenda anew, as long as nothing was said; returns its slots.

    Raises NotAllowed for others than clerks and recorder, after the meeting, and once somebody has spoken.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_order_agenda(by, locked))
        old = slots_of(locked)
        if not is_untouched(old):
            raise NotAllowed(BEGUN)
        Slot.objects.filter(pk__in=[slot.pk for slot in old]).delete()
        slots = Slot.objects.bulk_create(
            Slot(
                meeting=locked,
                ordinal=place,
                kind=turn.kind,
                title=title_of(turn),
                speaker_key=turn.speaker.key,
                speaker_name=turn.speaker.name,
                about_key=turn.about.key,
                about_name=turn.about.name,
            )
            for place, turn in enumerate(draw(locked, by_groups=by_groups), 1)
        )
        record(by=by, action="draw_up_agenda", about=locked, detail={"slots": len(slots)})
    return slots
