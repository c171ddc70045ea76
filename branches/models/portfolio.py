"""What a member of a leading body looks after: 分管 (in charge of) and 分工联系 (keeps in touch with)."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models.appointment import Appointment
from branches.models.organization import Organization, reach
from branches.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PortfolioKind(models.TextChoices):
    """In charge of, or in touch with."""

    CHARGE = "charge", "分管"
    LIAISON = "liaison", "分工联系"


class PortfolioQuerySet(models.QuerySet["Portfolio"]):
    """Lines of portfolios by scope and by day."""

    def visible_to(self, user: User | AnonymousUser) -> PortfolioQuerySet:
        """Lines of posts in organisations the user's posts reach."""
        return self.filter(reach(user, "appointment__organization__path"))

    def current(self, day: datetime.date) -> PortfolioQuerySet:
        """Lines of posts held on `day`: a portfolio ends with its post."""
        return self.filter(appointment__in=Appointment.objects.current(day))


class Portfolio(models.Model):
    """One line of a post's portfolio: an organisation of the tree, or a department outside it with its head."""

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, verbose_name="任职", related_name="portfolios"
    )
    kind = models.CharField("分工", max_length=8, choices=PortfolioKind, default=PortfolioKind.CHARGE)
    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", null=True, blank=True, related_name="+"
    )
    unit = models.CharField("部门", max_length=80, blank=True)
    unit_head = models.CharField("部门负责同志", max_length=40, blank=True)

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分工"
        ordering = ("kind", "pk")
        constraints = (
            models.CheckConstraint(
                condition=(Q(organization__isnull=False) & Q(unit=""))
                | (Q(organization__isnull=True) & ~Q(unit="")),
                name="portfolio_one_place",
            ),
            models.UniqueConstraint(
                fields=["appointment", "kind", "organization"],
                condition=Q(organization__isnull=False),
                name="portfolio_organization_once",
            ),
        )

    def __str__(self) -> str:
        where = self.organization.short_name if self.organization is not None else self.unit
        return f"{self.get_kind_display()}{where}"

    @property
    def where(self) -> str:
        """What is looked after, in words; a department with the name of its head."""
        if self.organization is not None:
            return self.organization.name
        return f"{self.unit}（负责同志：{self.unit_head}）" if self.unit_head else self.unit
