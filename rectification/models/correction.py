"""What a superior does about a branch that does not put things right (批评纠正、组织措施), and the branch's answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_TEXT = 1_000


class CorrectionStatus(models.TextChoices):
    """The life of it."""

    ISSUED = "issued", "待支部回复"
    ANSWERED = "answered", "支部已回复"
    CLOSED = "closed", "已办结"


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Corrections by scope."""

    def visible_to(self, user: User | AnonymousUser) -> CorrectionQuerySet:
        """Those of organisations the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))


class Correction(models.Model):
    """One record: what the superior found and asks, by which of its powers (rule `superior_powers`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="corrections")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="corrections"
    )
    kind = models.CharField("方式", max_length=20)
    status = models.CharField(
        "状态", max_length=10, choices=CorrectionStatus, default=CorrectionStatus.ISSUED
    )
    on = models.DateField("日期")
    text = models.TextField("情况和要求", max_length=LONGEST_TEXT)
    by_office = models.ForeignKey(Organization, models.PROTECT, verbose_name="上级党组织", related_name="+")
    by_name = models.CharField("经办人", max_length=40)
    answer = models.TextField("支部的回复", max_length=LONGEST_TEXT, blank=True)
    answered_on = models.DateField("回复日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批评纠正和组织措施"
        ordering = ("-on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(status="answered") | (Q(answered_on__isnull=False) & ~Q(answer="")),
                name="correction_answered_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_on__isnull=False),
                name="correction_closed_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"对{self.organization.short_name}的{self.kind}"
