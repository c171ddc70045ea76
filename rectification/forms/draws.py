"""The form of a draw."""

from __future__ import annotations

from typing import Any

from django import forms

from branches.models import Campaign, Category, Organization
from evaluations.forms.feedback import line_field
from members.rules.drawing import is_machine_seed
from rectification.models import SupervisionTeam
from rectification.services.supervision import below


class VisitDrawForm(forms.Form):
    """From which organisations, how many, and the seed where people make it themselves."""

    size = forms.IntegerField(
        label="抽几个党组织",
        min_value=1,
        max_value=1_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    category = forms.ChoiceField(label="领域", required=False)
    team = forms.ModelChoiceField(
        label="从哪个组负责的里面抽",
        queryset=SupervisionTeam.objects.none(),
        required=False,
        empty_label="不分组",
    )
    fresh = forms.BooleanField(label="已经督查过的不再抽", required=False, initial=True)
    seed = line_field(
        "随机数种子",
        "一般留空，由机器产生，谁也不能事先知道。当众产生的，例如掷骰子得到的数字，填在这里。",
        longest=64,
        required=False,
    )

    def __init__(self, *args: Any, campaign: Campaign, body: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = set(below(campaign, body).order_by().values_list("category", flat=True).distinct())
        offered = [(c.value, c.label) for c in Category if c.value in used]
        self.fields["category"].choices = [("", "全部"), *offered]  # type: ignore[attr-defined]
        teams = SupervisionTeam.objects.active().filter(campaign=campaign, sender=body)
        if teams.exists():
            self.fields["team"].queryset = teams.select_related("sender")  # type: ignore[attr-defined]
        else:
            del self.fields["team"]

    def clean_seed(self) -> str:
        """A seed that nobody can take for one of the machine's."""
        seed: str = self.cleaned_data["seed"]
        if is_machine_seed(seed.strip()):
            raise forms.ValidationError("这样的种子和机器产生的一样，分不清是谁定的，请换一个")
        return seed

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)
