"""The typed, versioned rules of a campaign; locked at publication."""

from django.db import models

from branches.models.campaign import Campaign


class RuleSet(models.Model):
    """One version: base values, overlays by category, and the clause behind each value."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, verbose_name="活动", related_name="rule_sets"
    )
    version = models.PositiveSmallIntegerField("版本", default=1)
    values = models.JSONField("规则", default=dict)
    overlays = models.JSONField("分领域规则", default=dict)
    clauses = models.JSONField("依据", default=dict)
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规则集"
        constraints = (
            models.UniqueConstraint(fields=["campaign", "version"], name="rule_set_version"),
        )

    def __str__(self) -> str:
        return f"{self.campaign} 规则第{self.version}版"
