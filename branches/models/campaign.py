"""A campaign (活动): a notice of a superior made operable for everything below the issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from branches import rules
from branches.models.organization import Organization, OrganizationQuerySet, path_and_above, reach
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
        """Campaigns whose issuer is the organisation or above it."""
        return self.filter(issuer__path__in=path_and_above(organization.path))


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
        """The newest version of the rules."""
        if not hasattr(self, "_rule_set"):
            self._rule_set = self.rule_sets.latest("version")
        return self._rule_set

    def rules_for(self, organization: Organization | None = None) -> rules.Rules:
        """The rules that hold for the organisation: the campaign's, overlaid by its category's."""
        category = organization.category if organization is not None else ""
        current = self.rule_set()
        return rules.resolve(current.values, current.overlays, category)

    def branches(self) -> OrganizationQuerySet:
        """The working Party branches at or below the issuer."""
        below: OrganizationQuerySet = Organization.objects.in_subtree(self.issuer)
        return below.branches()

    def covers(self, organization: Organization) -> bool:
        """Whether the organisation is at or below the issuer."""
        return organization.path.startswith(self.issuer.path)
