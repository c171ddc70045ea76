"""Outlines of criticism (批评提纲): what one member of a committee will say of another, read and disclosed before the meeting."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Campaign, Organization, User, reach
from config.lib.sealed import seal, unseal

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class OutlineStatus(models.TextChoices):
    """Where an outline stands."""

    DRAFT = "draft", "填写中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    VETTED = "vetted", "已通过"
    DISCLOSED = "disclosed", "已明示本人"


class OutlineQuerySet(models.QuerySet["Outline"]):
    """Outlines by scope."""

    def visible_to(self, user: User | AnonymousUser) -> OutlineQuerySet:
        """That there are outlines: those of organisations the user's posts reach, the user's own, and those about the user.

        Whose text may be read is asked of `can_read_outline`.
        """
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach(user, "organization__path") | Q(author=user) | Q(target=user))


class Outline(models.Model):
    """One cell of the m×(m-1): from one person to another, by keys of `members.rules.talk_people`.

    `text` is sealed at rest. `consulted_on`: the two talked it over (会前沟通), which needs no text. `on_paper`: the
    outline was handed over on paper and its text is not kept here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="outlines")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="outlines"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    author_key = models.CharField(max_length=48, editable=False)
    author_name = models.CharField("谁提", max_length=40)
    author = models.ForeignKey(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+"
    )
    target_key = models.CharField(max_length=48, editable=False)
    target_name = models.CharField("对谁提", max_length=40)
    target = models.ForeignKey(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+"
    )
    status = models.CharField("状态", max_length=10, choices=OutlineStatus, default=OutlineStatus.DRAFT)
    on_paper = models.BooleanField("纸质提纲", default=False)
    consulted_on = models.DateField("会前沟通日期", null=True, blank=True)
    vetted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="审阅人", null=True, blank=True, related_name="+"
    )
    vetted_on = models.DateField("审阅日期", null=True, blank=True)
    disclosed_on = models.DateField("明示日期", null=True, blank=True)
    text_sealed = models.TextField(blank=True, editable=False)
    note_sealed = models.TextField(blank=True, editable=False)
    revision = models.PositiveIntegerField("保存次数", default=0)

    objects = OutlineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批评提纲"
        ordering = ("author_key", "target_key")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "author_key", "target_key"],
                name="outline_once",
            ),
            models.CheckConstraint(
                condition=~Q(author_key=models.F("target_key")), name="outline_of_somebody_else"
            ),
        )

    def __str__(self) -> str:
        return f"{self.author_name}对{self.target_name}的批评提纲"

    @property
    def text(self) -> str:
        """What is to be said."""
        return unseal(self.text_sealed, purpose=f"outline-text:{self.pk}")

    @text.setter
    def text(self, text: str) -> None:
        self.text_sealed = seal(text, purpose=f"outline-text:{self.pk}")

    @property
    def note(self) -> str:
        """Why it was returned; for its author and who reads it."""
        return unseal(self.note_sealed, purpose=f"outline-note:{self.pk}")

    @note.setter
    def note(self, text: str) -> None:
        self.note_sealed = seal(text, purpose=f"outline-note:{self.pk}")
