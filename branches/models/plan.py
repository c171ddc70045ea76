"""A branch's implementation plan (实施方案) with its versions, and the light 沟通记录 that may replace it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from branches.models.campaign import Campaign
from branches.models.organization import Organization, reach
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PlanStatus(models.TextChoices):
    """Where a plan stands; the words are those of every list and message."""

    DRAFT = "draft", "填写中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"
    FILED = "filed", "已备案"
    MADE = "made", "已制定"


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans by scope and state."""

    def visible_to(self, user: User | AnonymousUser) -> PlanQuerySet:
        """Plans of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class Plan(models.Model):
    """The plan of one organisation for one round of a campaign; the text is what was saved last."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="plans")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="plans"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    status = models.CharField("状态", max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    revision = models.PositiveIntegerField("保存次数", default=0)
    theme = models.CharField("会议主题", max_length=200, blank=True)
    time = models.CharField("时间", max_length=300, blank=True)
    form = models.CharField("方式", max_length=500, blank=True)
    attendees = models.CharField("参加人员", max_length=500, blank=True)
    requirements = models.TextField("相关要求", max_length=10_000, blank=True)
    submitted_on = models.DateField("上报日期", null=True, blank=True)
    decided_on = models.DateField("办结日期", null=True, blank=True)
    author = models.ForeignKey(User, models.PROTECT, verbose_name="起草人", related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "实施方案"
        ordering = ("organization__path",)
        constraints = (
            models.UniqueConstraint(fields=["campaign", "organization", "round_no"], name="plan_round"),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}实施方案"


class PlanVersion(models.Model):
    """A plan as it was handed in, with what the reviewer said and where it repeats another text."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name="方案", related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("内容")
    submitted_at = models.DateTimeField("上报时间")
    submitted_by = models.CharField("上报人", max_length=40)
    overlap = models.JSONField("与其他文本重复", null=True, blank=True)
    decision = models.CharField("审核结果", max_length=10, choices=PlanStatus, blank=True)
    comment = models.TextField("审核意见", max_length=2000, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = models.CharField("审核人", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "方案版本"
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="plan_version"),)

    def __str__(self) -> str:
        return f"{self.plan}第{self.number}版"


class Consultation(models.Model):
    """沟通记录: with whom of the superior, when, what was agreed, who was invited; nothing more is asked."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="consultations")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="consultations"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    held_on = models.DateField("沟通日期")
    with_whom = models.CharField("与谁沟通", max_length=80)
    agreed_on = models.DateField("商定的开会日期", null=True, blank=True)
    agreed_form = models.CharField("商定的开法", max_length=200, blank=True)
    invited = models.CharField("邀请谁参加", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "沟通记录"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no"], name="consultation_round"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}沟通记录"
