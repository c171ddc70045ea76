"""The review of materials (审核把关): seats of offices, remarks at paragraphs, and spot checks with a seed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from branches.models import Campaign, Organization, Role, User, reach
from config.lib.sealed import seal, unseal
from members.models.material import Material, MaterialVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Decision(models.TextChoices):
    """What the holder of a seat decided."""

    PENDING = "pending", "待审核"
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"


class ReviewSlotQuerySet(models.QuerySet["ReviewSlot"]):
    """Seats by scope."""

    def visible_to(self, user: User | AnonymousUser) -> ReviewSlotQuerySet:
        """Seats of materials the user may know of, and those of the user's offices."""
        if not isinstance(user, User):
            return self.none()
        offices = [post.organization_id for post in user.posts()]
        return self.filter(
            reach(user, "version__material__organization__path") | models.Q(office__in=offices)
        )


class ReviewSlot(models.Model):
    """One seat at the review of one version: an office, never a person. All seats of a version must pass it.

    Who holds the seat is worked out from the posts of the day; `holder` is who held it when last looked,
    so that a change of holder is noticed, announced and recorded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(MaterialVersion, models.CASCADE, verbose_name="版本", related_name="slots")
    seat = models.CharField("审核席位", max_length=16)  # a key of members.rules.routing.SEATS
    office = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="审核组织", null=True, blank=True, related_name="+"
    )
    role = models.CharField("审核职务", max_length=20, choices=Role, blank=True)
    escalated = models.CharField("转审原因", max_length=200, blank=True)
    holder = models.ForeignKey(
        User, models.SET_NULL, verbose_name="现任", null=True, blank=True, related_name="+"
    )
    decision = models.CharField("审核结果", max_length=8, choices=Decision, default=Decision.PENDING)
    checklist = models.JSONField("逐条对照", default=dict, blank=True)
    note_sealed = models.TextField(blank=True, editable=False)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = models.CharField("审核人", max_length=40, blank=True)

    objects = ReviewSlotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核席位"
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["version", "seat"], name="review_seat_once"),)

    def __str__(self) -> str:
        return f"{self.version} {self.seat}"

    @property
    def note(self) -> str:
        """What the reviewer says of the whole."""
        return unseal(self.note_sealed, purpose=f"review:{self.pk}")

    @note.setter
    def note(self, text: str) -> None:
        self.note_sealed = seal(text, purpose=f"review:{self.pk}")


class ReviewRemark(models.Model):
    """A reviewer's remark at one paragraph of the version: block of the paper and paragraph in it, from 0."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slot = models.ForeignKey(ReviewSlot, models.CASCADE, verbose_name="席位", related_name="remarks")
    block = models.CharField("段", max_length=40)
    paragraph = models.PositiveSmallIntegerField("第几段", default=0)
    text_sealed = models.TextField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "批注"
        ordering = ("block", "paragraph", "pk")

    def __str__(self) -> str:
        return f"{self.block}:{self.paragraph}"

    @property
    def text(self) -> str:
        """The remark."""
        return unseal(self.text_sealed, purpose=f"remark:{self.pk}")

    @text.setter
    def text(self, text: str) -> None:
        self.text_sealed = seal(text, purpose=f"remark:{self.pk}")


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):
    """Draws by scope."""

    def visible_to(self, user: User | AnonymousUser) -> SpotCheckQuerySet:
        """Draws of offices the user's posts reach."""
        return self.filter(reach(user, "organization__path"))


class SpotCheck(models.Model):
    """One draw (随机抽查): pool, seed and size are kept, so that anybody can repeat the draw."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="spot_checks")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="抽查单位", related_name="spot_checks"
    )
    seed = models.CharField("随机数种子", max_length=64)
    size = models.PositiveIntegerField("抽查份数")
    pool = models.JSONField("抽查范围")  # keys of the materials, sorted
    drawn_at = models.DateTimeField("抽取时间")
    drawn_by = models.CharField("抽取人", max_length=40)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "材料抽查"
        ordering = ("-drawn_at",)

    def __str__(self) -> str:
        return f"{self.organization.short_name}材料抽查"


class SpotCheckItem(models.Model):
    """One material drawn, and what the check found; it never replaces the review."""

    check_of = models.ForeignKey(SpotCheck, models.CASCADE, verbose_name="抽查", related_name="items")
    material = models.ForeignKey(Material, models.CASCADE, verbose_name="材料", related_name="spot_checks")
    position = models.PositiveIntegerField("顺序")
    finding_sealed = models.TextField(blank=True, editable=False)
    wants_more = models.BooleanField("建议退回修改", null=True, blank=True)
    checked_on = models.DateField("抽查日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "抽查材料"
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["check_of", "material"], name="spot_check_item_once"),)

    def __str__(self) -> str:
        return f"{self.material}"

    @property
    def finding(self) -> str:
        """What was found."""
        return unseal(self.finding_sealed, purpose=f"spot-check:{self.pk}")

    @finding.setter
    def finding(self, text: str) -> None:
        self.finding_sealed = seal(text, purpose=f"spot-check:{self.pk}")
