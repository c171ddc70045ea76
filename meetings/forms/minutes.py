"""Forms of minutes: the text, and who signed the paper on which day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.plans import Overtaken
from meetings.models import Minutes
from meetings.rules.minutes_record import LONGEST_HEAD, LONGEST_TEXT, Piece, Record
from members.forms.people import DayField

MOST_LINES = 24
LONG_LINES = ("absent", "elsewhere", "guests", "topics")  # of the head: these may have several lines
PER_LINE = 34  # hanzi in a line of the box


def lines_of(text: str, *, least: int) -> int:
    """How high the box of a text is, in lines."""
    needed = sum(len(line) // PER_LINE + 1 for line in text.split("\n")) + 1
    return min(max(least, needed), MOST_LINES)


class TextField(forms.CharField):
    """Text of several lines, or of one where `least` is 0; it may be empty."""

    def __init__(self, *, piece: Piece, longest: int, least: int) -> None:
        rows = lines_of(piece.text, least=least)
        widget = forms.Textarea(attrs={"rows": rows}) if least else forms.TextInput()
        super().__init__(
            label=piece.title, initial=piece.text, required=False, max_length=longest, widget=widget
        )


class MinutesForm(Overtaken, forms.Form):
    """The whole minutes; `revision` tells whether somebody saved meanwhile."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, minutes: Minutes, record: Record) -> None:
        super().__init__(data, initial={"revision": minutes.revision}, label_suffix="")
        self.record = record
        for one in record.head:
            self.fields[f"h-{one.key}"] = TextField(
                piece=one, longest=LONGEST_HEAD, least=2 if one.key in LONG_LINES else 0
            )
        for one in record.sections:
            self.fields[f"t-{one.key}"] = forms.CharField(
                label="标题", initial=one.title, max_length=120, required=False
            )
            self.fields[f"s-{one.key}"] = TextField(piece=one, longest=LONGEST_TEXT, least=4)
            self.fields[f"o-{one.key}"] = forms.BooleanField(
                label="这一节不写进记录", initial=one.is_off, required=False
            )

    @property
    def head_fields(self) -> list[forms.BoundField]:
        """The lines of the head."""
        return [self[f"h-{one.key}"] for one in self.record.head]

    @property
    def section_fields(self) -> list[tuple[Piece, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Each section with its title, text and tick."""
        return [
            (one, self[f"t-{one.key}"], self[f"s-{one.key}"], self[f"o-{one.key}"])
            for one in self.record.sections
        ]

    def written(self) -> dict[str, Any]:
        """What was typed, for the service; a section that the page did not carry stays as it is."""
        typed, sections = self.cleaned_data, self.record.sections
        texts = {one.key: self._text(f"h-{one.key}", one) for one in self.record.head}
        texts |= {one.key: self._text(f"s-{one.key}", one) for one in sections}
        carried = {one.key for one in sections if self.add_prefix(f"s-{one.key}") in self.data}
        off = {one.key for one in sections if (typed[f"o-{one.key}"] if one.key in carried else one.is_off)}
        return {
            "revision": typed["revision"],
            "texts": texts,
            "titles": {one.key: typed[f"t-{one.key}"] for one in sections},
            "off": off,
        }

    def _text(self, name: str, piece: Piece) -> str:
        """One text as typed, with plain ends of lines."""
        if self.add_prefix(name) not in self.data:
            return piece.text
        return str(self.cleaned_data[name]).replace("\r\n", "\n")


class SignForm(Overtaken, forms.Form):
    """Who signed the printed minutes, and when."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    chair = forms.CharField(
        label="主持人签字", max_length=40, error_messages={"required": "请写主持人姓名。"}
    )
    recorder = forms.CharField(
        label="记录人签字", max_length=40, error_messages={"required": "请写记录人姓名。"}
    )
    day = DayField(label="签字日期", error_messages={"required": "请填签字的日期。"})

    def __init__(self, data: Any = None, *, minutes: Minutes, record: Record) -> None:
        pieces = record.pieces()
        initial = {
            "revision": minutes.revision,
            "chair": pieces["chair"].text[:40],
            "recorder": pieces["recorder"].text[:40],
            "day": timezone.localdate(),
        }
        super().__init__(data, initial=initial, label_suffix="")
