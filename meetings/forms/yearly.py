"""Forms of the yearly checks: the day of a meeting, and the day a leader took part in one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from meetings.rules.yearly import delivered


class HeldForm(forms.Form):
    """Which meeting, and the day; today unless another is chosen."""

    kind = forms.ChoiceField(label="什么会", error_messages={"invalid_choice": "请选择是什么会。"})
    on = forms.DateField(label="哪天开的", widget=date_input(), initial=timezone.localdate)

    def __init__(self, *args: Any, choices: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(choices)  # type: ignore[attr-defined]  # of a ChoiceField


class LeaderForm(forms.Form):
    """Which leader took part in what, and on which day."""

    person = forms.ChoiceField(label="班子成员", error_messages={"invalid_choice": "请选择是哪位同志。"})
    kind = forms.ChoiceField(label="参加了什么", error_messages={"invalid_choice": "请选择参加了什么会。"})
    on = forms.DateField(label="哪天", widget=date_input(), initial=timezone.localdate)

    def __init__(self, *args: Any, people: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = list(people)  # type: ignore[attr-defined]  # of a ChoiceField
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            (one.noted, one.label) for one in delivered().double
        ]
