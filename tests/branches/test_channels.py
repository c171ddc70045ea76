"""Channels of an organisation: who sets them, what is kept of the address, the pages, the test button."""

from __future__ import annotations

import datetime
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from branches.models import AuditEvent, Channel, DeliveryState, User
from branches.services import channels
from branches.workflow import NotAllowed
from config.lib.outgoing import BadAddress, NotSent
from tests.conftest import Tree
from tests.factories.channels import (
    ADDRESSES,
    TOKEN,
    Robots,
    channel_of,
    delivery_for,
    mail_server,
    robots_server,
)

ClientOf = Callable[[User], Client]
SECRET = "SEC0123456789abcdef"


@pytest.fixture
def server(settings: Any) -> Iterator[Robots]:
    """A stand-in for the robots."""
    with robots_server() as running:
        settings.CHANNEL_HOSTS_ALLOWED = [running.host]
        yield running


def filled(**changes: object) -> dict[str, object]:
    """A filled form of a WeCom robot."""
    return {
        "kind": "wecom",
        "label": "镇党建工作群",
        "address": ADDRESSES["wecom"],
        "quiet_from": "22:00",
        "quiet_to": "07:00",
        **changes,
    }


def test_the_office_adds_a_channel_and_its_address_is_sealed(tree: Tree, township: User) -> None:
    channel = channels.add_channel(
        organization=tree.village,
        kind="dingtalk",
        label="村群",
        address=ADDRESSES["dingtalk"],
        secret=SECRET,
        by=township,
    )
    row = Channel.objects.values().get(pk=channel.pk)
    assert TOKEN not in str(row)
    assert SECRET not in str(row)
    event = AuditEvent.objects.get(action="add_channel")
    assert (event.about_id, event.detail) == (str(channel.pk), {"kind": "dingtalk"})
    assert event.organization_path == tree.village.path


@pytest.mark.parametrize("who", ["secretary", "supervisor", "system"])
def test_only_an_office_sets_channels(who: str, tree: Tree, request: pytest.FixtureRequest) -> None:
    person, channel = request.getfixturevalue(who), channel_of(tree.village)
    with pytest.raises(NotAllowed, match="党建办"):
        channels.add_channel(
            organization=tree.village, kind="email", label="x", address=ADDRESSES["email"], by=person
        )
    with pytest.raises(NotAllowed):
        channels.change_channel(channel=channel, label="x", by=person)
    with pytest.raises(NotAllowed):
        channels.switch_channel(channel=channel, on=False, by=person)
    with pytest.raises(NotAllowed):
        channels.remove_channel(channel=channel, by=person)
    with pytest.raises(NotAllowed):
        channels.try_channel(channel=channel, by=person)
    assert Channel.objects.get().label == "镇党建工作群"


def test_a_wrong_address_is_refused_whoever_calls(tree: Tree, township: User) -> None:
    channel = channel_of(tree.village, "wecom")
    with pytest.raises(BadAddress):
        channels.change_channel(channel=channel, label="x", address=ADDRESSES["feishu"], by=township)
    with pytest.raises(BadAddress):
        channel_of(tree.village, "email", address="值班室")


def test_there_is_an_end_to_the_channels_of_one_organisation(tree: Tree, township: User) -> None:
    Channel.objects.bulk_create(
        Channel(organization=tree.village, kind="email", label="x") for _ in range(channels.MOST_CHANNELS)
    )
    with pytest.raises(NotAllowed, match="请先删除不用的"):
        channel_of(tree.village)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("email", "da***@example.gov.cn"),
        ("wecom", f"qyapi.weixin.qq.com ……{TOKEN[-4:]}"),
        ("dingtalk", f"oapi.dingtalk.com ……{TOKEN[-4:]}"),
        ("feishu", f"open.feishu.cn ……{TOKEN[-4:]}"),
    ],
)
def test_an_address_is_shown_masked(kind: str, shown: str, tree: Tree) -> None:
    assert channels.mask(channel_of(tree.village, kind)) == shown


def test_several_and_short_mail_addresses_are_masked_each(tree: Tree) -> None:
    channel = channel_of(tree.village, address="wy@example.gov.cn dangjian@example.gov.cn")
    assert channels.mask(channel) == "w***@example.gov.cn、da***@example.gov.cn"


