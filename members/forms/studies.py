"""Forms of study: one session with who took part, and make-ups."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from branches.rules import Rules
from members.models import Member

OTHER = "其他方式"


def people_choices(members: Iterable[Member], notes: dict[uuid.UUID, str] | None = None) -> list[Any]:
    """Members to tick, with a note behind a name; under the names of their groups where there are any."""
    said = notes or {}
    rows = [(member.group, (str(member.pk), f"{member.name}{said.get(member.pk, '')}")) for member in members]
    if not any(group for group, _choice in rows):
        return [choice for _group, choice in rows]
    return [
        (group.short_name if group else "没有编入党小组", [choice for _group, choice in found])
        for group, found in groupby(rows, key=lambda row: row[0])
    ]


class StudyForm(forms.Form):
    """One session: the day, what and how as the rules name it, and everybody who took part."""

    held_on = forms.DateField(label="学习日期", widget=date_input())
    form = forms.CharField(label="方式", max_length=60, required=False)
    topics = forms.MultipleChoiceField(label="学了什么", required=False, widget=forms.CheckboxSelectMultiple)
    place = forms.CharField(label="地点", max_length=80, required=False)
    present = forms.MultipleChoiceField(
        label="参加的党员",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少勾选一名参加的党员。"},
    )

    def __init__(
        self,
        *args: Any,
        rules: Rules,
        people: list[Member],
        notes: dict[uuid.UUID, str] | None = None,
        kept: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = timezone.localdate()
        if rules.study_forms:
            words = list(
                dict.fromkeys([*rules.study_forms, *(way for way in (self.initial.get("form"),) if way)])
            )
            ways = [*((way, way) for way in words), ("", OTHER)]
            self.fields["form"] = forms.ChoiceField(
                label="方式", choices=ways, required=False, widget=forms.RadioSelect
            )
        topics = dict.fromkeys([*rules.study_list, *kept])
        self._choose("topics", [(topic, topic) for topic in topics])
        self._choose("present", people_choices(people, notes))
        self.order_fields(["held_on", "topics", "form", "place", "present"])
        if "present" in self.fields and "present" not in self.initial:
            self.fields["present"].initial = [str(member.pk) for member in people]
            self.fields["present"].help_text = "已经全部勾上。没有来的，点一下名字去掉勾。"

    def _choose(self, name: str, choices: list[Any]) -> None:
        """Give a field its choices; without any there is nothing to ask."""
        field = self.fields[name]
        if not choices:
            del self.fields[name]
        elif isinstance(field, forms.MultipleChoiceField):
            field.choices = choices

    def said(self) -> dict[str, Any]:
        """What was written down of the session, as the service takes it."""
        data = self.cleaned_data
        return {
            "held_on": data["held_on"],
            "form": data.get("form", ""),
            "topics": data.get("topics", []),
            "place": data["place"],
        }

    def ticked(self) -> set[uuid.UUID]:
        """Who took part."""
        return {uuid.UUID(key) for key in self.cleaned_data.get("present", [])}


class MakeUpForm(forms.Form):
    """To whom what was missed was brought, and when."""

    members = forms.MultipleChoiceField(
        label="给谁送了学习材料",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请先勾选给谁送了学习材料，再按“登记送学”。"},
    )
    on = forms.DateField(label="送学日期", widget=date_input())

    def __init__(self, *args: Any, people: list[Member], notes: dict[uuid.UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
        field = self.fields["members"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = people_choices(people, notes)

    def ticked(self) -> set[uuid.UUID]:
        """Who is ticked."""
        return {uuid.UUID(key) for key in self.cleaned_data["members"]}
