"""Long work: its truth is this row; the broker only rings."""

from __future__ import annotations

import datetime
import math
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from branches.models.organization import Organization
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class JobState(models.TextChoices):
    """Where the work stands."""

    QUEUED = "queued", "排队中"
    RUNNING = "running", "正在处理"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"
    CANCELLED = "cancelled", "已取消"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by owner and by what the sweeper must do."""

    def visible_to(self, user: User | AnonymousUser) -> JobQuerySet:
        """The user's own jobs."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(requested_by=user)

    def claimable(self, now: datetime.datetime) -> JobQuerySet:
        """Queued and due, or running with a lease that ran out; one table, no join."""
        return self.filter(
            (Q(state=JobState.QUEUED) & (Q(due_at__isnull=True) | Q(due_at__lte=now)))
            | Q(state=JobState.RUNNING, lease_until__lt=now)
        )

    def claim(self, pk: uuid.UUID, now: datetime.datetime) -> bool:
        """Take the job for one lease by a single conditional update; False when someone else has it."""
        lease = now + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS)
        taken = (
            self.filter(pk=pk)
            .claimable(now)
            .filter(attempts__lt=F("max_attempts"))
            .update(
                state=JobState.RUNNING,
                lease_until=lease,
                attempts=F("attempts") + 1,
                started_at=now,
                done=0,
                total=0,
                message="",
            )
        )
        return taken == 1


class Job(models.Model):
    """One piece of long work with progress, lease and, at the end, a file or a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("任务", max_length=80)
    key = models.CharField("去重键", max_length=120)
    title = models.CharField("名称", max_length=120)
    params = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    max_attempts = models.PositiveSmallIntegerField("最多次数", default=3)
    lease_until = models.DateTimeField("租约", null=True, blank=True)
    due_at = models.DateTimeField("不早于", null=True, blank=True)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    result_name = models.CharField("结果文件", max_length=200, blank=True)
    next_url = models.CharField("完成后去", max_length=200, blank=True)
    requested_by = models.ForeignKey(User, models.CASCADE, verbose_name="申请人", null=True)
    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", null=True, blank=True
    )
    requested_at = models.DateTimeField("申请时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True, editable=False)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ("-requested_at",)
        indexes = (models.Index(fields=["state", "lease_until"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=OPEN_STATES),
                name="job_open_once",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether the work is still to be finished."""
        return self.state in OPEN_STATES

    @property
    def result_path(self) -> Path:
        """Where the result file lies, outside the web root."""
        return Path(settings.RESULT_DIR) / str(self.pk)

    @property
    def kept_until(self) -> datetime.datetime | None:
        """Until when the result is kept; None as long as there is none."""
        if self.finished_at is None:
            return None
        return self.finished_at + datetime.timedelta(days=settings.JOB_RESULT_DAYS)

    @property
    def has_result(self) -> bool:
        """Whether a file can be fetched."""
        return self.state == JobState.DONE and bool(self.result_name) and self.result_path.exists()

    @property
    def is_expired(self) -> bool:
        """Whether the work made a file that is gone."""
        return self.state == JobState.DONE and bool(self.result_name) and not self.result_path.exists()

    @property
    def progress(self) -> str:
        """How far the work is: 正在生成 1,200/2,700; the bare word as long as nothing is counted."""
        words = self.message or self.get_state_display()
        return f"{words} {self.done:,}/{self.total:,}" if self.total else words

    @property
    def time_left(self) -> str:
        """About how long it will take yet, from the rate so far; nothing as long as that cannot be told."""
        if self.state != JobState.RUNNING or self.started_at is None or not 0 < self.done < self.total:
            return ""
        spent = (timezone.now() - self.started_at).total_seconds()
        left = max(0.0, spent) * (self.total - self.done) / self.done
        if left <= 10:
            return "不到 10 秒"
        return f"约 {math.ceil(left / 10) * 10} 秒" if left <= 50 else f"约 {math.ceil(left / 60)} 分钟"
