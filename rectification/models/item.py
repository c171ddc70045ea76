"""Problems and what is done about them (整改事项): one row a problem of a committee or of one member."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.rules import Rules
from config.lib.sealed import blind_index, seal, unseal
from members.models import Member
from members.models.member import reach_of_people
from rectification.rules.items import OUTCOMES, UNFINISHED, days_overdue

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_PROBLEM = 1_000
LONGEST_MEASURES = 2_000
LONGEST_NOTE = 1_000
LONGEST_LINE = 200
LONGEST_NAME = 40


class ItemStatus(models.TextChoices):
    """Where an item stands; the words of every list and message."""

    LISTED = "listed", "未启动"
    IN_PROGRESS = "in_progress", "推进中"
    DONE = "done", "已完成，待验收"
    VERIFIED = "verified", "已验收，待销号"
    CLOSED = "closed", "已销号"
    WITHDRAWN = "withdrawn", "已撤销"


class Source(models.TextChoices):
    """Where a problem comes from (F6: 自查、群众、上级、谈心、互评; and meetings and visits)."""

    SELF = "self", "自查"
    MASSES = "masses", "群众提"
    SUPERIOR = "superior", "上级点"
    TALK = "talk", "谈心"
    CRITICISM = "criticism", "互评"
    MEETING = "meeting", "会议"
    VISIT = "visit", "督查"


class Term(models.TextChoices):
    """How soon it is put right."""

    NOW = "now", "立行立改"
    DATED = "dated", "限期整改"
    LASTING = "lasting", "长期坚持"


class VerifiedBy(models.TextChoices):
    """Who found that it is put right."""

    MEMBERS = "members", "党员评议"
    MASSES = "masses", "群众评议"
    SUPERIOR = "superior", "上级验收"


class ItemQuerySet(models.QuerySet["RectificationItem"]):
    """Items by scope and state."""

    def visible_to(self, user: User | AnonymousUser) -> ItemQuerySet:
        """Items of organisations the user's posts reach, and those that are the user's own.

        Who of them may read which is asked of `can_read_item`.
        """
        if not isinstance(user, User):
            return self.none()
        own = Q(member__user=user) | Q(owner_member__user=user)
        return self.filter(reach_of_people(user, "organization__path") | own)

    def own_of(self, member: Member) -> ItemQuerySet:
        """Those about the member, or for which the member is responsible."""
        return self.filter(Q(member=member) | Q(owner_member=member))

    def standing(self) -> ItemQuerySet:
        """Those not withdrawn."""
        return self.exclude(status=ItemStatus.WITHDRAWN)

    def unfinished(self) -> ItemQuerySet:
        """Those that still have to be done."""
        return self.filter(status__in=UNFINISHED)


class RectificationItem(models.Model):
    """One problem with its measures, its day and how it went.

    `member`: whose problem it is; None: the committee's (班子). `owner_member`: whoever is responsible, where that is
    a member on the roll. `source_key` is a blind key of what it was taken over from, so that nothing is taken over
    twice and nobody can follow it back to who said it; `origin` has the same sealed, to make the key anew under a new one. `repeats`: the item of an earlier year that says the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, verbose_name="活动", related_name="rectification_items"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="rectification_items"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    ordinal = models.PositiveIntegerField("序号")
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name="谁的问题", null=True, blank=True, related_name="+"
    )
    problem = models.TextField("问题", max_length=LONGEST_PROBLEM)
    source = models.CharField("来源", max_length=10, choices=Source, default=Source.SELF)
    source_note = models.CharField("来源说明", max_length=LONGEST_LINE, blank=True)
    source_key = models.CharField(max_length=64, blank=True, editable=False)
    origin_sealed = models.TextField(blank=True, editable=False)
    measures = models.TextField("整改措施", max_length=LONGEST_MEASURES, blank=True)
    leader = models.CharField("责任领导", max_length=LONGEST_NAME, blank=True)
    owner = models.CharField("责任人", max_length=LONGEST_NAME, blank=True)
    owner_member = models.ForeignKey(
        Member, models.PROTECT, verbose_name="责任党员", null=True, blank=True, related_name="+"
    )
    term = models.CharField("类型", max_length=8, choices=Term, default=Term.DATED)
    due_on = models.DateField("整改时限", null=True, blank=True)
    status = models.CharField("状态", max_length=12, choices=ItemStatus, default=ItemStatus.LISTED)
    version = models.PositiveIntegerField("修改次数", default=0)
    listed_on = models.DateField("列入日期")
    done_on = models.DateField("完成日期", null=True, blank=True)
    outcome = models.TextField("完成情况", max_length=LONGEST_NOTE, blank=True)
    evidence = models.TextField("佐证", max_length=LONGEST_NOTE, blank=True)
    verified_by = models.CharField("谁验收", max_length=10, choices=VerifiedBy, blank=True)
    verified_on = models.DateField("验收日期", null=True, blank=True)
    verified_how = models.CharField("怎样验收", max_length=LONGEST_LINE, blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True)
    reason = models.CharField("撤销或重新整改的原因", max_length=LONGEST_LINE, blank=True)
    repeats = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="往年同样的问题", null=True, blank=True, related_name="+"
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改事项"
        ordering = ("ordinal", "pk")
        indexes = (models.Index(fields=["campaign", "organization", "status"], name="rectification_place"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(term="lasting") | Q(due_on__isnull=False), name="rectification_has_day"
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "source_key"],
                condition=~Q(source_key="") & ~Q(status="withdrawn"),
                name="rectification_source_once",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["done", "verified", "closed"]) | Q(done_on__isnull=False),
                name="rectification_done_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["verified", "closed"])
                | (Q(verified_on__isnull=False) & ~Q(verified_by="")),
                name="rectification_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_on__isnull=False),
                name="rectification_closed_has_day",
            ),
        )

    def __str__(self) -> str:
        return self.problem[:30]

    @property
    def origin(self) -> str:
        """What it was taken over from; empty for what was typed."""
        return unseal(self.origin_sealed, purpose=f"rectification-origin:{self.pk}")

    @origin.setter
    def origin(self, text: str) -> None:
        self.origin_sealed = seal(text, purpose=f"rectification-origin:{self.pk}")
        self.source_key = blind_index(text)

    @property
    def subject(self) -> str:
        """Whose problem it is, in words."""
        return self.member.name if self.member is not None else "班子"

    @property
    def source_words(self) -> str:
        """Where it comes from, as the register prints it."""
        label = str(self.get_source_display())
        return f"{label}（{self.source_note}）" if self.source_note else label

    @property
    def outcome_word(self) -> str:
        """完成情况 as the register prints it."""
        return OUTCOMES[self.status]

    @property
    def days_overdue(self) -> int:
        """How many days it is overdue today."""
        return days_overdue(self.status, self.due_on, timezone.localdate())

    def rules(self) -> Rules:
        """The rules of the campaign for this organisation."""
        if not hasattr(self, "_rules"):
            self._rules = self.campaign.rules_for(self.organization)
        return self._rules


class ProgressNote(models.Model):
    """One word on how it goes, with its day."""

    item = models.ForeignKey(RectificationItem, models.CASCADE, verbose_name="整改事项", related_name="notes")
    on = models.DateField("日期")
    text = models.CharField("进展", max_length=LONGEST_NOTE)

    class Meta:
        verbose_name = verbose_name_plural = "整改进展"
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return self.text[:30]
