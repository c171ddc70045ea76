"""Forms of feedback: who was told on one evening, what a member says to it, how an objection is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from evaluations.models import FeedbackMode
from evaluations.services.feedback import LONGEST_NAME, LONGEST_TEXT


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A day, with the browser's own picker."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": "请填写完整的日期。"},
    )


def text_field(
    label: str, help_text: str = "", *, longest: int = LONGEST_TEXT, required: bool = True
) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": f"请填写{label}。"},
    )


def line_field(
    label: str, help_text: str = "", *, longest: int = LONGEST_NAME, required: bool = True
) -> forms.CharField:
    """A few words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": f"请填写{label}。"},
    )


class GiveForm(forms.Form):
    """Who was told, by whom, on which day and how; several people at once."""

    people = forms.TypedMultipleChoiceField(
        label="反馈给谁",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,  # the page puts the boxes into its table
        error_messages={"required": "请选择已经反馈的党员。"},
    )
    given_by = line_field("反馈人", "谁同本人谈的，写姓名。")
    given_on = day_field("反馈日期")
    mode = forms.ChoiceField(
        label="方式",
        choices=FeedbackMode.choices,
        widget=forms.RadioSelect,
        help_text="书面反馈的，有账号的党员会收到通知，可以在“我的评议结果”里看。",
        error_messages={"required": "请选择反馈的方式。"},
    )

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], told_by: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = list(people)  # type: ignore[attr-defined]
        self.fields["given_by"].initial = told_by
        self.fields["given_on"].initial = timezone.localdate
        self.fields["mode"].initial = FeedbackMode.TALK

    def said(self) -> dict[str, Any]:
        """What the service takes, beside the people."""
        return {key: self.cleaned_data[key] for key in ("given_by", "given_on", "mode")}


class ObjectionForm(forms.Form):
    """What a member objects to."""

    objection = text_field("异议", "哪里与实际不符，希望怎样更正。支部书记会看到，并给您答复。")


class AnswerForm(forms.Form):
    """The answer to an objection."""

    answer = text_field("答复", "说明核实的情况和理由。本人能看到。")
