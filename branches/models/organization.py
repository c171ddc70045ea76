"""The tree of Party organisations; a post holds in its organisation and below."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Any, cast

from django.db import models
from django.db.models import Q
from django.utils import timezone
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from branches.models.user import User

PATH_END = "Z" * 40  # sorts after every longer path, in every collation


class Kind(models.TextChoices):
    """What the organisation is."""

    COMMITTEE = "committee", "党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    GROUP = "group", "党小组"
    WORK_COMMITTEE = "work_committee", "工委"


BODIES = (Kind.COMMITTEE, Kind.GENERAL_BRANCH)  # 党委、党总支: bodies that hold 班子会 of their own


class Category(models.TextChoices):
    """The field an organisation works in; rules may differ by it (分领域指导)."""

    OFFICE = "office", "机关站所"
    SCHOOL = "school", "学校"
    HOSPITAL = "hospital", "医院"
    VILLAGE = "village", "村"
    COMMUNITY = "community", "社区"
    PRIVATE = "private", "非公"
    SOCIAL = "social", "社会组织"
    STATE_OWNED = "state_owned", "国企"
    RETIRED = "retired", "离退休"
    FLOATING = "floating", "流动"


class OrganizationStatus(models.TextChoices):
    """Whether the organisation works."""

    ACTIVE = "active", "正常"
    SUSPENDED = "suspended", "暂停"
    ABOLISHED = "abolished", "已撤销"


class OrganizationQuerySet(MP_NodeQuerySet["Organization"]):
    """Rows of the tree, chosen by indexed ranges of `path`."""

    def in_subtree(self, organization: Organization) -> OrganizationQuerySet:
        """The organisation and everything below it."""
        return self.filter(path__range=organization.subtree_range)

    def visible_to(self, user: User | AnonymousUser) -> OrganizationQuerySet:
        """What the user's current posts reach: each post's organisation and all below."""
        return self.filter(reach(user, "path"))

    def branches(self) -> OrganizationQuerySet:
        """Working Party branches (党支部), the organisations that vote."""
        return self.filter(kind=Kind.BRANCH, status=OrganizationStatus.ACTIVE)


class OrganizationManager(MP_NodeManager.from_queryset(OrganizationQuerySet)):  # type: ignore[misc]
    """Always in tree order."""

    def get_queryset(self) -> OrganizationQuerySet:
        """All organisations in tree order."""
        return OrganizationQuerySet(self.model, using=self._db).order_by("path")


class Organization(MP_Node):
    """A Party organisation: committee, general branch, branch, group or work committee."""

    steplen = 4
    code = models.CharField("组织编码", max_length=32, unique=True)
    name = models.CharField("全称", max_length=80)
    short_name = models.CharField("简称", max_length=40)
    kind = models.CharField("类型", max_length=16, choices=Kind)
    category = models.CharField("领域", max_length=16, choices=Category, default=Category.OFFICE)
    line_superior = models.ForeignKey(
        "self", models.SET_NULL, verbose_name="系统主管", null=True, blank=True, related_name="+"
    )
    committee_override = models.BooleanField("设支委会（手工指定）", null=True, blank=True)
    is_weak = models.BooleanField("软弱涣散", default=False)
    is_joint = models.BooleanField("联合支部", default=False)
    help_phone = models.CharField("咨询电话", max_length=30, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=OrganizationStatus, default=OrganizationStatus.ACTIVE
    )

    objects = OrganizationManager()

    class Meta:
        verbose_name = verbose_name_plural = "党组织"

    def __str__(self) -> str:
        return self.name

    @property
    def subtree_range(self) -> tuple[str, str]:
        """Bounds of `path` of this organisation and everything below it."""
        return subtree_range(self.path)

    @property
    def is_body(self) -> bool:
        """Whether it is a committee or general branch and not a branch."""
        return self.kind in BODIES

    @property
    def has_committee(self) -> bool:
        """Whether there is a branch committee (支委会): as set by hand, else from the current posts."""
        if self.committee_override is not None:
            return self.committee_override
        return bool(self.appointments.current(timezone.localdate()).committee().count())

    def superior(self) -> Organization | None:
        """The organisation above, or None at the top."""
        return cast("Organization | None", Organization.objects.get_parent(self))

    def children(self) -> OrganizationQuerySet:
        """The organisations directly below, in tree order."""
        return cast("OrganizationQuerySet", Organization.objects.get_children(self).order_by("path"))

    def help_line(self) -> str:
        """The nearest help phone, looking upwards; empty when none is known."""
        if self.help_phone:
            return self.help_phone
        phones = [a.help_phone for a in Organization.objects.get_ancestors(self) if a.help_phone]
        return phones[-1] if phones else ""


def path_and_above(path: str) -> list[str]:
    """The paths of the organisation at `path` and of all above it, topmost first."""
    return [path[:end] for end in range(Organization.steplen, len(path) + 1, Organization.steplen)]


def subtree_range(path: str) -> tuple[str, str]:
    """Bounds of `path` for the organisation at `path` and all below."""
    return path, path + PATH_END


def reach(user: User | AnonymousUser, field: str) -> Q:
    """A condition on the path column `field`: what the user's current posts reach; nothing for strangers."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    posts: list[Any] = user.posts()
    ranges = [Q(**{f"{field}__range": subtree_range(post.organization.path)}) for post in posts]
    return reduce(operator.or_, ranges) if ranges else Q(pk__in=[])
