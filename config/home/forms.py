"""Forms of one organisation's steps: a day, or a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input


class NoteForm(forms.Form):
    """Tick a step: the day it was done, today unless said otherwise."""

    done_on = forms.DateField(label="完成日期", widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = timezone.localdate()


class PostponeForm(forms.Form):
    """Postpone a step: why, and when it is expected."""

    reason = forms.CharField(label="延期的原因", max_length=200)
    until = forms.DateField(label="预计哪天完成", required=False, widget=date_input())


class WaiveForm(forms.Form):
    """Let an organisation off a step: why."""

    reason = forms.CharField(label="同意不做的原因", max_length=200)


class NothingForm(forms.Form):
    """An action that needs nothing but the button."""


class RedoForm(forms.Form):
    """Order another round: why, what is wanted, and by when."""

    reason = forms.CharField(
        label="原因和要求",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="支部会看到这段话，并照此重新进行。",
    )
    until = forms.DateField(
        label="哪天前重新开会",
        required=False,
        widget=date_input(),
        help_text="不填的，仍按原来的期限计算；原期限已过的，会马上显示逾期。",
    )


STEP_FORMS: dict[str, type[forms.Form]] = {
    "note": NoteForm,
    "unnote": NothingForm,
    "postpone": PostponeForm,
    "waive": WaiveForm,
    "end": NothingForm,
}
