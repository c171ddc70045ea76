"""The typed, versioned rules of a campaign; locked at publication."""

from __future__ import annotations

from typing import Any

from django.db import models

from branches.models.campaign import Campaign
from branches.rules import Clause, Rules, resolve, to_json


class RuleSet(models.Model):
    """One version: base values, overlays by category, and the clause behind each value."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="rule_sets")
    version = models.PositiveSmallIntegerField("版本", default=1)
    values = models.JSONField("规则", default=dict)
    overlays = models.JSONField("分领域规则", default=dict)
    clauses = models.JSONField("依据", default=dict)
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    reason = models.CharField("修改原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规则集"
        constraints = (models.UniqueConstraint(fields=["campaign", "version"], name="rule_set_version"),)

    def __str__(self) -> str:
        return f"{self.campaign} 规则第{self.version}版"

    def resolved(self, category: str = "") -> Rules:
        """The rules of one category; read once for each instance as long as its values are the same objects."""
        known: tuple[object, object, dict[str, Rules]] | None = self.__dict__.get("_resolved")
        if known is None or known[0] is not self.values or known[1] is not self.overlays:
            known = self.__dict__["_resolved"] = (self.values, self.overlays, {})
        if category not in known[2]:
            known[2][category] = resolve(self.values, self.overlays, category)
        return known[2][category]

    def every_resolved(self) -> list[Rules]:
        """The rules of the campaign, and of each category that has its own."""
        return [self.resolved(category) for category in ("", *self.overlays)]

    def quoted(self) -> dict[str, Clause]:
        """The clauses behind the values, by key (or `category.key`)."""
        return {key: Clause(**clause) for key, clause in self.clauses.items()}

    def stored(self, key: str, category: str = "") -> Any:
        """The plain JSON of one rule for a category; the system's default when nothing is set."""
        special = self.overlays.get(category, {})
        if key in special:
            return special[key]
        return self.values[key] if key in self.values else to_json(Rules())[key]
