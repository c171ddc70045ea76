"""Forms of promises and of the reports given at meetings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from rectification.forms.fields import day_field, line_field, text_field
from rectification.models import Commitment
from rectification.models.commitment import LONGEST_PLEDGE
from rectification.services.commitments import LONGEST_REASON
from rectification.services.given_reports import Offered

OTHER = "other"


class PledgeForm(forms.Form):
    """What the member promises."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    text = text_field("承诺", "一条一行，写得到、做得到。", longest=LONGEST_PLEDGE, rows=6)

    def __init__(self, *args: Any, about: Commitment | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if about is not None:
            self.fields["version"].initial, self.fields["text"].initial = about.version, about.text


class NothingForm(forms.Form):
    """A step without words."""

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class WithdrawForm(NothingForm):
    """Why it is taken back."""

    note = line_field("原因", longest=LONGEST_REASON)


class GiveForm(forms.Form):
    """At which meeting a report was given, and who reported there."""

    meeting = forms.ChoiceField(
        label="哪一次会议",
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择一次会议。",
            "invalid_choice": "这次会议已经登记过，请看现在的情况。",
        },
    )
    on = day_field("党员大会日期", "记在支部记录本上、系统里没有的党员大会，填日期就行。", required=False)
    heard = forms.TypedMultipleChoiceField(
        label="这次会上报告了的",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "有的党员已经登记过，请看现在的情况。"},
    )

    def __init__(
        self, *args: Any, offered: Sequence[Offered], owed: Sequence[Commitment], is_body: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        meeting, heard = self._field("meeting"), self._field("heard")
        meeting.choices = [
            (one.key, f"{one.on.year}年{one.on.month}月{one.on.day}日 {one.words}") for one in offered
        ]
        if is_body:
            del self.fields["on"]
        else:
            meeting.choices = [*meeting.choices, (OTHER, "系统里没有的党员大会（填日期）")]
        meeting.initial = offered[0].key if offered else OTHER
        heard.choices = [(str(one.pk), one.member.name) for one in owed]
        heard.initial = [str(one.pk) for one in owed]
        if not owed:
            del self.fields["heard"]

    def _field(self, name: str) -> Any:
        """A field, to be filled."""
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A day is wanted where no meeting is chosen."""
        said = super().clean() or {}
        if said.get("meeting") == OTHER and not said.get("on") and "on" not in self.errors:
            self.add_error("on", "请填写党员大会的日期。")
        return said
