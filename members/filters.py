"""The filter of the list of members."""

from __future__ import annotations

from typing import Any

import django_filters

from members.models import Member, MemberKind, Standing
from members.models.member import MemberQuerySet

ORDERS = (("stroke", "姓氏笔画"), ("pinyin", "拼音"), ("roster", "花名册顺序"))
FLAGS = (
    ("is_floating", "流动党员"),
    ("is_lost", "失联"),
    ("is_elderly", "年老体弱"),
    ("is_poor", "困难党员"),
    ("is_veteran", "退役军人"),
    ("is_leader", "党员领导干部"),
)


class MemberFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Members by name, branch, kind, standing and circumstance; those on the roll unless asked otherwise."""

    q = django_filters.CharFilter(label="姓名或拼音", method="find")
    branch = django_filters.CharFilter(
        label="党支部", field_name="organization__name", lookup_expr="icontains"
    )
    kind = django_filters.ChoiceFilter(label="人员类别", choices=MemberKind.choices, empty_label="全部")
    flag = django_filters.ChoiceFilter(label="情形", choices=FLAGS, method="flagged", empty_label="全部")
    standing = django_filters.ChoiceFilter(
        label="在册情况", choices=Standing.choices, method="stand", empty_label=None
    )
    order = django_filters.ChoiceFilter(label="排列", choices=ORDERS, method="sort", empty_label=None)

    class Meta:
        model = Member
        fields: tuple[str, ...] = ("q", "branch", "kind", "flag", "standing", "order")

    def __init__(self, data: Any, rows: MemberQuerySet, *, many_branches: bool) -> None:
        filled = data.copy()
        filled.setdefault("standing", Standing.ACTIVE)
        filled.setdefault("order", "stroke")
        super().__init__(filled, rows)
        if not many_branches:
            del self.filters["branch"]

    def find(self, rows: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        """Rows whose name, pinyin or initials contain the words."""
        return rows.search(value)

    def flagged(self, rows: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        """Rows with the circumstance."""
        return rows.filter(**{value: True})

    def stand(self, rows: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        """Rows with the standing."""
        return rows.filter(standing=value)

    def sort(self, rows: MemberQuerySet, name: str, value: str) -> MemberQuerySet:
        """Rows in the order asked for."""
        return rows.in_order(value)
