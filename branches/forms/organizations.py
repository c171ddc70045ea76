"""The form of an organisation."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from branches.models import Organization
from branches.services.organizations import MAY_STAND_UNDER


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
            "committee_override",
            "is_joint",
            "is_weak",
            "help_phone",
        )
        help_texts = {
            "code": "上级统一编的号码，导入和导出时用。",
            "committee_override": "一般不用选：有支委任职即为设支委会。",
        }

    def __init__(self, *args: Any, parent: Organization | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = cast("forms.ChoiceField", self.fields["kind"])
        if parent is not None:
            fitting = [k for k, above in MAY_STAND_UNDER.items() if parent.kind in above]
            kind.choices = [(k.value, k.label) for k in fitting]
        else:
            del self.fields["kind"], self.fields["code"]
