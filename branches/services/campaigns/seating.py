"""The leading group (领导小组) and its office (办公室): seats filled, changed, ordered, as long as the campaign runs."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from branches.models import Body, Campaign, LeadingSeat, User
from branches.permissions import can_keep_campaign
from branches.services.audit import record
from branches.services.campaigns.drafting import allow, locked
from branches.workflow import NotAllowed


def add_seat(
    *, campaign: Campaign, body: str, title: str, name: str, by: User, post: str = "", duty: str = ""
) -> LeadingSeat:
    """Put somebody at the end of the leading group or its office; the person needs no account."""
    with transaction.atomic():
        current = _kept(campaign, by)
        last = current.seats.filter(body=body).aggregate(last=Max("position"))["last"] or 0
        seat = LeadingSeat.objects.create(
            campaign=current,
            body=Body(body),
            title=title,
            name=name,
            post=post,
            duty=duty,
            position=last + 1,
        )
        record(by=by, action="add_seat", about=current, detail={"seat": seat.pk, "body": body})
    return seat


def change_seat(
    *, seat: LeadingSeat, body: str, title: str, name: str, by: User, post: str = "", duty: str = ""
) -> LeadingSeat:
    """Change what a seat says; into the other body it moves to the end. Raises NotAllowed when it is gone."""
    with transaction.atomic():
        current = _kept(seat.campaign, by)
        found = _seat(current, seat)
        if found.body != body:
            last = current.seats.filter(body=body).aggregate(last=Max("position"))["last"] or 0
            found.position = last + 1
        found.body, found.title, found.name, found.post, found.duty = Body(body), title, name, post, duty
        found.save()
        record(by=by, action="change_seat", about=current, detail={"seat": found.pk})
    return found


def move_seat(*, seat: LeadingSeat, up: bool, by: User) -> None:
    """Change places with the neighbour above or below in the same body; at the end nothing happens."""
    with transaction.atomic():
        current = _kept(seat.campaign, by)
        row = list(current.seats.filter(body=_seat(current, seat).body))
        here = next(n for n, other in enumerate(row) if other.pk == seat.pk)
        there = here - 1 if up else here + 1
        if 0 <= there < len(row):
            row[here], row[there] = row[there], row[here]
        for number, other in enumerate(row, start=1):
            other.position = number
        LeadingSeat.objects.bulk_update(row, ["position"])
        record(by=by, action="move_seat", about=current, detail={"seat": seat.pk})


def remove_seat(*, seat: LeadingSeat, by: User) -> None:
    """Take a seat out of the list; raises NotAllowed when it is gone already."""
    with transaction.atomic():
        current = _kept(seat.campaign, by)
        _seat(current, seat).delete()
        record(by=by, action="remove_seat", about=current, detail={"seat": seat.pk})


def _kept(campaign: Campaign, by: User) -> Campaign:
    """The campaign, locked, when this person may keep it in order; raises NotAllowed."""
    current = locked(campaign)
    allow(can_keep_campaign(by, current))
    return current


def _seat(campaign: Campaign, seat: LeadingSeat) -> LeadingSeat:
    """The seat as it is now; raises NotAllowed when a colleague has removed it."""
    found = campaign.seats.filter(pk=seat.pk).first()
    if found is None:
        raise NotAllowed("这一席位已经由其他同志删去，请刷新页面查看。")
    return found
