"""The form that names chair, recorder, scrutineers and tellers."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone

from branches.models import Appointment, Role
from meetings.forms.planning import Versioned
from meetings.models import Duty, DutyKind, Meeting, Participant
from meetings.rules import repeated, tell_apart
from meetings.rules.kinds import ROSTER
from meetings.services.duties import Person, is_entrusted
from members.models import Member, MemberKind

OUTSIDE_HELP = "不在本支部名册上的同志，在这里写姓名。"


def _key(seat: Participant) -> str:
    """A seat in the lists to choose from: its member, else the seat itself."""
    return str(seat.member_id) if seat.member_id else f"p{seat.pk}"


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
    chair_reason = forms.CharField(
        label="委托他人主持的说明（书记主持的不填）（选填）",
        max_length=200,
        required=False,
        help_text="例如“书记出差，委托副书记主持”。",
    )
    scrutineer_name = forms.CharField(
        label="上级派来监票的同志（选填）", max_length=40, required=False, help_text=OUTSIDE_HELP
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        rules = meeting.rules()
        order = rules.name_order
        self.meeting = meeting
        self.seats = list(meeting.participants.seats().select_related("member"))
        roll = Member.objects.active().filter(organization=meeting.organization).in_order(order)
        self.people: dict[str, Person] = {_key(seat): seat.member or seat.name for seat in self.seats}
        self.people.update({str(member.pk): member for member in roll})
        self.duties = list(Duty.objects.filter(meeting=meeting).select_related("member"))
        self.people.update({str(d.member.pk): d.member for d in self.duties if d.member})
        super().__init__(*args, **kwargs)
        self.counts = meeting.about.people == ROSTER and rules.ballot_place != "none"
        self.scrutineers = self._slots(DutyKind.SCRUTINEER, rules.scrutineers_min) if self.counts else []
        self.tellers = self._slots(DutyKind.TELLER, rules.tellers_min) if self.counts else []
        if not self.counts:
            del self.fields["scrutineer_name"]
        choices = [("", "请选择"), *self._choices()]
        for name in ("chair", "recorder", *self.scrutineers, *self.tellers):
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        named = self._named()
        self.initial = {
            "version": meeting.version,
            "chair_reason": meeting.chair_reason,
            **(named or self._suggested(meeting)),
        }

    def _choices(self) -> list[tuple[str, str]]:
        """Everybody who can be chosen; who sits on the committee stands with the post."""
        members = {pk: person for pk, person in self.people.items() if isinstance(person, Member)}
        apart = tell_apart((pk, member.name, member.birth_on) for pk, member in members.items())
        posts = {_key(seat): seat.post for seat in self.seats}
        found = []
        for pk, person in self.people.items():
            if pk in posts:
                found.append((pk, f"{person if isinstance(person, str) else person.name}（{posts[pk]}）"))
            elif isinstance(person, Member):
                found.append((pk, self._label(person, apart.get(pk, ""))))
        return found

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
            seat = next((s for s in self.seats if s.member is None and s.name == duty.holder_name), None)
            if duty.member is None and seat is not None and kind not in free:
                values[kind.value] = _key(seat)
            elif duty.member is None:
                values[f"{kind.value}_name"] = duty.holder_name
            else:
                values[next(free[kind]) if kind in free else kind.value] = str(duty.member.pk)
        return values

    def _suggested(self, meeting: Meeting) -> dict[str, str]:
        """Before anybody is named: who chairs by post (书记、党小组长), the organiser records, as far as on the list."""
        place = meeting.group or meeting.organization
        posts = Appointment.objects.current(timezone.localdate()).filter(
            organization__in={place, meeting.organization}
        )
        people = {
            pk: (person.user_id, person.name) if isinstance(person, Member) else (None, person)
            for pk, person in self.people.items()
        }
        by_user = {user: pk for pk, (user, _name) in people.items() if user}
        namesakes = repeated(name for _user, name in people.values())
        by_name = {name: pk for pk, (_user, name) in people.items() if name not in namesakes}
        held = {
            post.role: by_user.get(post.user_id or 0) or by_name.get(post.holder_name, "") for post in posts
        }
        return {
            "chair": held.get(meeting.about.chaired_by[0], ""),
            "recorder": held.get(Role.ORGANIZER, ""),
        }

    def clean(self) -> dict[str, Any]:
        """Who chairs in the secretary's place asks for one sentence; it never stops a meeting."""
        cleaned = super().clean() or {}
        chair = self._person("chair")
        if chair and not cleaned.get("chair_reason", "").strip() and is_entrusted(self.meeting, chair):
            who = "党小组长" if self.meeting.group else "书记"
            self.add_error("chair_reason", f"会议由{who}主持；{who}委托其他同志主持的，请写一句说明再保存。")
        return cleaned

    def _person(self, name: str) -> Person | None:
        """The member chosen, else the name typed for somebody from outside."""
        member = self.people.get(self.cleaned_data.get(name, ""))
        return member or self.cleaned_data.get(f"{name}_name", "").strip() or None

    def chosen(self) -> dict[str, Any]:
        """The arguments of the service."""
        inside = [self._person(name) for name in self.scrutineers]
        outside = self.cleaned_data.get("scrutineer_name", "").strip()
        return {
            "version": self.cleaned_data["version"],
            "chair": self._person("chair"),
            "recorder": self._person("recorder"),
            "chair_reason": self.cleaned_data["chair_reason"],
            "scrutineers": [person for person in (*inside, outside) if person],
            "tellers": [person for name in self.tellers if (person := self._person(name))],
        }
