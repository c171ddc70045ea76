"""Forms of a visit, of what it found and of a stage signed off; each says in `kept()` what its service takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.services.steps import steps_for
from evaluations.forms.feedback import day_field, line_field, text_field
from meetings.models import Meeting, MeetingStatus
from rectification.models import FindingKind, LinkedPoint, SupervisionTeam, Visit, VisitMode
from rectification.models.visits import LONGEST_FINDING, LONGEST_REASON, LONGEST_SEEN
from rectification.rules.supervision import finding_kinds, modes_of, parts_of
from rectification.services.visits import Typed


class VisitForm(forms.Form):
    """How, when, who, which steps, what was seen; what the organisation has no use for is left out."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    mode = forms.ChoiceField(
        label="督查方式", widget=forms.RadioSelect, error_messages={"required": "请选择督查方式。"}
    )
    day = day_field("日期")
    visitors = line_field("督查人员", "几个人一起去的，都写上。", longest=100)
    team = forms.ModelChoiceField(
        label="代表哪个组", queryset=SupervisionTeam.objects.none(), required=False, empty_label="不代表"
    )
    point = forms.ModelChoiceField(
        label="哪位领导的联系点", queryset=LinkedPoint.objects.none(), required=False, empty_label="不是"
    )
    meeting = forms.ModelChoiceField(
        label="列席哪一次会议",
        queryset=Meeting.objects.none(),
        required=False,
        empty_label="没有列席会议",
        help_text="督查方式选“列席会议”的，请选一次。",
    )
    announced = forms.BooleanField(
        label="提前告诉支部", required=False, help_text="随机抽查、暗访不提前告诉。"
    )
    steps = forms.MultipleChoiceField(
        label="看了哪些环节",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从给出的环节里选。"},
    )
    seen = text_field(
        "看到的情况",
        "一两句就行，不发给支部。要告诉支部的，登记以后写成“发现”。",
        longest=LONGEST_SEEN,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        organization: Organization,
        user: User,
        visit: Visit | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        modes = modes_of(campaign.rules_for(organization))
        self._choose("mode", [(mode, VisitMode(mode).label) for mode in modes])
        self._choose("steps", [(s.key, s.label) for s in steps_for(campaign, organization)])
        teams = SupervisionTeam.objects.active().filter(campaign=campaign).prefetch_related("organizations")
        fitting = [team.pk for team in teams if team.covers(organization)]
        own = teams.filter(pk__in=fitting, members__user=user).first()
        if visit is not None and visit.team_id is not None:
            fitting.append(visit.team_id)
        self._offer("team", SupervisionTeam.objects.filter(pk__in=fitting).select_related("sender"))
        points = LinkedPoint.objects.filter(campaign=campaign, organization=organization)
        self._offer("point", points.select_related("organization"))
        meetings = Meeting.objects.filter(campaign=campaign, organization=organization)
        self._offer(
            "meeting",
            meetings.exclude(status=MeetingStatus.CANCELLED).select_related("organization"),
        )
        known = (
            "version",
            "mode",
            "day",
            "visitors",
            "announced",
            "team",
            "point",
            "meeting",
            "steps",
            "seen",
        )
        values = {"day": timezone.localdate(), "visitors": user.full_name, "mode": modes[0], "team": own}
        if visit is not None:
            values = {name: getattr(visit, name) for name in known}
        for name, value in values.items():
            if name in self.fields:
                self.fields[name].initial = value

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        """The choices of a field; a field without any goes."""
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def _offer(self, name: str, rows: Any) -> None:
        """The rows of a field; a field without any goes."""
        if rows.exists():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def typed(self) -> Typed:
        """What the service takes."""
        data = {**self.cleaned_data}
        data.pop("version")
        return Typed(**data)


class FindingForm(forms.Form):
    """One finding."""

    kind = forms.ChoiceField(
        label="类型", widget=forms.RadioSelect, error_messages={"required": "请选择类型。"}
    )
    text = text_field("内容", "写清楚哪里好、哪里要改、怎么改。", longest=LONGEST_FINDING)

    def __init__(self, *args: Any, campaign: Campaign, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = finding_kinds(campaign.rules_for(organization))
        self.fields["kind"].choices = [(kind, FindingKind(kind).label) for kind in kinds]  # type: ignore[attr-defined]

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class FindingAnswerForm(forms.Form):
    """The branch's answer; telling the supervisor to their face will do as well."""

    answer = text_field("答复", "写几句就行；当面说过的，也可以不在这里写。", longest=LONGEST_FINDING)

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class SettleForm(forms.Form):
    """How a finding came out."""

    outcome = line_field("办结情况", "例如：已当面核实，改好了。", longest=LONGEST_REASON)

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    note = line_field("原因", longest=LONGEST_REASON)

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class SignOffForm(forms.Form):
    """Which stage, on which day, which lines of the checklist were found in order."""

    part = forms.ChoiceField(
        label="哪个阶段", widget=forms.RadioSelect, error_messages={"required": "请选择哪个阶段。"}
    )
    on = day_field("把关日期")
    passed = forms.TypedMultipleChoiceField(
        label="逐条对照，没有问题的打勾",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="每一条都打勾才能把关；有问题的，写成督查发现。",
        error_messages={
            "required": "请逐条对照，没有问题的打勾。",
            "invalid_choice": "请从给出的几条里选。",
        },
    )
    note = line_field("把关意见", longest=LONGEST_REASON, required=False)

    def __init__(self, *args: Any, campaign: Campaign, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = parts_of(steps_for(campaign, organization))
        self.fields["part"].choices = [(part, part) for part in parts]  # type: ignore[attr-defined]
        self.fields["on"].initial = timezone.localdate
        lines = campaign.rules_for(organization).review_checklist
        if lines:
            self.fields["passed"].choices = list(enumerate(lines))  # type: ignore[attr-defined]
        else:
            del self.fields["passed"]

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {"passed": (), **self.cleaned_data}
