"""The form of an organisation."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q

from branches.models import Organization, OrganizationStatus, User, path_and_above
from branches.models.organization import OrganizationQuerySet
from branches.permissions import SUPERIOR_KINDS
from branches.services.organizations import MAY_STAND_UNDER


def line_superiors(user: User, place: Organization) -> OrganizationQuerySet:
    """Which bodies may be named as 系统主管 at `place`: those in reach, and the sister bodies of all above it.

    The education bureau's committee stands beside the township, out of reach of the township's office; its
    name must still be there to be chosen.
    """
    sisters = Q(pk__in=[])
    for path in path_and_above(place.path):
        depth = len(path) // Organization.steplen
        sisters |= Q(path__range=(path, path + "Z" * Organization.steplen), depth__lte=depth + 1)
    within = Organization.objects.visible_to(user).values("pk")
    bodies: OrganizationQuerySet = Organization.objects.filter(kind__in=SUPERIOR_KINDS)
    return bodies.filter(sisters | Q(pk__in=within)).exclude(status=OrganizationStatus.ABOLISHED)


class OrganizationForm(forms.ModelForm[Organization]):
    """Names, kind, category and flags of an organisation."""

    class Meta:
        model = Organization
        fields = (
            "name",
            "short_name",
            "code",
            "kind",
            "category",
            "line_superior",
            "committee_override",
            "is_joint",
            "is_weak",
            "help_phone",
        )
        help_texts = {
            "line_superior": "学校、医院等由主管单位党委（党组）管业务的才选，材料由它审核。其他的不选。",
            "code": "上级统一编的号码，导入和导出时用。",
            "committee_override": "一般不用选：有支委任职即为设支委会。",
        }

    def __init__(self, *args: Any, user: User, parent: Organization | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_lines(user, parent)
        kind = cast("forms.ChoiceField", self.fields["kind"])
        if parent is not None:
            fitting = [k for k, above in MAY_STAND_UNDER.items() if parent.kind in above]
            kind.choices = [(k.value, k.label) for k in fitting]
        else:
            del self.fields["kind"], self.fields["code"]

    def _offer_lines(self, user: User, parent: Organization | None) -> None:
        """Offer the bodies that may be named as 系统主管, and the one that is named already."""
        offered = line_superiors(user, parent or self.instance)
        if parent is None:
            below = Q(path__range=self.instance.subtree_range)
            named = Organization.objects.filter(pk=self.instance.line_superior_id)
            offered = offered.exclude(below) | named
        field = cast("forms.ModelChoiceField[Any]", self.fields["line_superior"])
        field.queryset = offered
        field.empty_label = "没有系统主管"
