"""Forms of login, accounts and posts."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils import timezone

from branches.forms.fields import date_input
from branches.models import Appointment, Organization, User
from branches.permissions import can_appoint


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


class NewPasswordForm(PasswordChangeForm):
    """One's own new password; the old one is asked for, since the computer may have been left open.

    Not in place of a one-time password, which was typed a moment ago; that one has been in others'
    hands on its slip and may not stay.
    """

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        if user.must_change_password:
            del self.fields["old_password"]

    def clean(self) -> dict[str, Any]:
        """Both fields as usual, then compared with the password there was."""
        cleaned = super().clean() or {}
        new = cleaned.get("new_password1")
        if new and self.user.check_password(new):
            self.add_error("new_password1", "不能沿用原来的密码，请另设一个。")
        return cleaned


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
        home = cast("forms.ModelChoiceField[Any]", self.fields["home"])
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
        organization = cast("forms.ModelChoiceField[Any]", self.fields["organization"])
        account = cast("forms.ModelChoiceField[Any]", self.fields["user"])
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
