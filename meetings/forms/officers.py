"""The form that names chair, recorder, scrutineers and tellers."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone

from branches.models import Appointment, Role
from meetings.forms.planning import Versioned
from meetings.models import Duty, DutyKind, Meeting
from meetings.rules import repeated, tell_apart
from meetings.services.duties import Person
from members.models import Member, MemberKind

OUTSIDE_HELP = "不在本支部名册上的同志，在这里写姓名。"


class LaterField(forms.ChoiceField):
    """A person who must be named in the end, and may be left open for now."""

    def validate(self, value: Any) -> None:
        """Only a choice that was made is checked."""
        if value:
            super().validate(value)


class OfficersForm(Versioned, forms.Form):
    """Who chairs, records, scrutinises and counts; every field may wait until the evening."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    chair = LaterField(label="主持人")
    chair_name = forms.CharField(
        label="由其他同志主持（选填）", max_length=40, required=False, help_text=OUTSIDE_HELP
    )
    recorder = LaterField(label="记录人")
    recorder_name = forms.CharField(
        label="由其他同志记录（选填）", max_length=40, required=False, help_text=OUTSIDE_HELP
    )
    scrutineer_name = forms.CharField(
        label="上级派来监票的同志（选填）", max_length=40, required=False, help_text=OUTSIDE_HELP
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        rules = meeting.rules()
        order = rules.name_order
        roll = Member.objects.active().filter(organization=meeting.organization).in_order(order)
        self.people = {str(member.pk): member for member in roll}
        self.duties = list(Duty.objects.filter(meeting=meeting).select_related("member"))
        self.people.update({str(d.member.pk): d.member for d in self.duties if d.member})
        super().__init__(*args, **kwargs)
        self.scrutineers = self._slots(DutyKind.SCRUTINEER, rules.scrutineers_min)
        self.tellers = self._slots(DutyKind.TELLER, rules.tellers_min)
        apart = tell_apart((pk, member.name, member.birth_on) for pk, member in self.people.items())
        named = ((pk, self._label(member, apart.get(pk, ""))) for pk, member in self.people.items())
        choices = [("", "请选择"), *named]
        for name in ("chair", "recorder", *self.scrutineers, *self.tellers):
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        self.initial = {"version": meeting.version, **(self._named() or self._suggested(meeting))}

    @staticmethod
    def _label(member: Member, apart: str) -> str:
        """A name as it stands in the list to choose from; namesakes can be told apart."""
        probationary = "预备党员" if member.kind == MemberKind.PROBATIONARY else ""
        more = "，".join(part for part in (probationary, apart) if part)
        return f"{member.name}（{more}）" if more else member.name

    def _slots(self, kind: DutyKind, least: int) -> list[str]:
        """Enough fields for those asked for and those named, and one more."""
        count = max(least, sum(d.kind == kind and d.member is not None for d in self.duties)) + 1
        names = [f"{kind.value}_{number}" for number in range(1, count + 1)]
        for number, name in enumerate(names, 1):
            more = "（选填）" if number > least else ""
            self.fields[name] = LaterField(label=f"{kind.label}{number}{more}")
        return names

    def _named(self) -> dict[str, str]:
        """What was saved before, field by field."""
        free = {DutyKind.SCRUTINEER: iter(self.scrutineers), DutyKind.TELLER: iter(self.tellers)}
        values = {}
        for duty in self.duties:
            kind = DutyKind(duty.kind)
            if duty.member is None:
                values[f"{kind.value}_name"] = duty.holder_name
            else:
                values[next(free[kind]) if kind in free else kind.value] = str(duty.member.pk)
        return values

    def _suggested(self, meeting: Meeting) -> dict[str, str]:
        """Before anybody is named: the secretary chairs, the organiser records, as far as on the roll."""
        posts = Appointment.objects.current(timezone.localdate()).filter(organization=meeting.organization)
        by_user: dict[int | None, str] = {
            member.user_id: pk for pk, member in self.people.items() if member.user_id
        }
        namesakes = repeated(member.name for member in self.people.values())
        by_name = {member.name: pk for pk, member in self.people.items() if member.name not in namesakes}
        held = {post.role: by_user.get(post.user_id) or by_name.get(post.holder_name, "") for post in posts}
        return {"chair": held.get(Role.SECRETARY, ""), "recorder": held.get(Role.ORGANIZER, "")}

    def _person(self, name: str) -> Person | None:
        """The member chosen, else the name typed for somebody from outside."""
        member = self.people.get(self.cleaned_data.get(name, ""))
        return member or self.cleaned_data.get(f"{name}_name", "").strip() or None

    def chosen(self) -> dict[str, Any]:
        """The arguments of the service."""
        inside = [self._person(name) for name in self.scrutineers]
        outside = self.cleaned_data["scrutineer_name"].strip()
        return {
            "version": self.cleaned_data["version"],
            "chair": self._person("chair"),
            "recorder": self._person("recorder"),
            "scrutineers": [person for person in (*inside, outside) if person],
            "tellers": [person for name in self.tellers if (person := self._person(name))],
        }
