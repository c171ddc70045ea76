"""Fields as the forms of this app write them: label above, a sentence for what is missing."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

CHOOSE = {"required": "请选择一项。", "invalid_choice": "请从给出的选项里选一个。"}


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
    label: str, help_text: str = "", *, longest: int, required: bool = True, rows: int = 4
) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请填写{label}。"},
    )


def line_field(label: str, help_text: str = "", *, longest: int, required: bool = True) -> forms.CharField:
    """A few words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": f"请填写{label}。"},
    )


def choice_field(
    label: str, choices: Iterable[tuple[str, str]], help_text: str = "", *, radio: bool = False
) -> forms.ChoiceField:
    """One of a few."""
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        help_text=help_text,
        widget=forms.RadioSelect if radio else forms.Select,
        error_messages=CHOOSE,
    )
