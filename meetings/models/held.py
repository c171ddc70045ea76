"""Ordinary meetings of the year noted by their day only (三会一课 is kept on paper): for the yearly checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Organization, User, reach
from meetings.models.meeting import MeetingKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class HeldNoteQuerySet(models.QuerySet["HeldNote"]):
    """Notes by scope."""

    def visible_to(self, user: User | AnonymousUser) -> HeldNoteQuerySet:
        """Notes of organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class HeldNote(models.Model):
    """One meeting held outside a campaign: kind and day; `person` where it is a leader's attendance (双重组织生活)."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="held_notes"
    )
    kind = models.CharField("会议类型", max_length=16, choices=MeetingKind)
    held_on = models.DateField("哪天开的")
    person = models.ForeignKey(
        User, models.PROTECT, verbose_name="参加的领导干部", null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(User, models.PROTECT, verbose_name="登记人", related_name="+")

    objects = HeldNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议日期登记"
        ordering = ("-held_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "kind", "held_on"],
                condition=Q(person__isnull=True),
                name="held_note_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "held_on", "person"],
                condition=Q(person__isnull=False),
                name="held_note_once_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.held_on:%Y-%m-%d}{self.get_kind_display()}"
