"""Feedback (反馈): every member is told the own assessment; who told, when and how, and what the member says to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from branches.models import Organization
from evaluations.models.assessment import Assessment


class FeedbackStatus(models.TextChoices):
    """Where the feedback to one member stands."""

    OWED = "owed", "待反馈"
    GIVEN = "given", "已反馈"
    ACKNOWLEDGED = "acknowledged", "本人已知悉"
    OBJECTED = "objected", "本人有异议"
    ANSWERED = "answered", "异议已答复"


class FeedbackMode(models.TextChoices):
    """How the member was told."""

    TALK = "talk", "谈话"
    WRITING = "writing", "书面"
    PHONE = "phone", "电话"


class Feedback(models.Model):
    """The feedback to one member; one row from the day the assessment takes effect."""

    assessment = models.OneToOneField(
        Assessment, models.CASCADE, verbose_name="评定", related_name="feedback"
    )
    status = models.CharField("状态", max_length=14, choices=FeedbackStatus, default=FeedbackStatus.OWED)
    given_on = models.DateField("反馈日期", null=True, blank=True)
    given_by = models.CharField("反馈人", max_length=40, blank=True)
    mode = models.CharField("方式", max_length=8, choices=FeedbackMode, blank=True)
    acknowledged_on = models.DateField("知悉日期", null=True, blank=True)
    on_paper = models.BooleanField("纸面签字", default=False)
    objection = models.TextField("本人异议", blank=True, max_length=1_000)
    objected_on = models.DateField("提出日期", null=True, blank=True)
    answer = models.TextField("答复", blank=True, max_length=1_000)
    answered_on = models.DateField("答复日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "反馈"
        constraints = (
            models.CheckConstraint(
                condition=Q(status="owed") | Q(given_on__isnull=False), name="feedback_given_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | ~Q(answer=""), name="feedback_answered_has_answer"
            ),
        )

    def __str__(self) -> str:
        return f"向{self.assessment}反馈"

    @property
    def organization(self) -> Organization:
        """The branch it belongs to."""
        return self.assessment.sheet.organization
