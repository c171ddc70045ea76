"""The record: append-only, hash-chained, without foreign keys, never with personal values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models.organization import reach
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Events by scope."""

    def visible_to(self, user: User | AnonymousUser) -> AuditEventQuerySet:
        """Events about organisations the user's posts reach."""
        return self.filter(reach(user, "organization_path"))


class AuditEvent(models.Model):
    """Who did what to which document, when; each event carries the hash of the one before."""

    sequence = models.PositiveBigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作人", null=True)
    action = models.CharField("动作", max_length=60)
    about = models.CharField("对象", max_length=80)
    about_id = models.CharField("对象编号", max_length=40)
    organization_path = models.CharField("组织路径", max_length=255, blank=True, db_index=True)
    detail = models.JSONField("详情", default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"
        ordering = ("sequence",)
        indexes = (models.Index(fields=["about", "about_id"]),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.about}"


class AuditHead(models.Model):
    """The end of the chain: one row, locked while an event is added."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = verbose_name_plural = "记录链尾"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="audit_head_is_one_row"),)

    def __str__(self) -> str:
        return f"{self.sequence}"
