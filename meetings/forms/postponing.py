"""The form that puts a meeting off."""

from __future__ import annotations

from typing import Any

from django import forms

from meetings.forms.planning import Versioned
from meetings.models import Meeting
from meetings.permissions.readiness import needs_consent

SET, OPEN = "set", "open"


class PostponeForm(Versioned, forms.Form):
    """Why, and to when: a new time or 待定; where consent is needed, on which day it was given outside."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="延期的原因",
        max_length=200,
        widget=forms.TextInput(attrs={"list": "postpone-reasons", "autocomplete": "off"}),
        error_messages={"required": "请写明延期的原因，一句话就行。"},
    )
    when = forms.ChoiceField(
        label="新的时间",
        choices=((SET, "改到下面的时间"), (OPEN, "时间待定，定了再通知")),
        widget=forms.RadioSelect,
        initial=SET,
        error_messages={"required": "请选择改到什么时间，或者“时间待定”。"},
    )
    to = forms.DateTimeField(
        label="新的日期和时间（时间待定的，选填）",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "请填写完整的日期和时间。"},
    )
    consented_on = forms.DateField(
        label="上级已经同意的，哪天同意的（选填）",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="口头、电话、书面同意都可以，只记日期。不填的，由系统报上级答复，同意以前仍按原定时间。",
        error_messages={"invalid": "请填写完整的日期。"},
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = meeting.version
        if meeting.is_undecided:
            self.fields["when"].choices = ((SET, "定下新的时间"),)  # type: ignore[attr-defined]
            self.fields["reason"].initial = _last_reason(meeting)
        if not needs_consent(meeting) or meeting.is_undecided:
            del self.fields["consented_on"]

    def clean(self) -> dict[str, Any]:
        """A new time is there when one was chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("when") == SET and not cleaned.get("to") and "to" not in self.errors:
            self.add_error("to", "请填写新的日期和时间；还没有定的，选“时间待定”。")
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "reason": data["reason"],
            "to": data["to"] if data["when"] == SET else None,
            "version": data["version"],
            "consented_on": data.get("consented_on"),
        }


def _last_reason(meeting: Meeting) -> str:
    """The reason of the postponement that still has no day."""
    return meeting.postponements.undecided().values_list("reason", flat=True).last() or ""
