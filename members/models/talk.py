"""Heart-to-heart talks (谈心谈话): who with whom and when; what was said only as far as the rules keep it, sealed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from branches.models import Appointment, Campaign, Organization, User, reach
from config.lib.sealed import seal, unseal
from members.models.member import Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Capacity(models.TextChoices):
    """Why somebody who is no member of the branch is talked with."""

    INVESTOR = "investor", "出资人（合伙人）"
    DEPARTMENT = "department", "部门负责同志"
    OTHER = "other", "其他同志"


class Outsider(models.Model):
    """A partner of talks who is not on the roll: an investor, the head of a department."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name="党组织", related_name="outsiders"
    )
    name = models.CharField("姓名", max_length=40)
    capacity = models.CharField("身份", max_length=12, choices=Capacity, default=Capacity.OTHER)
    title = models.CharField("职务", max_length=80, blank=True)
    is_current = models.BooleanField("现在还要谈", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "其他谈心对象"
        ordering = ("capacity", "name", "pk")

    def __str__(self) -> str:
        return self.name


class TalkKind(models.TextChoices):
    """What kind of talk."""

    HEART = "heart", "谈心谈话"
    REMIND = "remind", "提醒谈话"


class TalkMode(models.TextChoices):
    """How they talked."""

    FACE = "face", "个别谈话"
    SITTING = "sitting", "集体座谈"
    VISIT = "visit", "上门走访"
    PHONE = "phone", "电话"
    NETWORK = "network", "网络"


class TalkQuerySet(models.QuerySet["Talk"]):
    """Talks by scope."""

    def visible_to(self, user: User | AnonymousUser) -> TalkQuerySet:
        """That they took place: talks of organisations the user's posts reach, and the user's own."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach(user, "organization__path") | Q(pk__in=self.own_keys(user)))

    def own(self, user: User | AnonymousUser) -> TalkQuerySet:
        """Talks the user took part in: the only ones whose words the user may read."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(pk__in=self.own_keys(user))

    @staticmethod
    def own_keys(user: User) -> models.QuerySet[TalkSide, uuid.UUID]:
        """Keys of the talks the user took part in."""
        mine = Q(member__user=user) | Q(appointment__user=user)
        return TalkSide.objects.filter(mine).values_list("talk_id", flat=True)


class Talk(models.Model):
    """One talk of two or more people. `together`: everybody with everybody, else the host with each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="talks")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="talks"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    held_on = models.DateField("谈话日期")
    kind = models.CharField("类别", max_length=8, choices=TalkKind, default=TalkKind.HEART)
    mode = models.CharField("方式", max_length=8, choices=TalkMode, default=TalkMode.FACE)
    place = models.CharField("地点", max_length=80, blank=True)
    together = models.BooleanField("相互都谈", default=True)
    summary_sealed = models.TextField(blank=True, editable=False)
    words_sealed = models.TextField(blank=True, editable=False)
    purged_on = models.DateField("内容清除日期", null=True, blank=True, editable=False)

    objects = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "谈心谈话"
        ordering = ("-held_on", "pk")
        indexes = (models.Index(fields=["campaign", "organization", "round_no"], name="talk_place"),)

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.held_on:%Y-%m-%d}谈心谈话"

    @property
    def summary(self) -> str:
        """The few lines the two agreed the secretary may read; empty once purged."""
        return unseal(self.summary_sealed, purpose=f"talk-summary:{self.pk}")

    @summary.setter
    def summary(self, text: str) -> None:
        self.summary_sealed = seal(text, purpose=f"talk-summary:{self.pk}")

    @property
    def words(self) -> str:
        """What was said, as JSON of the parts of the form; only for those who took part; empty once purged."""
        return unseal(self.words_sealed, purpose=f"talk-words:{self.pk}")

    @words.setter
    def words(self, text: str) -> None:
        self.words_sealed = seal(text, purpose=f"talk-words:{self.pk}")


class TalkSide(models.Model):
    """One person in a talk: a member, a holder of a post who is on no roll here, or somebody else."""

    talk = models.ForeignKey(Talk, models.CASCADE, verbose_name="谈话", related_name="sides")
    member = models.ForeignKey(
        Member, models.CASCADE, verbose_name="党员", null=True, blank=True, related_name="talk_sides"
    )
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, verbose_name="任职", null=True, blank=True, related_name="+"
    )
    outsider = models.ForeignKey(
        Outsider, models.CASCADE, verbose_name="其他同志", null=True, blank=True, related_name="+"
    )
    is_host = models.BooleanField("谈话人", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "谈话双方"
        ordering = ("-is_host", "pk")
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(member__isnull=False, appointment__isnull=True, outsider__isnull=True)
                    | Q(member__isnull=True, appointment__isnull=False, outsider__isnull=True)
                    | Q(member__isnull=True, appointment__isnull=True, outsider__isnull=False)
                ),
                name="talk_side_one_person",
            ),
            models.UniqueConstraint(fields=["talk", "member"], name="talk_member_once"),
            models.UniqueConstraint(fields=["talk", "appointment"], name="talk_post_once"),
            models.UniqueConstraint(fields=["talk", "outsider"], name="talk_outsider_once"),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The key of the person in the talk grid: m…, a… or o…, as `members.rules.talk_people` writes it."""
        if self.member_id is not None:
            return f"m{self.member_id.hex}"
        return f"a{self.appointment_id}" if self.appointment_id is not None else f"o{_hex(self.outsider_id)}"


def _hex(key: uuid.UUID | None) -> str:
    return key.hex if key is not None else ""
