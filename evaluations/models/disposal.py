"""What follows from the lower grades: help plans (教育帮扶) and disposal cases (组织处置). Only people escalate."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from branches.models import Campaign, Organization, User
from evaluations.models.assessment import Assessment
from meetings.models import Meeting
from members.models import Member
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class HelpStatus(models.TextChoices):
    """Where a help plan stands."""

    OWED = "owed", "待制定"
    RUNNING = "running", "正在帮扶"
    REVIEWED = "reviewed", "已回访"
    CLOSED = "closed", "已结束"
    ESCALATED = "escalated", "转组织处置"


class HelpPlan(models.Model):
    """Measures of education and help for one member, with a helper and the day they are looked at again."""

    assessment = models.OneToOneField(
        Assessment, models.CASCADE, verbose_name="评定", related_name="help_plan"
    )
    status = models.CharField("状态", max_length=10, choices=HelpStatus, default=HelpStatus.OWED)
    measures = models.TextField("帮扶措施", blank=True, max_length=1_000)
    helper = models.CharField("帮扶人", max_length=40, blank=True)
    review_on = models.DateField("回访日期", null=True, blank=True)
    reviewed_on = models.DateField("实际回访日期", null=True, blank=True)
    outcome = models.TextField("回访情况", blank=True, max_length=1_000)
    version = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "帮扶计划"
        constraints = (
            models.CheckConstraint(
                condition=Q(status="owed") | (~Q(measures="") & ~Q(helper="") & Q(review_on__isnull=False)),
                name="help_plan_is_complete",
            ),
        )

    def __str__(self) -> str:
        return f"帮扶{self.assessment}"

    @property
    def organization(self) -> Organization:
        """The branch it belongs to."""
        return self.assessment.sheet.organization


class DisposalKind(models.TextChoices):
    """The kinds of disposal (组织处置)."""

    DEADLINE = "deadline", "限期改正"
    PERSUADE = "persuade", "劝其退党"
    REMOVE_PERSUADED = "remove_persuaded", "劝而不退除名"
    REMOVE_LAPSED = "remove_lapsed", "自行脱党除名"


class DisposalStatus(models.TextChoices):
    """Where a case stands."""

    PROPOSED = "proposed", "支部提出"
    RESOLVED = "resolved", "大会已决议"
    SUBMITTED = "submitted", "已报上级"
    IN_FORCE = "in_force", "已批准执行"
    ENDED = "ended", "已结束"
    REFUSED = "refused", "上级不同意"
    DROPPED = "dropped", "已撤回"


class DisposalCaseQuerySet(models.QuerySet["DisposalCase"]):
    """Cases by scope."""

    def visible_to(self, user: User | AnonymousUser) -> DisposalCaseQuerySet:
        """Cases of organisations the user's posts reach; who may read what is said by the permissions."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))


class DisposalCase(models.Model):
    """One disposal: proposed by the branch, the member heard, resolved by a counted vote, approved by the superior."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="disposals")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党支部", related_name="disposals"
    )
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="disposals")
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, verbose_name="评定", null=True, blank=True, related_name="disposals"
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, verbose_name="接续的处置", null=True, blank=True, related_name="following"
    )
    kind = models.CharField("处置", max_length=18, choices=DisposalKind)
    reason = models.TextField("事实和理由", max_length=1_000)
    status = models.CharField("状态", max_length=10, choices=DisposalStatus, default=DisposalStatus.PROPOSED)
    version = models.PositiveIntegerField("修改次数", default=0)
    heard_on = models.DateField("听取申辩日期", null=True, blank=True)
    heard_by = models.CharField("谈话人", max_length=100, blank=True)
    statement = models.TextField("本人申辩", blank=True, max_length=1_000)
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        verbose_name="作出决议的大会",
        null=True,
        blank=True,
        related_name="disposals",
    )
    expected = models.PositiveSmallIntegerField("应到会有表决权", null=True, blank=True)
    present = models.PositiveSmallIntegerField("到会有表决权", null=True, blank=True)
    in_favour = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    against = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstained = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    submitted_on = models.DateField("上报日期", null=True, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    parent_note = models.CharField("上级意见", max_length=300, blank=True)
    starts_on = models.DateField("起算日期", null=True, blank=True)
    due_on = models.DateField("期满日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    outcome = models.TextField("结果", blank=True, max_length=1_000)

    objects = DisposalCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织处置"
        constraints = (
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(status__in=["proposed", "resolved", "submitted", "in_force"]),
                name="disposal_one_open_a_member",
            ),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(expected__isnull=False, present__lte=F("expected")),
                name="disposal_present_within_expected",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["in_force", "ended"]) | Q(starts_on__isnull=False),
                name="disposal_in_force_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"
