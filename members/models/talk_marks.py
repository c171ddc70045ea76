"""What goes with the talks: people marked for them, pairs let off, and how far an organisation is."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from branches.models import Campaign, Organization
from members.models.member import Member


class ConcernKind(models.TextChoices):
    """Why somebody is to be talked with in particular, as the branch or its superior sees it."""

    UNAWARE = "unaware", "存在问题又缺乏认识"
    ESTRANGED = "estranged", "平时有分歧的同志"
    PROBLEM_COMMITTEE = "problem_committee", "存在突出问题的班子成员"


class TalkConcern(models.Model):
    """A person marked for talks in this campaign only; seen by the secretary and by who marked it, printed nowhere."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="+")
    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="talk_concerns"
    )
    kind = models.CharField("情形", max_length=20, choices=ConcernKind)
    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="+")
    other = models.ForeignKey(
        Member, models.CASCADE, verbose_name="与谁", null=True, blank=True, related_name="+"
    )
    by_superior = models.BooleanField("上级提出", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "重点谈心对象"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "kind", "member"],
                condition=Q(other__isnull=True),
                name="talk_concern_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "kind", "member", "other"],
                condition=Q(other__isnull=False),
                name="talk_concern_pair_once",
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class TalkWaiver(models.Model):
    """A pair that need not talk, with the reason; `first` < `second` are keys of people in the grid."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="+")
    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="talk_waivers"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    first = models.CharField("一方", max_length=40)
    second = models.CharField("另一方", max_length=40)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "不要求谈"
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "first", "second"], name="talk_waiver_once"
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="talk_waiver_order"),
        )

    def __str__(self) -> str:
        return self.reason


class TalkState(models.Model):
    """How far an organisation is with its talks, worked out from the grid whenever it changes: for the board."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="+")
    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="talk_states"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    owed = models.PositiveIntegerField("应谈", default=0)
    held = models.PositiveIntegerField("已谈", default=0)
    last_on = models.DateField("最近一次", null=True, blank=True)
    # The first meeting of the round that was opened here; told by the meetings, which stand above.
    met_on = models.DateField("开会日期", null=True, blank=True)
    settled_at = models.DateTimeField("算出时间")

    class Meta:
        verbose_name = verbose_name_plural = "谈心进度"
        constraints = (
            models.UniqueConstraint(fields=["campaign", "organization", "round_no"], name="talk_state_once"),
        )

    def __str__(self) -> str:
        return f"{self.held}/{self.owed}"
