"""Forms of a draw and of what a check found."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from branches.models import Category
from members.models import MaterialRole
from members.rules.drawing import is_machine_seed


class DrawForm(forms.Form):
    """From which materials, how many (a number or a share), and the seed where people make it themselves."""

    category = forms.ChoiceField(label="领域", required=False)
    role = forms.ChoiceField(label="谁的材料", required=False, choices=[("", "全部"), *MaterialRole.choices])
    fresh = forms.BooleanField(
        label="以前抽到过的不再抽",
        required=False,
        initial=True,
    )
    size = forms.IntegerField(
        label="抽几份",
        required=False,
        min_value=1,
        max_value=100_000,
        help_text="填份数，或者在下面填比例，只填一项。",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    share = forms.IntegerField(
        label="抽百分之几",
        required=False,
        min_value=1,
        max_value=100,
        help_text="例如填 10，就是每 100 份抽 10 份，不足一份的按一份。",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    seed = forms.CharField(
        label="随机数种子",
        required=False,
        max_length=64,
        help_text="一般留空，由机器产生，谁也不能事先知道。要当众产生的，例如在会上掷骰子，把得到的数字填在这里。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, categories: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(c.value, c.label) for c in Category if c.value in categories]
        self.fields["category"].choices = [("", "全部"), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two ways to say how many."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        size, share = cleaned.get("size"), cleaned.get("share")
        if size is None and share is None:
            self.add_error("size", "请填写抽几份，或者在下面填百分之几")
        elif size is not None and share is not None:
            self.add_error("share", "份数和比例只填一项，请把其中一项删去")
        if is_machine_seed(cleaned.get("seed", "")):
            self.add_error("seed", "这样的种子和机器产生的一样，分不清是谁定的，请换一个")
        return cleaned


class FindingForm(forms.Form):
    """What was found, and whether it should be changed."""

    finding = forms.CharField(
        label="抽查情况",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="本人和审核人看得到。没有问题的可以不写；建议修改的，写明哪里要改、怎么改。",
    )
    wants_more = forms.ChoiceField(
        label="要不要修改",
        choices=[("0", "不用修改"), ("1", "建议修改")],
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """A change that is asked for is explained."""
        cleaned = super().clean() or {}
        if cleaned.get("wants_more") == "1" and not cleaned.get("finding", "").strip():
            self.add_error("finding", "建议修改的，请写明哪里要改、怎么改")
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What was typed, as the service wants it."""
        text = self.cleaned_data["finding"].replace("\r\n", "\n")
        return {"finding": text, "wants_more": self.cleaned_data["wants_more"] == "1"}
