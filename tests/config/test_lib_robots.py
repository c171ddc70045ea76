"""Robots of chat groups: which addresses are taken, what is posted, how every answer is read."""

import base64
import hashlib
import hmac
import json
import logging
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from config.lib import robots
from config.lib.outgoing import ANSWER_SECONDS, CONNECT_SECONDS, BadAddress, NotSent
from tests.factories.channels import ADDRESSES, TOKEN, Robots, robots_server

KINDS = ("wecom", "dingtalk", "feishu")


@pytest.fixture
def server(settings: Any) -> Iterator[Robots]:
    """A stand-in for the makers' servers, named by the administrator."""
    with robots_server() as running:
        settings.CHANNEL_HOSTS_ALLOWED = [running.host]
        yield running


def at(server: Robots, kind: str) -> str:
    """The usual address of a robot, on the stand-in."""
    return f"{server.base}/{ADDRESSES[kind].split('/', 3)[3]}"


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_is_taken_as_people_paste_it(kind: str) -> None:
    for pasted in (
        f"  {ADDRESSES[kind]}\n",
        ADDRESSES[kind].replace(".com/", ".com:443/").replace(".cn/", ".cn:443/"),
    ):
        assert robots.read_address(kind, pasted).endswith(TOKEN)
    assert robots.read_address(kind, ADDRESSES[kind]) == ADDRESSES[kind]


def test_what_does_not_belong_to_the_address_is_left_out() -> None:
    assert (
        robots.read_address("dingtalk", f"{ADDRESSES['dingtalk']}&timestamp=1&sign=x")
        == ADDRESSES["dingtalk"]
    )
    assert robots.read_address("feishu", f"{ADDRESSES['feishu']}/") == ADDRESSES["feishu"]


