"""The forms of guests: invite by name, and note who came and what was said."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from meetings.models import GUESTS, AttendanceStatus, Participant
from meetings.services.guests import Noted

LONGEST = 5_000  # characters, as the column holds


class GuestForm(forms.Form):
    """Somebody invited by name."""

    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    post = forms.CharField(label="单位和职务（选填）", max_length=80, required=False)
    capacity = forms.ChoiceField(
        label="以什么身份参加",
        choices=[(kind.value, kind.label) for kind in GUESTS],
        error_messages={"required": "请选择以什么身份参加。"},
    )


class NoteRow(forms.Form):
    """What is noted of one guest; `seen` fields hold what the page showed."""

    status = forms.ChoiceField(
        label="到会情况",
        required=False,
        choices=(("", "没有登记"), (AttendanceStatus.PRESENT, "到会"), (AttendanceStatus.ABSENT, "没有来")),
    )
    comments = forms.CharField(
        label="点评（选填）",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"点评最多 {LONGEST} 字，请删去一些。"},
    )
    seen_status = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_comments = forms.CharField(required=False, widget=forms.HiddenInput)

    def noted(self) -> Noted:
        """What was typed."""
        return Noted(self.cleaned_data["status"], _plain(self.cleaned_data["comments"]))

    def seen(self) -> Noted:
        """What the page showed."""
        return Noted(self.cleaned_data["seen_status"], _plain(self.cleaned_data["seen_comments"]))


def _plain(text: str) -> str:
    """A text with line ends as they are kept, whatever the browser sent."""
    return text.replace("\r\n", "\n")


def note_rows(guests: tuple[Participant, ...], data: Mapping[str, str] | None = None) -> list[NoteRow]:
    """One row for each guest, in order; bound where something was posted."""
    rows = []
    for guest in guests:
        shown = {
            "status": guest.status,
            "comments": guest.comments,
            "seen_status": guest.status,
            "seen_comments": guest.comments,
        }
        row = NoteRow(data, prefix=f"g{guest.pk}", initial=shown)
        row.guest = guest  # type: ignore[attr-defined]
        rows.append(row)
    return rows
