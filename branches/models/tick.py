"""When a periodic task last ran to its end."""

from __future__ import annotations

import datetime

from django.db import models


class Tick(models.Model):
    """The last complete run of one periodic task; written in the transaction of what the run wrote."""

    name = models.CharField("任务", max_length=40, unique=True)
    at = models.DateTimeField("上次完成")

    class Meta:
        verbose_name = verbose_name_plural = "定时任务"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def last(cls, name: str) -> datetime.datetime | None:
        """When the task last ran to its end; None when it never did."""
        return cls.objects.filter(name=name).values_list("at", flat=True).first()

    @classmethod
    def mark(cls, name: str, at: datetime.datetime) -> None:
        """Say that the task has run to its end."""
        cls.objects.update_or_create(name=name, defaults={"at": at})
