"""The dues ledger of a demo village: most have paid, somebody paid a quarter, one was let off, one is four months behind."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from branches.models import Organization, User
from branches.rules import Rules
from members.models import Member
from members.rules.dues import month_of, months_later
from members.services.dues import pay_months, set_terms, waive_months

FARMERS, POOR = "农民", "依靠抚恤、救济或低保"
MONTHS = 10  # kept so far


def ledger(village: Organization, secretary: User) -> None:
    """Ten months of the village's ledger, up to this one."""
    today = timezone.localdate()
    months = [months_later(month_of(today), -back) for back in range(MONTHS - 1, -1, -1)]
    people = list(Member.objects.active().filter(organization=village).in_order("stroke"))
    poor, others = people[:2], people[2:]
    for some, label, monthly in ((poor, POOR, "0.20"), (others, FARMERS, "0.50")):
        set_terms(
            organization=village,
            members=some,
            label=label,
            monthly=Decimal(monthly),
            since=months[0],
            by=secretary,
        )
    ill, behind, by_quarter, *rest = others
    _pay(village, secretary, [*poor, *rest], months[:-1], today)
    _pay(village, secretary, rest[: len(rest) // 2], months[-1:], today)
    _pay(village, secretary, [behind], months[: -1 - Rules().lapse_warn_months], today)
    _pay(village, secretary, [by_quarter], months[:-2], today, note="每季度一次，女儿代交")
    _pay(village, secretary, [ill], months[:6], today)
    waive_months(
        organization=village,
        cells=[(ill.pk, month) for month in months[6:]],
        reason="长期住院，经支部研究、镇党委批准免交",
        by=secretary,
    )


def _pay(
    village: Organization,
    secretary: User,
    people: Sequence[Member],
    months: Sequence[datetime.date],
    today: datetime.date,
    note: str = "",
) -> None:
    """These months of these people, each paid in its month."""
    for month in months:
        pay_months(
            organization=village,
            cells=[(person.pk, month) for person in people],
            paid_on=min(month.replace(day=12), today),
            note=note,
            by=secretary,
        )
