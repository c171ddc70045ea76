"""Forms that plan and change a meeting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from branches.models import Campaign, Kind, Organization, OrganizationStatus, User
from branches.permissions import Answer, Denied
from meetings.models import Meeting, MeetingKind, MeetingStatus
from meetings.permissions import can_plan_any, can_plan_meeting
from meetings.rules import notice_is_short, notify_by
from meetings.rules.kinds import KINDS, kinds_for
from meetings.rules.order import next_kind
from meetings.workflow.ordering import may_split, steps_arranged, wanted_of


def day_text(day: Any) -> str:
    """A day without the year, as it is spoken."""
    return f"{day.month}月{day.day}日"


class Versioned:
    """A bound form that goes on from a newer version, keeping all else that was typed."""

    data: Any

    def take_version(self, version: int) -> None:
        """Let the next save go on from `version`."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class ChangeForm(Versioned, forms.ModelForm[Meeting]):
    """Time, place, theme and notice of a meeting; `version` tells whether somebody saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Meeting
        fields = ("starts_at", "place", "theme", "notified_on", "notice_reason")
        widgets = {
            "starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "notified_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {
            "starts_at": "开会时间",
            "theme": "主题（选填）",
            "notified_on": "哪天通知的党员（选填）",
            "notice_reason": "通知较晚的原因（选填）",
        }
        help_texts = {
            "notified_on": "口头、电话、微信群通知都可以，只记日期。",
            "notice_reason": "通知晚于规则要求时填写，不影响开会。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self.fields["place"].error_messages["required"] = "请填写开会地点，例如“村委会会议室”。"
        self.fields["starts_at"].error_messages["required"] = "请填写开会的日期和时间。"

    def rules_source(self) -> tuple[Campaign | None, Organization | None]:
        """The campaign and the branch whose rules hold."""
        return self.instance.campaign, self.instance.organization

    def clean(self) -> dict[str, Any]:
        """A late notice asks for its reason; it never stops a meeting."""
        cleaned = super().clean() or {}
        campaign, organization = self.rules_source()
        notified, starts = cleaned.get("notified_on"), cleaned.get("starts_at")
        if notified and starts and campaign and organization and not cleaned.get("notice_reason"):
            days = campaign.rules_for(organization).notice_days
            meets_on = timezone.localtime(starts).date()
            if notice_is_short(notified_on=notified, meets_on=meets_on, days=days):
                last = day_text(notify_by(meets_on, days))
                self.add_error(
                    "notice_reason", f"按规则应在 {last} 以前通知。已经通知晚了的，请写一句原因再保存。"
                )
        return cleaned


class PlanForm(ChangeForm):
    """A new meeting of a branch or body in a campaign; the kind that comes next under the rules is chosen already."""

    field_order = (
        "organization",
        "campaign",
        "kind",
        "group",
        "continues",
        *ChangeForm.Meta.fields[:3],
        "is_theme_day",
        *ChangeForm.Meta.fields[3:],
    )

    class Meta(ChangeForm.Meta):
        fields = (  # type: ignore[assignment]
            "organization",
            "campaign",
            "kind",
            "group",
            "continues",
            "is_theme_day",
            *ChangeForm.Meta.fields,
        )
        labels = {**ChangeForm.Meta.labels, "kind": "开什么会", "continues": "接着哪次会议开（选填）"}
        help_texts = {
            **ChangeForm.Meta.help_texts,
            "group": "只有党小组会要选。",
            "continues": "一次开不完、或者外出党员返乡后再开一次的，选上次的会议；已经到会的不再计入应到。",
        }

    def __init__(self, *args: Any, user: User, asked: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        own = {p.organization_id: p.organization for p in user.posts() if can_plan_any(user, p.organization)}
        branch = cast("forms.ModelChoiceField[Organization]", self.fields["organization"])
        campaign = cast("forms.ModelChoiceField[Campaign]", self.fields["campaign"])
        branch.queryset = Organization.objects.filter(pk__in=list(own))
        branch.empty_label = None
        campaign.queryset = Campaign.objects.visible_to(user).open()
        campaign.empty_label = None
        self.place = _chosen(own, asked.get("organization", ""))
        branch.initial = self.place
        covering = [one for one in campaign.queryset if self.place and one.covers(self.place)]
        named = next((one for one in covering if str(one.pk) == asked.get("campaign")), None)
        self.campaign = named or next(iter(covering), None) or campaign.queryset.first()
        campaign.initial = self.campaign
        self._offer(list(own.values()), asked)
        self.only: list[Organization | Campaign] = []  # what there is no choice of is only named
        for name, rows in (("organization", list(own.values())), ("campaign", list(campaign.queryset))):
            if len(rows) == 1:
                self.only += rows
                self.fields[name].widget = forms.HiddenInput()

    def _offer(self, own: list[Organization], asked: Mapping[str, str]) -> None:
        """The kinds, groups and earlier meetings to choose from, and what is chosen at first."""
        kind = cast(forms.ChoiceField, self.fields["kind"])
        wanted = wanted_of(self.campaign, self.place) if self.campaign and self.place else ()
        can = dict.fromkeys(
            one.key
            for place in own
            for one in kinds_for(is_body=place.is_body, has_committee=place.has_committee)
        )
        first = [key for key in wanted if key in can]
        others = [key for key in can if key not in first]
        kind.required = not self.is_bound or "kind" in self.data  # a page opened before there were kinds
        kind.choices = [
            *([("这次活动要开的会", _labelled(first))] if first else []),
            ("其他会议" if first else "会议", _labelled(others)),
        ]
        groups = Organization.objects.filter(kind=Kind.GROUP, status=OrganizationStatus.ACTIVE)
        self._narrow("group", groups.filter(_below(own)), "不分党小组")
        earlier = Meeting.objects.filter(organization__in=own, campaign__in=Campaign.objects.open())
        earlier = earlier.exclude(status=MeetingStatus.CANCELLED).select_related("organization")
        self._narrow("continues", earlier.filter(continues=None), "不是接着开的")
        if self.campaign is not None and self.place is not None:
            rules = self.campaign.rules_for(self.place)
            arranged = steps_arranged(self.campaign, self.place)
            self.initial.setdefault("kind", asked.get("kind") or next_kind(wanted, arranged))
            self.initial.setdefault("continues", asked.get("continues"))
            self.initial["is_theme_day"] = rules.theme_day
            self.initial["theme"] = self.campaign.theme
            self.initial["place"] = rules.meeting_place

    def _narrow(self, name: str, rows: QuerySet[Any], nothing: str) -> None:
        """Let a field choose among rows; it is not shown where there are none."""
        field = cast("forms.ModelChoiceField[Any]", self.fields[name])
        field.queryset, field.empty_label, field.required = rows, nothing, False
        if not rows.exists():
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """A kind the organisation does not hold is refused beside the kind; what goes on has the kind it had."""
        cleaned = super().clean()
        earlier = cleaned.get("continues")
        if earlier is not None:
            cleaned["kind"], cleaned["group"] = earlier.kind, earlier.group
            cleaned["organization"], cleaned["campaign"] = earlier.organization, earlier.campaign
        cleaned["kind"] = cleaned.get("kind") or MeetingKind.PLENARY
        answer = self._kind_answer(cleaned)
        if isinstance(answer, Denied):
            self.add_error("kind", answer.reason)
        return cleaned

    def _kind_answer(self, cleaned: Mapping[str, Any]) -> Answer:
        """Whether the organisation holds that kind of meeting, and whether it may meet in groups."""
        organization, campaign, kind = (cleaned.get(name) for name in ("organization", "campaign", "kind"))
        if organization is None or campaign is None:
            return True
        answer = can_plan_meeting(self.user, organization, str(kind))
        if not answer or kind != MeetingKind.GROUP:
            return answer
        split = may_split(campaign, organization)
        if split and cleaned.get("group") is None:
            return Denied("请在下面选择是哪个党小组；还没有划分党小组的，请安排党员大会。")
        return split

    def rules_source(self) -> tuple[Campaign | None, Organization | None]:
        """The campaign and the branch just chosen."""
        return self.cleaned_data.get("campaign"), self.cleaned_data.get("organization")


def _below(own: Iterable[Organization]) -> Q:
    """A condition on the path: below one of these organisations."""
    found = Q(pk__in=[])
    for one in own:
        found |= Q(path__range=one.subtree_range)
    return found


def _chosen(own: Mapping[int, Organization], asked: str) -> Organization | None:
    """The organisation a page asks for, else the first."""
    named = own.get(int(asked)) if asked.isdecimal() else None
    return named or next(iter(own.values()), None)


def _labelled(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Kinds with their names."""
    return [(key, KINDS[key].label) for key in keys]
