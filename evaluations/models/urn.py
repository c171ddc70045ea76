"""Voting on a device in the room: slips with codes, the sealed urn, and what came out of it.

Nothing here has a time, a person, an address or an order. Codes are kept as keyed digests, the key outside
the database; boxes have random keys, are made before the opening and all have one length; the secret key of
the urn is never stored: two 计票人 hold one half each.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from evaluations.models.ballot import Ballot
from evaluations.models.ballot_subject import BallotSubject


class UrnState(models.TextChoices):
    """Where the urn stands."""

    PREPARED = "prepared", "待开启"
    OPEN = "open", "正在投票"
    CLOSED = "closed", "已关闭，待开箱"
    COUNTED = "counted", "已清点"
    DESTROYED = "destroyed", "已销毁"


class SealedUrn(models.Model):
    """Any urn: `codes` and `slots` are its slips and places; `address` is the digest of its page's secret address."""

    codes: models.Manager[Any]
    slots: models.Manager[Any]
    held_by_others = "两半钥匙已经交给另外两位计票人。要换人，请先在会议分工里换计票人。"
    open_for_days = False  # then no store may know when somebody was at it
    address = models.CharField("投票页地址指纹", max_length=64, unique=True)
    public_key = models.BinaryField("封票公钥")
    halves_shown = models.JSONField("已交开箱钥匙的席", default=list)  # accounts of the two holders, in order
    state = models.CharField("状态", max_length=10, choices=UrnState, default=UrnState.PREPARED)
    receipts = models.JSONField("回执", default=list)  # sorted, from closing on

    class Meta:
        abstract = True

    @property
    def key_name(self) -> uuid.UUID:
        """What its key lies under, outside the database."""
        raise NotImplementedError

    @property
    def cast(self) -> int | None:
        """How many votes are in it; None until it is closed."""
        return None if self.state in (UrnState.PREPARED, UrnState.OPEN) else len(self.receipts)


class Urn(SealedUrn):
    """The urn of one ballot."""

    ballot = models.OneToOneField(Ballot, models.CASCADE, verbose_name="测评", related_name="urn")

    class Meta:
        verbose_name = verbose_name_plural = "电子票箱"

    def __str__(self) -> str:
        return f"{self.ballot}"

    @property
    def key_name(self) -> uuid.UUID:
        """The ballot's own name."""
        return self.ballot_id


class CodeState(models.TextChoices):
    """Whether a slip can still vote."""

    PRINTED = "printed", "已印"
    LIVE = "live", "可投"
    USED = "used", "已投"
    VOID = "void", "未用，已作废"


class SlipCode(models.Model):
    """One slip: only a keyed digest of its code; who drew it is known to nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField("码的指纹", max_length=64)
    state = models.CharField("状态", max_length=8, choices=CodeState, default=CodeState.PRINTED)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.get_state_display()


class UrnCode(SlipCode):
    """One slip of a ballot."""

    urn = models.ForeignKey(Urn, models.CASCADE, verbose_name="票箱", related_name="codes")

    class Meta:
        verbose_name = verbose_name_plural = "投票码"
        constraints = (models.UniqueConstraint(fields=["urn", "digest"], name="urn_code_once"),)


class SealedSlot(models.Model):
    """One place for one sealed vote, full of random bytes until then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    filled = models.BooleanField("有票", default=False)
    sealed = models.BinaryField("封好的票")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return "有票" if self.filled else "空"


class UrnSlot(SealedSlot):
    """One place of a ballot's urn."""

    urn = models.ForeignKey(Urn, models.CASCADE, verbose_name="票箱", related_name="slots")

    class Meta:
        verbose_name = verbose_name_plural = "票位"


class UrnLine(models.Model):
    """The votes for one row that came out of the urn, sealed; merged into the result, deleted at certification.

    Where few vote on a device beside the papers, their sums are nearly their votes.
    """

    urn = models.ForeignKey(Urn, models.CASCADE, verbose_name="票箱", related_name="lines")
    subject = models.ForeignKey(BallotSubject, models.CASCADE, verbose_name="对象")
    sealed = models.BinaryField("票数和弃权")

    class Meta:
        verbose_name = verbose_name_plural = "电子票数"
        constraints = (models.UniqueConstraint(fields=["urn", "subject"], name="urn_line_once"),)

    def __str__(self) -> str:
        return f"{self.subject}"
