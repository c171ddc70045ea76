"""Robots of chat groups (WeCom, DingTalk, Feishu): their addresses, and sending one text through apprise.

Only the makers' own hosts are written to, and those an administrator names in CHANNEL_HOSTS_ALLOWED.
apprise posts the message; we stand at its call to read the answer, since robots refuse with HTTP 200
and a code in the body, which apprise takes for success.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import requests
from apprise import AppriseAsset
from apprise.plugins import dingtalk, feishu, wecombot
from django.conf import settings
from urllib3.exceptions import MaxRetryError

from config.lib.outgoing import ANSWER_SECONDS, CONNECT_SECONDS, BadAddress, NotSent

CUT = "\n……内容较长，其余请登录系统查看。"
# Answers of something between us and the robot: the message may have gone through.
_UNSURE_STATUS = frozenset({408, 502, 504})
_TOO_OFTEN = "发得太频繁，被对方限制，稍后自动再发。"
_GONE = "机器人地址无效，可能已被移出群；请到群里重新复制地址。"
_KEYWORD = "被机器人的安全设置拒绝：关键词请设为“组织生活”；选了加签的，请核对密钥；限制来源的，请加上本系统的出口地址。"


class _DingTalk(dingtalk.NotifyDingTalk):
    def get_signature(self) -> tuple[str, str]:
        """Time and signature, the signature unquoted: requests quotes it, and quoted twice it does not match."""
        moment, signature = cast(Any, super()).get_signature()
        return moment, unquote(signature)


def _utf8(text: str) -> int:
    return len(text.encode())


def _as_json(text: str) -> int:
    return len(json.dumps(text))


@dataclass(frozen=True, slots=True)
class Make:
    """One maker's robots: where they live, what their address looks like, how much text they take."""

    name: str
    host: str
    path: str
    parameter: str  # of the query; empty: the token is the end of the path
    token: re.Pattern[str]
    limit: int
    measure: Callable[[str], int]
    reasons: dict[int, str]


MAKES = {
    "wecom": Make(
        "企业微信群机器人",
        "qyapi.weixin.qq.com",
        "/cgi-bin/webhook/send",
        "key",
        re.compile(r"[A-Za-z0-9_-]{16,100}"),
        2048,
        _utf8,
        {93000: _GONE, 45009: _TOO_OFTEN, 45033: _TOO_OFTEN},
    ),
    "dingtalk": Make(
        "钉钉群机器人",
        "oapi.dingtalk.com",
        "/robot/send",
        "access_token",
        re.compile(r"[A-Za-z0-9]{16,200}"),
        18_000,
        _as_json,
        {
            **dict.fromkeys((300001, 300005, 400013, 400101, 400102, 400106), _GONE),
            310000: _KEYWORD,
            130101: _TOO_OFTEN,
            410100: _TOO_OFTEN,
        },
    ),
    "feishu": Make(
        "飞书群机器人",
        "open.feishu.cn",
        "/open-apis/bot/v2/hook/",
        "",
        re.compile(r"[A-Za-z0-9_-]{16,100}"),
        18_000,
        _as_json,
        {
            19001: _GONE,
            19021: "机器人开了签名校验，本系统不支持；请改用自定义关键词“组织生活”。",
            19022: _KEYWORD,
            19024: _KEYWORD,
            11232: _TOO_OFTEN,
        },
    ),
}
_SECRET = re.compile(r"[A-Za-z0-9]{16,200}")
_PREFIX = re.compile(r"[\w./-]*", re.ASCII)


def _is_allowed(parts: SplitResult) -> bool:
    """Whether the administrator named this host (with its port, when it is not the usual one)."""
    return parts.netloc.lower() in {str(host).lower() for host in settings.CHANNEL_HOSTS_ALLOWED}


def _parts(pasted: str) -> SplitResult:
    try:
        parts = urlsplit(pasted.strip())
        _ = parts.port
    except ValueError:
        raise BadAddress("这不是一个完整的网址，请从群机器人的页面重新复制") from None
    return parts


def _token(make: Make, parts: SplitResult, prefix: str) -> str | None:
    """The token of an address of this make; None when it is not one."""
    if not make.parameter:
        rest = parts.path[len(prefix) + len(make.path) :].removesuffix("/")
        return rest if make.token.fullmatch(rest) else None
    found = parse_qs(parts.query).get(make.parameter, [])
    fits = len(found) == 1 and parts.path.removesuffix("/") == prefix + make.path
    return found[0] if fits and make.token.fullmatch(found[0]) else None


def _open(kind: str, pasted: str) -> tuple[str, str]:
    """The address up to the token, and the token; BadAddress."""
    make, parts = MAKES[kind], _parts(pasted)
    allowed, host = _is_allowed(parts), parts.netloc.lower().removesuffix(":443")
    if not allowed and host != make.host:
        other = next((m.name for m in MAKES.values() if m.host == host), "")
        hint = f"这是{other}的地址，请把渠道改成{other}" if other else f"{make.name}的地址以 {make.host} 开头"
        raise BadAddress(f"{hint}；请从群机器人的页面复制完整地址")
    if parts.scheme != "https" and not (allowed and parts.scheme == "http"):
        raise BadAddress("地址要以 https 开头，请从群机器人的页面复制完整地址")
    prefix = parts.path.partition(make.path)[0] if allowed else ""
    token = _token(make, parts, prefix)
    if token is None or not _PREFIX.fullmatch(prefix):
        what = f"“{make.parameter}=”后面" if make.parameter else "最后"
        raise BadAddress(f"地址不完整：{make.name}的地址{what}有一串字母和数字，请重新复制完整地址")
    return f"{parts.scheme}://{parts.netloc.lower()}{prefix}{make.path}", token


