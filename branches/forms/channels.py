"""The form of a channel: its address goes in and never comes out again."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from branches.models import Channel, ChannelKind
from branches.services.channels import check_address
from config.lib.outgoing import BadAddress

QUIET_FROM, QUIET_TO = datetime.time(22), datetime.time(7)


def _clock(label: str, **options: Any) -> forms.TimeField:
    """A field for a time of day."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(
        label=label,
        required=False,
        widget=widget,
        error_messages={"invalid": f"{label}请填写时间，例如 22:00"},
        **options,
    )


class ChannelForm(forms.Form):
    """Kind, name, address and quiet hours; for a channel that exists the kind stays, the address may be left empty."""

    kind = forms.ChoiceField(label="渠道", choices=ChannelKind.choices, widget=forms.RadioSelect)
    label = forms.CharField(
        label="名称", max_length=40, help_text="写群名或科室名，方便辨认，例如“镇党建工作群”。"
    )
    address = forms.CharField(
        label="地址",
        max_length=1000,
        widget=forms.Textarea(
            attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
        help_text="群机器人：从群机器人的页面复制完整的 Webhook 地址，粘贴在这里。"
        "电子邮箱：填邮箱地址，几个邮箱用逗号或换行隔开。",
    )
    secret = forms.CharField(
        label="加签密钥",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        help_text="只有钉钉机器人的安全设置选了“加签”才填，以 SEC 开头。"
        "钉钉、飞书选“自定义关键词”的，关键词请设为“组织生活”。",
    )
    quiet_from = _clock(
        "免打扰开始",
        initial=QUIET_FROM,
        help_text="免打扰时间内不发，结束以后再发。不要免打扰的，两个时间都留空。",
    )
    quiet_to = _clock("免打扰结束", initial=QUIET_TO)

    def __init__(self, *args: Any, channel: Channel | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        if channel is None:
            return
        del self.fields["kind"]
        self.fields["address"].required = False
        self.fields["address"].label = "新地址"
        self.fields["address"].help_text = "不换地址就留空。" + str(self.fields["address"].help_text)
        if channel.kind != ChannelKind.DINGTALK:
            del self.fields["secret"]
        self.initial = {
            "label": channel.label,
            "quiet_from": channel.quiet_from,
            "quiet_to": channel.quiet_to,
        }

    def clean(self) -> dict[str, Any]:
        """Both quiet hours or none; an address this kind of channel can use."""
        cleaned = super().clean() or {}
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_to")
        if not self.errors and (begin is None) != (end is None):
            missing = "quiet_from" if begin is None else "quiet_to"
            self.add_error(missing, "免打扰的开始和结束要一起填，或都留空")
        elif begin is not None and begin == end:
            self.add_error("quiet_to", "免打扰的开始和结束不能相同；不要免打扰的，两个都留空")
        kind = self.channel.kind if self.channel else cleaned.get("kind")
        address, secret = cleaned.get("address"), cleaned.get("secret", "")
        if secret and not address:
            self.add_error("address", "换加签密钥时，请把机器人的地址也重新粘贴一次")
        if kind and address:
            self._check(kind, address, secret)
        return cleaned

    def _check(self, kind: str, address: str, secret: str) -> None:
        """Say beside the right field what is wrong with the address or the secret."""
        for field, given in (("address", ""), ("secret", secret)):
            try:
                check_address(kind, address, given)
            except BadAddress as wrong:
                self.add_error(field, str(wrong))
                return
