"""A Party member (党员) on the roll of one branch."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from branches.models import Kind, Organization, Role, User, subtree_range
from config.lib.sealed import blind_index, blind_indexes, seal, unseal
from members.rules.id_numbers import mask_id_number, mask_phone
from members.rules.names import LONGEST_NAME
from members.rules.pinyin import initials, pinyin_key, query_key, search_key, simplified
from members.rules.strokes import stroke_key

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Technical posts see no people.
BLIND_ROLES = frozenset({Role.SYSTEM, Role.AUDITOR})
ORDERS: dict[str, tuple[Any, ...]] = {
    "stroke": ("stroke_key", "name", "id"),
    "pinyin": ("pinyin_key", "stroke_key", "id"),
    "roster": (F("roster_number").asc(nulls_last=True), "stroke_key", "id"),
}


def reach_of_people(user: User, field: str) -> Q:
    """What the user's posts that see people reach, as a condition on the path column `field`; nothing without one."""
    seen = Q(pk__in=[])
    for post in user.posts():
        if post.role not in BLIND_ROLES:
            seen |= Q(**{f"{field}__range": subtree_range(post.organization.path)})
    return seen


class MemberKind(models.TextChoices):
    """Full or on probation."""

    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"


class Sex(models.TextChoices):
    """As the ID card says."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class Standing(models.TextChoices):
    """Whether the person is on the roll of this branch."""

    ACTIVE = "active", "在册"
    TRANSFERRED = "transferred", "已转出"
    DECEASED = "deceased", "已去世"
    REMOVED = "removed", "已除名"


class MemberQuerySet(models.QuerySet["Member"]):
    """Members by scope, order and what is typed into the search box."""

    def visible_to(self, user: User | AnonymousUser) -> MemberQuerySet:
        """Members the user's posts reach (a group leader: the group), and the user's own record."""
        if not isinstance(user, User):
            return self.none()
        seen = Q(user=user)
        for post in user.posts():
            if post.role not in BLIND_ROLES:
                field = "group" if post.organization.kind == Kind.GROUP else "organization"
                seen |= Q(**{f"{field}__path__range": subtree_range(post.organization.path)})
        return self.filter(seen)

    def within(self, organization: Organization) -> MemberQuerySet:
        """Members of the organisation (a group: its members) and of all below it."""
        field = "group" if organization.kind == Kind.GROUP else "organization"
        return self.filter(**{f"{field}__path__range": organization.subtree_range})

    def active(self) -> MemberQuerySet:
        """Members on the roll."""
        return self.filter(standing=Standing.ACTIVE)

    def in_order(self, order: str = "stroke") -> MemberQuerySet:
        """Sorted by 姓氏笔画 ("stroke"), "pinyin" or the branch's own "roster" order; ties are always broken the same way."""
        return self.order_by(*ORDERS[order])

    def search(self, typed: str) -> MemberQuerySet:
        """Members whose name, pinyin or initials contain what was typed, traditional or simplified."""
        key = query_key(typed)
        return self.filter(search_key__contains=key) if key else self

    def with_id_number(self, number: str) -> MemberQuerySet:
        """Members with this very ID number."""
        return self.filter(id_number_index__in=blind_indexes(number))


