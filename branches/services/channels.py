"""Channels of an organisation: set by its office, their addresses sealed, shown masked, tried with one button."""

from __future__ import annotations

import datetime
import json

from django.db import transaction
from django.utils import timezone

from branches.models import Channel, ChannelKind, DeliveryState, Organization, User
from branches.permissions import can_manage_channels
from branches.services.audit import record
from branches.workflow import NotAllowed
from config.lib import mail, robots
from config.lib.outgoing import BadAddress, NotSent
from config.lib.sealed import CannotOpen, is_current, seal, unseal

MOST_CHANNELS = 12  # of one organisation: more is a mistake, and every digest would go out by each
SWITCHED_OFF = "渠道已停用，没有发出。"
# Robots that only take messages with a keyword are given this one.
MARK = "【组织生活】"


def check_address(kind: str, address: str, secret: str = "") -> tuple[str, str]:
    """Address and secret as they are kept; raises BadAddress with Chinese words on what to change."""
    if kind == ChannelKind.EMAIL:
        return mail.read_addresses(address), ""
    return robots.read_address(kind, address), robots.read_secret(kind, secret)


def add_channel(
    *,
    organization: Organization,
    kind: str,
    label: str,
    address: str,
    secret: str = "",
    quiet_from: datetime.time | None = None,
    quiet_to: datetime.time | None = None,
    by: User,
) -> Channel:
    """Add a channel, switched on. Raises NotAllowed, BadAddress."""
    _require(by, organization)
    if organization.channels.count() >= MOST_CHANNELS:
        raise NotAllowed(f"一个党组织最多设 {MOST_CHANNELS} 个渠道，请先删除不用的。")
    channel = Channel(organization=organization, kind=kind, label=label)
    channel.quiet_from, channel.quiet_to = quiet_from, quiet_to
    _close(channel, *check_address(kind, address, secret))
    with transaction.atomic():
        channel.save()
        record(by=by, action="add_channel", about=channel, detail={"kind": kind})
    return channel


def change_channel(
    *,
    channel: Channel,
    label: str,
    address: str = "",
    secret: str = "",
    quiet_from: datetime.time | None = None,
    quiet_to: datetime.time | None = None,
    by: User,
) -> Channel:
    """Change name, quiet hours and, when one is given, the address with its secret. Raises NotAllowed, BadAddress."""
    _require(by, channel.organization)
    channel.label, channel.quiet_from, channel.quiet_to = label, quiet_from, quiet_to
    if address:
        _close(channel, *check_address(channel.kind, address, secret))
    with transaction.atomic():
        channel.save(update_fields=["label", "quiet_from", "quiet_to", "address"])
        record(by=by, action="change_channel", about=channel, detail={"new_address": bool(address)})
    return channel


def switch_channel(*, channel: Channel, on: bool, by: User) -> int:
    """Switch a channel on or off; returns how many waiting messages are now kept back, to be sent again by hand."""
    _require(by, channel.organization)
    with transaction.atomic():
        channel.is_on = on
        channel.save(update_fields=["is_on"])
        kept = 0
        if not on:
            waiting = channel.deliveries.filter(state=DeliveryState.WAITING, lease_until__isnull=True)
            kept = waiting.update(state=DeliveryState.FAILED, error=SWITCHED_OFF)
        record(by=by, action="switch_channel", about=channel, detail={"on": on, "kept_back": kept})
    return kept


def remove_channel(*, channel: Channel, by: User) -> None:
    """Remove a channel with its address and the list of what was sent by it."""
    _require(by, channel.organization)
    with transaction.atomic():
        waiting = channel.deliveries.filter(state=DeliveryState.WAITING).count()
        record(by=by, action="remove_channel", about=channel, detail={"waiting": waiting})
        channel.delete()


def mask(channel: Channel) -> str:
    """The address as pages show it: enough to tell two apart, never enough to use it."""
    try:
        address, _ = _opened(channel)
    except CannotOpen:
        return "打不开，请重新填写地址"
    if channel.kind != ChannelKind.EMAIL:
        return robots.masked(address)
    parts = [one.rpartition("@") for one in address.split(", ")]
    return "、".join(f"{name[:2] if len(name) > 3 else name[:1]}***@{domain}" for name, _, domain in parts)


def quiet_until(channel: Channel, now: datetime.datetime) -> datetime.datetime | None:
    """When the quiet hours that hold now end, in Asia/Shanghai; None when none hold. They may pass midnight."""
    begin, end = channel.quiet_from, channel.quiet_to
    if begin is None or end is None or begin == end:
        return None
    here = timezone.localtime(now)
    clock, over_midnight = here.time(), begin > end
    after_begin, before_end = clock >= begin, clock < end
    if not (after_begin or before_end if over_midnight else after_begin and before_end):
        return None
    day = here.date() + datetime.timedelta(days=1 if over_midnight and after_begin else 0)
    return timezone.make_aware(datetime.datetime.combine(day, end))


def send_now(channel: Channel, title: str, body: str) -> str:
    """Send one message at once, within about ten seconds; returns a remark for the page, mostly empty.

    Raises NotSent with the Chinese reason. Call it outside of transactions: it waits for the network.
    """
    try:
        address, secret = _opened(channel)
        if channel.kind == ChannelKind.EMAIL:
            return mail.send(address, f"{MARK}{title}", body)
        robots.send(channel.kind, address, secret, f"{MARK}{title}\n{body}".rstrip())
    except (CannotOpen, BadAddress):
        raise NotSent("渠道的地址不能用了，请重新填写地址。") from None
    return ""


def try_channel(*, channel: Channel, by: User) -> str:
    """Send a test message at once, also in quiet hours; as `send_now`. Raises NotAllowed, NotSent."""
    _require(by, channel.organization)
    name = channel.organization.short_name
    try:
        remark = send_now(
            channel, "测试消息", f"这是{name}设置消息渠道时发的测试。收到即设置正确，不用回复。"
        )
    except NotSent:
        record(by=by, action="try_channel", about=channel, detail={"sent": False})
        raise
    record(by=by, action="try_channel", about=channel, detail={"sent": True})
    return remark


def _require(by: User, organization: Organization) -> None:
    answer = can_manage_channels(by, organization)
    if not answer:
        raise NotAllowed(answer.reason)


def _purpose(channel: Channel) -> str:
    """Binds a sealed address to its organisation and kind: moved to another row it does not open."""
    return f"branches.Channel.address:{channel.organization_id}:{channel.kind}"


def _close(channel: Channel, address: str, secret: str) -> None:
    channel.address = seal(json.dumps([address, secret]), purpose=_purpose(channel))


def _opened(channel: Channel) -> tuple[str, str]:
    """Address and secret; raises CannotOpen."""
    try:
        address, secret = json.loads(unseal(channel.address, purpose=_purpose(channel)))
    except ValueError:
        raise CannotOpen("渠道没有地址。") from None
    return address, secret


def reseal_channels() -> int:
    """After a new first key: seal every address again; returns how many. Raises CannotOpen."""
    with transaction.atomic():
        old = [c for c in Channel.objects.select_for_update() if not is_current(c.address)]
        for channel in old:
            _close(channel, *_opened(channel))
        Channel.objects.bulk_update(old, ["address"])
    return len(old)
