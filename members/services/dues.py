"""The dues ledger: what a member pays, months paid or waived, and months in a row that are neither."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.rules import Rules
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from members.models import DuesMonth, DuesTerms, Member, Standing
from members.permissions.dues import can_keep_dues
from members.rules.dues import (
    MOST,
    arrears,
    delivered,
    is_late,
    month_of,
    months_later,
    to_cents,
    year_of,
)

Cell = tuple[UUID, datetime.date]  # whose month
AHEAD = 12  # months that may be paid ahead
ODD_AMOUNT = "金额要大于 0，最多到分。"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of marking months: how many were written, how many were settled before, and late ones."""

    count: int
    settled_before: int
    late: tuple[datetime.date, ...]


@dataclass(frozen=True, slots=True)
class DuesEvidence:
    """A member's months of a year up to the last one that is over: how many paid, waived, and neither."""

    paid: int
    waived: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """A member to talk with: so many months in a row are neither paid nor waived; never a verdict."""

    member: Member
    months: int
    is_long: bool


@dataclass(frozen=True, slots=True)
class LedgerRules:
    """The rules that hold for a branch's ledger, and the open campaign that asks for it, if one does."""

    rules: Rules
    asked_by: Campaign | None


def set_terms(
    *,
    organization: Organization,
    members: Sequence[Member],
    label: str,
    monthly: Decimal,
    since: datetime.date,
    by: User,
) -> int:
    """Record what these members pay a month and from which month; incomes are not kept.

    Returns how many members. Raises NotAllowed with the reason.
    """
    require_keeper(by, organization)
    if not 0 < monthly <= MOST or to_cents(monthly) != monthly:
        raise NotAllowed(ODD_AMOUNT)
    with transaction.atomic():
        found = locked_members(organization, [member.pk for member in members])
        for member in found.values():
            DuesTerms.objects.update_or_create(
                member=member,
                defaults={"label": label[:40], "monthly": monthly, "since": month_of(since)},
            )
        record(by=by, action="set_terms", about=organization, detail={"count": len(found)})
    return len(found)


def pay_months(
    *,
    organization: Organization,
    cells: Iterable[Cell],
    paid_on: datetime.date,
    by: User,
    amount: Decimal | None = None,
    note: str = "",
) -> Recorded:
    """Mark months as paid, each with `amount` or what the member's terms say; months settled before stay.

    Raises NotAllowed when somebody has no terms and no amount is given, or for a day or month to come.
    """
    if paid_on > timezone.localdate():
        raise NotAllowed("交纳日期不能晚于今天。")
    if amount is not None and (not 0 < amount <= MOST or to_cents(amount) != amount):
        raise NotAllowed(ODD_AMOUNT)
    with transaction.atomic():
        members, cells_open, before = open_cells(organization, cells, by)
        terms = monthly_of(members)
        without = [m.name for m in members.values() if m.pk not in terms]
        if amount is None and without:
            raise NotAllowed(
                f"还没有核定每月交多少：{'、'.join(without)}。请先“核定应交党费”，或者在“每月金额”里写上。"
            )
        DuesMonth.objects.bulk_create(
            DuesMonth(
                member_id=pk,
                month=month,
                amount=terms[pk] if amount is None else amount,
                paid_on=paid_on,
                note=note.strip()[:100],
            )
            for pk, month in cells_open
        )
        note_months(by, "pay_dues", organization, cells_open)
    make_up = delivered().make_up_months
    late = sorted({month for _, month in cells_open if is_late(month, paid_on, make_up)})
    return Recorded(len(cells_open), before, tuple(late))


def waive_months(*, organization: Organization, cells: Iterable[Cell], reason: str, by: User) -> Recorded:
    """Mark months as waived (经批准免交) with the reason. Raises NotAllowed without one."""
    if not reason.strip():
        raise NotAllowed("登记免交须在“说明”里写明原因和批准的党组织。")
    with transaction.atomic():
        _, cells_open, before = open_cells(organization, cells, by)
        DuesMonth.objects.bulk_create(
            DuesMonth(member_id=pk, month=month, amount=Decimal(0), is_waived=True, note=reason.strip()[:100])
            for pk, month in cells_open
        )
        note_months(by, "waive_dues", organization, cells_open)
    return Recorded(len(cells_open), before, ())


def undo_months(*, member: Member, months: Iterable[datetime.date], by: User) -> int:
    """Take back what was marked for these months of a member; the record keeps that it was. Returns how many."""
    require_keeper(by, member.organization)
    with transaction.atomic():
        rows = DuesMonth.objects.filter(member=member, month__in=list(months))
        gone = sorted(rows.values_list("month", flat=True))
        rows.delete()
        if gone:
            note_months(by, "undo_dues", member, [(member.pk, month) for month in gone])
    return len(gone)


def ledger_rules(organization: Organization) -> LedgerRules:
    """Returns the rules of the open campaign that asks for a ledger, else of the newest open one, else the defaults."""
    found = [
        (campaign, campaign.rules_for(organization))
        for campaign in Campaign.objects.covering(organization).open().select_related("issuer")
    ]
    for campaign, rules in found:
        if rules.dues_ledger:
            return LedgerRules(rules, campaign)
    return LedgerRules(found[0][1] if found else Rules(), None)


