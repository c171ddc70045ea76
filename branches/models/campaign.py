"""A campaign (活动): a notice of a superior made operable for everything below the issuer."""

from __future__ import annotations

import operator
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from branches import rules
from branches.models.organization import (
    BODIES,
    Category,
    Kind,
    Organization,
    OrganizationQuerySet,
    OrganizationStatus,
    path_and_above,
    reach,
)
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from branches.models.rule_set import RuleSet


class CampaignStatus(models.TextChoices):
    """The life of a campaign."""

    DRAFT = "draft", "起草"
    PUBLISHED = "published", "已发布"
    RUNNING = "running", "进行中"
    CLOSED = "closed", "已结束"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns by scope and state."""

    def visible_to(self, user: User | AnonymousUser) -> CampaignQuerySet:
        """Issued by or below the user's organisations, or (once published) by one above them."""
        if not user.is_authenticated:
            return self.none()
        issuers = {post.organization.path for post in user.posts()}
        if user.home is not None:
            issuers.add(user.home.path)
        above = {above for path in issuers for above in path_and_above(path)}
        return self.filter(
            reach(user, "issuer__path") | (Q(issuer__path__in=above) & ~Q(status=CampaignStatus.DRAFT))
        )

    def open(self) -> CampaignQuerySet:
        """Published or running."""
        return self.filter(status__in=(CampaignStatus.PUBLISHED, CampaignStatus.RUNNING))

    def covering(self, organization: Organization) -> CampaignQuerySet:
        """Campaigns of an issuer at or above the organisation that address it."""
        above = path_and_above(organization.path)
        meant = (Audience.ALL, Audience.BODIES if organization.is_body else Audience.BRANCHES)
        lines = Addressee.objects.filter(campaign=OuterRef("pk"))
        hit = lines.filter(
            organization__path__in=above, audience__in=meant, category__in=("", organization.category)
        )
        nobody_named = Q(pk__in=[]) if organization.is_body else ~Exists(lines)
        return self.filter(issuer__path__in=above).filter(nobody_named | Exists(hit))


class Campaign(models.Model):
    """One year's 组织生活会和民主评议党员, asked for by a notice; its rules are data."""

    name = models.CharField("名称", max_length=100)
    slug = models.SlugField("网址名", max_length=60, unique=True)
    year = models.PositiveSmallIntegerField("年度")
    issuer = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="发文单位", related_name="campaigns"
    )
    document_number = models.CharField("发文字号", max_length=60, blank=True)
    issued_on = models.DateField("发文日期", null=True, blank=True)
    finish_by = models.DateField("完成期限", null=True, blank=True)
    theme = models.CharField("主题", max_length=200, blank=True)
    text = models.TextField("通知全文", blank=True)
    preset = models.CharField("规则预设", max_length=40)
    cloned_from = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="沿用自", null=True, blank=True, related_name="+"
    )
    status = models.CharField("状态", max_length=12, choices=CampaignStatus, default=CampaignStatus.DRAFT)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ("-year", "-pk")

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether branches may work in it now."""
        return self.status in (CampaignStatus.PUBLISHED, CampaignStatus.RUNNING)

    @property
    def days_left(self) -> int | None:
        """Days to the finish date: 0 on the day itself, negative after it, None without a date."""
        return None if self.finish_by is None else (self.finish_by - timezone.localdate()).days

    @property
    def days_overdue(self) -> int:
        """Days since the finish date; 0 before it and without one."""
        return max(0, -(self.days_left or 0))

    def rule_set(self) -> RuleSet:
        """The version that holds: the newest locked one, before publication the draft."""
        if not hasattr(self, "_rule_set"):
            versions = self.rule_sets.order_by(F("locked_at").desc(nulls_last=True), "-version")
            self._rule_set = versions[0]
        return self._rule_set

    def rules_for(self, organization: Organization | None = None, version: int | None = None) -> rules.Rules:
        """The rules that hold for the organisation: the campaign's, overlaid by its category's.

        `version`: as they were in that version, for papers that were begun under it. The issuer itself
        has nobody above in this campaign who could review its plan: it makes its own.
        """
        category = organization.category if organization is not None else ""
        current = self.rule_set()
        if version is not None and version != current.version:
            current = self.rule_sets.get(version=version)
        found = current.resolved(category)
        is_issuer = organization is not None and organization.pk == self.issuer_id
        if is_issuer and found.plan_gate in ("approve", "file_for_record"):
            return replace(found, plan_gate="own")
        return found

    def organizations(self) -> OrganizationQuerySet:
        """The working organisations addressed: without lines every branch at or below the issuer."""
        below: OrganizationQuerySet = Organization.objects.in_subtree(self.issuer).filter(
            status=OrganizationStatus.ACTIVE
        )
        lines = list(self.addressees.select_related("organization"))
        if not lines:
            return below.branches()
        meant = reduce(operator.or_, (line.meant() for line in lines))
        return below.filter(meant)

    def branches(self) -> OrganizationQuerySet:
        """The working Party branches addressed."""
        return self.organizations().branches()

    def covers(self, organization: Organization) -> bool:
        """Whether the organisation is one of those addressed (an abolished one may have been)."""
        if not organization.path.startswith(self.issuer.path):
            return False
        return Campaign.objects.filter(pk=self.pk).covering(organization).exists()


class Audience(models.TextChoices):
    """Which organisations of a subtree are meant."""

    BRANCHES = "branches", "党支部"
    BODIES = "bodies", "党委、党总支班子"
    ALL = "all", "党支部和党委、党总支班子"


class Addressee(models.Model):
    """One line of the addressees (发至); a campaign without lines addresses every branch below its issuer."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="addressees")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织及所属", related_name="+"
    )
    category = models.CharField("领域", max_length=16, choices=Category, blank=True)
    audience = models.CharField("哪些组织", max_length=10, choices=Audience, default=Audience.BRANCHES)

    class Meta:
        verbose_name = verbose_name_plural = "发至"
        ordering = ("organization__path", "category", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "category", "audience"], name="addressee_once"
            ),
        )

    def __str__(self) -> str:
        where = self.organization.short_name
        field = f"·{self.get_category_display()}" if self.category else ""
        return f"{where}{field}：{self.get_audience_display()}"

    def meant(self) -> Q:
        """The condition on organisations this line means."""
        meant = Q(path__range=self.organization.subtree_range)
        if self.category:
            meant &= Q(category=self.category)
        kinds = {
            Audience.BRANCHES: (Kind.BRANCH,),
            Audience.BODIES: BODIES,
            Audience.ALL: (Kind.BRANCH, *BODIES),
        }[Audience(self.audience)]
        return meant & Q(kind__in=kinds)
