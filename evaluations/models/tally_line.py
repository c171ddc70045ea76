"""The result: votes for each row. Triggers refuse any change once the ballot is certified."""

from django.db import models

from branches.models import Campaign, Organization
from evaluations.models.ballot import Ballot
from evaluations.models.ballot_subject import BallotSubject
from evaluations.rules import Line


class TallyLine(models.Model):
    """The votes of one rated row, in the order of the ballot's scale."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, verbose_name="测评", related_name="lines")
    subject = models.OneToOneField(BallotSubject, models.PROTECT, verbose_name="对象", related_name="line")
    counts = models.JSONField("票数")
    abstained = models.PositiveSmallIntegerField("弃权")
    invalid = models.PositiveSmallIntegerField("无效")

    class Meta:
        verbose_name = verbose_name_plural = "测评结果"

    def __str__(self) -> str:
        return f"{self.subject}"

    @property
    def line(self) -> Line:
        """The votes as plain numbers."""
        return Line(tuple(self.counts), self.abstained, self.invalid)


class Signature(models.Model):
    """Who vouches for the result: 监票人, 计票人, 支部书记; on screen, or on the paper form."""

    class Duty(models.TextChoices):
        """In which capacity."""

        SCRUTINEER = "scrutineer", "监票人"
        TELLER = "teller", "计票人"
        SECRETARY = "secretary", "支部书记"

    ballot = models.ForeignKey(Ballot, models.PROTECT, verbose_name="测评", related_name="signatures")
    duty = models.CharField("身份", max_length=12, choices=Duty)
    name = models.CharField("姓名", max_length=40)
    on_paper = models.BooleanField("纸质签字", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "核定签字"
        constraints = (models.UniqueConstraint(fields=["ballot", "duty", "name"], name="signature_once"),)

    def __str__(self) -> str:
        return f"{self.get_duty_display()}{self.name}"


class BranchResult(models.Model):
    """The sums of one certified ballot, for roll-ups; can be made again from the lines."""

    ballot = models.OneToOneField(Ballot, models.CASCADE, verbose_name="测评", related_name="result")
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动")
    organization = models.ForeignKey(Organization, models.CASCADE, verbose_name="党组织")
    subject_kind = models.CharField("测评对象", max_length=12)
    members_full = models.PositiveIntegerField("正式党员")
    members_probationary = models.PositiveIntegerField("预备党员")
    rated = models.PositiveIntegerField("被测评")
    counts = models.JSONField("票数合计")
    abstained = models.PositiveIntegerField("弃权")
    invalid = models.PositiveIntegerField("无效")

    class Meta:
        verbose_name = verbose_name_plural = "支部测评合计"
        indexes = (models.Index(fields=["campaign", "subject_kind"]),)

    def __str__(self) -> str:
        return f"{self.ballot}"
