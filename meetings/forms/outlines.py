"""Forms of outlines of criticism: one text for each target, the look before handing in, the return of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from branches.forms.plans import Overtaken
from meetings.services.outline_steps import LONGEST_NOTE
from members.forms.materials import CleanField

ROWS = 5
FIELD = "to-"


class WritingForm(Overtaken, forms.Form):
    """What one author says of each of the others, as far as it is still in the author's hands."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, revision: int, targets: Iterable[tuple[str, str, str]]) -> None:
        super().__init__(data, initial={"revision": revision}, label_suffix="")
        self.keys = []
        for key, label, text in targets:
            self.keys.append(key)
            self.fields[f"{FIELD}{key}"] = CleanField(label=label, rows=ROWS, initial=text)

    def texts(self) -> dict[str, str]:
        """What was typed, by the keys of the targets; what the page did not carry is left as it is."""
        return {
            key: str(self.cleaned_data[f"{FIELD}{key}"]) for key in self.keys if f"{FIELD}{key}" in self.data
        }

    def fill_blanks(self, texts: Mapping[str, str]) -> None:
        """Put what is saved where nothing was typed here, so that saving once more wipes nothing out."""
        self.data = self.data.copy()
        for key in self.keys:
            if not self.cleaned_data.get(f"{FIELD}{key}") and texts.get(key):
                self.data[f"{FIELD}{key}"] = texts[key]

    def field_of(self, key: str) -> forms.BoundField:
        """The field of one target."""
        return self[f"{FIELD}{key}"]


class HandInForm(Overtaken, forms.Form):
    """Which saving was looked through."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class VettingForm(Overtaken, forms.Form):
    """One outline: which points it fails and what to change; both may stay empty when it passes."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    points = forms.MultipleChoiceField(
        label="哪一条没有做到（选填）", required=False, widget=forms.CheckboxSelectMultiple
    )
    note = CleanField(
        label="退回意见", rows=3, help_text=f"退回时写明哪里要改、怎么改，最多 {LONGEST_NOTE} 字。"
    )

    def __init__(self, data: Any = None, *, points: Sequence[str], revision: int) -> None:
        super().__init__(data, initial={"revision": revision}, label_suffix="")
        if points:
            self.fields["points"].choices = [(point, point) for point in points]  # type: ignore[attr-defined]
        else:
            del self.fields["points"]
