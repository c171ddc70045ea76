"""Forms of a report: its text, the reason of a return, the day of a receipt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from branches.forms.plans import Overtaken
from config.home.report.draft import HELP
from meetings.rules.report import LONGEST_SECTION, Section, keyed, spoken


class ReportForm(Overtaken, forms.Form):
    """Title and sections; numbers are written 〔label〕."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=120, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, *args: Any, sections: tuple[Section, ...], labels: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.labels, self.sections = labels, sections
        for section in sections:
            self.fields[section.key] = forms.CharField(
                label=section.title,
                max_length=LONGEST_SECTION,
                initial=spoken(section.text, labels),
                help_text=HELP.get(section.key, ""),
                widget=forms.Textarea(attrs={"rows": max(5, section.text.count("\n") + 4)}),
            )

    def full_clean(self) -> None:
        """Take an unfinished report too: only handing it in wants something under every heading."""
        for section in self.sections:
            self.fields[section.key].required = False
        super().full_clean()
        for section in self.sections:
            self.fields[section.key].required = True

    def texts(self) -> dict[str, str]:
        """What was typed in each section, numbers by their keys, with one kind of line end."""
        return {
            section.key: keyed(self.cleaned_data[section.key].replace("\r\n", "\n"), self.labels)
            for section in self.sections
        }

    def put(self, section: Section) -> None:
        """Put the text of the draft into a section of the bound form, keeping all else that was typed."""
        self.data = self.data.copy()
        self.data[section.key] = spoken(section.text, self.labels)


class NoteForm(forms.Form):
    """Why a report goes back."""

    note = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写清哪里要改、怎么改。支部会看到全文。",
        error_messages={"required": "请写明退回的原因，支部才知道改哪里。"},
    )


class ReceiptForm(forms.Form):
    """On which day a receiver got it."""

    on = forms.DateField(label="收到日期", widget=date_input(), initial=timezone.localdate)
