"""Self-examination materials (对照检查材料、问题清单和整改措施): one row a subject, every version handed in kept.

What is written is sealed at rest; the shape of the opened text is `members.rules.paper.Paper`.
"""

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


class MaterialRole(models.TextChoices):
    """As whom the subject owes a material."""

    COMMITTEE = "committee", "班子"
    HEAD = "head", "负责人"
    OFFICIAL = "official", "大学生村官"
    MEMBER = "member", "党员"


class MaterialForm(models.TextChoices):
    """In which form it is owed (rules `*_material`)."""

    LIST = "list", "问题清单和整改措施"
    FULL = "full", "对照检查材料"


class MaterialStatus(models.TextChoices):
    """Where a material stands; the words are those of every list and message."""

    DRAFT = "draft", "撰写中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    PASSED = "passed", "已通过"
    DONE = "done", "已完成"  # where the rules ask for no review, and for what was handed in on paper


class MaterialQuerySet(models.QuerySet["Material"]):
    """Materials by scope."""

    def visible_to(self, user: User | AnonymousUser) -> MaterialQuerySet:
        """That there is one: of organisations the user's posts reach, the own, and those to be reviewed.

        Whether the text may be read is asked of `members.permissions.materials.can_read_material`.
        """
        if not isinstance(user, User):
            return self.none()
        own = Q(member__user=user) | Q(appointment__user=user)
        offices = [post.organization_id for post in user.posts()]
        reviewed = Q(pk__in=self.model.objects.filter(versions__slots__office__in=offices).values("pk"))
        return self.filter(reach(user, "organization__path") | own | reviewed)


class Material(models.Model):
    """What one subject owes in one round of a campaign: the committee, or a person in one role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name="活动", related_name="materials")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="materials"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    role = models.CharField("身份", max_length=10, choices=MaterialRole)
    member = models.ForeignKey(
        Member, models.PROTECT, verbose_name="党员", null=True, blank=True, related_name="materials"
    )
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, verbose_name="任职", null=True, blank=True, related_name="+"
    )
    form = models.CharField("形式", max_length=4, choices=MaterialForm)
    status = models.CharField("状态", max_length=10, choices=MaterialStatus, default=MaterialStatus.DRAFT)
    revision = models.PositiveIntegerField("保存次数", default=0)
    content_sealed = models.TextField(blank=True, editable=False)
    chars = models.PositiveIntegerField("字数", default=0)
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    author = models.ForeignKey(
        User, models.PROTECT, verbose_name="执笔", null=True, blank=True, related_name="+"
    )
    drafted_by = models.CharField("主持起草", max_length=40, blank=True)
    is_on_paper = models.BooleanField("纸质提交", default=False)
    submitted_on = models.DateField("提交日期", null=True, blank=True)
    settled_on = models.DateField("办结日期", null=True, blank=True)
    discussed_on = models.DateField("集体讨论日期", null=True, blank=True)
    consulted_on = models.DateField("征求意见日期", null=True, blank=True)
    consulted_scope = models.CharField("征求意见范围", max_length=200, blank=True)
    shown_on = models.DateField("公示或承诺日期", null=True, blank=True)
    shown_where = models.CharField("公示或承诺方式", max_length=200, blank=True)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对照检查材料"
        ordering = ("organization__path", "role", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(role=MaterialRole.COMMITTEE, member__isnull=True, appointment__isnull=True)
                | (
                    ~Q(role=MaterialRole.COMMITTEE)
                    & (
                        Q(member__isnull=False, appointment__isnull=True)
                        | Q(member__isnull=True, appointment__isnull=False)
                    )
                ),
                name="material_subject",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "member"],
                condition=Q(member__isnull=False),
                name="material_member_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no", "appointment"],
                condition=Q(appointment__isnull=False),
                name="material_post_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "organization", "round_no"],
                condition=Q(role=MaterialRole.COMMITTEE),
                name="material_committee_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject}{self.get_form_display()}"

    @property
    def subject(self) -> str:
        """Whose it is, in words."""
        if self.member is not None:
            return self.member.name
        return self.appointment.holder_name if self.appointment is not None else self.organization.short_name

    @property
    def content(self) -> str:
        """What is written so far, as JSON of a `Paper`; empty when nothing is."""
        return unseal(self.content_sealed, purpose=f"material:{self.pk}")

    @content.setter
    def content(self, text: str) -> None:
        self.content_sealed = seal(text, purpose=f"material:{self.pk}")


class MaterialVersion(models.Model):
    """A material as it was handed in."""

    material = models.ForeignKey(Material, models.CASCADE, verbose_name="材料", related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content_sealed = models.TextField(editable=False)
    chars = models.PositiveIntegerField("字数")
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.CharField("提交人", max_length=40)
    # What is near-identical to another text: told to author and reviewer only, never scored.
    alike_sealed = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "材料版本"
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["material", "number"], name="material_version"),)

    def __str__(self) -> str:
        return f"{self.material}第{self.number}版"

    @property
    def content(self) -> str:
        """What was handed in, as JSON of a `Paper`."""
        return unseal(self.content_sealed, purpose=f"material:{self.material_id}:{self.number}")

    @content.setter
    def content(self, text: str) -> None:
        self.content_sealed = seal(text, purpose=f"material:{self.material_id}:{self.number}")

    @property
    def alike(self) -> str:
        """The private hint, as JSON."""
        return unseal(self.alike_sealed, purpose=f"material-alike:{self.material_id}:{self.number}")

    @alike.setter
    def alike(self, text: str) -> None:
        self.alike_sealed = seal(text, purpose=f"material-alike:{self.material_id}:{self.number}")
