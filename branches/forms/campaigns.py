"""Forms of a campaign and of one of its rules."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from branches.models import Campaign, Organization, User
from branches.permissions import OFFICE_ROLES
from branches.rules import PRESETS


class CampaignForm(forms.ModelForm[Campaign]):
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
        widgets = {
            "issued_on": date_input(),
            "finish_by": date_input(),
            "text": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts = {"slug": "只用小写字母、数字和短横线，例如 2026-zzshh。"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issuer = cast("forms.ModelChoiceField[Any]", self.fields["issuer"])
        offices = [p.organization_id for p in user.posts() if p.role in OFFICE_ROLES]
        issuer.queryset = Organization.objects.filter(pk__in=offices)
        issuer.empty_label = None
        self.fields["year"].initial = timezone.localdate().year
