"""What is put up in public (公示、公开承诺) apart from the table of results, and the objections that come back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from branches.models import Campaign, Organization, User
from config.lib.sealed import seal, unseal
from evaluations.models import ResultNotice
from members.models import Material
from members.models.member import reach_of_people

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_TITLE = 60
LONGEST_TEXT = 8_000
LONGEST_OBJECTION = 1_000


class PublicationKind(models.TextChoices):
    """What is put up."""

    MATERIAL = "material", "材料公示"
    PLEDGE = "pledge", "公开承诺"
    MEASURES = "measures", "整改措施公开"
    RESULTS = "results", "评议结果（网上）"
    OTHER = "other", "其他公示"


class PublicationStatus(models.TextChoices):
    """Where it stands."""

    DRAFT = "draft", "起草"
    APPROVED = "approved", "已批准"
    POSTED = "posted", "正在公示"
    ENDED = "ended", "公示结束"
    WITHDRAWN = "withdrawn", "已撤回"


class PublicationNames(models.TextChoices):
    """How names stand on the paper; on the net never."""

    HIDDEN = "hidden", "都隐去（×××）"
    SURNAME = "surname", "只写姓（王××）"
    KEPT = "kept", "照写（只在张贴的纸上，网上一律隐去）"


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Publications by scope."""

    def visible_to(self, user: User | AnonymousUser) -> PublicationQuerySet:
        """Those of organisations the user's posts reach; who may read what is said by the permissions."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(reach_of_people(user, "organization__path"))

    def approved(self) -> PublicationQuerySet:
        """Those that were approved at some time: what readers of others may see."""
        return self.filter(approved_on__isnull=False)

    def hung(self) -> PublicationQuerySet:
        """Those that hang or hung."""
        return self.filter(status__in=(PublicationStatus.POSTED, PublicationStatus.ENDED))


class Publication(models.Model):
    """One thing put up: what it says, where, from when to when, and whether a page without login shows it.

    `title` and `text` are as edited; once approved, as the public reads them on paper, so that what was hidden is
    kept nowhere. `online` has the same for the page {title, text}, always without names. Of the page's address only a
    digest finds it; `page_token_sealed` opens for the printed notice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="活动", related_name="publications")
    organization = models.ForeignKey(
        Organization, models.PROTECT, verbose_name="党组织", related_name="publications"
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    kind = models.CharField("公示什么", max_length=10, choices=PublicationKind)
    materials = models.ManyToManyField(Material, verbose_name="材料", related_name="publications", blank=True)
    result_notice = models.ForeignKey(
        ResultNotice,
        models.PROTECT,
        verbose_name="评议结果公示",
        null=True,
        blank=True,
        related_name="publications",
    )
    status = models.CharField(
        "状态", max_length=10, choices=PublicationStatus, default=PublicationStatus.DRAFT
    )
    version = models.PositiveIntegerField("修改次数", default=0)
    title = models.CharField("标题", max_length=LONGEST_TITLE)
    text = models.TextField("正文", max_length=LONGEST_TEXT, blank=True)
    scope = models.CharField("公示范围", max_length=80)
    place = models.CharField("公示地点", max_length=100, blank=True)
    contact = models.CharField("意见反映方式", max_length=200)
    from_on = models.DateField("公示开始")
    to_on = models.DateField("公示结束")
    names = models.CharField("姓名", max_length=8, choices=PublicationNames, default=PublicationNames.HIDDEN)
    kept_words = models.CharField("照写的词", max_length=200, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    posted_on = models.DateField("张贴日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    filed_on = models.DateField("报备日期", null=True, blank=True)
    reason = models.CharField("撤回的原因", max_length=300, blank=True)
    asked_on = models.DateField("申请网上公示", null=True, blank=True)
    released_on = models.DateField("批准网上公示", null=True, blank=True)
    online = models.JSONField("网上的文字", default=dict, blank=True)
    page_digest = models.CharField(max_length=64, blank=True, editable=False)
    page_token_sealed = models.TextField(blank=True, editable=False)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ("from_on", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="publication_days_in_order"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(approved_on__isnull=False),
                name="publication_approved_has_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | ~(Q(title="") | Q(text="")),
                name="publication_approved_has_text",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["posted", "ended"]) | Q(posted_on__isnull=False),
                name="publication_posted_has_day",
            ),
            models.CheckConstraint(
                condition=Q(page_digest="") | Q(status__in=["approved", "posted"], released_on__isnull=False),
                name="publication_page_was_released",
            ),
            models.CheckConstraint(
                condition=Q(page_digest="") | ~Q(online={}), name="publication_page_has_text"
            ),
            models.CheckConstraint(
                condition=Q(kind="results", result_notice__isnull=False)
                | (~Q(kind="results") & Q(result_notice__isnull=True)),
                name="publication_results_have_notice",
            ),
            models.UniqueConstraint(
                fields=["page_digest"], condition=~Q(page_digest=""), name="publication_page_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.get_kind_display()}"

    @property
    def page_token(self) -> str:
        """The secret part of the page's address; empty without a page."""
        return unseal(self.page_token_sealed, purpose=f"publication:{self.pk}")

    @page_token.setter
    def page_token(self, token: str) -> None:
        self.page_token_sealed = seal(token, purpose=f"publication:{self.pk}")


class PublicationObjection(models.Model):
    """What somebody said to what hangs, and the answer. Who said it is not kept.

    `to_rectify`: the branch put it on its list of things to rectify when it answered.
    """

    publication = models.ForeignKey(
        Publication, models.PROTECT, verbose_name="公示", related_name="objections"
    )
    on = models.DateField("反映日期")
    text = models.TextField("反映的意见", max_length=LONGEST_OBJECTION)
    answer = models.TextField("答复", blank=True, max_length=LONGEST_OBJECTION)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    to_rectify = models.BooleanField("列入整改", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "对公示内容的意见"
        ordering = ("on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_on__isnull=False),
                name="publication_objection_answer_has_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.publication}的意见"
