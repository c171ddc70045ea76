"""The page where the masses give opinions without logging in, and the office that looks through them.

Whoever has the address may write. Only a digest of its secret part is kept. Of a visit nothing is kept at all: no
session, no cookie, no network address, no time. What is counted against floods is how many were sent to one round
in the present minute, for two minutes, in the memory of the process: with several processes each counts its own.

An opinion waits until an office above lets it in (`let_in`); until then the branch sees only how many wait. Let in,
it gets a new random key. NOT promised: see `members.services.opinions`; besides, whoever runs the server could
watch what is sent while it is sent.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from branches.models import Appointment, Organization, OrganizationStatus, User, path_and_above
from branches.permissions import OFFICE_ROLES, Answer, Denied
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from config.lib.limits import too_many_here
from members.models import Moderation, Opinion, OpinionRound, OpinionRoundStatus, Target
from members.permissions.opinions import can_moderate
from members.rules.opinions import ONLINE, public_source, tidy_text
from members.services.opinions import asked_of, lock_round, present, scatter

TOKEN_BYTES = 20  # 160 bits
MOST_A_MINUTE = 60  # sent to one round, by everybody together
MOST_WAITING = 300  # not looked through yet, in one round
LEAST_SECONDS = 3  # between opening the page and sending
STAMP_HOURS = 24
SALT = "members.opinion-page"


class Busy(Exception):
    """Too many at once; what was typed can be sent again in a minute."""


class Full(Exception):
    """Too many wait to be looked through."""


class Stale(Exception):
    """The page was sent too fast or lay open too long; sent again it is good."""


def may_open_page(asked: OpinionRound) -> Answer:
    """Whether there may be a page for the masses: the rules allow it, and somebody above can look through it."""
    rules = asked.campaign.rules_for(asked.organization)
    if ONLINE not in rules.opinion_ways:
        return Denied("这项活动没有列“网上”征求方式，不能开放网上意见页。")
    if asked.status != OpinionRoundStatus.COLLECTING:
        return Denied("这次征求意见已经梳理，请先点“继续征求”。")
    above = path_and_above(asked.organization.path)[:-1]
    offices = Appointment.objects.current(timezone.localdate()).filter(
        role__in=OFFICE_ROLES, organization__path__in=above, user__is_active=True
    )
    if not offices.exists():
        return Denied("上级还没有登记党建办工作人员，网上意见没有人先看，不能开放。请联系上级。")
    return True


def open_page(*, asked: OpinionRound, until: datetime.date, by: User) -> str:
    """Open the page, or give it another address; returns the secret part, known only now.

    An older address ends at once. Raises NotAllowed with the reason.
    """
    with transaction.atomic():
        locked = lock_round(asked, by=by)
        insist(may_open_page(locked))
        if until < timezone.localdate():
            raise NotAllowed("截止日期已经过去。请填今天或以后的日期。")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        renewed = bool(locked.page_digest)
        locked.page_digest, locked.page_until = _digest(token), until
        locked.save(update_fields=["page_digest", "page_until"])
        record(by=by, action="open_opinion_page", about=locked, detail={"renewed": renewed})
    return token


def close_page(*, asked: OpinionRound, by: User) -> bool:
    """Let the address end at once; returns whether there was one. What waits stays. Raises NotAllowed."""
    with transaction.atomic():
        locked = lock_round(asked, by=by)
        was_open = bool(locked.page_digest)
        if was_open:
            locked.page_digest, locked.page_until = "", None
            locked.save(update_fields=["page_digest", "page_until"])
            record(by=by, action="close_opinion_page", about=locked)
    return was_open


def is_address_of(asked: OpinionRound, token: str) -> bool:
    """Whether this is the secret part of the round's address today."""
    return bool(asked.page_digest) and hmac.compare_digest(asked.page_digest, _digest(token))


def find_page(token: str) -> OpinionRound | None:
    """Returns the round an address leads to; None for a wrong, ended or closed one, whatever the cause."""
    rounds = OpinionRound.objects.filter(
        page_digest=_digest(token), status=OpinionRoundStatus.COLLECTING, page_until__gte=timezone.localdate()
    )
    asked = rounds.select_related("campaign__issuer", "organization").first()
    if asked is None or not asked_of(asked.campaign, asked.organization) or not present(asked):
        return None
    return asked if ONLINE in asked.campaign.rules_for(asked.organization).opinion_ways else None


