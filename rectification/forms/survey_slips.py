"""Forms of a survey's slips: how many of each class, until when."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from evaluations.forms.ballots import count_field
from rectification.models import SurveyRound


class SlipsForm(forms.Form):
    """How many slips of each class; whether those of before may become void."""

    use_required_attribute = False

    def __init__(self, *args: Any, about: SurveyRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.classes = list(about.classes.all())
        self.printed = any(row.slips for row in self.classes)
        for row in self.classes:
            field = count_field(f"{row.name}（张）")
            field.initial = row.slips or None
            self.fields[f"s{row.pk}"] = field
        if self.printed:
            self.fields["again"] = forms.BooleanField(
                label="以前印的不用了，全部作废",
                error_messages={
                    "required": "票条已经印过。再印一次，以前印的全部作废：确实要再印的，请勾选。"
                },
            )

    def boxes(self) -> list[Any]:
        """The box of each class."""
        return [self[f"s{row.pk}"] for row in self.classes]

    def numbers(self) -> dict[int, int]:
        """How many slips, by class."""
        return {row.pk: self.cleaned_data.get(f"s{row.pk}") or 0 for row in self.classes}


class UntilForm(forms.Form):
    """When the page stops taking answers by itself, if ever."""

    use_required_attribute = False
    day = forms.DateField(
        label="截止日期",
        required=False,
        help_text="到了时间不再收。不填的，两个人关闭的时候截止。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填写完整的日期。"},
    )
    at = forms.TimeField(
        label="截止钟点",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "请填写几点几分，例如 18:00。"},
    )

    def clean(self) -> dict[str, Any]:
        """An hour needs its day."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("at") and not said.get("day") and "day" not in self.errors:
            self.add_error("day", "填了钟点，还要填日期。")
        return said

    def closes_at(self) -> datetime.datetime | None:
        """The moment; the end of the day where no hour is given."""
        day = self.cleaned_data.get("day")
        if day is None:
            return None
        at = self.cleaned_data.get("at") or datetime.time(23, 59)
        return timezone.make_aware(datetime.datetime.combine(day, at))
