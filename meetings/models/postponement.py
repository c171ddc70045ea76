"""A meeting put off (延期): 准备不充分的，不急于开会."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from branches.models import User
from meetings.models.meeting import Meeting


class PostponementQuerySet(models.QuerySet["Postponement"]):
    """Postponements by what has become of them."""

    def holding(self) -> PostponementQuerySet:
        """Those that took effect: no consent was needed, or it was given."""
        return self.filter(Q(needs_consent=False) | Q(consented_on__isnull=False))

    def undecided(self) -> PostponementQuerySet:
        """Those that took effect and have no new day yet (待定)."""
        return self.holding().filter(to=None)

    def waiting(self) -> PostponementQuerySet:
        """Those the organisation above has not answered yet."""
        return self.filter(needs_consent=True, consented_on=None, refused_on=None)


class Postponement(models.Model):
    """One time a meeting was put off, with the reason; `to` is empty while no new day is set.

    A 民主生活会 needs the consent of the organisation above (`needs_consent`); until it is given the old day stands,
    and after a refusal (`refused_on`, with its reason) it stands for good. `answered_by` gave the answer.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, verbose_name="会议", related_name="postponements")
    was = models.DateTimeField("原定时间")
    to = models.DateTimeField("改到", null=True, blank=True)
    reason = models.CharField("延期原因", max_length=200)
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name="提出人", related_name="+")
    needs_consent = models.BooleanField("须经上级同意", default=False)
    answered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="答复人", null=True, blank=True, related_name="+"
    )
    consented_on = models.DateField("同意日期", null=True, blank=True)
    refused_on = models.DateField("不同意日期", null=True, blank=True)
    refusal = models.CharField("不同意的原因", max_length=200, blank=True)

    objects = PostponementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(needs_consent=True, consented_on=None, refused_on=None),
                name="postponement_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(consented_on=None) | Q(refused_on=None), name="postponement_one_answer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.meeting}延期"

    @property
    def is_waiting(self) -> bool:
        """Whether the organisation above still has to answer."""
        return self.needs_consent and self.consented_on is None and self.refused_on is None
