"""Opinions asked for (征求意见): rounds, opinions word for word, and the points they are compiled into.

Nothing here says who gave an opinion or when it came: no giver, no time, no address, a key that shows no order.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User, reach
from members.models.member import Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_OPINION = 20_000  # characters


class OpinionRoundStatus(models.TextChoices):
    """The life of a round."""

    COLLECTING = "collecting", "征求中"
    COMPILED = "compiled", "已梳理"
    FED_BACK = "fed_back", "已反馈"


class OpinionRoundQuerySet(models.QuerySet["OpinionRound"]):
    """Rounds by scope."""

    def visible_to(self, user: User | AnonymousUser) -> OpinionRoundQuerySet:
        """Rounds of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class OpinionRound(models.Model):
    """One time opinions were asked for: how, among whom, from when to when, forms out and in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="opinion_rounds")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="opinion_rounds"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    status = models.CharField(
        "状态", max_length=12, choices=OpinionRoundStatus, default=OpinionRoundStatus.COLLECTING
    )
    way = models.CharField("方式", max_length=16)
    scope = models.CharField("征求范围", max_length=200, blank=True)
    begun_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    forms_out = models.PositiveIntegerField("发出意见表", null=True, blank=True)
    forms_in = models.PositiveIntegerField("收回意见表", null=True, blank=True)
    # The address of the page for the masses is kept only as a digest; empty: there is no page.
    page_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    page_until = models.DateField("网上征求截止", null=True, blank=True)

    objects = OpinionRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "征求意见"
        ordering = ("begun_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(forms_in__isnull=True)
                | Q(forms_out__isnull=True)
                | Q(forms_in__lte=models.F("forms_out")),
                name="opinion_forms_in_out",
                violation_error_message="收回的意见表不能多于发出的",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}征求意见"


class Target(models.TextChoices):
    """Whom an opinion is about."""

    COMMITTEE = "committee", "班子"
    PERSON = "person", "个人"


class Verdict(models.TextChoices):
    """What checking a point found."""

    TRUE = "true", "属实"
    MOSTLY = "mostly", "基本属实"
    INEXACT = "inexact", "不够准确"
    UNTRUE = "untrue", "不属实"


TO_ANSWER = (Verdict.TRUE, Verdict.MOSTLY)  # “凡是属实和基本属实的，……主动认账、逐一检查”


class OpinionPointQuerySet(models.QuerySet["OpinionPoint"]):
    """Points by scope and whether they want an answer."""

    def visible_to(self, user: User | AnonymousUser) -> OpinionPointQuerySet:
        """Points of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))

    def to_answer(self) -> OpinionPointQuerySet:
        """Points found true or basically true, and those named by the superior that nobody has judged untrue."""
        named = Q(by_superior=True) & ~Q(verdict__in=(Verdict.INEXACT, Verdict.UNTRUE))
        return self.filter(Q(verdict__in=TO_ANSWER) | named)


class OpinionPoint(models.Model):
    """One point after compiling (梳理后): the originals stay with it; the superior may name points too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="opinion_points")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="opinion_points"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    target = models.CharField("对谁", max_length=10, choices=Target, default=Target.COMMITTEE)
    member = models.ForeignKey(
        Member, models.CASCADE, verbose_name="党员", null=True, blank=True, related_name="opinion_points"
    )
    heading = models.CharField("方面", max_length=200, blank=True)
    source = models.CharField("来源", max_length=12, blank=True)
    by_superior = models.BooleanField("上级点明", default=False)
    text = models.TextField("意见")
    verdict = models.CharField("核实", max_length=8, choices=Verdict, blank=True)
    verdict_note = models.CharField("核实情况", max_length=500, blank=True)
    elsewhere = models.CharField("列入整改", max_length=500, blank=True)

    objects = OpinionPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "梳理后的意见"
        ordering = ("target", "heading", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(target=Target.PERSON, member__isnull=False)
                | Q(target=Target.COMMITTEE, member__isnull=True),
                name="opinion_point_target",
            ),
        )

    def __str__(self) -> str:
        return self.text[:30]


class Moderation(models.TextChoices):
    """Whether an opinion from the page for the masses was let in."""

    ACCEPTED = "accepted", "已采用"
    WAITING = "waiting", "待查看"


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Opinions by scope."""

    def visible_to(self, user: User | AnonymousUser) -> OpinionQuerySet:
        """Opinions given to organisations the user's posts reach."""
        return self.filter(reach(user, "round__organization__path"))

    def accepted(self) -> OpinionQuerySet:
        """Those that count."""
        return self.filter(moderation=Moderation.ACCEPTED)


class Opinion(models.Model):
    """One opinion word for word (原汁原味). Who gave it is stored nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(OpinionRound, models.CASCADE, verbose_name="征求意见", related_name="opinions")
    target = models.CharField("对谁", max_length=10, choices=Target, default=Target.COMMITTEE)
    member = models.ForeignKey(
        Member, models.CASCADE, verbose_name="党员", null=True, blank=True, related_name="+"
    )
    heading = models.CharField("方面", max_length=200, blank=True)
    source = models.CharField("来源", max_length=12, blank=True)
    text = models.TextField("意见原文", max_length=LONGEST_OPINION)
    moderation = models.CharField("采用", max_length=8, choices=Moderation, default=Moderation.ACCEPTED)
    point = models.ForeignKey(
        OpinionPoint, models.SET_NULL, verbose_name="归并到", null=True, blank=True, related_name="originals"
    )

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "意见原文"
        ordering = ("pk",)  # random: says nothing of the order they came in

    def __str__(self) -> str:
        return self.text[:30]