def test_an_address_moved_to_another_organisation_does_not_open(tree: Tree) -> None:
    channel = channel_of(tree.village, "wecom")
    channel.organization = tree.sibling
    assert channels.mask(channel) == "打不开，请重新填写地址"
    with pytest.raises(NotSent, match="重新填写地址"):
        channels.send_now(channel, "提醒", "")


def test_a_channel_whose_gateway_was_withdrawn_says_so(tree: Tree, server: Robots, settings: Any) -> None:
    channel = channel_of(tree.village, "feishu", base=server.base)
    settings.CHANNEL_HOSTS_ALLOWED = []
    with pytest.raises(NotSent, match="重新填写地址"):
        channels.send_now(channel, "提醒", "")


def test_changing_a_name_keeps_the_address(tree: Tree, township: User) -> None:
    channel = channel_of(tree.village, "dingtalk", secret=SECRET)
    channels.change_channel(channel=channel, label="新名", quiet_from=datetime.time(21), by=township)
    assert TOKEN[-4:] in channels.mask(Channel.objects.get(label="新名"))
    other = ADDRESSES["dingtalk"].replace(TOKEN, "f" * 20)
    channels.change_channel(channel=channel, label="新名", address=other, by=township)
    assert channels.mask(Channel.objects.get()).endswith("ffff")
    details = AuditEvent.objects.filter(action="change_channel").values_list("detail", flat=True)
    assert list(details) == [{"new_address": False}, {"new_address": True}]


def test_switching_off_keeps_back_what_waits_and_says_so(tree: Tree, township: User) -> None:
    channel = channel_of(tree.village)
    waiting = delivery_for(channel)
    sending = delivery_for(channel, lease_until=timezone.now())
    assert channels.switch_channel(channel=channel, on=False, by=township) == 1
    waiting.refresh_from_db()
    sending.refresh_from_db()
    assert (waiting.state, waiting.error) == (DeliveryState.FAILED, channels.SWITCHED_OFF)
    assert sending.state == DeliveryState.WAITING
    assert channels.switch_channel(channel=channel, on=True, by=township) == 0
    assert Channel.objects.get().is_on


def test_a_channel_is_removed_with_what_it_sent(tree: Tree, township: User) -> None:
    delivery_for(channel_of(tree.village))
    channels.remove_channel(channel=Channel.objects.get(), by=township)
    assert not Channel.objects.exists()
    assert AuditEvent.objects.get(action="remove_channel").detail == {"waiting": 1}


def at(clock: str) -> datetime.datetime:
    """A moment of 1 August in Shanghai."""
    return timezone.make_aware(datetime.datetime.fromisoformat(f"2026-08-01T{clock}"))


@pytest.mark.parametrize(
    ("begin", "end", "now", "until"),
    [
        ("22:00", "07:00", "21:59:59", None),
        ("22:00", "07:00", "22:00:00", "2026-08-02T07:00"),
        ("22:00", "07:00", "23:59:59", "2026-08-02T07:00"),
        ("22:00", "07:00", "00:00:00", "2026-08-01T07:00"),
        ("22:00", "07:00", "06:59:59", "2026-08-01T07:00"),
        ("22:00", "07:00", "07:00:00", None),
        ("12:00", "14:30", "11:59:00", None),
        ("12:00", "14:30", "12:00:00", "2026-08-01T14:30"),
        ("12:00", "14:30", "14:30:00", None),
        ("12:00", "12:00", "12:00:00", None),
        (None, None, "12:00:00", None),
        ("12:00", None, "12:00:00", None),
    ],
)
def test_quiet_hours_end_when_they_say_also_over_midnight(
    begin: str | None, end: str | None, now: str, until: str | None
) -> None:
    channel = Channel(
        quiet_from=datetime.time.fromisoformat(begin) if begin else None,
        quiet_to=datetime.time.fromisoformat(end) if end else None,
    )
    expected = timezone.make_aware(datetime.datetime.fromisoformat(until)) if until else None
    assert channels.quiet_until(channel, at(now)) == expected


