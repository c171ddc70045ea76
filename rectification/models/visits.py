"""Visits from above (督查), what they found, and stages signed off (关键环节把关)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User
from meetings.models import Meeting
from members.models.member import reach_of_people
from rectification.models.draws import VisitDraw
from rectification.models.teams import LinkedPoint, SupervisionTeam
from rectification.models.watching import watched_by
from rectification.rules.supervision import PROPOSALS, waits_for_answer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_SEEN = 2_000
LONGEST_FINDING = 1_000
LONGEST_REASON = 200


class VisitMode(models.TextChoices):
    """How it is made: the values of the rule `visit_modes`."""

    RANDOM = "random", "随机抽查"
    OPEN = "open", "明察"
    COVERT = "covert", "暗访"
    PHONE = "phone", "电话询问"
    RECORDS = "records", "查看台账"
    ATTEND = "attend", "列席会议"


class VisitStatus(models.TextChoices):
    """Where a visit stands."""

    PLANNED = "planned", "已安排"
    MADE = "made", "已督查"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已取消"


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits by scope."""

    def visible_to(self, user: User | AnonymousUser) -> VisitQuerySet:
        """Visits in organisations the user's posts reach; one planned without telling only by those who look in."""
        if not isinstance(user, User):
            return self.none()
        told = Q(announced=True) | Q(status__in=(VisitStatus.MADE, VisitStatus.CLOSED))
        return self.filter((reach_of_people(user, "organization__path") & told) | watched_by(user))

    def watched_by(self, user: User | AnonymousUser) -> VisitQuerySet:
        """Visits in organisations the user looks in on."""
        return self.filter(watched_by(user))

    def made(self) -> VisitQuerySet:
        """Visits that took place."""
        return self.filter(status__in=(VisitStatus.MADE, VisitStatus.CLOSED))


class Visit(models.Model):
    """One visit. `steps` holds the keys of the steps looked at; `seen` what was seen, for those above only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="visits")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="visits"
    )
    team = models.ForeignKey(
        SupervisionTeam,
        models.PROTECT,
        verbose_name="督导力量",
        null=True,
        blank=True,
        related_name="visits",
    )
    point = models.ForeignKey(
        LinkedPoint, models.PROTECT, verbose_name="联系点", null=True, blank=True, related_name="visits"
    )
    drawn = models.ForeignKey(
        VisitDraw, models.PROTECT, verbose_name="抽签", null=True, blank=True, related_name="visits"
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, verbose_name="列席的会议", null=True, blank=True, related_name="+"
    )
    author = models.ForeignKey(User, models.PROTECT, verbose_name="登记人", related_name="+")
    visitors = models.CharField("督查人员", max_length=100)
    mode = models.CharField("方式", max_length=8, choices=VisitMode)
    announced = models.BooleanField("提前告诉支部", default=False)
    day = models.DateField("日期")
    steps = models.JSONField("看了哪些环节", default=list, blank=True)
    seen = models.TextField("看到的情况", max_length=LONGEST_SEEN, blank=True)
    reason = models.CharField("取消的原因", max_length=LONGEST_REASON, blank=True)
    status = models.CharField("状态", max_length=10, choices=VisitStatus, default=VisitStatus.PLANNED)
    version = models.PositiveIntegerField("修改次数", default=0)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督查"
        ordering = ("-day", "organization__path", "pk")
        indexes = (models.Index(fields=["campaign", "organization"]),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(mode__in=["random", "covert"]) | Q(announced=False),
                name="visit_unannounced_is_not_told",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["made", "closed"]) | ~Q(seen=""),
                name="visit_made_says_what_was_seen",
            ),
            models.UniqueConstraint(
                fields=["drawn", "organization"],
                condition=Q(drawn__isnull=False) & ~Q(status="cancelled"),
                name="visit_once_a_draw",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.day:%Y年%m月%d日}{self.get_mode_display()}"


class FindingKind(models.TextChoices):
    """What a finding is; the last four are proposals, which only the superior decides."""

    PRAISE = "praise", "肯定"
    ADVICE = "advice", "指导意见"
    SUGGESTION = "suggestion", "建议"
    CORRECT = "correct", "批评纠正"
    POSTPONE = "postpone", "建议暂缓开会"
    REDO = "redo", "建议责令重新进行"
    MAKE_UP = "make_up", "建议补课"
    MEASURES = "measures", "建议采取组织措施"


class FindingStatus(models.TextChoices):
    """Where a finding stands."""

    ISSUED = "issued", "已反馈"
    ANSWERED = "answered", "已答复"
    SETTLED = "settled", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings by scope."""

    def visible_to(self, user: User | AnonymousUser) -> FindingQuerySet:
        """Findings in organisations the user's posts reach; proposals only by those who look in from above."""
        if not isinstance(user, User):
            return self.none()
        reached = reach_of_people(user, "visit__organization__path")
        return self.filter((reached & ~Q(kind__in=PROPOSALS)) | watched_by(user, "visit__organization"))

    def open(self) -> FindingQuerySet:
        """Findings that nobody has settled or withdrawn; praise never waits."""
        waiting = (FindingStatus.ISSUED, FindingStatus.ANSWERED)
        return self.filter(status__in=waiting).exclude(kind=FindingKind.PRAISE)

    def to_answer(self) -> FindingQuerySet:
        """Findings a branch has not answered yet."""
        asking = [kind for kind in FindingKind.values if waits_for_answer(kind)]
        return self.filter(status=FindingStatus.ISSUED, kind__in=asking)

    def standing(self) -> FindingQuerySet:
        """All but those withdrawn."""
        return self.exclude(status=FindingStatus.WITHDRAWN)


class Finding(models.Model):
    """What a visit says to the branch, or proposes to the superior; and the branch's answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, verbose_name="督查", related_name="findings")
    kind = models.CharField("类型", max_length=10, choices=FindingKind)
    text = models.TextField("内容", max_length=LONGEST_FINDING)
    issued_on = models.DateField("反馈日期")
    answer = models.TextField("支部的答复", max_length=LONGEST_FINDING, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    outcome = models.CharField("办结情况", max_length=LONGEST_REASON, blank=True)
    settled_on = models.DateField("办结日期", null=True, blank=True)
    status = models.CharField("状态", max_length=10, choices=FindingStatus, default=FindingStatus.ISSUED)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督查发现"
        ordering = ("issued_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_on__isnull=False), name="finding_answer_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(status="settled") | Q(settled_on__isnull=False), name="finding_settled_has_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.visit}：{self.get_kind_display()}"

    @property
    def organization(self) -> Organization:
        """The organisation it is about."""
        return self.visit.organization

    @property
    def is_proposal(self) -> bool:
        """Whether only the superior decides it."""
        return self.kind in PROPOSALS
