"""Forms of accounts, posts, organisations and campaigns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from branches.models import Appointment, Campaign, Organization, User
from branches.permissions import OFFICE_ROLES, can_appoint
from branches.rules import PRESETS
from branches.services.organizations import MAY_STAND_UNDER


def date_input() -> forms.DateInput:
    """The browser's own date picker."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LoginForm(AuthenticationForm):
    """Account and password, with Chinese messages that say what to do."""

    error_messages = {
        "invalid_login": "账号或密码不对。请核对后再试；忘记密码请联系上级党建办重置。",
        "inactive": "账号或密码不对。请核对后再试；忘记密码请联系上级党建办重置。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号（手机号或工号）"
        self.fields["username"].widget.attrs.update(autocomplete="username", autofocus=True)
        self.fields["password"].label = "密码"


class AccountForm(forms.ModelForm[User]):
    """A new account: whose, under which name, where."""

    class Meta:
        model = User
        fields = ("full_name", "username", "home")
        labels = {"username": "账号（手机号或工号）"}
        help_texts = {"username": "登录时填写，建议用手机号。"}

    field_order = ("full_name", "username", "home")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.fields["home"]
        assert isinstance(home, forms.ModelChoiceField)
        home.queryset = Organization.objects.visible_to(user)
        home.required = True
        home.empty_label = "请选择党组织"


class AppointmentForm(forms.ModelForm[Appointment]):
    """A post: which, in which organisation, by whom, from when."""

    class Meta:
        model = Appointment
        fields = ("organization", "role", "holder_name", "user", "starts_on", "ends_on")
        widgets = {"starts_on": date_input(), "ends_on": date_input()}
        labels = {"user": "登录账号（选填）", "ends_on": "任职止（选填）"}
        help_texts = {"user": "不登录的同志不用选。", "ends_on": "届满日，当天仍有权限。"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = user
        within = Organization.objects.visible_to(user)
        organization, account = self.fields["organization"], self.fields["user"]
        assert isinstance(organization, forms.ModelChoiceField)
        assert isinstance(account, forms.ModelChoiceField)
        organization.queryset = within
        organization.empty_label = "请选择党组织"
        account.queryset = User.objects.filter(home__in=within, is_active=True).exclude(pk=user.pk)
        account.required = False
        account.empty_label = "不登录"
        self.fields["starts_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        """The post must be one this person may give."""
        cleaned = super().clean() or {}
        organization, role = cleaned.get("organization"), cleaned.get("role")
        if organization and role:
            answer = can_appoint(self.actor, organization, role)
            if not answer:
                self.add_error("role", answer.reason)
        return cleaned


class OrganizationForm(forms.ModelForm[Organization]):
    """Names, kind, category and flags of an organisation."""

    class Meta:
        model = Organization
        fields = (
            "name",
            "short_name",
            "code",
            "kind",
            "category",
            "committee_override",
            "is_joint",
            "is_weak",
            "help_phone",
        )
        help_texts = {
            "code": "上级统一编的号码，导入和导出时用。",
            "committee_override": "一般不用选：有支委任职即为设支委会。",
        }

    def __init__(self, *args: Any, parent: Organization | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        if parent is not None:
            fitting = [k for k, above in MAY_STAND_UNDER.items() if parent.kind in above]
            kind.choices = [(k.value, k.label) for k in fitting]
        else:
            del self.fields["kind"], self.fields["code"]


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
        issuer = self.fields["issuer"]
        assert isinstance(issuer, forms.ModelChoiceField)
        offices = [p.organization_id for p in user.posts() if p.role in OFFICE_ROLES]
        issuer.queryset = Organization.objects.filter(pk__in=offices)
        issuer.empty_label = None
        self.fields["year"].initial = timezone.localdate().year