def read_address(kind: str, pasted: str) -> str:
    """The address of a robot of this kind without what does not belong to it; BadAddress says what is wrong."""
    begin, token = _open(kind, pasted)
    parameter = MAKES[kind].parameter
    return f"{begin}?{parameter}={token}" if parameter else f"{begin}{token}"


def read_secret(kind: str, pasted: str) -> str:
    """The secret of 加签, only of DingTalk; empty for none. BadAddress says what is wrong."""
    secret = pasted.strip()
    if secret and kind != "dingtalk":
        raise BadAddress("只有钉钉机器人有加签密钥，这里请留空")
    if secret and not _SECRET.fullmatch(secret):
        raise BadAddress("加签密钥由字母和数字组成，以 SEC 开头，请重新复制")
    return secret


def masked(address: str) -> str:
    """The host of a robot and the last four characters of its token."""
    return f"{urlsplit(address).netloc} ……{address[-4:]}"


def fitted(text: str, limit: int, measure: Callable[[str], int] = _utf8) -> str:
    """The text, or as many of its first lines as fit with a word that it was cut."""
    if measure(text) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle] + CUT) <= limit else (low, middle - 1)
    kept = text[:low]
    return (kept.rpartition("\n")[0] or kept) + CUT


class _Heard(threading.local):
    answer: requests.Response | None = None
    error: requests.RequestException | None = None

    def take(self) -> tuple[requests.Response | None, requests.RequestException | None]:
        """What was heard since the last time, in this thread."""
        heard = self.answer, self.error
        self.answer = self.error = None
        return heard


_heard = _Heard()


class _Listening:
    """`requests` as the three plugins see it: what was answered, or went wrong, is kept for `send`."""

    codes = requests.codes
    RequestException = requests.RequestException

    @staticmethod
    def post(url: str, *, timeout: tuple[float, float], **options: Any) -> requests.Response:
        """Post as asked."""
        try:
            _heard.answer = requests.post(url, timeout=timeout, **options)
        except requests.RequestException as error:
            _heard.error = error
            raise
        return _heard.answer


for _plugin in (wecombot, dingtalk, feishu):
    vars(_plugin)["requests"] = _Listening


def _robot(kind: str, address: str, secret: str) -> Any:
    """The plugin for an address, pointed at that very address."""
    begin, token = _open(kind, address)
    options = {
        "asset": AppriseAsset(http_redirects=False),
        "cto": CONNECT_SECONDS,
        "rto": ANSWER_SECONDS,
    }
    if kind == "wecom":
        robot: Any = wecombot.NotifyWeComBot(token, **options)
        robot.api_url = f"{begin}?key={token}"
    elif kind == "dingtalk":
        robot = cast(Any, _DingTalk)(token, secret=secret or None, **options)
        robot.notify_url = f"{begin}?access_token={{token}}"
    else:
        robot = feishu.NotifyFeishu(token, **options)
        robot.notify_url = f"{begin}{{token}}"
    return robot


def send(kind: str, address: str, secret: str, text: str) -> None:
    """Send one text to a group; NotSent with a Chinese reason, unsure when no answer came.

    BadAddress when the address is no longer accepted (an administrator withdrew its host).
    """
    make = MAKES[kind]
    robot = _robot(kind, address, secret)
    _heard.take()
    robot.send(body=fitted(text, make.limit, make.measure))
    answer, error = _heard.take()
    if answer is None:
        raise _unanswered(error)
    _judge(make, answer)


def _unanswered(error: requests.RequestException | None) -> NotSent:
    """Why no answer came: for sure before the message left, or perhaps after."""
    never_left = isinstance(error, requests.ConnectionError) and (
        isinstance(error, requests.ConnectTimeout)
        or bool(error.args and isinstance(error.args[0], MaxRetryError))
    )
    if never_left:
        return NotSent("连不上对方服务器：网络不通、被防火墙拦截或证书不受信任。")
    return NotSent("没有等到对方的回答，不知道是否送达。", unsure=True)


def _judge(make: Make, answer: requests.Response) -> None:
    """Nothing when the robot took the message; NotSent says why not."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    code = None
    if isinstance(told, dict):
        code = told.get("errcode", told.get("code", told.get("StatusCode")))
    if code == 0 and answer.status_code == requests.codes.ok:
        return
    if isinstance(code, int) and code:
        raise NotSent(make.reasons.get(code, f"被对方拒绝（代码 {code}）。"))
    if answer.status_code != requests.codes.ok:
        raise NotSent(
            f"对方服务器没有接收（HTTP {answer.status_code}）。", unsure=answer.status_code in _UNSURE_STATUS
        )
    raise NotSent("对方没有按机器人的格式回答，请核对地址和网络。")
