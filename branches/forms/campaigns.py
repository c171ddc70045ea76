"""Forms of a campaign: drafted, edited, carried over to another year; the reason of a revision."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from branches.models import Campaign, Organization, RuleSet, User
from branches.permissions import OFFICE_ROLES, SUPERIOR_KINDS
from branches.rules import PRESETS
from branches.services.campaigns import HEADING

YEARS = range(1990, 2100)
SLUG_HELP = "只用小写字母、数字和短横线，例如 2026-zzshh。"
WIDGETS = {
    "issued_on": date_input(),
    "finish_by": date_input(),
    "text": forms.Textarea(attrs={"rows": 6}),
}


class Dated(forms.ModelForm[Campaign]):
    """A form of a campaign with its year."""

    def clean_year(self) -> int:
        """A year of this calendar that somebody may work in."""
        year: int = self.cleaned_data["year"]
        if year not in YEARS:
            raise forms.ValidationError("年度请填四位数字，例如 2026。")
        return year


class CampaignForm(Dated):
    """A campaign drafted from a preset."""

    preset = forms.ChoiceField(
        label="按哪个方案的规则",
        choices=list(PRESETS.items()),
        help_text="选最接近本次通知的一份；发布前每条规则都可以看到依据、可以修改。",
    )

    class Meta:
        model = Campaign
        fields = (
            "name",
            "slug",
            "year",
            "issuer",
            "preset",
            "document_number",
            "issued_on",
            "finish_by",
            "theme",
            "text",
        )
        widgets = WIDGETS
        help_texts = {"slug": SLUG_HELP}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issuer = cast("forms.ModelChoiceField[Any]", self.fields["issuer"])
        offices = [p.organization_id for p in user.posts() if p.role in OFFICE_ROLES]
        issuer.queryset = Organization.objects.filter(pk__in=offices, kind__in=SUPERIOR_KINDS)
        issuer.empty_label = None
        self.fields["year"].initial = timezone.localdate().year


class CampaignEditForm(Dated):
    """The heading facts of a draft; issuer and preset stay."""

    class Meta:
        model = Campaign
        fields = HEADING
        widgets = {**WIDGETS, "text": forms.Textarea(attrs={"rows": 16})}
        help_texts = {"slug": SLUG_HELP, "text": "原样粘贴；空一行就是另起一段。"}


class CloneForm(Dated):
    """The new year's campaign: name, address and year; everything else is carried over or typed later."""

    class Meta:
        model = Campaign
        fields = ("name", "slug", "year")
        help_texts = {"slug": SLUG_HELP, "year": "规则里的日期按年度差往后推。"}

    def __init__(self, *args: Any, source: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = source.year + 1
        was, now = str(source.year), str(year)
        self.fields["name"].initial = source.name.replace(was, now)
        self.fields["slug"].initial = source.slug.replace(was, now) if was in source.slug else ""
        self.fields["year"].initial = year


class RevisionForm(forms.Form):
    """Why published rules are changed, and the mark of what was shown."""

    reason = forms.CharField(
        label="修改原因",
        max_length=RuleSet._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="所有相关党组织都会看到，例如“上级推迟了完成时间”。",
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
