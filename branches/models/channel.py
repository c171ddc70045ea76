"""Channels out of the house (e-mail and group robots) of an organisation, and what is to be sent by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from branches.models.organization import Organization, reach
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ChannelKind(models.TextChoices):
    """By what a message leaves."""

    EMAIL = "email", "电子邮箱"
    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"
    FEISHU = "feishu", "飞书群机器人"


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Channels by scope."""

    def visible_to(self, user: User | AnonymousUser) -> ChannelQuerySet:
        """Channels of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class Channel(models.Model):
    """One address of one organisation; the address is a secret and sealed at rest."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="channels"
    )
    kind = models.CharField("渠道", max_length=10, choices=ChannelKind)
    label = models.CharField("名称", max_length=40)
    address = models.TextField("地址（加密）")
    is_on = models.BooleanField("启用", default=True)
    quiet_from = models.TimeField("免打扰起", null=True, blank=True)
    quiet_to = models.TimeField("免打扰止", null=True, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息渠道"
        ordering = ("organization__path", "pk")

    def __str__(self) -> str:
        return f"{self.label}（{self.get_kind_display()}）"


class DeliveryState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", "等待发送"
    SENT = "sent", "已发送"
    DROPPED = "dropped", "已办完，不必再发"
    FAILED = "failed", "没有发出"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Messages by scope."""

    def visible_to(self, user: User | AnonymousUser) -> DeliveryQuerySet:
        """Messages for channels of organisations the user's posts reach."""
        return self.filter(reach(user, "channel__organization__path"))


class Delivery(models.Model):
    """One message for one channel: written with its fact, sent by the relay, never twice.

    `about` lists what the message is for as [campaign id, organisation id, step key]; it is looked at
    again just before sending, so that what was done meanwhile is left out. While it is being sent the
    lease is held and `sent_at` is set: should the relay die now, nobody sends it again by itself.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, verbose_name="渠道", related_name="deliveries")
    kind = models.CharField("类型", max_length=40)
    day = models.DateField("日期")
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容")
    about = models.JSONField("对象", default=list)
    state = models.CharField("状态", max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_try_at = models.DateTimeField("下次发送")
    lease_until = models.DateTimeField("租约", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    error = models.CharField("失败原因", max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "待发消息"
        ordering = ("-day", "-pk")
        indexes = (models.Index(fields=["state", "next_try_at"]),)
        constraints = (models.UniqueConstraint(fields=["channel", "kind", "day"], name="delivery_once"),)

    def __str__(self) -> str:
        return self.title