@pytest.mark.parametrize(
    ("kind", "pasted", "word"),
    [
        ("wecom", "http://127.0.0.1:6379/cgi-bin/webhook/send?key=" + TOKEN, "qyapi.weixin.qq.com 开头"),
        ("wecom", "http://169.254.169.254/cgi-bin/webhook/send?key=" + TOKEN, "开头"),
        ("wecom", "https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key=" + TOKEN, "开头"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=" + TOKEN, "开头"),
        ("wecom", "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=" + TOKEN, "开头"),
        ("wecom", ADDRESSES["dingtalk"], "请把渠道改成钉钉群机器人"),
        ("wecom", ADDRESSES["wecom"].replace("https", "http"), "https"),
        ("wecom", ADDRESSES["wecom"].replace("https", "file"), "https"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "“key=”后面"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc", "不完整"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=%0d%0aHost:x" + TOKEN, "不完整"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/other?key=" + TOKEN, "不完整"),
        ("wecom", ADDRESSES["wecom"] + "&key=" + TOKEN, "不完整"),
        ("wecom", "https://[::1/cgi-bin", "完整的网址"),
        ("wecom", "https://qyapi.weixin.qq.com:port/", "完整的网址"),
        ("dingtalk", "工作群", "oapi.dingtalk.com 开头"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=" + "a-" * 20, "“access_token=”后面"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/", "最后有一串"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/../../" + TOKEN, "不完整"),
    ],
)  # fmt: skip
def test_every_other_address_is_refused_with_what_to_do(kind: str, pasted: str, word: str) -> None:
    with pytest.raises(BadAddress) as wrong:
        robots.read_address(kind, pasted)
    assert word in str(wrong.value)
    assert TOKEN not in str(wrong.value)


def test_a_gateway_is_taken_when_the_administrator_named_it(settings: Any) -> None:
    settings.CHANNEL_HOSTS_ALLOWED = ["gateway.example.gov.cn:8443", "Plain.Example.gov.cn"]
    taken = f"https://gateway.example.gov.cn:8443/out/feishu/open-apis/bot/v2/hook/{TOKEN}"
    assert robots.read_address("feishu", taken) == taken
    assert robots.read_address("wecom", f"http://plain.example.gov.cn/cgi-bin/webhook/send?key={TOKEN}")
    for refused in (
        f"https://gateway.example.gov.cn/cgi-bin/webhook/send?key={TOKEN}",
        f"ftp://plain.example.gov.cn/cgi-bin/webhook/send?key={TOKEN}",
        f"https://plain.example.gov.cn/{{token}}/cgi-bin/webhook/send?key={TOKEN}",
    ):
        with pytest.raises(BadAddress):
            robots.read_address("wecom", refused)


def test_only_dingtalk_has_a_secret() -> None:
    assert robots.read_secret("dingtalk", " SEC0123456789abcdef ") == "SEC0123456789abcdef"
    assert robots.read_secret("wecom", "") == ""
    with pytest.raises(BadAddress, match="只有钉钉"):
        robots.read_secret("wecom", "SEC0123456789abcdef")
    with pytest.raises(BadAddress, match="SEC 开头"):
        robots.read_secret("dingtalk", "我的密钥")


@pytest.mark.parametrize("kind", KINDS)
def test_a_masked_address_shows_the_host_and_four_characters(kind: str) -> None:
    shown = robots.masked(ADDRESSES[kind])
    assert robots.MAKES[kind].host in shown
    assert shown.endswith(TOKEN[-4:])
    assert TOKEN[:-4] not in shown


def test_each_make_gets_its_own_json(server: Robots) -> None:
    for kind in KINDS:
        robots.send(kind, at(server, kind), "", "有 3 个支部未报")
    assert server.got == [
        {"msgtype": "text", "text": {"content": "有 3 个支部未报"}},
        {
            "msgtype": "text",
            "at": {"atMobiles": [], "isAtAll": False},
            "text": {"content": "有 3 个支部未报"},
        },
        {"msg_type": "text", "content": {"text": "有 3 个支部未报"}},
    ]
    assert [f"https://{robots.MAKES[k].host}{p}" for k, p in zip(KINDS, server.paths, strict=True)] == [
        ADDRESSES[kind] for kind in KINDS
    ]


def test_the_signature_of_dingtalk_is_what_its_server_computes(server: Robots) -> None:
    secret = "SEC0123456789abcdef"
    for _ in range(5):
        robots.send("dingtalk", at(server, "dingtalk"), secret, "提醒")
    for path in server.paths:
        query = parse_qs(urlsplit(path).query)
        signed = f"{query['timestamp'][0]}\n{secret}".encode()
        expected = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
        assert query["sign"] == [expected]
        assert query["access_token"] == [TOKEN]


@pytest.mark.parametrize(
    ("kind", "answer", "word"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "重新复制地址"),
        ("wecom", {"errcode": 45009}, "太频繁"),
        ("wecom", {"errcode": 40008}, "代码 40008"),
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "组织生活"),
        ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, "组织生活"),
        ("feishu", {"code": 19021}, "签名校验"),
        ("feishu", {}, "没有按机器人的格式回答"),
        ("feishu", [], "没有按机器人的格式回答"),
    ],
)
def test_a_refusal_inside_a_good_answer_is_a_refusal(
    kind: str, answer: object, word: str, server: Robots
) -> None:
    server.answer = json.dumps(answer)
    with pytest.raises(NotSent) as failure:
        robots.send(kind, at(server, kind), "", "提醒")
    assert word in failure.value.reason
    assert not failure.value.unsure


@pytest.mark.parametrize("answer", ['{"code": 0, "msg": "success"}', '{"StatusCode": 0}'])
def test_both_good_answers_of_feishu_are_known(answer: str, server: Robots) -> None:
    server.answer = answer
    robots.send("feishu", at(server, "feishu"), "", "提醒")
    assert len(server.got) == 1


def test_a_page_in_place_of_an_answer_is_a_refusal(server: Robots) -> None:
    server.answer = "<html>请先登录网络</html>"
    with pytest.raises(NotSent, match="没有按机器人的格式回答"):
        robots.send("wecom", at(server, "wecom"), "", "提醒")


@pytest.mark.parametrize(("status", "unsure"), [(404, False), (500, False), (502, True), (504, True)])
def test_other_statuses_are_told(status: int, unsure: bool, server: Robots) -> None:
    server.status, server.answer = status, "no"
    with pytest.raises(NotSent, match=f"HTTP {status}") as failure:
        robots.send("wecom", at(server, "wecom"), "", "提醒")
    assert failure.value.unsure is unsure


