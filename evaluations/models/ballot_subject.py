"""One row of the form: a person, or one heading of the committee's work."""

from django.db import models

from evaluations.models.ballot import Ballot
from members.models import RosterEntry


class BallotSubject(models.Model):
    """A row in the order of the printed form; rows that are not graded are printed grey."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="subjects")
    ordinal = models.PositiveSmallIntegerField("序号")
    name = models.CharField("姓名或内容", max_length=100)
    entry = models.ForeignKey(RosterEntry, models.PROTECT, verbose_name="花名册", null=True, blank=True)
    graded = models.BooleanField("参加测评", default=True)
    note = models.CharField("备注", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "测评对象"
        ordering = ("ordinal",)
        constraints = (models.UniqueConstraint(fields=["ballot", "ordinal"], name="ballot_subject_order"),)

    def __str__(self) -> str:
        return self.name
