"""Messages for channels: written once with their fact, sent by a relay, never twice, never lost (docs/adr/0009)."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from branches.models import Channel, Delivery, DeliveryState, User
from branches.permissions import can_manage_channels
from branches.services.audit import record
from branches.services.channels import quiet_until, send_now
from branches.workflow import NotAllowed
from config.lib.outgoing import NotSent

logger = logging.getLogger(__name__)
Text = tuple[str, str]  # title, body
# After the first failure one minute, and so on; after the last no further try by itself.
DELAYS = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 240, 240))
LEASE = datetime.timedelta(seconds=120)
KEPT = datetime.timedelta(days=400)  # long enough to look at last season's when this one begins
RUN = datetime.timedelta(seconds=45)  # one call; what remains is sent by the next
AT_ONCE = 200
INTERRUPTED = "发送时系统中断，不知道是否送达。请先看群里或邮箱，没有的再发一次。"
CANNOT_WRITE = "整理内容时出错，稍后自动再试。"
UNKNOWN = "发送时出错，不知道是否送达。"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to be written: once for each channel, kind and day.

    `about` lists [campaign id, organisation id, step key], looked at again just before sending.
    """

    channel: Channel
    kind: str
    day: datetime.date
    title: str
    body: str
    about: Sequence[Sequence[object]] = ()


def queue_all(rows: Iterable[Outgoing], *, now: datetime.datetime) -> int:
    """Write messages, one for each channel, kind and day, whoever else writes the same; returns how many were asked.

    Channels that are off are left out. Call it in the transaction of the fact.
    """
    made = [
        Delivery(
            channel=row.channel,
            kind=row.kind,
            day=row.day,
            title=row.title[:120],
            body=row.body,
            about=[list(one) for one in row.about],
            next_try_at=now,
        )
        for row in rows
        if row.channel.is_on
    ]
    Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    return len(made)


def queue(
    *,
    channel: Channel,
    kind: str,
    day: datetime.date,
    title: str,
    body: str,
    about: Sequence[Sequence[object]] = (),
    now: datetime.datetime,
) -> int:
    """Write one message; see `queue_all`."""
    return queue_all([Outgoing(channel, kind, day, title, body, about)], now=now)


def send_due(now: datetime.datetime, look_again: Callable[[Delivery], Text | None]) -> int:
    """Send what is due, as long as there is time; returns how many messages left.

    `look_again(delivery)` gives title and body as they should be now, or None when nothing is owed any
    more. Safe to run many times at once.
    """
    begun = time.monotonic()
    _give_up_interrupted(now)
    due = Delivery.objects.filter(_free(now), channel__is_on=True).order_by("next_try_at", "pk")
    sent = 0
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        passed = datetime.timedelta(seconds=time.monotonic() - begun)
        if passed > RUN:
            break
        sent += _relay(pk, now + passed, look_again)
    return sent


def send_again(*, delivery: Delivery, by: User, now: datetime.datetime) -> None:
    """Queue a message that did not leave, or perhaps did, once more. Raises NotAllowed with the Chinese reason."""
    channel = delivery.channel
    answer = can_manage_channels(by, channel.organization)
    if not answer:
        raise NotAllowed(answer.reason)
    if not channel.is_on:
        raise NotAllowed(f"“{channel.label}”已停用，请先启用再发。")
    with transaction.atomic():
        failed = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.FAILED)
        fresh = {"attempts": 0, "next_try_at": now, "lease_until": None, "sent_at": None, "error": ""}
        if failed.update(state=DeliveryState.WAITING, **fresh) != 1:
            raise NotAllowed("这条消息已经在排队或已经发出，不用再发。")
        record(by=by, action="send_again", about=channel, detail={"delivery": delivery.pk})


def forget_old_deliveries() -> int:
    """Remove messages that were sent, dropped or given up long ago; returns how many."""
    old = Delivery.objects.exclude(state=DeliveryState.WAITING)
    return old.filter(day__lt=timezone.localdate() - KEPT).delete()[0]


