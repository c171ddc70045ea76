"""Forms that plan and change a meeting."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone

from branches.models import Campaign, Organization, User
from meetings.models import Meeting
from meetings.permissions import can_plan_meeting
from meetings.rules import notice_is_short, notify_by


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
    """A new 党员大会 of a branch in a campaign."""

    field_order = ("organization", "campaign", "starts_at", "place", "theme", "notified_on", "notice_reason")

    class Meta(ChangeForm.Meta):
        fields = ("organization", "campaign", *ChangeForm.Meta.fields)  # type: ignore[assignment]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [p.organization for p in user.posts() if can_plan_meeting(user, p.organization)]
        branch = cast("forms.ModelChoiceField[Organization]", self.fields["organization"])
        campaign = cast("forms.ModelChoiceField[Campaign]", self.fields["campaign"])
        branch.queryset = Organization.objects.filter(pk__in=[o.pk for o in own])
        branch.initial = own[0] if own else None
        branch.empty_label = None
        open_ones = Campaign.objects.visible_to(user).open()
        campaign.queryset = open_ones
        campaign.empty_label = None
        campaign.initial = open_ones.first()
        if campaign.initial is not None:
            self.fields["theme"].initial = campaign.initial.theme

    def rules_source(self) -> tuple[Campaign | None, Organization | None]:
        """The campaign and the branch just chosen."""
        return self.cleaned_data.get("campaign"), self.cleaned_data.get("organization")
