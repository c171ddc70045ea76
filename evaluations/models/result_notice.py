"""The notice of assessment results (公示) posted within a scope, as the rule `result_publicity` asks for, and objections."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from branches.models import Organization, User
from evaluations.models.assessment import AssessmentSheet
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_WORDING = 600
LONGEST_OBJECTION = 1_000


class NoticeStatus(models.TextChoices):
    """Where a notice stands."""

    DRAFT = "draft", "起草"
    APPROVED = "approved", "已批准"
    POSTED = "posted", "正在公示"
    ENDED = "ended", "公示结束"
    WITHDRAWN = "withdrawn", "已撤回"


class NoticeNames(models.TextChoices):
    """How names stand in it."""

    FULL = "full", "写全名"
    MASKED = "masked", "只写姓（王**）"


class ResultNoticeQuerySet(models.QuerySet["ResultNotice"]):
    """Notices by scope."""

    def visible_to(self, user: User | AnonymousUser) -> ResultNoticeQuerySet:
        """Notices of organisations the user's posts reach; who may read what is said by the permissions."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "sheet__organization__path"))

    def standing(self) -> ResultNoticeQuerySet:
        """Those not withdrawn: at most one a sheet."""
        return self.exclude(status=NoticeStatus.WITHDRAWN)


class ResultNotice(models.Model):
    """One notice: what it says, where it hangs from when to when, and who stands in it.

    `left_out` holds the ids of the assessments (str) that do not stand in it. `body` is the table as approved: rows
    {name, result, votes} in the roster's order, names already redacted; empty before. No other person's data is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.ForeignKey(
        AssessmentSheet, models.PROTECT, verbose_name="组织评定", related_name="result_notices"
    )
    status = models.CharField("状态", max_length=10, choices=NoticeStatus, default=NoticeStatus.DRAFT)
    version = models.PositiveIntegerField("修改次数", default=0)
    wording = models.TextField("公示正文", max_length=LONGEST_WORDING)
    scope = models.CharField("公示范围", max_length=80)
    place = models.CharField("公示地点", max_length=100, blank=True)
    contact = models.CharField("意见反映方式", max_length=200)
    from_on = models.DateField("公示开始")
    to_on = models.DateField("公示结束")
    names = models.CharField("姓名", max_length=8, choices=NoticeNames, default=NoticeNames.FULL)
    left_out = models.JSONField("不列入的党员", default=list, blank=True)
    show_votes = models.BooleanField("公布票数", default=False)
    body = models.JSONField("公示的名单", default=list, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    posted_on = models.DateField("张贴日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    reason = models.CharField("撤回的原因", max_length=300, blank=True)

    objects = ResultNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评议结果公示"
        constraints = (
            models.UniqueConstraint(
                fields=["sheet"], condition=~Q(status="withdrawn"), name="result_notice_one_standing"
            ),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="result_notice_days_in_order"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(approved_on__isnull=False),
                name="result_notice_approved_has_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | ~Q(body=[]),
                name="result_notice_approved_has_body",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["posted", "ended"]) | Q(posted_on__isnull=False),
                name="result_notice_posted_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sheet.organization.short_name}评议结果公示"

    @property
    def organization(self) -> Organization:
        """The branch it belongs to."""
        return self.sheet.organization


class NoticeObjection(models.Model):
    """An objection to a notice and its answer. Who said it is not kept."""

    notice = models.ForeignKey(ResultNotice, models.PROTECT, verbose_name="公示", related_name="objections")
    on = models.DateField("反映日期")
    text = models.TextField("反映的意见", max_length=LONGEST_OBJECTION)
    answer = models.TextField("答复", blank=True, max_length=LONGEST_OBJECTION)
    answered_on = models.DateField("答复日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "对公示的意见"
        ordering = ("on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_on__isnull=False), name="notice_objection_answer_has_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice}的意见"
