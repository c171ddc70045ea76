"""Who came: one row for one person of the roster, and never a photo, a place or a time."""

from __future__ import annotations

from django.db import models

from meetings.models.meeting import Meeting
from members.models import ExemptReason, RosterEntry


class AttendanceStatus(models.TextChoices):
    """How one person stands to one meeting."""

    PRESENT = "present", "到会"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"
    ELSEWHERE = "elsewhere", "流入地参加"
    NOT_COUNTED = "not_counted", "不计应到"


class Attendance(models.Model):
    """One person's attendance; `reason` is a text, or a key of the exemptions when not counted."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="attendances")
    entry = models.ForeignKey(
        RosterEntry, models.PROTECT, verbose_name="名册上的人", related_name="attendances"
    )
    status = models.CharField("到会情况", max_length=12, choices=AttendanceStatus)
    reason = models.CharField("原因", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "到会情况"
        constraints = (
            models.UniqueConstraint(fields=["meeting", "entry"], name="attendance_once"),
            models.CheckConstraint(
                condition=~models.Q(status="not_counted", reason=""),
                name="attendance_not_counted_has_reason",
                violation_error_message="不计应到须选原因。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry.name}：{self.get_status_display()}"

    @property
    def reason_text(self) -> str:
        """The reason as it is read: the exemption's words when not counted, else what was typed."""
        if self.status == AttendanceStatus.NOT_COUNTED:
            return dict(ExemptReason.choices).get(self.reason, self.reason)
        return self.reason
