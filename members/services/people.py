"""Single members: added, changed, their standing, their numbers shown in full."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from branches.models import Kind, Organization, User
from branches.permissions import can_manage_branch
from branches.services.audit import record
from branches.workflow import NotAllowed
from members.models import Member, Standing
from members.permissions import can_edit_member, can_export_unmasked, can_reveal

ELSEWHERE = "该身份证号已在其他党组织登记，请先办理组织关系转接。"
TWICE = "本支部已有这个身份证号的党员，不能重复登记。"


def add_member(*, organization: Organization, by: User, **fields: Any) -> Member:
    """Add a member to a branch's roll; id_number and phone are sealed. Returns the member.

    Raises NotAllowed when by may not, the organisation is no branch, or the ID number is on a roll already.
    """
    answer = can_manage_branch(by, organization)
    if not answer:
        raise NotAllowed(answer.reason)
    if organization.kind != Kind.BRANCH:
        raise NotAllowed("党员登记在党支部，请选择党支部。")
    number = str(fields.get("id_number", ""))
    with transaction.atomic():
        if number:
            refuse_taken(number, organization)
        member = Member(organization=organization)
        last = Member.objects.filter(organization=organization).aggregate(last=Max("roster_number"))["last"]
        member.roster_number = (last or 0) + 1
        _put(member, fields)
        _save(member, force_insert=True)
        record(by=by, action="add_member", about=member)
    return member


def change_member(*, member: Member, version: int, by: User, **fields: Any) -> Member:
    """Change a member's data. version is the one the form was opened with, so that nobody's change is lost unseen.

    Returns the member. Raises NotAllowed when by may not, somebody else changed the record meanwhile, or the ID number is taken.
    """
    with transaction.atomic():
        locked = _locked(member, by)
        if locked.version != version:
            raise NotAllowed("这名党员的信息刚刚被别人改过。您填的内容都还在，请核对后再保存。")
        number = str(fields.get("id_number", ""))
        if number and number != locked.id_number:
            refuse_taken(number, locked.organization)
        changed = sorted(name for name, value in fields.items() if getattr(locked, name) != value)
        if changed:
            _put(locked, {name: fields[name] for name in changed})
            locked.version += 1
            _save(locked)
            record(by=by, action="change_member", about=locked, detail={"fields": changed})
    return locked


def set_standing(*, member: Member, standing: str, by: User, note: str = "") -> Member:
    """Record that a member left the roll (转出, 去世, 除名) or is back on it. Returns the member; nothing is deleted.

    Raises NotAllowed for an unknown standing, or when the person is on another roll by now.
    """
    if standing not in Standing.values:
        raise NotAllowed("请选择在册情况。")
    with transaction.atomic():
        locked = _locked(member, by)
        if standing == Standing.ACTIVE and locked.standing != Standing.ACTIVE and locked.id_number:
            refuse_taken(locked.id_number, locked.organization)
        before, locked.standing = locked.standing, standing
        locked.version += 1
        _save(locked)
        record(
            by=by,
            action="set_standing",
            about=locked,
            detail={"from": before, "to": standing, "note_length": len(note)},
        )
    return locked


def reveal(*, member: Member, by: User) -> tuple[str, str]:
    """Returns (ID number, phone) in full and records that they were shown. Raises NotAllowed with the reason."""
    answer = can_reveal(by, member)
    if not answer:
        raise NotAllowed(answer.reason)
    numbers = member.id_number, member.phone
    record(by=by, action="reveal_numbers", about=member)
    return numbers


def record_export(*, organization: Organization, count: int, unmasked: bool, by: User) -> None:
    """Record that a roster was taken as a file; raises NotAllowed for full numbers without the right to them."""
    if unmasked:
        answer = can_export_unmasked(by, organization)
        if not answer:
            raise NotAllowed(answer.reason)
    action = "export_unmasked" if unmasked else "export_roster"
    record(by=by, action=action, about=organization, detail={"count": count})


def refuse_taken(number: str, organization: Organization) -> None:
    """Raises NotAllowed when an active member has this ID number; never says in which other organisation."""
    taken = Member.objects.active().with_id_number(number).first()
    if taken is not None:
        raise NotAllowed(TWICE if taken.organization_id == organization.pk else ELSEWHERE)


def _put(member: Member, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(member, name, value)


def _save(member: Member, **options: Any) -> None:
    """Save; two people registering one ID number at the same moment get the same answer as one after the other."""
    try:
        with transaction.atomic():
            member.save(**options)
    except IntegrityError:
        raise NotAllowed(ELSEWHERE) from None


def _locked(member: Member, by: User) -> Member:
    locked = Member.objects.select_for_update(of=("self",)).select_related("organization").get(pk=member.pk)
    answer = can_edit_member(by, locked)
    if not answer:
        raise NotAllowed(answer.reason)
    return locked
