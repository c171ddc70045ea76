"""A meeting of any kind: the 党员大会 a ballot hangs on, the 支委会 before it, and the others."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.rules import Rules
from branches.rules.steps import MEETINGS
from meetings.models.counts import Counts, came_before, counted
from meetings.models.one_count import counts_of
from meetings.rules.kinds import GROUP, KINDS, OWN_GROUP, ROSTER, SEATS, KindOf
from members.models import Member, Roster, RosterEntry
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class MeetingKind(models.TextChoices):
    """What kind of meeting it is; what holds for each stands in `meetings.rules.kinds`."""

    UPPER = "upper", "党委（总支）班子会"
    COMMITTEE = "committee", "支委会"
    PLENARY = "plenary", "党员大会"
    GROUP = "group", "党小组会"
    THEMATIC = "thematic", "专题组织生活会"
    LIFE = "democratic_life", "民主生活会"
    BRIEFING = "briefing", "通报会"
    MASSES_BRIEFING = "masses_briefing", "群众通报会"
    ANALYSIS = "analysis", "分析会"
    MOBILISE = "mobilise", "动员会"


class MeetingStatus(models.TextChoices):
    """The life of a meeting."""

    PLANNED = "planned", "筹备中"
    OPENED = "opened", "正在开会"
    CLOSED = "closed", "已散会"
    CANCELLED = "cancelled", "已取消"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by scope, with their counts."""

    def visible_to(self, user: User | AnonymousUser) -> MeetingQuerySet:
        """Meetings the user's posts reach, of the user's own branch, with a duty of the user's or as its guest."""
        if not isinstance(user, User):
            return self.none()
        own = Member.objects.filter(user=user)
        on_duty = Meeting.objects.filter(duties__member__in=own)
        seen = Q(organization__in=own.active().values("organization")) | Q(pk__in=on_duty.values("pk"))
        seen |= Q(pk__in=Meeting.objects.filter(participants__user=user).values("pk"))
        return self.filter(seen | reach_of_people(user, "organization__path"))

    def held(self) -> MeetingQuerySet:
        """Meetings that were opened."""
        return self.filter(status__in=(MeetingStatus.OPENED, MeetingStatus.CLOSED))

    def undecided(self) -> MeetingQuerySet:
        """Meetings put off whose new day is not set yet (延期待定)."""
        holds = Q(postponements__needs_consent=False) | Q(postponements__consented_on__isnull=False)
        return self.filter(holds, postponements__isnull=False, postponements__to=None)

    def with_undecided(self) -> MeetingQuerySet:
        """Adds whether each has been put off without a new day, within the one query."""
        same = Meeting.objects.undecided().filter(pk=OuterRef("pk"))
        return self.annotate(n_undecided=Exists(same))

    def with_counts(self) -> MeetingQuerySet:
        """Adds all counts of any number of meetings within the one query."""
        return cast("MeetingQuerySet", counted(self))


class Meeting(models.Model):
    """One meeting of one organisation in one campaign."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="meetings"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="meetings")
    kind = models.CharField("会议类型", max_length=16, choices=MeetingKind, default=MeetingKind.PLENARY)
    group = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党小组", null=True, blank=True, related_name="+"
    )
    continues = models.ForeignKey(
        "self", models.PROTECT, verbose_name="接续的会议", null=True, blank=True, related_name="sittings"
    )
    is_theme_day = models.BooleanField("结合主题党日", default=False)
    starts_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=80)
    theme = models.CharField("主题", max_length=200, blank=True)
    notified_on = models.DateField("通知党员的日期", null=True, blank=True)
    notice_reason = models.CharField("通知较晚的原因", max_length=200, blank=True)
    chair_reason = models.CharField("委托他人主持的说明", max_length=200, blank=True)
    unready_reason = models.CharField("没有准备好仍然开会的原因", max_length=200, blank=True)
    quorum_reason = models.CharField("到会不足仍然开会的原因", max_length=200, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    status = models.CharField("状态", max_length=12, choices=MeetingStatus, default=MeetingStatus.PLANNED)
    version = models.PositiveIntegerField("修改次数", default=0)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        ordering = ("-starts_at", "pk")
        indexes = (models.Index(fields=["campaign", "organization"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "starts_at"],
                condition=Q(kind="plenary") & ~Q(status="cancelled"),
                name="meeting_one_plenary_at_a_time",
                violation_error_message="本支部这个时间已经安排了党员大会，请核对时间。",
            ),
        )

    def __str__(self) -> str:
        day = timezone.localtime(self.starts_at)
        return f"{self.organization.short_name}{day:%Y年%m月%d日}{self.get_kind_display()}"

    @property
    def day(self) -> datetime.date:
        """The day of the meeting in local time."""
        return timezone.localtime(self.starts_at).date()

    @property
    def about(self) -> KindOf:
        """What holds for its kind: who holds it, whose attendance counts, which quorum."""
        return KINDS[self.kind]

    @property
    def has_seats(self) -> bool:
        """Whether the people of a committee sit at it, and not those of the roster."""
        return self.about.people == SEATS

    @property
    def is_undecided(self) -> bool:
        """Whether it has been put off without a new day; read once, or from `with_undecided()`."""
        kept = self.__dict__
        if "n_undecided" not in kept:
            kept["n_undecided"] = Meeting.objects.undecided().filter(pk=self.pk).exists()
        return bool(kept["n_undecided"])

    @property
    def uses_roster(self) -> bool:
        """Whether the people of the branch's roster are counted at it, all of them or one group."""
        return self.about.people in (ROSTER, OWN_GROUP)

    @property
    def is_of_self_examination(self) -> bool:
        """Whether people examine themselves at it (支委会、党员大会、党小组会、民主生活会), and are not only told something."""
        return self.kind == GROUP or self.about.step in MEETINGS

    def people(self) -> models.QuerySet[RosterEntry]:
        """Those of the roster whose attendance counts here; `came_before`: at an earlier sitting (分次召开)."""
        if not self.uses_roster or self.roster is None:
            return RosterEntry.objects.none()
        found = self.roster.entries.annotate(came_before=came_before(self.continues_id, self.starts_at))
        return found.filter(member__group=self.group_id) if self.about.people == OWN_GROUP else found

    @property
    def is_open_to_change(self) -> bool:
        """Whether officers and attendance may still be changed."""
        return self.status in (MeetingStatus.PLANNED, MeetingStatus.OPENED)

    @property
    def roster(self) -> Roster | None:
        """The branch's roster in the campaign, as soon as there is one; read once."""
        if getattr(self, "_roster", None) is None:
            rosters = Roster.objects.filter(campaign=self.campaign_id, organization=self.organization_id)
            self._roster = rosters.first()
        return self._roster

    def rules(self) -> Rules:
        """The rules of the campaign for this organisation."""
        if not hasattr(self, "_rules"):
            self._rules = self.campaign.rules_for(self.organization)
        return self._rules

    def counts(self) -> Counts:
        """The counts; from `with_counts()` when it was asked for, else by one query now."""
        values: dict[str, int] = {
            name: self.__dict__[f"n_{name}"]
            for name in Counts.__dataclass_fields__
            if f"n_{name}" in self.__dict__
        }
        return Counts(**values) if values else counts_of(self)

    @property
    def expected_count(self) -> int:
        """应到: on the roster and expected, less those not counted at this meeting."""
        return self.counts().expected

    @property
    def present_count(self) -> int:
        """实到, probationary members included."""
        return self.counts().present

    @property
    def voters_present_count(self) -> int:
        """Those present who may fill in a ballot form."""
        return self.counts().voters_present
