"""The form of the written summary of supervision."""

from __future__ import annotations

from typing import Any

from django import forms

from evaluations.forms.feedback import line_field, text_field
from rectification.models import LONGEST_PART, SupervisionSummary
from rectification.services.supervision_summary import PARTS


class SummaryForm(forms.Form):
    """The title and the four parts."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = line_field("标题", longest=120)
    overall = text_field("总体情况", longest=LONGEST_PART, required=False)
    practice = text_field("好的做法", longest=LONGEST_PART, required=False)
    problems = text_field("存在的问题", longest=LONGEST_PART, required=False)
    suggestions = text_field("意见建议", longest=LONGEST_PART, required=False)

    def __init__(self, *args: Any, summary: SupervisionSummary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("version", "title", *PARTS):
            self.fields[name].initial = getattr(summary, name)
        for name in PARTS:
            self.fields[name].widget.attrs["rows"] = 8

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "version": data["version"],
            "title": data["title"],
            "parts": {key: data[key] for key in PARTS},
        }
