"""Forms of teams and linked points; each says in `kept()` what its service takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.models import Campaign, Organization, User
from evaluations.forms.feedback import day_field, line_field
from rectification.models import SupervisionTeam, TeamKind
from rectification.services.supervision import below, team_kinds
from rectification.services.teams import Person, choices_of, leaders_of, named, sent_people

OTHER = ""


class TeamForm(forms.Form):
    """What is sent, who is in it, and where to."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    kind = forms.ChoiceField(
        label="类型", widget=forms.RadioSelect, error_messages={"required": "请选择类型。"}
    )
    name = line_field("名称", "例如：第一督导组。")
    accounts = forms.MultipleChoiceField(
        label="已登记任职的督导人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从给出的人里选。"},
    )
    others = forms.CharField(
        label="其他人员",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="没有账号的写在这里，一行一人：姓名，单位和职务。",
    )
    organizations = forms.ModelMultipleChoiceField(
        label="督导哪些党组织",
        queryset=Organization.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="选了党委、党总支的，含它下面的党支部。",
        error_messages={"invalid_choice": "请从给出的党组织里选。"},
    )
    pasted = forms.CharField(
        label="或者粘贴名单",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个党组织，写全称、简称或者编码都可以。和上面勾选的加在一起。",
    )

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        sender: Organization,
        team: SupervisionTeam | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender
        kinds = team_kinds(campaign)
        self.fields["kind"].choices = [(kind, TeamKind(kind).label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0] if kinds else None
        self._people: dict[str, Person] = {}
        for post in sent_people(sender):
            if post.user is not None:
                words = f"{post.organization.short_name}{post.get_role_display()}"
                self._people.setdefault(str(post.user.pk), Person(post.holder_name, words, post.user))
        if team is not None:
            self._show(team)
        if self._people:
            offered = [(key, f"{one.name}（{one.post}）") for key, one in self._people.items()]
            self.fields["accounts"].choices = offered  # type: ignore[attr-defined]
        else:
            del self.fields["accounts"]
        choices = self.fields["organizations"]
        choices.queryset = choices_of(sender)  # type: ignore[attr-defined]
        choices.label_from_instance = lambda one: one.short_name  # type: ignore[attr-defined]

    def _show(self, team: SupervisionTeam) -> None:
        """The team as it is."""
        people = list(team.members.select_related("user"))
        for one in people:
            if one.user is not None:
                self._people.setdefault(str(one.user.pk), Person(one.name, one.post, one.user))
        for name in ("version", "kind", "name"):
            self.fields[name].initial = getattr(team, name)
        self.fields["accounts"].initial = [str(one.user_id) for one in people if one.user_id]
        self.fields["others"].initial = "\n".join(
            "，".join(part for part in (one.name, one.post) if part) for one in people if not one.user_id
        )
        chosen, boxes = (
            list(team.organizations.all()),
            set(choices_of(self.sender).values_list("pk", flat=True)),
        )
        self.fields["organizations"].initial = [one.pk for one in chosen if one.pk in boxes]
        self.fields["pasted"].initial = "\n".join(one.code for one in chosen if one.pk not in boxes)

    def clean(self) -> dict[str, Any]:
        """Boxes and pasted list together; a line that names nobody, or several, is told back."""
        data = super().clean() or {}
        self._named, unknown = named(self.sender, data.get("pasted", ""))
        if unknown:
            self.add_error(
                "pasted", f"这几行没有找到，或者有同名的：{'、'.join(unknown[:10])}。请改成全称或者编码。"
            )
        elif not data.get("organizations") and not self._named and "organizations" not in self.errors:
            self.add_error("organizations", "请选择督导哪些党组织，或者粘贴名单。")
        return data

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        del data["pasted"]
        chosen = [self._people[key] for key in data.pop("accounts", [])]
        lines = [line.strip() for line in data.pop("others").splitlines()]
        data["people"] = [*chosen, *(_person(line) for line in lines if line)]
        data["organizations"] = list({one.pk: one for one in (*data["organizations"], *self._named)}.values())
        return data


def _person(line: str) -> Person:
    """One line: the name, and what follows the first comma or space."""
    for sign in ("，", ",", "、", " ", "　"):
        line = line.replace(sign, "，", 1) if "，" not in line else line
    name, _, post = line.partition("，")
    return Person(name.strip()[:40], post.strip()[:80])


class PointForm(forms.Form):
    """Which leader is linked to which organisation, from when."""

    leader = forms.ChoiceField(label="哪位领导", required=False)
    name = line_field("领导姓名", "上面没有的，在这里写姓名。", required=False)
    post = line_field("职务", longest=80, required=False)
    organization = forms.ModelChoiceField(
        label="联系哪个党组织",
        queryset=Organization.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择联系哪个党组织。", "invalid_choice": "请从给出的党组织里选。"},
    )
    from_on = day_field("从哪天起")

    def __init__(self, *args: Any, campaign: Campaign, sender: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._leaders = {str(post.pk): post for post in leaders_of(sender)}
        offered = [(key, f"{p.holder_name}（{p.get_role_display()}）") for key, p in self._leaders.items()]
        self.fields["leader"].choices = [(OTHER, "不在名单里"), *offered]  # type: ignore[attr-defined]
        choices = self.fields["organization"]
        choices.queryset = below(campaign, sender)  # type: ignore[attr-defined]
        choices.label_from_instance = lambda one: one.short_name  # type: ignore[attr-defined]
        self.fields["from_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        """Somebody of the list, or a name."""
        data = super().clean() or {}
        if not self.errors and not data.get("leader") and not data.get("name", "").strip():
            self.add_error("name", "请选择哪位领导，或者写姓名")
        return data

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        post = self._leaders.get(data["leader"])
        user: User | None = post.user if post is not None else None
        known = Person(data["name"], data["post"])
        if post is not None:
            words = data["post"] or f"{post.organization.short_name}{post.get_role_display()}"
            known = Person(post.holder_name, words, user)
        return {"leader": known, "organization": data["organization"], "from_on": data["from_on"]}
