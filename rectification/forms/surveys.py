"""Forms of a survey: the papers of each class, one person's count, a class counted again, reasons."""

from __future__ import annotations

from typing import Any

from django import forms

from evaluations.forms.ballots import count_field
from evaluations.forms.feedback import line_field
from rectification.models import SurveyClass, SurveyRound
from rectification.rules.satisfaction import Count
from rectification.services.surveys import LONGEST_REASON, Heads


class ReadForm(forms.Form):
    """A step without words; it knows what the page showed."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, about: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.fields["version"].initial = about.version

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class NoteForm(ReadForm):
    """A reason."""

    note = line_field("原因", longest=LONGEST_REASON)


class WaitingDay(forms.DateField):
    """A day that is asked for, but may still be open when the form is saved."""

    def validate(self, value: Any) -> None:
        """An empty box is no error."""


class HeadsForm(ReadForm):
    """The day of the survey, and 发出 and 收回 of every class."""

    day = WaitingDay(
        label="测评日期",
        help_text="发表、收表的那一天；分几天的，填最后一天。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填写完整的日期。"},
    )

    def __init__(self, *args: Any, about: SurveyRound, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        self.fields["day"].initial = about.day
        self.classes = list(about.classes.all())
        for row in self.classes:
            for name, label, number in (("i", "发出", row.issued), ("r", "收回", row.returned)):
                field = count_field(f"{row.name}{label}")
                field.initial = number
                self.fields[f"{name}{row.pk}"] = field
            if row.slips:
                slips = count_field(f"{row.name}发出票条")
                slips.initial = row.slips_issued
                self.fields[f"s{row.pk}"] = slips

    def rows(self) -> list[tuple[SurveyClass, list[Any]]]:
        """Each class with its boxes: 发出, 收回, and the slips handed out where some were printed."""
        names = {
            row.pk: [f"i{row.pk}", f"r{row.pk}", *([f"s{row.pk}"] if row.slips else [])]
            for row in self.classes
        }
        return [(row, [self[name] for name in names[row.pk]]) for row in self.classes]

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        heads: dict[int, Heads] = {
            row.pk: (said.get(f"i{row.pk}"), said.get(f"r{row.pk}")) for row in self.classes
        }
        slips = {row.pk: said.get(f"s{row.pk}") for row in self.classes if row.slips}
        return {"version": said["version"], "day": said["day"], "heads": heads, "slips": slips}


class CountForm(forms.Form):
    """One person's count of every class; an empty box counts 0, a class without any number is not counted yet."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, about: SurveyRound, classes: list[SurveyClass], typed: dict[int, Count]
    ) -> None:
        self.columns, self.classes, self.typed = about.columns, classes, typed
        initial = {f"c{pk}_{i}": n for pk, count in typed.items() for i, n in enumerate(count.cells)}
        super().__init__(data, initial=initial)
        for row in classes:
            for i, column in enumerate(self.columns):
                self.fields[f"c{row.pk}_{i}"] = count_field(f"{row.name} {column}")

    def rows(self) -> list[tuple[SurveyClass, list[tuple[str, Any]]]]:
        """Each class with its boxes."""
        return [
            (row, [(column, self[f"c{row.pk}_{i}"]) for i, column in enumerate(self.columns)])
            for row in self.classes
        ]

    def counts(self) -> dict[int, Count]:
        """What was counted, by class; a box that is wrong leaves its class as it was."""
        found = {}
        for row in self.classes:
            names = [f"c{row.pk}_{i}" for i in range(len(self.columns))]
            cells = [self.cleaned_data.get(name) for name in names]
            said = any(cell is not None for cell in cells) or row.pk in self.typed
            if said and not any(name in self.errors for name in names):
                found[row.pk] = Count.of([cell or 0 for cell in cells])
        return found


class ScanForm(forms.Form):
    """Scanned forms of one class."""

    use_required_attribute = False
    sheets = forms.FileField(
        label="扫描好的测评表，或者拍的照片",
        allow_empty_file=True,
        help_text="收 PDF、TIFF、JPG、PNG、HEIC。",
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf,.pdf,.heic,.heif,.tif,.tiff"}),
        error_messages={"required": "还没有选文件。请选扫描好的文件，或者拍一张。"},
    )


class AgainForm(forms.Form):
    """One class counted again together."""

    use_required_attribute = False
    respondents = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, columns: list[str], **kwargs: Any) -> None:
        self.columns = columns
        super().__init__(data, **kwargs)
        for i, column in enumerate(columns):
            self.fields[f"n{i}"] = count_field(column, required=True)

    def count(self) -> Count:
        """The numbers."""
        return Count.of([self.cleaned_data[f"n{i}"] for i in range(len(self.columns))])