def test_a_test_message_reaches_the_robot_at_once_also_at_night(
    tree: Tree, township: User, server: Robots, client_of: ClientOf
) -> None:
    channel = channel_of(
        tree.village, "wecom", base=server.base, quiet_from=datetime.time(0), quiet_to=datetime.time(23, 59)
    )
    page = client_of(township).post(f"/channels/{channel.pk}/test/", follow=True)
    assert "“镇党建工作群”的测试消息发送成功" in page.content.decode()
    assert server.got[0]["text"]["content"].startswith("【组织生活】测试消息\n这是新河村支部")
    assert AuditEvent.objects.get(action="try_channel").detail == {"sent": True}


def test_a_test_message_that_failed_shows_the_reason(
    tree: Tree, township: User, server: Robots, client_of: ClientOf
) -> None:
    channel = channel_of(tree.village, "wecom", base=server.base)
    server.answer = '{"errcode": 93000}'
    page = client_of(township).post(f"/channels/{channel.pk}/test/", follow=True)
    assert "没有发成功：机器人地址无效" in page.content.decode()
    assert AuditEvent.objects.get(action="try_channel").detail == {"sent": False}


def test_a_test_letter_reaches_the_mail_server(
    tree: Tree, township: User, settings: Any, client_of: ClientOf
) -> None:
    settings.EMAIL_BACKEND = "config.lib.mail.Backend"
    channel = channel_of(tree.village, address="yi@example.gov.cn er@example.gov.cn")
    with mail_server() as letters:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", letters.port
        letters.refused = {"er@example.gov.cn"}
        page = client_of(township).post(f"/channels/{channel.pk}/test/", follow=True)
    assert [letter.rcpt_tos for letter in letters.got] == [["yi@example.gov.cn"]]
    assert "发送成功。第 2 个邮箱被对方拒收" in page.content.decode()


def test_no_page_and_no_log_shows_an_address_or_a_secret(
    tree: Tree, township: User, server: Robots, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = channel_of(tree.village, "dingtalk", base=server.base, secret=SECRET)
    client = client_of(township)
    shown = ""
    for url in (
        f"/channels/of/{tree.village.pk}/",
        f"/channels/{channel.pk}/",
        f"/channels/{channel.pk}/remove/",
    ):
        shown += client.get(url).content.decode()
    shown += client.post(f"/channels/{channel.pk}/test/", follow=True).content.decode()
    assert TOKEN[-4:] in shown
    for secret in (TOKEN, SECRET):
        assert secret not in shown + caplog.text
        assert secret not in str(list(AuditEvent.objects.values()))


def test_a_channel_is_added_once_however_often_the_form_is_posted(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    client, url = client_of(township), f"/channels/of/{tree.village.pk}/add/"
    assert "从群机器人的页面复制完整的 Webhook 地址" in client.get(url).content.decode()
    form = filled(submission=str(uuid.uuid4()))
    for _ in range(2):
        page = client.post(url, form, follow=True)
    assert page.redirect_chain == [(f"/channels/of/{tree.village.pk}/", 302)]
    channel = Channel.objects.get()
    assert (channel.kind, channel.quiet_from, channel.quiet_to) == (
        "wecom",
        datetime.time(22),
        datetime.time(7),
    )


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"address": "https://evil.example/x"}, "qyapi.weixin.qq.com 开头"),
        ({"kind": "email"}, "第 1 个邮箱地址不完整"),
        ({"secret": SECRET}, "只有钉钉机器人有加签密钥"),
        ({"kind": "dingtalk", "address": ADDRESSES["dingtalk"], "secret": "密"}, "SEC 开头"),
        ({"quiet_to": ""}, "免打扰的开始和结束要一起填"),
        ({"quiet_from": ""}, "免打扰的开始和结束要一起填"),
        ({"quiet_to": "22:00"}, "不能相同"),
        ({"quiet_from": "晚上"}, "例如 22:00"),
        ({"kind": ""}, "请选择渠道"),
        ({"address": ""}, "请填写地址"),
    ],
)
def test_a_form_that_cannot_be_taken_says_what_to_do_and_keeps_what_was_typed(
    changes: dict[str, object], word: str, tree: Tree, township: User, client_of: ClientOf
) -> None:
    page = client_of(township).post(f"/channels/of/{tree.village.pk}/add/", filled(**changes))
    text = page.content.decode()
    assert page.status_code == 200
    assert word in text
    assert "错误：" in text
    assert "镇党建工作群" in text
    assert not Channel.objects.exists()


