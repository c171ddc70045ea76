"""What keeps a campaign from being closed: numbers the upper apps write down, because this one never asks them."""

from __future__ import annotations

from django.db import models

from branches.models.campaign import Campaign
from branches.models.organization import Organization


class HoldKind(models.TextChoices):
    """What is missing."""

    ASSESSMENT = "assessment", "还没有评定"
    FEEDBACK = "feedback", "还没有反馈"
    MAKE_UP = "make_up", "补课后的满意度测评还没有核定"


class ClosingHold(models.Model):
    """How much of one kind is missing in one organisation, in one round; 0 when nothing is.

    `steps`: keys of the steps it is about, where a superior's 同意不做 of each of them lifts it.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="holds")
    organization = models.ForeignKey(Organization, models.PROTECT, verbose_name="党组织", related_name="+")
    kind = models.CharField("缺什么", max_length=12, choices=HoldKind)
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    count = models.PositiveSmallIntegerField("数量", default=0)
    steps = models.JSONField("环节", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "不能结束的原因"
        constraints = (
            models.UniqueConstraint(fields=["campaign", "organization", "kind"], name="closing_hold_once"),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.words}"

    @property
    def words(self) -> str:
        """What is missing, as the refusal names it."""
        if self.kind == HoldKind.FEEDBACK:
            return f"（{self.count} 人{HoldKind.FEEDBACK.label}）"
        return f"（{HoldKind(self.kind).label}）"
