"""Slips for a survey: the sealed urn of one round, filled on a page without login, and the totals that came out of it.

As the urn of a ballot: no time, no person, no address and no order; a slip knows only of which class of people it is.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from evaluations.models import SealedSlot, SealedUrn, SlipCode, UrnState
from rectification.models.survey import SurveyClass, SurveyRound


class SurveyUrn(SealedUrn):
    """The urn of one round: each sealed answer holds one mark for each class, all but one of them "not of this class"."""

    held_by_others = "两半钥匙已经交给另外两个人。要换人，请取消票条重新印。"
    open_for_days = True
    round = models.OneToOneField(SurveyRound, models.CASCADE, verbose_name="测评", related_name="urn")
    closes_at = models.DateTimeField("截止时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "满意度电子票箱"

    def __str__(self) -> str:
        return f"{self.round}"

    @property
    def key_name(self) -> uuid.UUID:
        """The round's own name."""
        return self.round_id

    @property
    def takes_answers(self) -> bool:
        """Whether slips may be filled in now."""
        over = self.closes_at is not None and timezone.now() >= self.closes_at
        return self.state == UrnState.OPEN and not over


class SurveyCode(SlipCode):
    """One slip of a class; deleted when the page is closed."""

    urn = models.ForeignKey(SurveyUrn, models.CASCADE, verbose_name="票箱", related_name="codes")
    respondents = models.ForeignKey(SurveyClass, models.CASCADE, verbose_name="哪类人", related_name="codes")

    class Meta:
        verbose_name = verbose_name_plural = "满意度票条"
        constraints = (models.UniqueConstraint(fields=["urn", "digest"], name="survey_code_once"),)


class SurveySlot(SealedSlot):
    """One place of the urn; of which class its answer is, only the answer itself tells."""

    urn = models.ForeignKey(SurveyUrn, models.CASCADE, verbose_name="票箱", related_name="slots")

    class Meta:
        verbose_name = verbose_name_plural = "满意度票位"


class SurveyLine(models.Model):
    """The totals of the page for one class, sealed; added to the papers' and deleted with the certification.

    Where few use a slip beside the papers, their totals are nearly their answers.
    """

    urn = models.ForeignKey(SurveyUrn, models.CASCADE, verbose_name="票箱", related_name="lines")
    respondents = models.OneToOneField(
        SurveyClass, models.CASCADE, verbose_name="哪类人", related_name="line"
    )
    sealed = models.BinaryField("各等次票数和弃权")

    class Meta:
        verbose_name = verbose_name_plural = "网页上填的合计"

    def __str__(self) -> str:
        return f"{self.respondents}"
