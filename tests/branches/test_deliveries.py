"""Messages for channels: written once, sent once, tried again later and later, never lost."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from branches.models import AuditEvent, Channel, Delivery, DeliveryState, User
from branches.services import channels, deliveries
from branches.services.deliveries import Outgoing, queue, queue_all, send_again, send_due
from branches.workflow import NotAllowed
from tests.conftest import Tree
from tests.factories.channels import Robots, channel_of, delivery_for, mail_server, robots_server
from tests.races import at_once

TODAY = datetime.date(2026, 8, 1)
NOON = timezone.make_aware(datetime.datetime.fromisoformat("2026-08-01T12:00"))


@pytest.fixture
def server(settings: Any) -> Iterator[Robots]:
    """A stand-in for the robots."""
    with robots_server() as running:
        settings.CHANNEL_HOSTS_ALLOWED = [running.host]
        yield running


@pytest.fixture
def channel(tree: Tree, server: Robots) -> Channel:
    """A WeCom robot of the township, on the stand-in."""
    return channel_of(tree.township, "wecom", base=server.base)


def same(delivery: Delivery) -> tuple[str, str]:
    """Everything is still owed."""
    return delivery.title, delivery.body


def minutes(count: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=count)


def said(server: Robots) -> list[str]:
    return [got["text"]["content"] for got in server.got]


def only() -> Delivery:
    return Delivery.objects.get()


def test_a_message_is_written_once_a_day_and_sent_once(channel: Channel, server: Robots) -> None:
    for title in ("有 3 个支部未报", "又来一次"):
        assert queue(channel=channel, kind="digest", day=TODAY, title=title, body="甲", now=NOON) == 1
    assert send_due(NOON, same) == 1
    assert send_due(NOON + minutes(600), same) == 0
    assert said(server) == ["【组织生活】有 3 个支部未报\n甲"]
    assert (only().state, only().attempts, only().error, only().lease_until) == ("sent", 1, "", None)


def test_other_days_kinds_and_channels_are_other_messages(tree: Tree, channel: Channel) -> None:
    other = channel_of(tree.village)
    about = [(1, tree.village.pk, "plan")]
    rows = [
        Outgoing(channel, "digest", TODAY, "甲" * 200, "", about),
        Outgoing(channel, "digest", TODAY + datetime.timedelta(days=1), "乙", ""),
        Outgoing(channel, "urgent", TODAY, "丙", ""),
        Outgoing(other, "digest", TODAY, "丁", ""),
    ]
    assert queue_all(rows, now=NOON) == 4
    assert queue_all(rows, now=NOON) == 4
    assert Delivery.objects.count() == 4
    first = Delivery.objects.get(channel=channel, kind="digest", day=TODAY)
    assert (len(first.title), first.about) == (120, [[1, tree.village.pk, "plan"]])


def test_a_channel_that_is_off_gets_no_messages(channel: Channel, server: Robots) -> None:
    delivery_for(channel, next_try_at=NOON)
    channel.is_on = False
    channel.save()
    assert queue(channel=channel, kind="digest", day=TODAY, title="甲", body="", now=NOON) == 0
    assert send_due(NOON, same) == 0
    assert server.got == []


def test_a_channel_switched_off_meanwhile_is_left_alone(channel: Channel, server: Robots) -> None:
    delivery = delivery_for(channel, next_try_at=NOON)
    Channel.objects.update(is_on=False)
    assert deliveries._relay(delivery.pk, NOON, same) is False
    Channel.objects.all().delete()
    assert deliveries._relay(delivery.pk, NOON, same) is False
    assert server.got == []


def test_a_message_in_the_hands_of_another_relay_is_left_alone(channel: Channel, server: Robots) -> None:
    taken = delivery_for(channel, next_try_at=NOON, lease_until=NOON + minutes(1))
    assert send_due(NOON, same) == 0
    assert deliveries._relay(taken.pk, NOON, same) is False
    assert server.got == []


def test_a_letter_of_several_organisations_arrives(tree: Tree, settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.lib.mail.Backend"
    delivery_for(channel_of(tree.village, address="yi@example.gov.cn er@example.gov.cn"), next_try_at=NOON)
    with mail_server() as letters:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", letters.port
        letters.refused = {"er@example.gov.cn"}
        assert send_due(NOON, same) == 1
        assert send_due(NOON + minutes(600), same) == 0
    assert [letter.rcpt_tos for letter in letters.got] == [["yi@example.gov.cn"]]
    assert (only().state, only().error) == ("sent", "第 2 个邮箱被对方拒收，请核对地址。")


def test_what_was_done_meanwhile_is_not_sent(channel: Channel, server: Robots) -> None:
    delivery_for(channel, next_try_at=NOON)
    assert send_due(NOON, lambda _: None) == 0
    assert (only().state, only().lease_until, only().attempts) == ("dropped", None, 0)
    assert server.got == []


def test_what_is_left_of_it_is_sent_and_kept(channel: Channel, server: Robots) -> None:
    delivery_for(channel, next_try_at=NOON)
    assert send_due(NOON, lambda _: ("有 1 个支部未报", "")) == 1
    assert said(server) == ["【组织生活】有 1 个支部未报"]
    assert (only().title, only().body) == ("有 1 个支部未报", "")


def test_nothing_is_sent_before_its_time(channel: Channel, server: Robots) -> None:
    delivery_for(channel, next_try_at=NOON + minutes(1))
    assert send_due(NOON, same) == 0
    assert send_due(NOON + minutes(1), same) == 1
    assert len(server.got) == 1


def test_after_each_failure_one_waits_longer_and_after_the_eighth_a_person_decides(
    channel: Channel, server: Robots
) -> None:
    server.answer = '{"errcode": 45009}'
    delivery_for(channel, next_try_at=NOON)
    now, waited = NOON, []
    with time_machine.travel(NOON) as clock:
        while only().state == DeliveryState.WAITING:
            assert send_due(now, same) == 0
            assert send_due(now, same) == 0, "not before its time"
            assert "太频繁" in only().error
            if only().state == DeliveryState.WAITING:
                waited.append((only().next_try_at - now).total_seconds() // 60)
                now = only().next_try_at
                clock.move_to(now)
    assert waited == [1, 5, 15, 60, 240, 240, 240]
    assert (only().state, only().attempts, only().sent_at) == ("failed", 8, None)
    assert len(server.got) == 8


def test_a_robot_that_recovers_gets_the_message_late_but_once(channel: Channel, server: Robots) -> None:
    server.status = 500
    delivery_for(channel, next_try_at=NOON)
    assert send_due(NOON, same) == 0
    assert (only().attempts, only().sent_at) == (1, None)
    server.status = 200
    assert send_due(NOON + minutes(2), same) == 1
    assert (only().state, only().attempts, only().error) == ("sent", 2, "")


def test_what_perhaps_arrived_is_not_sent_again_by_itself(channel: Channel, server: Robots) -> None:
    server.hang_up = True
    delivery_for(channel, next_try_at=NOON)
    assert send_due(NOON, same) == 0
    assert only().state == DeliveryState.FAILED
    assert "不知道是否送达" in only().error
    server.hang_up = False
    assert send_due(NOON + minutes(6000), same) == 0
    assert len(server.got) == 1


class Killed(BaseException):
    """The worker is gone: nothing after this line is run."""


def killed(*_: object) -> Any:
    raise Killed


def test_a_relay_killed_while_sending_is_shown_and_nobody_sends_again_by_himself(
    channel: Channel, server: Robots, township: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_for(channel, next_try_at=NOON)
    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "send_now", killed)
        with pytest.raises(Killed):
            send_due(NOON, same)
    assert send_due(NOON + minutes(1), same) == 0
    assert only().state == DeliveryState.WAITING, "the lease still runs"
    assert send_due(NOON + minutes(3), same) == 0
    assert (only().state, only().error) == ("failed", deliveries.INTERRUPTED)
    assert server.got == []
    send_again(delivery=only(), by=township, now=NOON + minutes(4))
    assert send_due(NOON + minutes(4), same) == 1
    assert (only().state, only().attempts) == ("sent", 1)


def test_a_relay_killed_before_sending_is_followed_by_another(channel: Channel, server: Robots) -> None:
    delivery_for(channel, next_try_at=NOON)
    with pytest.raises(Killed):
        send_due(NOON, killed)
    assert send_due(NOON + minutes(1), same) == 0, "the lease still runs"
    assert send_due(NOON + minutes(3), same) == 1
    assert len(server.got) == 1


def test_a_relay_thought_dead_that_comes_to_its_end_says_what_it_did(
    channel: Channel, server: Robots
) -> None:
    delivery_for(channel, next_try_at=NOON)
    usual = channels.send_now

    def slowly(*args: Any) -> str:
        assert send_due(NOON + minutes(5), same) == 0
        assert only().error == deliveries.INTERRUPTED
        return usual(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "send_now", slowly)
        assert send_due(NOON, same) == 1
    assert (only().state, only().error) == ("sent", "")
    assert len(server.got) == 1


def test_a_lease_lost_while_looking_again_sends_nothing(channel: Channel, server: Robots) -> None:
    delivery_for(channel, next_try_at=NOON)

    def overtaken(delivery: Delivery) -> tuple[str, str]:
        Delivery.objects.update(lease_until=NOON + minutes(99))
        return same(delivery)

    assert send_due(NOON, overtaken) == 0
    assert server.got == []


def test_an_error_while_looking_again_is_a_failure_to_be_tried_again(
    channel: Channel, server: Robots, caplog: pytest.LogCaptureFixture
) -> None:
    delivery_for(channel, next_try_at=NOON)

    def broken(_: Delivery) -> tuple[str, str]:
        raise ZeroDivisionError("刘德福")

    assert send_due(NOON, broken) == 0
    assert (only().state, only().attempts, only().error) == ("waiting", 1, deliveries.CANNOT_WRITE)
    assert "ZeroDivisionError" in caplog.text
    assert "刘德福" not in caplog.text
    assert send_due(NOON + minutes(2), same) == 1


def test_an_unforeseen_error_while_sending_is_left_to_a_person(
    channel: Channel, server: Robots, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError(f"{server.base} key=1a2b3c")

    monkeypatch.setattr(deliveries, "send_now", broken)
    delivery_for(channel, next_try_at=NOON)
    assert send_due(NOON, same) == 0
    assert (only().state, only().error) == ("failed", deliveries.UNKNOWN)
    assert "key=" not in caplog.text


def test_one_bad_channel_does_not_hold_up_the_others(
    tree: Tree, channel: Channel, server: Robots, settings: Any
) -> None:
    gone = channel_of(tree.village, "wecom", base=server.base)
    Channel.objects.filter(pk=gone.pk).update(address="")
    delivery_for(gone, next_try_at=NOON - minutes(5))
    delivery_for(channel, next_try_at=NOON)
    assert send_due(NOON, same) == 1
    assert Delivery.objects.get(channel=gone).error == "渠道的地址不能用了，请重新填写地址。"


def test_quiet_hours_over_midnight_postpone_without_counting_as_a_try(
    channel: Channel, server: Robots
) -> None:
    channel.quiet_from, channel.quiet_to = datetime.time(22), datetime.time(7)
    channel.save()
    night = NOON + datetime.timedelta(hours=11)
    delivery_for(channel, next_try_at=night)
    assert send_due(night, same) == 0
    morning = NOON + datetime.timedelta(hours=19)
    assert (only().state, only().attempts, only().next_try_at) == ("waiting", 0, morning)
    assert send_due(morning - minutes(1), same) == 0
    assert send_due(morning, same) == 1
    assert len(server.got) == 1


def test_one_call_ends_in_time_and_the_next_goes_on(
    channel: Channel, server: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        delivery_for(channel, next_try_at=NOON)

    def time_is_up(delivery: Delivery) -> tuple[str, str]:
        if len(server.got) == 1:
            monkeypatch.setattr(deliveries, "RUN", datetime.timedelta(seconds=-1))
        return same(delivery)

    assert send_due(NOON, time_is_up) == 2
    monkeypatch.setattr(deliveries, "RUN", datetime.timedelta(seconds=45))
    assert send_due(NOON, same) == 1
    assert len(server.got) == 3


def test_sending_again_is_for_the_office_for_what_failed_and_for_channels_that_are_on(
    channel: Channel, secretary: User, township: User
) -> None:
    failed = delivery_for(channel, state=DeliveryState.FAILED, attempts=8, error="x")
    with pytest.raises(NotAllowed, match="党建办"):
        send_again(delivery=failed, by=secretary, now=NOON)
    channel.is_on = False
    channel.save()
    failed.refresh_from_db()
    with pytest.raises(NotAllowed, match="请先启用"):
        send_again(delivery=Delivery.objects.get(pk=failed.pk), by=township, now=NOON)
    Channel.objects.update(is_on=True)
    send_again(delivery=Delivery.objects.get(pk=failed.pk), by=township, now=NOON)
    assert (only().state, only().attempts, only().error) == ("waiting", 0, "")
    assert AuditEvent.objects.get(action="send_again").detail == {"delivery": failed.pk}
    with pytest.raises(NotAllowed, match="不用再发"):
        send_again(delivery=only(), by=township, now=NOON)


def test_what_is_done_by_then_is_not_sent_again(channel: Channel, township: User, server: Robots) -> None:
    delivery_for(channel, state=DeliveryState.FAILED)
    send_again(delivery=only(), by=township, now=NOON)
    assert send_due(NOON, lambda _: None) == 0
    assert only().state == DeliveryState.DROPPED


def test_nothing_secret_is_logged_by_the_relay(
    channel: Channel, server: Robots, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.status = 500
    delivery_for(channel, next_try_at=NOON)
    send_due(NOON, same)
    logging.getLogger("probe").debug("the log is read")
    assert "the log is read" in caplog.text
    assert "key=" not in caplog.text
    assert "未报" not in caplog.text


def send_naively(pk: int, meet: threading.Barrier) -> None:
    """What the relay would be without its one conditional update: look, then send."""
    delivery = Delivery.objects.select_related("channel__organization").get(pk=pk)
    waiting = delivery.state == DeliveryState.WAITING
    meet.wait(timeout=30)
    if waiting:
        channels.send_now(delivery.channel, *same(delivery))
        Delivery.objects.filter(pk=pk).update(state=DeliveryState.SENT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_four_relays_at_once_each_message_is_sent_by_one(channel: Channel, server: Robots) -> None:
    for number in range(8):
        delivery_for(channel, next_try_at=NOON, title=f"第 {number} 条")
    counts = at_once(*[lambda: send_due(NOON, same)] * 4)
    assert not Delivery.objects.exclude(state=DeliveryState.SENT).exists()
    assert sorted(said(server)) == [f"【组织生活】第 {n} 条\n新河村支部：方案，8月8日前。" for n in range(8)]
    assert sum(counts) == 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_four_relays_send_it_four_times(channel: Channel, server: Robots) -> None:
    """The negative control: if this no longer fails, the test above proves nothing."""
    delivery, meet = delivery_for(channel, next_try_at=NOON), threading.Barrier(4)
    at_once(*[lambda: send_naively(delivery.pk, meet)] * 4)
    assert len(server.got) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_a_message_once(channel: Channel) -> None:
    at_once(*[lambda: queue(channel=channel, kind="digest", day=TODAY, title="甲", body="", now=NOON)] * 4)
    assert Delivery.objects.count() == 1


def test_old_messages_are_forgotten_but_not_one_that_still_waits(tree: Tree) -> None:
    channel = channel_of(tree.village)
    long_ago = timezone.localdate() - datetime.timedelta(days=401)
    delivery_for(channel, kind="gone", day=long_ago, state=DeliveryState.SENT)
    waits = delivery_for(channel, kind="waits", day=long_ago)
    recent = delivery_for(channel, kind="recent", day=timezone.localdate(), state=DeliveryState.SENT)
    assert deliveries.forget_old_deliveries() == 1
    assert set(Delivery.objects.values_list("pk", flat=True)) == {waits.pk, recent.pk}