def _free(now: datetime.datetime) -> Q:
    """Due and in nobody's hands: one table, no join, so that it can be asked and taken in one update.

    A lease that ran out before anything was sent (sent_at is empty) binds nobody.
    """
    unheld = Q(lease_until__isnull=True) | Q(lease_until__lt=now, sent_at__isnull=True)
    return Q(state=DeliveryState.WAITING, next_try_at__lte=now) & unheld


def _give_up_interrupted(now: datetime.datetime) -> None:
    """What was being sent when its relay died may have arrived: a person decides. The lease stays, as its mark."""
    lost = Delivery.objects.filter(state=DeliveryState.WAITING, lease_until__lt=now, sent_at__isnull=False)
    if count := lost.update(state=DeliveryState.FAILED, error=INTERRUPTED):
        logger.warning("%s deliveries were interrupted while being sent", count)


def _relay(pk: int, now: datetime.datetime, look_again: Callable[[Delivery], Text | None]) -> bool:
    """Take one message and send it; False when it was not ours, not due, not owed, or did not leave."""
    delivery = Delivery.objects.select_related("channel__organization").filter(pk=pk).first()
    if delivery is None or not delivery.channel.is_on:
        return False
    free = Delivery.objects.filter(_free(now), pk=pk)
    quiet = quiet_until(delivery.channel, now)
    if quiet is not None:
        free.update(next_try_at=quiet)
        return False
    lease = now + LEASE
    if free.update(lease_until=lease) != 1:
        return False
    mine = Delivery.objects.filter(pk=pk, state=DeliveryState.WAITING, lease_until=lease)
    try:
        text = look_again(delivery)
    except Exception as error:
        logger.error("delivery %s could not be written: %s", pk, type(error).__name__)
        mine.update(attempts=F("attempts") + 1)
        _failed(delivery, lease, now, NotSent(CANNOT_WRITE))
        return False
    if text is None:
        mine.update(state=DeliveryState.DROPPED, lease_until=None, error="")
        return False
    delivery.title, delivery.body = text[0][:120], text[1]
    # From here on it may have arrived, whatever happens: sent_at says so.
    words = {"title": delivery.title, "body": delivery.body}
    if mine.update(sent_at=now, attempts=F("attempts") + 1, **words) != 1:
        return False
    return _send(delivery, lease, now)


def _send(delivery: Delivery, lease: datetime.datetime, now: datetime.datetime) -> bool:
    """The network, then the outcome; the lease is the mark by which the row is still ours."""
    try:
        remark = send_now(delivery.channel, delivery.title, delivery.body)
    except NotSent as failure:
        _failed(delivery, lease, now, failure)
        return False
    except Exception as error:
        logger.error("delivery %s failed: %s", delivery.pk, type(error).__name__)
        _failed(delivery, lease, now, NotSent(UNKNOWN, unsure=True))
        return False
    ours = Delivery.objects.filter(pk=delivery.pk, lease_until=lease)
    ours.update(state=DeliveryState.SENT, sent_at=timezone.now(), lease_until=None, error=remark)
    return True


def _failed(delivery: Delivery, lease: datetime.datetime, now: datetime.datetime, failure: NotSent) -> None:
    """Try later, or, when it may have arrived or was tried often enough, leave it to a person."""
    tries = delivery.attempts + 1
    given_up = failure.unsure or tries > len(DELAYS)
    Delivery.objects.filter(pk=delivery.pk, lease_until=lease).update(
        state=DeliveryState.FAILED if given_up else DeliveryState.WAITING,
        next_try_at=now + (datetime.timedelta() if given_up else DELAYS[tries - 1]),
        lease_until=None,
        sent_at=F("sent_at") if failure.unsure else None,
        error=failure.reason[:200],
    )
