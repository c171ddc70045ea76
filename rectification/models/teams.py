"""Who looks in from above: teams (督导组、巡回检查组、指导员、专班) and linked points of leaders (联系点)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from branches.models import Campaign, Kind, Organization, User, subtree_range
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TeamKind(models.TextChoices):
    """What is sent: the values of the rule `supervision`."""

    TEAM = "team", "督导组"
    PATROL = "patrol", "巡回检查组"
    INSTRUCTOR = "instructor", "指导员"
    TASK_FORCE = "task_force", "工作专班"


class TeamStatus(models.TextChoices):
    """Whether a team or a linked point works."""

    ACTIVE = "active", "在岗"
    ENDED = "ended", "已结束"


class TeamQuerySet(models.QuerySet["SupervisionTeam"]):
    """Teams by scope."""

    def visible_to(self, user: User | AnonymousUser) -> TeamQuerySet:
        """Teams sent by bodies the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "sender__path"))

    def active(self) -> TeamQuerySet:
        """Teams at work."""
        return self.filter(status=TeamStatus.ACTIVE)


class SupervisionTeam(models.Model):
    """A team of one campaign: who sends it, who is in it, which organisations it looks in on.

    `organizations` stand for all below them. Being in a team gives no rights: these come from the posts
    (督导组、指导员) of its people.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, verbose_name="活动", related_name="supervision_teams"
    )
    sender = models.ForeignKey(Organization, models.PROTECT, verbose_name="派出单位", related_name="+")
    kind = models.CharField("类型", max_length=12, choices=TeamKind)
    name = models.CharField("名称", max_length=40)
    organizations = models.ManyToManyField(Organization, verbose_name="督导的党组织", related_name="+")
    status = models.CharField("状态", max_length=8, choices=TeamStatus, default=TeamStatus.ACTIVE)
    version = models.PositiveIntegerField("修改次数", default=0)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督导力量"
        ordering = ("sender__path", "name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "sender", "name"],
                condition=Q(status="active"),
                name="supervision_team_name_once",
                violation_error_message="已经有一个同名的，请换一个名称。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sender.short_name}{self.name}"

    @property
    def organization(self) -> Organization:
        """The body it belongs to."""
        return self.sender

    def places(self) -> list[Organization]:
        """The organisations it looks in on, each with all below; read once."""
        if not hasattr(self, "_places"):
            self._places = list(self.organizations.all())
        return self._places

    def covers(self, organization: Organization) -> bool:
        """Whether it looks in on the organisation."""
        return any(organization.path.startswith(place.path) for place in self.places())

    def within(self, field: str = "path") -> Q:
        """The condition on the path column `field`: the branches it looks in on, and all below the bodies."""
        branches = [place.path for place in self.places() if place.kind == Kind.BRANCH]
        found = Q(**{f"{field}__in": branches})
        for place in self.places():
            if place.kind != Kind.BRANCH:
                found |= Q(**{f"{field}__range": subtree_range(place.path)})
        return found


class TeamMember(models.Model):
    """One person of a team, as named; with the account where there is one."""

    team = models.ForeignKey(SupervisionTeam, models.CASCADE, verbose_name="督导力量", related_name="members")
    ordinal = models.PositiveSmallIntegerField("顺序", default=0)
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("单位和职务", max_length=80, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "督导人员"
        ordering = ("ordinal", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["team", "user"], condition=Q(user__isnull=False), name="supervision_member_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class LinkedPointQuerySet(models.QuerySet["LinkedPoint"]):
    """Linked points by scope."""

    def visible_to(self, user: User | AnonymousUser) -> LinkedPointQuerySet:
        """Points at organisations the user's posts reach."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))

    def active(self) -> LinkedPointQuerySet:
        """Points that have not ended."""
        return self.filter(status=TeamStatus.ACTIVE)


class LinkedPoint(models.Model):
    """An organisation a leader is linked to (联系点) in one campaign; the duties are those of the rules."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="linked_points")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="联系的党组织", related_name="linked_points"
    )
    sender = models.ForeignKey(Organization, models.PROTECT, verbose_name="领导所在单位", related_name="+")
    leader_name = models.CharField("领导姓名", max_length=40)
    post = models.CharField("职务", max_length=80, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, verbose_name="账号", null=True, blank=True, related_name="+"
    )
    from_on = models.DateField("联系起")
    to_on = models.DateField("联系止", null=True, blank=True)
    status = models.CharField("状态", max_length=8, choices=TeamStatus, default=TeamStatus.ACTIVE)

    objects = LinkedPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系点"
        ordering = ("organization__path", "from_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["campaign", "organization", "leader_name"],
                condition=Q(status="active"),
                name="linked_point_once",
                violation_error_message="这位领导已经联系这个党组织。",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="linked_point_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(to_on__isnull=False), name="linked_point_ended_has_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.leader_name}联系{self.organization.short_name}"
