"""The filter of the roll-up page."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from branches.models import Category, Organization
from evaluations.models import SubjectKind

ALWAYS = (SubjectKind.MEMBERS, SubjectKind.COMMITTEE)


class RollUpFilter(forms.Form):
    """Which organisation's branches, of which field, rated what."""

    organization: forms.ModelChoiceField[Organization] = forms.ModelChoiceField(
        label="汇总单位", queryset=None, to_field_name="code", required=False, empty_label=None
    )
    category = forms.ChoiceField(label="领域", choices=[("", "全部领域"), *Category.choices], required=False)
    kind = forms.ChoiceField(label="测评对象", choices=SubjectKind.choices, required=False)

    def __init__(
        self, data: Any, *, choices: Any, chosen: Organization, kinds: tuple[SubjectKind, ...] = ALWAYS
    ) -> None:
        filled = data.copy()
        filled["organization"] = chosen.code
        filled.setdefault("kind", SubjectKind.MEMBERS)
        super().__init__(filled)
        cast("forms.ChoiceField", self.fields["kind"]).choices = [(k.value, k.label) for k in kinds]
        cast("forms.ModelChoiceField[Organization]", self.fields["organization"]).queryset = choices

    def chosen_category(self) -> str:
        """The field asked for; empty for all or an unknown one."""
        asked = str(self.data.get("category", ""))
        return asked if asked in Category.values else ""

    def chosen_kind(self) -> str:
        """The kind asked for; members unless the committee is."""
        asked = str(self.data.get("kind", ""))
        return asked if asked in SubjectKind.values else str(SubjectKind.MEMBERS)

    def words(self) -> list[str]:
        """The filter in words, as far as it leaves something out."""
        category = self.chosen_category()
        return [Category(category).label] if category else []
