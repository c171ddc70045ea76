"""The form of one rule: an input that fits its kind, and plain JSON back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from branches.forms.fields import date_input
from branches.rules import SPECS
from branches.rules.grades import Scale
from branches.rules.kinds import Choice, Choices, Day, Flag, Kind, Maybe, Number, Share, Span, Texts, Wrong

LINES = forms.Textarea(attrs={"rows": 6})


class RuleForm(forms.Form):
    """One rule of a draft; `json_value` is what the rule set stores.

    A rule that may be absent has the box 不作规定; a window has two dates; lists are one a line,
    grades one a line as 代号 名称.
    """

    def __init__(self, data: Mapping[str, Any] | None = None, *, key: str, current: Any) -> None:
        super().__init__(data)
        self.spec = SPECS[key]
        kind = self.spec.kind
        self.optional = isinstance(kind, Maybe)
        self.kind: Kind[Any] = kind.inner if isinstance(kind, Maybe) else kind
        if isinstance(kind, Maybe):
            self.fields["absent"] = forms.BooleanField(
                label=kind.none, required=False, initial=current is None
            )
        for name, field in _fields(self.kind, current).items():
            field.help_text = "" if name == "closes" else self.spec.help
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """Let the rule's own kind judge the value."""
        cleaned = super().clean() or {}
        self.json_value: Any = None
        if self.optional and cleaned.get("absent"):
            self._errors = forms.utils.ErrorDict(renderer=self.renderer)
            return cleaned
        if not self.errors:
            raw = _raw(self.kind, cleaned)
            try:
                self.json_value = self.kind.dump(self.kind.parse(raw))
            except Wrong as wrong:
                self.add_error(next(n for n in self.fields if n != "absent"), f"{wrong.what}，{wrong.todo}。")
        return cleaned


def _fields(kind: Kind[Any], current: Any) -> dict[str, forms.Field]:
    """The inputs for a kind of value, filled with the current plain JSON value."""
    if isinstance(kind, Span):
        return {
            "value": forms.DateField(
                label="开始日期", widget=date_input(), initial=(current or {}).get("from")
            ),
            "closes": forms.DateField(
                label="结束日期", widget=date_input(), initial=(current or {}).get("to")
            ),
        }
    return {"value": _field(kind, current)}


def _field(kind: Kind[Any], current: Any) -> forms.Field:
    """The one input for a kind of value."""
    if isinstance(kind, Flag):
        pairs = [("yes", kind.yes), ("no", kind.no)]
        return forms.ChoiceField(
            label="改为", choices=pairs, initial="yes" if current else "no", widget=forms.RadioSelect
        )
    if isinstance(kind, Number):
        label = f"改为（{kind.unit}）" if kind.unit else "改为"
        return forms.IntegerField(label=label, initial=current)
    if isinstance(kind, Choice):
        return forms.ChoiceField(
            label="改为", choices=list(kind.options.items()), initial=current, widget=forms.RadioSelect
        )
    if isinstance(kind, Choices):
        return forms.MultipleChoiceField(
            label="改为（可多选）",
            choices=list(kind.options.items()),
            initial=current,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    if isinstance(kind, Texts):
        return forms.CharField(
            label="改为（一行一条）", initial="\n".join(current or ()), required=False, widget=LINES
        )
    if isinstance(kind, Scale):
        shown = "\n".join(f"{grade['key']} {grade['label']}" for grade in current or ())
        return forms.CharField(
            label="改为（一行一个等次：英文代号、空格、中文名称）",
            initial=shown,
            required=False,
            widget=LINES,
        )
    if isinstance(kind, Day):
        return forms.DateField(label="改为", initial=current, widget=date_input())
    if isinstance(kind, Share):
        return forms.CharField(label="改为（例如 1/3 或 15%）", initial=current, max_length=20)
    return forms.CharField(label="改为", initial=current, required=False, widget=forms.TextInput)


def _raw(kind: Kind[Any], cleaned: Mapping[str, Any]) -> Any:
    """The plain JSON a kind reads, from what was typed."""
    value = cleaned.get("value")
    if isinstance(kind, Flag):
        return value == "yes"
    if isinstance(kind, Span):
        return {"from": cleaned["value"].isoformat(), "to": cleaned["closes"].isoformat()}
    if isinstance(kind, Day):
        return cleaned["value"].isoformat()
    if isinstance(kind, Texts):
        return [line.strip() for line in str(value).splitlines() if line.strip()]
    if isinstance(kind, Scale):
        pairs = [line.split(maxsplit=1) for line in str(value).splitlines() if line.strip()]
        return [{"key": pair[0], "label": pair[1] if len(pair) > 1 else ""} for pair in pairs]
    return value
