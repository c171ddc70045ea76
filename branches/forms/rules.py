"""The form of one rule: an input that fits its kind, and plain JSON back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from branches.forms.fields import date_input
from branches.rules import SPECS, Clause
from branches.rules.grades import Scale
from branches.rules.kinds import Choice, Choices, Day, Flag, Kind, Maybe, Number, Share, Span, Texts, Wrong
from branches.rules.steplines import DayCounts, StepLines

LINES = forms.Textarea(attrs={"rows": 6})
BAR = re.compile("[|｜]")
BETWEEN_NUMBERS = re.compile(r"[、,，;；\s]+")
STEP_KEYS = (
    "代号用小写英文。系统自己记进度的：plan 方案、meeting 党员大会、ballot 民主测评、summary 测评汇总表；"
    "同一项有几次的写 plan-1、plan-2。别的自己取名，例如 study、report，做完由支部登记日期。"
    "期限可以写 2005-03-10、2005年3月上旬、会后N日内、会后N个月内。"
)
STEP_PARTS = ("key", "stage", "label", "due")


class RuleForm(forms.Form):
    """One rule of a draft; `json_value` is what the rule set stores.

    A rule that may be absent has the box 不作规定; a window has two dates; lists are one a line,
    grades one a line as 代号 名称, steps as 代号｜阶段｜环节｜期限. The words of the own notice behind the
    value may be quoted.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        key: str,
        current: Any,
        quoted: Clause | None = None,
    ) -> None:
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
            if isinstance(self.kind, StepLines):
                field.help_text = f"{self.spec.help}{STEP_KEYS}"
            self.fields[name] = field
        own = quoted if quoted is not None and quoted.own else None
        for name, field in _clause_fields(own).items():
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """Let the rule's own kind judge the value."""
        cleaned = super().clean() or {}
        self.json_value: Any = None
        if self.optional and cleaned.get("absent"):
            self._errors = forms.utils.ErrorDict(renderer=self.renderer)
            return cleaned
        if not self.errors:
            try:
                self.json_value = self.kind.dump(self.kind.parse(_raw(self.kind, cleaned)))
            except Wrong as wrong:
                self.add_error(next(n for n in self.fields if n != "absent"), f"{wrong.what}，{wrong.todo}。")
        return cleaned

    def said(self) -> dict[str, Any]:
        """The value with the words quoted for it, once the form is valid."""
        return {
            "value": self.json_value,
            "clause": self.cleaned_data.get("clause", ""),
            "source": self.cleaned_data.get("source", ""),
        }


def _clause_fields(own: Clause | None) -> dict[str, forms.Field]:
    """The inputs for the words of the own notice, filled with those quoted already."""
    return {
        "clause": forms.CharField(
            label="通知原文",
            required=False,
            max_length=1000,
            initial=own.text if own else "",
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="本次通知写明这一条的，照抄原文，各支部看得到依据。",
        ),
        "source": forms.CharField(
            label="出处",
            required=False,
            max_length=200,
            initial=own.source if own else "",
            help_text="例如“第二部分第3条”。",
        ),
    }


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
    if isinstance(kind, StepLines):
        return forms.CharField(
            label="改为（一行一个环节：代号｜阶段｜环节｜期限，期限可以不填）",
            initial=_shown_steps(current or ()),
            required=False,
            widget=forms.Textarea(attrs={"rows": 16}),
        )
    if isinstance(kind, DayCounts):
        return forms.CharField(
            label="改为（天数，用顿号隔开，例如 7、3、1、0）",
            initial="、".join(str(days) for days in current or ()),
            required=False,
            max_length=400,
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
    if isinstance(kind, StepLines):
        return _read_steps(str(value))
    if isinstance(kind, DayCounts):
        words = BETWEEN_NUMBERS.split(unicodedata.normalize("NFKC", str(value)).strip())
        return [int(word) if word.isdecimal() else word for word in words if word]
    return value


def _shown_steps(steps: Iterable[Mapping[str, str]]) -> str:
    """Stored steps as the lines one types."""
    lines = ([str(step.get(part, "")) for part in STEP_PARTS] for step in steps)
    return "\n".join("｜".join(parts if parts[-1] else parts[:-1]) for parts in lines)


def _read_steps(text: str) -> list[dict[str, str]]:
    """The steps of typed lines; raises `Wrong` naming the line that has too few or too many parts."""
    steps = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in BAR.split(line)]
        if not len(STEP_PARTS) - 1 <= len(parts) <= len(STEP_PARTS):
            raise Wrong(f"第 {number} 行有 {len(parts)} 段", "请写成 代号｜阶段｜环节｜期限，期限可以不填")
        steps.append(dict(zip(STEP_PARTS, parts, strict=False)))
    return steps
