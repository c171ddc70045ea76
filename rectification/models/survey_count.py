"""Two people count the papers of a survey independently; what they typed goes when the result is certified."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from branches.models import User
from rectification.models.survey import SurveyClass, SurveyRound
from rectification.rules.satisfaction import Count

TOGETHER = 0
SEATS = (1, 2)
SEAT_NAMES = {1: "甲", 2: "乙", TOGETHER: "一起"}


class SurveySeat(models.Model):
    """One of the two independent counts, held by one person; `name` is who that was, for the signed sheet."""

    round = models.ForeignKey(SurveyRound, models.CASCADE, verbose_name="测评", related_name="seats")
    number = models.PositiveSmallIntegerField("甲乙", choices=[(n, SEAT_NAMES[n]) for n in SEATS])
    holder = models.ForeignKey(User, models.PROTECT, verbose_name="计票人", related_name="+")
    name = models.CharField("姓名", max_length=40)
    finished = models.BooleanField("已数完", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "满意度计票席"
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["round", "number"], name="survey_seat_number"),
            models.UniqueConstraint(fields=["round", "holder"], name="survey_seat_two_people"),
            models.CheckConstraint(condition=Q(number__in=SEATS), name="survey_seat_first_or_second"),
        )

    def __str__(self) -> str:
        return SEAT_NAMES[self.number]


class SurveyCount(models.Model):
    """The papers of one class as counted by one person (甲, 乙, or again together)."""

    respondents = models.ForeignKey(SurveyClass, models.CASCADE, verbose_name="哪类人", related_name="typed")
    seat = models.PositiveSmallIntegerField("甲乙")
    counts = models.JSONField("各等次票数")
    abstained = models.PositiveIntegerField("弃权")
    void = models.PositiveIntegerField("作废")

    class Meta:
        verbose_name = verbose_name_plural = "满意度计票"
        constraints = (models.UniqueConstraint(fields=["respondents", "seat"], name="survey_count_once"),)

    def __str__(self) -> str:
        return f"{self.respondents} {SEAT_NAMES.get(self.seat, '')}"

    @property
    def count(self) -> Count:
        """The numbers."""
        return Count(tuple(self.counts), self.abstained, self.void)
