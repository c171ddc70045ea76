"""One member on a roster, with what the person does in the ballot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import User, reach
from members.models.member import Member, MemberKind
from members.models.roster import Roster
from members.rules.names import LONGEST_NAME

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ExemptReason(models.TextChoices):
    """Why a member is not counted in 应到 (the cases of the election rules, used by analogy)."""

    INCAPABLE = "incapable", "患有精神疾病或其他疾病不能表达本人意志"
    ABROAD = "abroad", "自费出国（出境）半年以上"
    DETAINED = "detained", "被留置、羁押或正在服刑"
    BEDRIDDEN = "bedridden", "年老体弱卧床不起或长期患病生活不能自理"
    UNTRANSFERRED = "untransferred", "工作调动、外出等按规定应转未转组织关系半年以上"
    HOMETOWN = "hometown", "离退休后回原籍，不能参加本支部活动"

    @classmethod
    def allowed_by(cls, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """The choices that the campaign's rules name (rule `exempt_reasons`)."""
        return [(value, label) for value, label in cls.choices if value in keys]


class RosterEntryQuerySet(models.QuerySet["RosterEntry"]):
    """Entries by scope and part."""

    def visible_to(self, user: User | AnonymousUser) -> RosterEntryQuerySet:
        """Entries of rosters the user's posts reach."""
        return self.filter(reach(user, "roster__organization__path"))

    def expected(self) -> RosterEntryQuerySet:
        """Members counted in 应到."""
        return self.filter(is_expected=True)

    def voters(self) -> RosterEntryQuerySet:
        """Members who may fill in a form."""
        return self.filter(is_voter=True)

    def on_form(self) -> RosterEntryQuerySet:
        """Members printed on the form: those rated and those only listed."""
        return self.filter(Q(is_subject=True) | Q(listed_only=True))


class RosterEntry(models.Model):
    """A member as the roster keeps the person: name and kind of that day, and the three parts."""

    roster = models.ForeignKey(Roster, models.CASCADE, verbose_name="花名册", related_name="entries")
    member = models.ForeignKey(Member, models.PROTECT, verbose_name="党员", related_name="roster_entries")
    ordinal = models.PositiveIntegerField("序号")
    name = models.CharField("姓名", max_length=LONGEST_NAME)
    kind = models.CharField("人员类别", max_length=12, choices=MemberKind)
    is_expected = models.BooleanField("计入应到", default=True)
    is_voter = models.BooleanField("填测评表", default=True)
    is_subject = models.BooleanField("被测评", default=True)
    listed_only = models.BooleanField("只列名，不评定等次", default=False)
    is_leader_exempt = models.BooleanField("已参加领导班子民主生活会", default=False)
    exempt_reason = models.CharField("不计应到的情形", max_length=16, choices=ExemptReason, blank=True)
    exempt_note = models.CharField("说明", max_length=200, blank=True)

    objects = RosterEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "花名册人员"
        ordering = ("ordinal", "pk")
        constraints = (
            models.UniqueConstraint(fields=["roster", "member"], name="roster_entry_once"),
            models.CheckConstraint(
                condition=Q(is_expected=True) | ~Q(exempt_reason=""), name="roster_entry_exempt_has_reason"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def form_remark(self) -> str:
        """What the anonymous form prints beside the name; never why somebody is not counted."""
        parts = []
        if self.listed_only:
            parts.append("预备党员，不评定等次")
        if self.is_leader_exempt:
            parts.append("已参加领导班子民主生活会")
        return "；".join(parts)

    @property
    def remark(self) -> str:
        """What the roster and the summary print beside the name."""
        parts = [self.form_remark] if self.form_remark else []
        if not self.is_expected:
            parts.append(f"不计应到：{self.get_exempt_reason_display()}")
            if self.exempt_note:
                parts.append(self.exempt_note)
        return "；".join(parts)