def test_a_redirect_is_not_followed(server: Robots) -> None:
    server.status, server.location = 307, f"{server.base}/elsewhere"
    with pytest.raises(NotSent, match="HTTP 307"):
        robots.send("wecom", at(server, "wecom"), "", "提醒")
    assert len(server.paths) == 1


def test_when_nobody_listens_the_message_did_not_leave(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    settings.CHANNEL_HOSTS_ALLOWED = [host]
    with pytest.raises(NotSent, match="连不上") as failure:
        robots.send("wecom", f"http://{host}/cgi-bin/webhook/send?key={TOKEN}", "", "提醒")
    assert not failure.value.unsure


def test_when_the_line_breaks_before_the_answer_nobody_knows(server: Robots) -> None:
    server.hang_up = True
    with pytest.raises(NotSent, match="不知道是否送达") as failure:
        robots.send("wecom", at(server, "wecom"), "", "提醒")
    assert failure.value.unsure
    assert len(server.got) == 1


def test_a_server_that_never_answers_is_waited_for_only_so_long(
    server: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CONNECT_SECONDS + ANSWER_SECONDS <= 10
    monkeypatch.setattr(robots, "ANSWER_SECONDS", 0.2)
    server.hold()
    with pytest.raises(NotSent, match="不知道是否送达") as failure:
        robots.send("wecom", at(server, "wecom"), "", "提醒")
    assert failure.value.unsure


def test_a_withdrawn_gateway_is_not_written_to(server: Robots, settings: Any) -> None:
    settings.CHANNEL_HOSTS_ALLOWED = []
    with pytest.raises(BadAddress):
        robots.send("wecom", at(server, "wecom"), "", "提醒")
    assert server.got == []


def test_no_address_or_secret_reaches_the_log_whatever_its_level(
    server: Robots, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)  # as LOG_LEVEL=DEBUG does: the root, not the two loggers of the settings
    robots.send("dingtalk", at(server, "dingtalk"), "SEC0123456789abcdef", "提醒")
    server.status = 500
    with pytest.raises(NotSent):
        robots.send("dingtalk", at(server, "dingtalk"), "SEC0123456789abcdef", "提醒")
    server.hang_up = True
    with pytest.raises(NotSent):
        robots.send("dingtalk", at(server, "dingtalk"), "SEC0123456789abcdef", "提醒")
    assert TOKEN not in caplog.text
    assert "SEC0123456789abcdef" not in caplog.text


def test_the_reason_of_one_message_is_not_that_of_the_one_before(server: Robots) -> None:
    server.hang_up = True
    with pytest.raises(NotSent):
        robots.send("wecom", at(server, "wecom"), "", "提醒")
    server.hang_up = False
    robots.send("wecom", at(server, "wecom"), "", "提醒")
    with pytest.raises(requests.RequestException):
        robots._Listening.post("http://127.0.0.1:1/", timeout=(1, 1))
    robots.send("wecom", at(server, "wecom"), "", "提醒")
    assert len(server.got) == 3


def test_a_long_text_is_cut_at_a_line_and_says_so(server: Robots) -> None:
    lines = [f"第{n}村党支部：实施方案，8月8日前上报。" for n in range(1, 400)]
    for kind in KINDS:
        robots.send(kind, at(server, kind), "", "\n".join(lines))
    wecom = server.got[0]["text"]["content"]
    assert len(wecom.encode()) <= 2048
    assert wecom.endswith(robots.CUT)
    assert set(wecom.removesuffix(robots.CUT).split("\n")) < set(lines)
    assert len(json.dumps(server.got[1])) < 20_000
    assert len(json.dumps(server.got[2])) < 20_000


@given(st.text(max_size=400), st.integers(80, 500))
def test_whatever_is_cut_fits(text: str, limit: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    shown = robots.fitted(text, limit)
    assert len(shown.encode()) <= limit
    assert shown == text or shown.endswith(robots.CUT)
