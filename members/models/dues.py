"""The dues ledger (党费): member by month, and the editable table of rates. Income itself is never stored."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from branches.models import Organization, User, reach
from members.models.member import Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DuesRate(models.Model):
    """One line of an organisation's table of rates: for whom, from which monthly income, how much.

    `share` is a part of the income; `lowest` to `highest` are yuan a month. Organisations without a table of
    their own use the nearest one above, at the top the one delivered with the program.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="dues_rates"
    )
    label = models.CharField("人员类别", max_length=40)
    income_over = models.DecimalField("月收入超过", max_digits=10, decimal_places=2, default=Decimal(0))
    share = models.DecimalField("比例", max_digits=7, decimal_places=5, null=True, blank=True)
    lowest = models.DecimalField("最低（元）", max_digits=8, decimal_places=2, null=True, blank=True)
    highest = models.DecimalField("最高（元）", max_digits=8, decimal_places=2, null=True, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "党费标准"
        ordering = ("position", "income_over", "pk")
        constraints = (
            models.UniqueConstraint(fields=["organization", "label", "income_over"], name="dues_rate_once"),
            models.CheckConstraint(
                condition=Q(share__isnull=False) | Q(lowest__isnull=False), name="dues_rate_says_how_much"
            ),
            models.CheckConstraint(
                condition=Q(highest__isnull=True) | Q(lowest__isnull=True) | Q(highest__gte=F("lowest")),
                name="dues_rate_range",
            ),
        )

    def __str__(self) -> str:
        return self.label


class DuesTerms(models.Model):
    """What a member pays a month, as worked out once from the table; the income is not kept."""

    member = models.OneToOneField(Member, models.CASCADE, verbose_name="党员", related_name="dues_terms")
    label = models.CharField("人员类别", max_length=40, blank=True)
    monthly = models.DecimalField("每月应交（元）", max_digits=8, decimal_places=2)
    since = models.DateField("从哪月起")

    class Meta:
        verbose_name = verbose_name_plural = "党费核定"

    def __str__(self) -> str:
        return f"{self.monthly}"


class DuesMonthQuerySet(models.QuerySet["DuesMonth"]):
    """Months by scope."""

    def visible_to(self, user: User | AnonymousUser) -> DuesMonthQuerySet:
        """Months of members of organisations the user's posts reach, and the user's own."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach(user, "member__organization__path") | Q(member__user=user))


class DuesMonth(models.Model):
    """One month of one member: paid, or waived with a reason; a month without a row is not paid yet."""

    member = models.ForeignKey(Member, models.CASCADE, verbose_name="党员", related_name="dues")
    month = models.DateField("月份")  # its first day
    amount = models.DecimalField("金额（元）", max_digits=8, decimal_places=2)
    paid_on = models.DateField("交纳日期", null=True, blank=True)
    is_waived = models.BooleanField("经批准免交", default=False)
    note = models.CharField("说明", max_length=100, blank=True)

    objects = DuesMonthQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党费"
        ordering = ("month", "pk")
        constraints = (
            models.UniqueConstraint(fields=["member", "month"], name="dues_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="dues_month_first_day"),
            models.CheckConstraint(
                condition=Q(is_waived=True) | Q(paid_on__isnull=False), name="dues_month_paid_or_waived"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="dues_month_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
