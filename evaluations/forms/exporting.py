"""The form that asks for the table for the national system."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from branches.models import Organization
from evaluations.reports.backfill import FORMATS


class BackfillForm(forms.Form):
    """Whose rows, in which format; full ID numbers only when the box is ticked by hand, every time anew."""

    organization: forms.ModelChoiceField[Organization] = forms.ModelChoiceField(
        label="导出单位", queryset=None, to_field_name="code", empty_label=None
    )
    format = forms.ChoiceField(label="文件格式", choices=list(FORMATS.items()), initial="xlsx")
    full = forms.BooleanField(label="含完整身份证号", required=False)

    def __init__(self, data: Any = None, *, choices: Any, chosen: Organization, may_full: bool) -> None:
        super().__init__(data, initial={"organization": chosen.code})
        cast("forms.ModelChoiceField[Organization]", self.fields["organization"]).queryset = choices
        if not may_full:
            del self.fields["full"]
