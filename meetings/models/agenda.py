"""The agenda as it runs: one row a slot, with who speaks, about whom, how long and what was noted."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Organization, User
from meetings.models.meeting import Meeting

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SlotKind(models.TextChoices):
    """What happens in a slot; the keys are those of the rules plenary_parts and speaking_steps."""

    DUTY_REPORT = "duty_report", "书记述职"
    COMMITTEE_REPORT = "committee_report", "通报班子对照检查情况"
    SELF_REVIEW = "self_review", "个人自评"
    MUTUAL_REVIEW = "mutual_review", "党员互评"
    COMMITTEE_REVIEW = "committee_review", "评议支委会"
    BALLOT = "ballot", "民主测评"
    HEAD_CHECK = "head_check", "书记对照检查发言"
    HEARD = "heard", "听取党员批评意见"
    COMMITTEE_CHECK = "committee_check", "代表班子对照检查"
    OWN_CHECK = "own_check", "个人对照检查"
    CRITICISM = "criticism", "批评意见"
    REPLY = "reply", "表态"
    COMMENTS = "comments", "上级点评"
    OTHER = "other", "其他议程"


class SlotStatus(models.TextChoices):
    """How far a slot is."""

    PENDING = "pending", "未进行"
    NOW = "now", "正在进行"
    DONE = "done", "已进行"
    SKIPPED = "skipped", "跳过"


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SlotQuerySet:
        """Slots of the meetings the user may see."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user).values("pk"))


class Slot(models.Model):
    """One slot of the agenda (议程、发言).

    `saved` counts the saves of the notes: a device that was cut off tells which one it builds upon. `seconds` is
    the time taken so far; `begun_at` is set only while the slot is the one running.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="slots")
    ordinal = models.PositiveIntegerField("顺序")
    kind = models.CharField("类型", max_length=20, choices=SlotKind)
    title = models.CharField("内容", max_length=120)
    speaker_key = models.CharField(max_length=48, blank=True, editable=False)
    speaker_name = models.CharField("发言人", max_length=40, blank=True)
    about_key = models.CharField(max_length=48, blank=True, editable=False)
    about_name = models.CharField("对谁", max_length=40, blank=True)
    status = models.CharField("状态", max_length=8, choices=SlotStatus, default=SlotStatus.PENDING)
    skip_reason = models.CharField("跳过的原因", max_length=100, blank=True)
    begun_at = models.DateTimeField("开始", null=True, blank=True)
    seconds = models.PositiveIntegerField("用时（秒）", default=0)
    notes = models.TextField("记录", max_length=20_000, blank=True)
    saved = models.PositiveIntegerField("保存次数", default=0)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "议程"
        ordering = ("ordinal", "pk")
        constraints = (
            models.UniqueConstraint(fields=["meeting"], condition=Q(status="now"), name="slot_one_at_a_time"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def organization(self) -> Organization:
        """The organisation that holds the meeting: whose record the steps of the slot belong to."""
        return self.meeting.organization
