"""Forms of talks: the two taps of a pair, a sitting of several, what was said, pairs let off, people marked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from branches.models import Appointment
from members.models import Capacity, ConcernKind, Member, Outsider, TalkMode
from members.rules.talk_people import Person
from members.services.talks import LONGEST_WORDS, PARTS

TODAY, YESTERDAY, OTHER_DAY = "today", "yesterday", "day"
TOGETHER, BY_HOST = "together", "host"
Choices = list[tuple[str, str]]


def names_of(people: Iterable[Person]) -> Choices:
    """People of the grid as choices."""
    return [(p.key, f"{p.name}（{p.title}）" if p.title else p.name) for p in people]


def _lines(rows: int) -> forms.Textarea:
    """An input of several lines."""
    return forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST_WORDS})


class DayForm(forms.Form):
    """A day that is not to come; today unless said otherwise."""

    held_on = forms.DateField(label="谈话日期", widget=date_input(), initial=timezone.localdate)

    def clean_held_on(self) -> datetime.date:
        """The day; never one to come."""
        day: datetime.date = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("谈话日期不能晚于今天。请填实际谈的日期。")
        return day


class TickForm(DayForm):
    """Two people and a day: today, yesterday or the one picked, by which button was pressed."""

    a = forms.CharField(max_length=40, widget=forms.HiddenInput)
    b = forms.CharField(max_length=40, widget=forms.HiddenInput)
    person = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    show = forms.CharField(max_length=4, required=False, widget=forms.HiddenInput)
    mode = forms.ChoiceField(label="方式", choices=TalkMode.choices, initial=TalkMode.FACE, required=False)

    def __init__(self, *args: Any, asks_mode: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].required = False
        self.fields["held_on"].label = "别的日期"
        if not asks_mode:
            del self.fields["mode"]

    def clean_held_on(self) -> datetime.date:
        """The day of the button that was pressed."""
        today, when = timezone.localdate(), self.data.get("when", TODAY)
        if when == YESTERDAY:
            return today - datetime.timedelta(days=1)
        if when != OTHER_DAY:
            return today
        if self.cleaned_data["held_on"] is None:
            raise forms.ValidationError("请先选日期，再按这个按钮。")
        return super().clean_held_on()

    @property
    def chosen_mode(self) -> str:
        """How they talked: face to face where it is not asked."""
        return self.cleaned_data.get("mode") or TalkMode.FACE


class SittingForm(DayForm):
    """Several people at once: everybody with everybody, or one with each."""

    people = forms.MultipleChoiceField(
        label="哪些人参加",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选参加的同志，至少两位。"},
    )
    how = forms.ChoiceField(
        label="怎么谈的",
        choices=((TOGETHER, "大家相互谈"), (BY_HOST, "一位同志和其他人分别谈")),
        initial=TOGETHER,
        widget=forms.RadioSelect,
    )
    host = forms.ChoiceField(label="是谁和其他人谈的", required=False, help_text="大家相互谈的，这里不用选。")
    mode = forms.ChoiceField(label="方式", choices=TalkMode.choices, initial=TalkMode.SITTING)
    place = forms.CharField(label="地点", max_length=80, required=False)

    field_order = ("people", "held_on", "how", "host", "mode", "place")

    def __init__(self, *args: Any, people: Sequence[Person], keeps_place: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = names_of(people)
        self.fields["people"].choices = choices  # type: ignore[attr-defined]
        self.fields["host"].choices = [("", "请选择"), *choices]  # type: ignore[attr-defined]
        if not keeps_place:
            del self.fields["place"]

    def clean(self) -> dict[str, Any]:
        """Two people at least; the one who talked with the others is one of them."""
        data = super().clean() or {}
        chosen = data.get("people", [])
        if chosen and len(set(chosen)) < 2:
            self.add_error("people", "谈心至少要有两个人，请再勾一位。")
        if data.get("how") == BY_HOST and data.get("host") not in chosen:
            self.add_error("host", "请选择是谁和其他人谈的，这位同志也要在上面勾上。")
        return data


class ChangeForm(DayForm):
    """Day, way and place of a talk, put right."""

    mode = forms.ChoiceField(label="方式", choices=TalkMode.choices)
    place = forms.CharField(label="地点", max_length=80, required=False)


class WordsForm(forms.Form):
    """What was said, as far as the record level goes."""

    data: Any

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    summary = forms.CharField(
        label="谈话要点",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="几句话就够。参加谈话的同志和本支部书记（副书记）看得到。",
    )

    def __init__(self, *args: Any, full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, label in PARTS.items() if full else ():
            self.fields[part] = forms.CharField(
                label=label, max_length=LONGEST_WORDS, required=False, widget=_lines(3)
            )

    def parts(self) -> dict[str, str]:
        """What was said, by part."""
        return {part: self.cleaned_data[part] for part in PARTS if part in self.fields}

    def go_on_from(self, seen: str) -> None:
        """Let the next post carry the mark of what is saved now; all else that was typed stays."""
        self.data = self.data.copy()
        self.data["seen"] = seen


class WaiveForm(forms.Form):
    """Which pair need not talk, and why."""

    a = forms.ChoiceField(label="一方")
    b = forms.ChoiceField(label="另一方")
    reason = forms.CharField(
        label="不要求谈的原因", max_length=200, help_text="例如：长期住院，已经报上级同意。不要写病情。"
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("a", "b"):
            self.fields[name].choices = [("", "请选择"), *names_of(people)]  # type: ignore[attr-defined]


class ConcernForm(forms.Form):
    """Whom to talk with in particular; of two who disagree also the other."""

    kind = forms.ChoiceField(label="情形", widget=forms.RadioSelect)
    member = forms.ModelChoiceField(label="哪一位", queryset=Member.objects.none(), empty_label="请选择")
    other = forms.ModelChoiceField(
        label="与谁",
        queryset=Member.objects.none(),
        required=False,
        empty_label="请选择",
        help_text="只有“平时有分歧的同志”要选。",
    )

    def __init__(self, *args: Any, members: Any, kinds: Iterable[ConcernKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["member"].queryset = self.fields["other"].queryset = members  # type: ignore[attr-defined]


class RemindForm(DayForm):
    """A reminder by a superior: who, with whom, when."""

    superior = forms.ModelChoiceField(
        label="谈话人（上级）", queryset=Appointment.objects.none(), empty_label="请选择"
    )
    person = forms.ChoiceField(label="和谁谈")
    mode = forms.ChoiceField(label="方式", choices=TalkMode.choices, initial=TalkMode.FACE)

    field_order = ("superior", "person", "held_on", "mode")

    def __init__(self, *args: Any, superiors: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["superior"].queryset = superiors  # type: ignore[attr-defined]
        self.fields["superior"].label_from_instance = lambda post: (  # type: ignore[attr-defined]
            f"{post.holder_name}（{post.organization.short_name}{post.get_role_display()}）"
        )
        self.fields["person"].choices = [("", "请选择"), *names_of(people)]  # type: ignore[attr-defined]


class OutsiderForm(forms.ModelForm[Outsider]):
    """A partner of talks who is not on the roll."""

    class Meta:
        model = Outsider
        fields = ("name", "capacity", "title")
        help_texts = {"title": "例如：宏达纺织董事长、镇农业农村办主任。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capacity"].choices = Capacity.choices  # type: ignore[attr-defined]
