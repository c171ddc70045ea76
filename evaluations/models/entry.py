"""What two people type, until it is certified; then it is destroyed.

A paper's marks are sealed with a key that lies outside the database, have no time, no typist and no
order but the pencil number given after shuffling. A row count per person is not about any one paper.
"""

import uuid

from django.db import models
from django.db.models import Q

from branches.models import User
from evaluations.models.ballot import Ballot
from evaluations.models.ballot_subject import BallotSubject

READ_AGAIN = 0
FIRST, SECOND = 1, 2
SLOTS = (FIRST, SECOND)
SLOT_NAMES = {FIRST: "甲", SECOND: "乙", READ_AGAIN: "核对"}


class EntrySlot(models.Model):
    """One of the two independent typings, held by one person at a time."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="slots")
    number = models.PositiveSmallIntegerField("甲乙", choices=[(n, SLOT_NAMES[n]) for n in SLOTS])
    holder = models.ForeignKey(User, models.PROTECT, verbose_name="录入人", null=True, blank=True)
    typists = models.JSONField("先后录入人", default=list)
    void_papers = models.PositiveSmallIntegerField("整张作废", null=True, blank=True)
    finished = models.BooleanField("已录完", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "录入席"
        constraints = (
            models.UniqueConstraint(fields=["ballot", "number"], name="entry_slot_number"),
            models.UniqueConstraint(
                fields=["ballot", "holder"],
                condition=Q(holder__isnull=False),
                name="entry_slot_two_people",
            ),
        )

    def __str__(self) -> str:
        return SLOT_NAMES[self.number]


class PaperEntry(models.Model):
    """One paper in one typing, sealed; the primary key is random."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="papers")
    slot = models.PositiveSmallIntegerField("甲乙")
    # 0: a whole paper; else one side of a form whose page could not be read and is typed by hand.
    form_page = models.PositiveSmallIntegerField("表的第几面", default=0)
    paper_no = models.PositiveSmallIntegerField("张")
    sealed = models.BinaryField("内容")
    complete = models.BooleanField("已录完", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "逐票录入"
        constraints = (
            models.UniqueConstraint(
                fields=["ballot", "slot", "form_page", "paper_no"], name="paper_entry_once"
            ),
        )

    def __str__(self) -> str:
        return f"第{self.paper_no}张"


class TotalsEntry(models.Model):
    """The votes of one row as counted by one person (甲, 乙, or read again together)."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, verbose_name="测评", related_name="totals")
    slot = models.PositiveSmallIntegerField("甲乙")
    subject = models.ForeignKey(BallotSubject, models.CASCADE, verbose_name="对象")
    counts = models.JSONField("票数")
    abstained = models.PositiveSmallIntegerField("弃权")
    invalid = models.PositiveSmallIntegerField("无效")

    class Meta:
        verbose_name = verbose_name_plural = "票数录入"
        constraints = (
            models.UniqueConstraint(fields=["ballot", "slot", "subject"], name="totals_entry_once"),
        )

    def __str__(self) -> str:
        return f"{self.subject} {SLOT_NAMES.get(self.slot, '')}"