def unpaid_in_a_row(members: Sequence[Member], today: datetime.date) -> dict[UUID, int]:
    """Returns for each member how many months in a row up to the last one are neither paid nor waived.

    Counted since the terms or the first month in the ledger, whichever is earlier, and since the member joined;
    somebody whom the ledger does not know yet has none.
    """
    until = months_later(month_of(today), -1)
    keys = [member.pk for member in members]
    rows = DuesMonth.objects.filter(member__in=keys).values_list("member")
    first = dict(rows.annotate(first=Min("month")).order_by())
    newest = dict(rows.filter(month__lte=until).annotate(newest=Max("month")).order_by())
    since = dict(DuesTerms.objects.filter(member__in=keys).values_list("member", "since"))
    found = {}
    for member in members:
        start = begins(member, since.get(member.pk), first.get(member.pk))
        settled = {newest[member.pk]} if member.pk in newest else set()
        found[member.pk] = arrears(settled, start, until) if start is not None else 0
    return found


def begins(member: Member, since: datetime.date | None, first: datetime.date | None) -> datetime.date | None:
    """Returns the month from which a member's dues are counted; None for somebody the ledger does not know."""
    known = [month_of(day) for day in (since, first) if day is not None]
    if not known:
        return None
    return max(min(known), month_of(member.joined_on)) if member.joined_on is not None else min(known)


def prompts_for(organization: Organization, rules: Rules, today: datetime.date) -> tuple[Prompt, ...]:
    """Returns whom to talk with, in stroke order: nobody is told but who keeps the ledger, and nothing follows by itself."""
    members = list(Member.objects.active().filter(organization=organization).in_order("stroke"))
    counts = unpaid_in_a_row(members, today)
    return tuple(
        Prompt(member, counts[member.pk], counts[member.pk] >= rules.lapse_months)
        for member in members
        if counts[member.pk] >= min(rules.lapse_warn_months, rules.lapse_months)
    )


def dues_evidence(members: Sequence[Member], year: int) -> dict[UUID, DuesEvidence]:
    """Returns for each how many months of a year were paid, waived, and neither, up to the last month that is over."""
    keys = [member.pk for member in members]
    rows: dict[UUID, dict[datetime.date, bool]] = {key: {} for key in keys}
    ledger = DuesMonth.objects.filter(member__in=keys)
    for key, month, is_waived in ledger.filter(month__year=year).values_list("member", "month", "is_waived"):
        rows[key][month] = is_waived
    first = dict(ledger.values_list("member").annotate(first=Min("month")).order_by())
    since = dict(DuesTerms.objects.filter(member__in=keys).values_list("member", "since"))
    over = [month for month in year_of(year) if month < month_of(timezone.localdate())]
    found = {}
    for member in members:
        start = begins(member, since.get(member.pk), first.get(member.pk))
        own = rows[member.pk]
        unpaid = sum(month >= start and month not in own for month in over) if start is not None else 0
        waived = sum(own.values())
        found[member.pk] = DuesEvidence(len(own) - waived, waived, unpaid)
    return found


def record_export(*, organization: Organization, count: int, by: User) -> None:
    """Record that a ledger was taken as a file."""
    record(by=by, action="export_dues", about=organization, detail={"count": count})


def require_keeper(by: User, organization: Organization) -> None:
    """Raises NotAllowed for somebody who may not keep the ledger."""
    insist(can_keep_dues(by, organization))


def open_cells(
    organization: Organization, cells: Iterable[Cell], by: User
) -> tuple[dict[UUID, Member], list[Cell], int]:
    """Returns the members (locked), their months that are not settled, and how many were settled before."""
    require_keeper(by, organization)
    wanted = sorted(set(cells), key=lambda cell: (str(cell[0]), cell[1]))
    if not wanted:
        raise NotAllowed("还没有选中月份。请先在名单里点选，再按按钮。")
    if max(month for _, month in wanted) > months_later(month_of(timezone.localdate()), AHEAD):
        raise NotAllowed("不能登记一年以后的月份。")
    members = locked_members(organization, {pk for pk, _ in wanted})
    months = {month for _, month in wanted}
    settled = set(
        DuesMonth.objects.filter(member__in=members, month__in=months).values_list("member", "month")
    )
    return members, [cell for cell in wanted if cell not in settled], len(settled.intersection(wanted))


def locked_members(organization: Organization, keys: Iterable[UUID]) -> dict[UUID, Member]:
    """Returns these members of the branch, locked. Raises NotAllowed when one is not on its roll (any more)."""
    wanted = set(keys)
    rows = Member.objects.select_for_update().filter(
        organization=organization, standing=Standing.ACTIVE, pk__in=wanted
    )
    found = {member.pk: member for member in rows}
    if not wanted or len(found) < len(wanted):
        raise NotAllowed("请选择本支部在册的党员；名册刚有变动的，请刷新页面再试。")
    return found


def monthly_of(members: Mapping[UUID, Member]) -> dict[UUID, Decimal]:
    """Returns what the terms of these members say."""
    return dict(DuesTerms.objects.filter(member__in=members).values_list("member", "monthly"))


def note_months(by: User, action: str, about: Organization | Member, cells: Sequence[Cell]) -> None:
    """Write one event for all months: how many, and which."""
    if cells:
        months = sorted({f"{month:%Y-%m}" for _, month in cells})
        record(by=by, action=action, about=about, detail={"count": len(cells), "months": months})
