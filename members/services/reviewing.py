"""The review of materials (审核把关): seats opened with a version, and kept with whoever holds the office today."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from branches.models import CampaignStatus, Role, User, reach
from branches.services.audit import record
from branches.services.notices import announce
from members.models import Decision, Material, MaterialStatus, MaterialVersion, ReviewSlot
from members.permissions.seats import Bench
from members.rules.routing import SEATS, SeatPlan

AGAIN = "材料改过以后各席都要重新审核；上一版已经通过的也要再看一遍，因为正文已经变了。"
LONGEST_REASON = 200
AT_A_TIME = 500


def seats_for(material: Material) -> tuple[SeatPlan, ...]:
    """Who reviews the material as things stand today, seat by seat; empty where no review is asked for."""
    return Bench.of([material]).seats(material)


def open_review(*, version: MaterialVersion, by: User) -> list[ReviewSlot]:
    """Open the seats for a version that was handed in, and tell those who sit there.

    Call it in the transaction of the handing in. Every seat begins anew, also one that passed the
    version before: what it passed was another text.
    """
    slots = []
    with transaction.atomic():
        for seat in seats_for(version.material):
            slot = ReviewSlot(version=version, seat=seat.seat)
            _place(slot, seat)
            slot.save(force_insert=True)
            _tell(slot, seat)
            slots.append(slot)
        record(
            by=by,
            action="open_review",
            about=version.material,
            detail={"version": version.number, "slot": [SEATS[slot.seat] for slot in slots]},
        )
    return slots


def _place(slot: ReviewSlot, seat: SeatPlan) -> None:
    """Write down who sits there as of today."""
    slot.office_id, slot.role = seat.office, seat.role
    slot.holder_id = seat.holders[0] if seat.holders else None
    long = len(seat.escalated) > LONGEST_REASON  # what to do stands at the end
    slot.escalated = f"…{seat.escalated[1 - LONGEST_REASON :]}" if long else seat.escalated


def _tell(slot: ReviewSlot, seat: SeatPlan) -> None:
    """Tell those who sit there that a material waits; nothing of it is said."""
    version = slot.version
    announce(
        kind=f"review_{version.number}",
        about=version.material,
        recipients=User.objects.filter(pk__in=seat.holders),
        title=f"{version.material.organization.short_name}有一份材料等您审核",
        body=AGAIN if version.number > 1 else "",
        url=reverse("members:review", args=[slot.pk]),
    )


def pending_slots() -> QuerySet[ReviewSlot]:
    """Seats that somebody must decide at: of the newest version of a material that waits, in an open campaign."""
    newer = MaterialVersion.objects.filter(
        material=OuterRef("version__material"), number__gt=OuterRef("version__number")
    )
    open_ones = (CampaignStatus.PUBLISHED, CampaignStatus.RUNNING)
    return ReviewSlot.objects.filter(
        ~Exists(newer),
        decision=Decision.PENDING,
        version__material__status=MaterialStatus.SUBMITTED,
        version__material__campaign__status__in=open_ones,
    )


def slots_near(user: User) -> QuerySet[ReviewSlot]:
    """Seats that are the person's as last looked, or may have become the person's since.

    Those of the person's offices, and those passed on from anywhere below or in the line.
    """
    offices = [post.organization_id for post in user.posts()]
    material = "version__material__organization"
    passed_on = reach(user, f"{material}__path") | reach(user, f"{material}__line_superior__path")
    near = Q(holder=user) | Q(office__in=offices) | (~Q(escalated="") & passed_on)
    return pending_slots().filter(near)


def reassign_reviews(*, slots: QuerySet[ReviewSlot] | None = None) -> int:
    """Give pending seats to those who hold the offices today; returns how many changed hands.

    A change of hands is recorded and the new holder told. Without `slots`, all pending ones.
    """
    asked = pending_slots() if slots is None else slots
    keys = list(asked.order_by("pk").values_list("pk", flat=True))
    return sum(_reassign_some(keys[start : start + AT_A_TIME]) for start in range(0, len(keys), AT_A_TIME))


def _reassign_some(keys: list[uuid.UUID]) -> int:
    """The same for a few hundred of them."""
    found = ReviewSlot.objects.filter(pk__in=keys).select_related("version__material__organization")
    rows = list(found.order_by("pk"))
    bench = Bench.of([slot.version.material for slot in rows])
    opened: dict[int, list[str]] = {}
    versions = {slot.version_id for slot in rows}
    for version, seat in ReviewSlot.objects.filter(version__in=versions).values_list("version", "seat"):
        opened.setdefault(version, []).append(seat)
    return sum(
        _reassign(slot, bench.opened(slot.version.material, opened[slot.version_id])[slot.seat])
        for slot in rows
    )


def _reassign(slot: ReviewSlot, seat: SeatPlan) -> bool:
    """Bring one seat up to today; whether somebody else sits there now."""
    before = (slot.office_id, slot.role, slot.escalated, slot.holder_id)
    stays = slot.holder_id if slot.holder_id in seat.holders else None
    planned = ReviewSlot()
    _place(planned, seat)
    wanted = stays or planned.holder_id
    if before == (planned.office_id, planned.role, planned.escalated, wanted):
        return False
    with transaction.atomic():
        Material.objects.select_for_update().get(
            pk=slot.version.material_id
        )  # as deciding does, then the seat
        locked = ReviewSlot.objects.select_for_update().get(pk=slot.pk)
        now = (locked.office_id, locked.role, locked.escalated, locked.holder_id)
        if now != before or locked.decision != Decision.PENDING:
            return False
        _place(locked, seat)
        locked.holder_id = wanted
        locked.save(update_fields=["office", "role", "escalated", "holder"])
        if before[3] == wanted:
            return False
        detail = {"slot": SEATS[slot.seat], "from": before[3], "to": wanted}
        record(by=None, action="reassign_review", about=slot.version.material, detail=detail)
        _tell(slot, seat)
    return True


def waiting_for(user: User) -> list[ReviewSlot]:
    """The seats this person must decide at today, those that wait longest first; one for each material."""
    near = slots_near(user)
    reassign_reviews(slots=near)
    sealed = ("version__content_sealed", "version__material__content_sealed")
    rows = (
        _noted(user)
        .select_related(
            "version__material__organization",
            "version__material__campaign",
            "version__material__member",
            "version__material__appointment",
            "office",
        )
        .defer(*sealed)
    )
    ordered = list(rows.order_by("version__submitted_at", "version", "-seat"))
    return list(one_each(ordered, user))


def _noted(user: User) -> QuerySet[ReviewSlot]:
    """The pending seats the person is noted at, or whose team the person is of."""
    teams = [post.organization_id for post in user.posts() if post.role == Role.SUPERVISOR]
    return pending_slots().filter(Q(holder=user) | Q(role=Role.SUPERVISOR, office__in=teams))


def count_waiting(user: User) -> int:
    """How many materials wait for the person, as last looked; one query."""
    return _noted(user).order_by().values("version").distinct().count()


def one_each(slots: Iterable[ReviewSlot], user: User) -> Iterable[ReviewSlot]:
    """Of several seats of one version that the person holds, the first: one decision counts for all."""
    rows = list(slots)
    bench = Bench.of([slot.version.material for slot in rows])
    seen: set[int] = set()
    for slot in rows:
        holders = bench.seat(slot.version.material, slot.seat).holders
        if user.pk in holders and slot.version_id not in seen:
            seen.add(slot.version_id)
            yield slot
