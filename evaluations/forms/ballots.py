"""Forms of a ballot: head-counts, totals, rows counted again, reasons. Marks of papers are read here too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from evaluations.models import Ballot, BallotStatus, BallotSubject, EntryMode
from evaluations.rules import MOST, NOT_YET, Line, Problem
from evaluations.services.heads import PEOPLE, editable
from evaluations.services.voters import invited_of
from meetings.models import MeetingStatus

HEAD_LABELS = {
    "printed": ("印制", "一共印了多少张，备用的也算。"),
    "expected": ("邀请的群众代表", "请了几位来填票，没有来的也算。"),
    "present": ("到会的群众代表", "到了几位。不记姓名，只记人数。"),
    "issued": ("发出", "发到填票人手里的张数。填错后换发的，不重复算。"),
    "codes_issued": ("发出电子票", "从票袋里抽走的票条，每人一张。剩下的票条当众封存，不发出去。"),
    "returned": ("收回", "打开票箱，当众点清的张数。"),
    "unused": ("余票", "印了没有发出去的空白票，没有就填 0。"),
    "replaced": ("损坏更换", "填错或损坏后换下来的票，没有就填 0。"),
}
# What each state asks for first; the others can be put right.
ASKED = {
    BallotStatus.SETUP: ("expected", "present", "printed", "issued", "codes_issued"),
    BallotStatus.ISSUED: ("returned", "unused", "replaced"),
}
THEN = {
    "issue": ("expected", "present", "printed", "issued", "codes_issued"),
    "collect": ("returned", "unused", "replaced", "expected", "present", "printed", "issued", "codes_issued"),
}
FIELD_OF = {"codes": "codes_issued", "cast": "codes_issued"}  # where a problem with codes is put right


class CountField(forms.IntegerField):
    """A number that is asked for, but may still be open when the form is saved (`may_wait`)."""

    may_wait = True

    def to_python(self, value: Any) -> int | None:
        """The number; spaces around it, or nothing but spaces, do no harm."""
        return super().to_python(value.strip() if isinstance(value, str) else value)

    def validate(self, value: Any) -> None:
        """An empty box is no error while it may wait."""
        if not self.may_wait:
            super().validate(value)


def count_field(label: str, help_text: str = "", *, required: bool = False) -> CountField:
    """A short number without arrows that accepts full-width digits."""
    field = CountField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 5}),
    )
    field.may_wait = not required
    field.error_messages.update(
        invalid=f"{label}请填数字，例如 25。",
        required=f"请填{label}，没有就填 0。",
        min_value=f"{label}不能小于 0。",
        max_value=f"{label}太大了，请再看一遍。",
    )
    return field


class HeadsForm(forms.Form):
    """The head-counts that may be entered in the ballot's present state."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, ballot: Ballot) -> None:
        status = BallotStatus(ballot.status)
        open_now = editable(ballot)
        if status == BallotStatus.SETUP and ballot.meeting.status == MeetingStatus.PLANNED:
            # nobody comes and nothing is handed out before the meeting
            open_now = tuple(n for n in open_now if n in ("expected", "printed"))
        first = tuple(name for name in ASKED.get(status, ()) if name in open_now)
        self.meanwhile: list[tuple[str, str, str]] = []
        self.problems: list[Problem] = []
        known = {name: getattr(ballot, name) for name in open_now}
        if ballot.by_masses:
            guests = dict(zip(PEOPLE, invited_of(ballot), strict=True))
            known = {name: guests.get(name) or None if n is None else n for name, n in known.items()}
        super().__init__(data, initial={"version": ballot.version, **known})
        for name in (*first, *(n for n in open_now if n not in first)):
            self.fields[name] = count_field(*HEAD_LABELS[name], required=status == BallotStatus.COLLECTED)
        self.asked = [self[name] for name in first]
        self.others = [self[name] for name in self.fields if name not in (*first, "version")]

    def clean(self) -> dict[str, Any]:
        """A step that follows needs its numbers."""
        cleaned = super().clean() or {}
        for name in THEN.get(self.data.get("then", ""), ()):
            if name in self.fields and name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, str(self.fields[name].error_messages["required"]))
        return cleaned

    def numbers(self) -> dict[str, int | None]:
        """The numbers that were on the posted page."""
        return {
            name: self.cleaned_data[name] for name in self.fields if name != "version" and name in self.data
        }

    def refuse(self, problems: list[Problem]) -> None:
        """Show what does not fit, beside its field or above the form."""
        self.problems = problems
        for problem in problems:
            field = FIELD_OF.get(problem.field, problem.field)
            self.add_error(field if field in self.fields else None, problem.message)

    @property
    def final(self) -> str:
        """The sentence that ends this round; empty when there is none."""
        return next((problem.message for problem in self.problems if problem.final), "")

    def show_meanwhile(self, current: Ballot) -> None:
        """Keep what was typed, show what another person saved, and let the next save go through."""
        self.data = {**dict(self.data.items()), "version": str(current.version)}
        for name, typed in self.numbers().items():
            saved: int | None = getattr(current, name)
            if saved != typed:
                self.meanwhile.append((HEAD_LABELS[name][0], _shown(typed), _shown(saved)))