def test_one_channel_too_many_is_refused_on_the_page(tree: Tree, township: User, client_of: ClientOf) -> None:
    Channel.objects.bulk_create(
        Channel(organization=tree.village, kind="email", label="x") for _ in range(channels.MOST_CHANNELS)
    )
    client = client_of(township)
    page = client.post(f"/channels/of/{tree.village.pk}/add/", filled())
    assert "请先删除不用的" in page.content.decode()
    assert "渠道已经够多了" in client.get(f"/channels/of/{tree.village.pk}/").content.decode()


def test_a_channel_is_changed_without_showing_its_address(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    channel = channel_of(tree.village, "dingtalk", quiet_from=datetime.time(21), quiet_to=datetime.time(6))
    client, url = client_of(township), f"/channels/{channel.pk}/"
    page = client.get(url).content.decode()
    assert 'value="21:00"' in page
    assert 'name="kind"' not in page
    changed = {"label": "新名", "quiet_from": "", "quiet_to": ""}
    assert client.post(url, changed).status_code == 302
    channel.refresh_from_db()
    assert (channel.label, channel.quiet_from) == ("新名", None)
    wrong = client.post(url, {**changed, "secret": SECRET}).content.decode()
    assert "把机器人的地址也重新粘贴一次" in wrong
    client.post(url, {**changed, "secret": SECRET, "address": ADDRESSES["dingtalk"].replace(TOKEN, "f" * 20)})
    channel.refresh_from_db()
    assert channels.mask(channel).endswith("ffff")


def test_only_dingtalk_is_asked_for_a_secret_when_changed(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    channel = channel_of(tree.village, "feishu")
    assert 'name="secret"' not in client_of(township).get(f"/channels/{channel.pk}/").content.decode()


def test_a_channel_is_switched_off_and_on_and_removed(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    channel = channel_of(tree.village)
    delivery_for(channel)
    client = client_of(township)
    page = client.post(f"/channels/{channel.pk}/switch/", {"on": "0"}, follow=True).content.decode()
    assert "已停用。还没发出的 1 条留在下面，可以再发。" in page
    assert "启用渠道" in page
    page = client.post(f"/channels/{channel.pk}/switch/", {"on": "1"}, follow=True).content.decode()
    assert "“镇党建工作群”已启用。" in page
    assert "1 条发送记录" in client.get(f"/channels/{channel.pk}/remove/").content.decode()
    page = client.post(f"/channels/{channel.pk}/remove/", follow=True).content.decode()
    assert "已删除" in page
    assert "还没有渠道" in page


def test_the_list_shows_what_became_of_each_message_and_offers_to_send_it_again(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    channel = channel_of(tree.village)
    noon = at("12:00")
    delivery_for(channel, title="甲", state=DeliveryState.SENT, sent_at=noon, error="第 2 个邮箱被对方拒收。")
    delivery_for(channel, title="乙", state=DeliveryState.DROPPED)
    delivery_for(channel, title="丙", attempts=2, error="连不上。", next_try_at=noon)
    delivery_for(channel, title="丁", lease_until=noon)
    failed = delivery_for(channel, title="戊", state=DeliveryState.FAILED, error="被对方拒绝。")
    client, url = client_of(township), f"/channels/of/{tree.village.pk}/"
    text = client.get(url).content.decode()
    for word in (
        "8月1日 12:00",
        "第 2 个邮箱",
        "已办完",
        "第 2 次没有发成：连不上。",
        "正在发送",
        "被对方拒绝。",
    ):
        assert word in text
    assert text.count("再发一次") == 1
    page = client.post(f"/channels/deliveries/{failed.pk}/again/", follow=True).content.decode()
    assert "已重新排队" in page
    page = client.post(f"/channels/deliveries/{failed.pk}/again/", follow=True).content.decode()
    assert "不用再发" in page


def test_the_page_of_the_organisation_leads_to_its_channels(
    tree: Tree, township: User, secretary: User, client_of: ClientOf
) -> None:
    link = f"/channels/of/{tree.village.pk}/"
    assert link in client_of(township).get(f"/organizations/{tree.village.pk}/").content.decode()
    assert link not in client_of(secretary).get(f"/organizations/{tree.village.pk}/").content.decode()
