"""The form of one line of a portfolio."""

from __future__ import annotations

from typing import Any

from django import forms

from branches.models import Appointment, Organization, PortfolioKind
from branches.services.portfolios import may_look_after


class PortfolioForm(forms.Form):
    """In charge of or in touch with; an organisation, or a department outside the tree with its head."""

    kind = forms.ChoiceField(
        label="分工",
        choices=PortfolioKind.choices,
        widget=forms.RadioSelect,
        initial=PortfolioKind.CHARGE,
    )
    organization = forms.ModelChoiceField(
        label="党组织",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="不在下面的党组织里",
        help_text="只列本组织下面的党组织，和由本组织作系统主管的党组织。",
    )
    unit = forms.CharField(
        label="部门",
        required=False,
        max_length=80,
        help_text="没有列在上面的部门，填在这里，例如：镇财政所。",
    )
    unit_head = forms.CharField(
        label="部门负责同志",
        required=False,
        max_length=40,
        help_text="填了部门的，写负责同志姓名，谈心谈话时要用。",
    )

    def __init__(self, *args: Any, post: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = may_look_after(post)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two, and a department with its head."""
        cleaned = super().clean() or {}
        unit, head = cleaned.get("unit", ""), cleaned.get("unit_head", "")
        if self.errors:
            return cleaned
        if cleaned.get("organization") is None:
            if not unit:
                self.add_error("organization", "请选择一个党组织；不在其中的，请填写部门")
            elif not head:
                self.add_error("unit_head", "请填写这个部门负责同志的姓名")
        elif unit or head:
            self.add_error("unit", "已经选了党组织，部门和负责同志请留空；两样都分管的，分两次添加")
        return cleaned