def _digest(token: str) -> str:
    """What is kept of a secret part."""
    return hashlib.sha256(token.encode()).hexdigest()


def stamp(before: str = "") -> str:
    """Returns what a form carries: when it was made and a random number, sealed; nothing is kept.

    `before`: the stamp of a form shown again, which goes on with it as long as it is good.
    """
    try:
        signing.TimestampSigner(salt=SALT).unsign(before, max_age=STAMP_HOURS * 3600)
    except signing.BadSignature:
        pass
    else:
        return before
    return signing.TimestampSigner(salt=SALT).sign(secrets.token_urlsafe(12))


def _nonce(stamped: str) -> str:
    """The random number of a form; raises Stale for one that is too new, too old or not ours."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        nonce: str = signer.unsign(stamped, max_age=STAMP_HOURS * 3600)
    except signing.BadSignature as error:
        raise Stale from error
    try:
        signer.unsign(stamped, max_age=LEAST_SECONDS)
    except signing.SignatureExpired:
        return nonce
    raise Stale


def send(*, asked: OpinionRound, text: str, heading: str, about_person: bool, stamped: str) -> bool:
    """Keep an opinion that came from the page, waiting to be looked through; False when it was sent before.

    Raises Stale, Busy, Full; NotAllowed when the page was closed meanwhile.
    """
    nonce = _nonce(stamped)
    _count(asked)
    with transaction.atomic():
        locked = lock_round(asked, by=None)
        if locked.page_digest != asked.page_digest or locked.status != OpinionRoundStatus.COLLECTING:
            raise NotAllowed("征求意见已经结束。")
        # The same form sent twice makes the same key; let in, the opinion gets another.
        key = hmac.new(settings.SECRET_KEY.encode(), f"{SALT}:{nonce}".encode(), hashlib.sha256).digest()
        opinion = Opinion(
            pk=uuid.UUID(bytes=key[:16]),
            round=locked,
            target=Target.PERSON if about_person else Target.COMMITTEE,
            heading=heading,
            source=public_source(locked.campaign.rules_for(locked.organization)),
            text=tidy_text(text),
            moderation=Moderation.WAITING,
        )
        if locked.opinions.filter(pk=opinion.pk).exists():
            return False
        if locked.opinions.filter(moderation=Moderation.WAITING).count() >= MOST_WAITING:
            raise Full
        scatter(locked, [opinion])
    return True


def _count(asked: OpinionRound) -> None:
    """Count what is sent in the present minute, by everybody together; raises Busy when it is too much.

    Each process for itself: a store of all of them would know, and perhaps write down, when an opinion came.
    """
    if too_many_here(f"opinion-page:{asked.pk}", MOST_A_MINUTE, 60):
        raise Busy


@dataclass(frozen=True)
class Looked:
    """How many were let in and how many were not."""

    accepted: int
    refused: int


def let_in(
    *,
    organization: Organization,
    rounds: Collection[OpinionRound],
    accepted: Collection[uuid.UUID],
    refused: Collection[uuid.UUID],
    by: User,
) -> Looked:
    """Let opinions in, and delete those refused: abuse, the health or family of a third person.

    The record says how many of a round. What was looked through by somebody else meanwhile is left out. Raises
    NotAllowed for others than an office above.
    """
    insist(can_moderate(by, organization))
    if organization.status == OrganizationStatus.ABOLISHED:
        raise NotAllowed("这个党组织已经撤销。")
    total_in = total_out = 0
    with transaction.atomic():
        for asked in sorted(rounds, key=lambda one: one.pk):
            locked = lock_round(asked, by=None)
            waiting = locked.opinions.filter(moderation=Moderation.WAITING)
            out = waiting.filter(pk__in=refused).delete()[0]
            fresh = [_let_in(one) for one in waiting.filter(pk__in=accepted)]
            waiting.filter(pk__in=accepted).delete()
            if fresh:
                scatter(locked, fresh)
            if fresh or out:
                detail = {"accepted": len(fresh), "refused": out}
                record(by=by, action="let_in_opinions", about=locked, detail=detail)
            total_in, total_out = total_in + len(fresh), total_out + out
    return Looked(total_in, total_out)


def _let_in(waiting: Opinion) -> Opinion:
    """The opinion as one that counts, under a new key."""
    waiting.pk, waiting.moderation = uuid.uuid4(), Moderation.ACCEPTED
    return waiting
