"""What stays of a count for whoever checks it later: the ballot's own chain of events, and the sealed report."""

from __future__ import annotations

from django.db import models

from evaluations.models.ballot import Ballot

NO_HASH = "0" * 64


class CountEvent(models.Model):
    """One decision or change of state of a count, hash-chained; without time, page, paper or voter.

    `payload` holds only counts, kinds, row ordinals and decided values; `hash` = chain_hash(previous, content).
    """

    ballot = models.ForeignKey(Ballot, models.PROTECT, verbose_name="测评", related_name="count_events")
    sequence = models.PositiveIntegerField("序号")
    kind = models.CharField("事项", max_length=30)
    payload = models.JSONField("内容", default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "计票记录"
        ordering = ("sequence",)
        constraints = (models.UniqueConstraint(fields=["ballot", "sequence"], name="count_event_order"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class CountReport(models.Model):
    """The 计票报告单 as certified: what was read, decided, typed and cast, and the fingerprints of all of it."""

    ballot = models.OneToOneField(Ballot, models.PROTECT, verbose_name="测评", related_name="count_report")
    form_hash = models.CharField("表的指纹", max_length=20, blank=True)
    image_hashes = models.JSONField("图像指纹", default=list)  # sorted, one for each page counted
    merkle_root = models.CharField("图像总指纹", max_length=64, blank=True)
    receipts = models.JSONField("电子票回执", default=list)  # sorted
    receipts_root = models.CharField("回执总指纹", max_length=64, blank=True)
    chain_head = models.CharField("计票记录末项", max_length=64)
    pages_read = models.PositiveIntegerField("读出页数", default=0)
    pages_blank = models.PositiveIntegerField("空白页数", default=0)
    pages_typed = models.PositiveIntegerField("手工录入页数", default=0)
    pages_set_aside = models.PositiveIntegerField("不计页数", default=0)
    rows_certain = models.PositiveIntegerField("机器读出行数", default=0)
    rows_decided = models.PositiveIntegerField("人工判读行数", default=0)
    controls = models.PositiveIntegerField("抽查行数", default=0)
    control_differences = models.PositiveIntegerField("抽查不一致", default=0)
    # Sums by origin for each row's ordinal: {"machine": {"1": [..counts, abstained, invalid]}, "decided": …,
    # "typed": …, "device": …}; empty where a part is so small that it would tell on somebody.
    parts = models.JSONField("分项", default=dict)
    # {"sides": {"1": {"read": …, "blank": …, "typed": …, "aside": …}}, "reasons": {"overvote": rows, …}}; null without scans
    details = models.JSONField("明细", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计票报告单"

    def __str__(self) -> str:
        return f"{self.ballot}"
