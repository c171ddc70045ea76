"""Reports that go up (专项报告、情况总结): prose of people around numbers of the program, and who received them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from branches.models import Campaign, Organization, User, reach

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ReportStatus(models.TextChoices):
    """Where a report stands."""

    DRAFT = "draft", "填写中"
    IN_REVIEW = "in_review", "待审阅"
    REVIEWED = "reviewed", "已审阅"
    SUBMITTED = "submitted", "已上报"
    RETURNED = "returned", "已退回"
    RECEIVED = "received", "已收到"


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by scope."""

    def visible_to(self, user: User | AnonymousUser) -> ReportQuerySet:
        """Reports of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class Report(models.Model):
    """The report of one organisation for one round.

    `sections` is a list of {key, title, text}; in the text 〔key〕 stands for a number. `numbers` holds the numbers as
    they were when taken over (key → text): what changed since is shown beside, never rewritten by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="reports")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="reports"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    kind = models.CharField("报告", max_length=10)
    title = models.CharField("标题", max_length=120)
    status = models.CharField("状态", max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT)
    sections = models.JSONField("正文", default=list)
    numbers = models.JSONField("数据", default=dict)
    numbers_on = models.DateField("数据截至", null=True, blank=True)
    revision = models.PositiveIntegerField("保存次数", default=0)
    submitted_on = models.DateField("上报日期", null=True, blank=True)
    note = models.CharField("退回原因", max_length=500, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报告"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no"], name="report_once_a_round"
            ),
        )

    def __str__(self) -> str:
        return self.title


class ReportRecipient(models.Model):
    """One receiver of a report: an organisation here, or an office outside by name; received when somebody says so."""

    report = models.ForeignKey(Report, models.CASCADE, verbose_name="报告", related_name="recipients")
    ordinal = models.PositiveSmallIntegerField("顺序", default=0)
    name = models.CharField("报送单位", max_length=80)
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", null=True, blank=True, related_name="+"
    )
    received_on = models.DateField("收到日期", null=True, blank=True)
    received_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="登记人", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "报送单位"
        ordering = ("ordinal", "pk")
        constraints = (models.UniqueConstraint(fields=["report", "name"], name="report_recipient_once"),)

    def __str__(self) -> str:
        return self.name
