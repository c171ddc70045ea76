"""List filters of accounts and organisations."""

import django_filters
from django.db.models import Q, QuerySet

from branches.models import Category, Kind, Organization, User


class AccountFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Accounts by name or account name."""

    q = django_filters.CharFilter(label="姓名或账号", method="find")

    class Meta:
        model = User
        fields: tuple[str, ...] = ("q",)

    def find(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Rows whose name or account contains the words."""
        return rows.filter(Q(full_name__icontains=value) | Q(username__icontains=value))


class OrganizationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Organisations by name, kind and category."""

    q = django_filters.CharFilter(label="名称", field_name="name", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="类型", choices=Kind.choices, empty_label="全部")
    category = django_filters.ChoiceFilter(label="领域", choices=Category.choices, empty_label="全部")

    class Meta:
        model = Organization
        fields: tuple[str, ...] = ("q", "kind", "category")
