"""Posts with terms: an expired post gives no rights from that day."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from branches.models.organization import Organization, reach
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Role(models.TextChoices):
    """Offices and roles; a person may hold several."""

    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    ORGANIZER = "organizer", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    COMMITTEE = "committee", "委员"
    GROUP_LEADER = "group_leader", "党小组长"
    OFFICE = "office", "党建办"
    SUPERVISOR = "supervisor", "督导组"
    INSTRUCTOR = "instructor", "指导员"
    VILLAGE_OFFICIAL = "village_official", "大学生村官"
    SYSTEM = "system", "系统管理员"
    AUDITOR = "auditor", "审计管理员"


COMMITTEE_SEATS = (Role.DEPUTY, Role.ORGANIZER, Role.PUBLICITY, Role.DISCIPLINE, Role.COMMITTEE)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Posts by day."""

    def visible_to(self, user: User | AnonymousUser) -> AppointmentQuerySet:
        """Posts in organisations the user's posts reach."""
        return self.filter(reach(user, "organization__path"))

    def current(self, day: datetime.date) -> AppointmentQuerySet:
        """Posts held on `day`: begun, and not yet over (the last day still counts)."""
        return self.filter(Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day)))

    def committee(self) -> AppointmentQuerySet:
        """Seats that make a branch committee beside the secretary."""
        return self.filter(role__in=COMMITTEE_SEATS)


class Appointment(models.Model):
    """One person's post in one organisation, from a day, to a day; the holder may have no account."""

    user = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="账号",
        null=True,
        blank=True,
        related_name="appointments",
    )
    holder_name = models.CharField("姓名", max_length=40)
    role = models.CharField("职务", max_length=20, choices=Role)
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="appointments"
    )
    starts_on = models.DateField("任职起")
    ends_on = models.DateField("任职止", null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        indexes = (models.Index(fields=["organization", "role"]),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_start",
                violation_error_message="任职止不能早于任职起",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.get_role_display()}"