def _shown(value: int | None) -> str:
    """A number, or words for none."""
    return "没有填" if value is None else str(value)


class PrepareForm(forms.Form):
    """How the papers of a new round are typed."""

    subject_kind = forms.CharField(widget=forms.HiddenInput)
    entry_mode = forms.ChoiceField(
        label="计票方式",
        choices=[
            (EntryMode.SCANNED, "扫描或拍照读票（手边有扫描仪或手机的推荐用：系统读票，两人只判看不准的行）"),
            (EntryMode.PAPERS, "逐票录入（两人各自一张一张录，系统自动合计）"),
            (EntryMode.TOTALS, "录入每人票数（两人先在纸上唱票画“正”字，再各自录合计）"),
        ],
        widget=forms.RadioSelect,
        initial=EntryMode.SCANNED,
    )


class ReasonForm(forms.Form):
    """A reason that goes into the record."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text
        self.fields["reason"].error_messages["required"] = "请写明原因，会留在记录里。"


def marks_posted(data: Mapping[str, str], rows: int) -> str:
    """The marks of a posted paper: one character a rated row, "?" where nothing is chosen."""
    return "".join((data.get(f"r{row}") or NOT_YET)[:1] for row in range(rows))


class TotalsForm(forms.Form):
    """The votes of every rated row as one person counted them, and the void papers."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        ballot: Ballot,
        subjects: list[BallotSubject],
        typed: Mapping[int, Line],
        void: int | None,
    ) -> None:
        self.subjects, self.typed = subjects, typed
        self.columns = [*ballot.options, "弃权", "无效"]
        initial: dict[str, Any] = {"void": void}
        for subject in subjects:
            if line := typed.get(subject.pk):
                numbers = (*line.counts, line.abstained, line.invalid)
                initial |= {f"s{subject.pk}_{i}": number for i, number in enumerate(numbers)}
        super().__init__(data, initial=initial)
        self.fields["void"] = count_field("整张作废", "整张认不清、有记号等按规定不算的票，没有就填 0。")
        for subject in subjects:
            for i, column in enumerate(self.columns):
                self.fields[f"s{subject.pk}_{i}"] = count_field(f"{subject.name} {column}")

    def rows(self) -> Iterator[tuple[BallotSubject, list[tuple[str, Any]]]]:
        """Each rated row with its boxes."""
        for subject in self.subjects:
            boxes = [(column, self[f"s{subject.pk}_{i}"]) for i, column in enumerate(self.columns)]
            yield subject, boxes

    def lines(self) -> dict[int, Line]:
        """The rows that have at least one number (others only if they were saved before); blanks count 0.

        Rows with something that is not a number are left out.
        """
        found: dict[int, Line] = {}
        for subject in self.subjects:
            names = [f"s{subject.pk}_{i}" for i in range(len(self.columns))]
            numbers = [self.cleaned_data.get(name) for name in names]
            wrong = any(name in self.errors for name in names)
            if not wrong and (subject.pk in self.typed or any(n is not None for n in numbers)):
                *counts, abstained, invalid = (number or 0 for number in numbers)
                found[subject.pk] = Line(tuple(counts), abstained, invalid)
        return found


class RowAgainForm(forms.Form):
    """One row counted again together; its sum must be the valid papers."""

    def __init__(self, data: Any = None, *, columns: list[str], valid: int) -> None:
        super().__init__(data)
        self.valid, self.columns = valid, columns
        for i, column in enumerate(columns):
            self.fields[f"c{i}"] = count_field(column, required=True)

    def clean(self) -> dict[str, Any]:
        """The boxes together are the valid papers."""
        cleaned = super().clean() or {}
        if not self.errors:
            total = sum(cleaned[f"c{i}"] for i in range(len(self.columns)))
            if total != self.valid:
                self.add_error(None, f"各栏合计 {total}，应为有效票 {self.valid}，请再数一遍。")
        return cleaned

    def line(self) -> Line:
        """The row."""
        *counts, abstained, invalid = (self.cleaned_data[f"c{i}"] for i in range(len(self.columns)))
        return Line(tuple(counts), abstained, invalid)


class VoidAgainForm(forms.Form):
    """The void papers, counted again together or by one 计票人 (`void`: as said before)."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, returned: int, void: int | None = None) -> None:
        super().__init__(data, initial={"void": void})
        self.returned = returned
        help_text = "按规定整张不算的票，例如署了名、作了记号的。没有就填 0。"
        self.fields["void"] = count_field("整张作废", help_text, required=True)

    def clean_void(self) -> int:
        """Not more than came back."""
        void: int = self.cleaned_data["void"]
        if void > self.returned:
            raise forms.ValidationError(f"整张作废不能多于收回的 {self.returned} 张。")
        return void