class Member(models.Model):
    """One person on the roll; ID number and phone are sealed, dates are plain days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党支部", related_name="members"
    )
    group = models.ForeignKey(
        Organization,
        models.SET_NULL,
        verbose_name="党小组",
        null=True,
        blank=True,
        related_name="group_members",
    )
    name = models.CharField("姓名", max_length=LONGEST_NAME)
    simplified = models.CharField(max_length=LONGEST_NAME, editable=False)
    pinyin_key = models.CharField(max_length=320, editable=False)
    pinyin_initials = models.CharField(max_length=LONGEST_NAME * 2, editable=False)
    stroke_key = models.CharField(max_length=8 * LONGEST_NAME, editable=False)
    search_key = models.CharField(max_length=440, editable=False)
    roster_number = models.PositiveIntegerField("花名册序号", null=True, blank=True)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    education = models.CharField("学历", max_length=20, blank=True)
    workplace = models.CharField("工作单位及职务", max_length=100, blank=True)
    birth_on = models.DateField("出生日期", null=True, blank=True)
    kind = models.CharField("人员类别", max_length=12, choices=MemberKind, default=MemberKind.FULL)
    joined_on = models.DateField("入党日期", null=True, blank=True)
    full_on = models.DateField("转正日期", null=True, blank=True)
    id_number_sealed = models.CharField(max_length=120, blank=True, editable=False)
    id_number_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    phone_sealed = models.CharField(max_length=120, blank=True, editable=False)
    phone_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    is_elderly = models.BooleanField("年老体弱", default=False)
    is_poor = models.BooleanField("困难党员", default=False)
    is_veteran = models.BooleanField("退役军人", default=False)
    is_unwell = models.BooleanField("长期患病", default=False)
    is_disciplined = models.BooleanField("受处分处置", default=False)
    is_village_official = models.BooleanField("大学生村官", default=False)
    is_floating = models.BooleanField("流动党员", default=False)
    floating_to = models.CharField("流向", max_length=100, blank=True)
    is_lost = models.BooleanField("失联", default=False)
    is_leader = models.BooleanField("党员领导干部", default=False)
    suspended_until = models.DateField("留党察看至", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    standing = models.CharField("在册情况", max_length=12, choices=Standing, default=Standing.ACTIVE)
    user = models.OneToOneField(
        User, models.SET_NULL, verbose_name="登录账号", null=True, blank=True, related_name="member"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党员"
        indexes = (
            models.Index(fields=["organization", "standing", "stroke_key"], name="member_roll"),
            models.Index(fields=["standing", "stroke_key", "name", "id"], name="member_by_strokes"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["id_number_index"],
                condition=Q(standing=Standing.ACTIVE) & ~Q(id_number_index=""),
                name="member_id_number_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the sort and search keys that follow from the name."""
        self.derive_keys()
        super().save(*args, **kwargs)

    def derive_keys(self) -> None:
        """Set the columns that follow from the name."""
        self.simplified = simplified(self.name)[:LONGEST_NAME]
        self.pinyin_key = pinyin_key(self.name)[:320]
        self.pinyin_initials = initials(self.name)[: LONGEST_NAME * 2]
        self.stroke_key = stroke_key(self.name)
        self.search_key = search_key(self.name)[:440]

    @property
    def id_number(self) -> str:
        """The full ID number; showing it to somebody is recorded by the service that does."""
        return unseal(self.id_number_sealed, purpose=f"id:{self.pk}")

    @id_number.setter
    def id_number(self, number: str) -> None:
        self.id_number_sealed = seal(number, purpose=f"id:{self.pk}")
        self.id_number_index = blind_index(number)

    @property
    def phone(self) -> str:
        """The full phone number; showing it to somebody is recorded by the service that does."""
        return unseal(self.phone_sealed, purpose=f"phone:{self.pk}")

    @phone.setter
    def phone(self, number: str) -> None:
        self.phone_sealed = seal(number, purpose=f"phone:{self.pk}")
        self.phone_index = blind_index(number)

    @property
    def has_flags(self) -> bool:
        """Whether the list shows any circumstance beside the name."""
        return self.standing != Standing.ACTIVE or bool(
            self.is_floating
            or self.is_lost
            or self.is_elderly
            or self.is_poor
            or self.is_leader
            or self.suspended_until
        )

    @property
    def masked_id_number(self) -> str:
        """The ID number as lists show it."""
        return mask_id_number(self.id_number)

    @property
    def masked_phone(self) -> str:
        """The phone number as lists show it."""
        return mask_phone(self.phone)
