"""The leading group (领导小组) of a campaign and its office (活动办): who, and for what."""

from __future__ import annotations

from django.db import models

from branches.models.campaign import Campaign


class Body(models.TextChoices):
    """Which of the two a seat belongs to."""

    GROUP = "group", "领导小组"
    OFFICE = "office", "办公室"


class LeadingSeat(models.Model):
    """One seat: title in the body, name, post at work and duty; the person may have no account."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="seats")
    body = models.CharField("机构", max_length=10, choices=Body, default=Body.GROUP)
    title = models.CharField("组内职务", max_length=20, default="成员")
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("单位职务", max_length=80, blank=True)
    duty = models.CharField("分工", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "领导小组和办公室成员"
        ordering = ("body", "position", "pk")

    def __str__(self) -> str:
        return f"{self.get_body_display()}{self.title} {self.name}"
