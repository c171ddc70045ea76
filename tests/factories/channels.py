"""Channels and messages for tests, with stand-ins for the robots' and the mail server; every address is invented."""

from __future__ import annotations

import asyncio
import datetime
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from branches.models import Channel, Delivery, DeliveryState, Organization, Role
from branches.services.channels import add_channel
from tests.factories.branches import account_with

TOKEN = "1a2b3c4d5e6f7a8b9c0d"
ADDRESSES = {
    "email": "dangjian@example.gov.cn",
    "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}",
    "dingtalk": f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}",
}


def channel_of(
    organization: Organization,
    kind: str = "email",
    *,
    base: str = "",
    address: str = "",
    secret: str = "",
    **fields: Any,
) -> Channel:
    """A channel of an organisation; `base` puts another server in the place of the robot's own."""
    where = address or ADDRESSES[kind]
    if base:
        where = f"{base}/{where.split('/', 3)[3]}"
    added = add_channel(
        organization=organization,
        kind=kind,
        label=fields.pop("label", "镇党建工作群"),
        address=where,
        secret=secret,
        by=account_with(Role.OFFICE, organization),
    )
    for name, value in fields.items():
        setattr(added, name, value)
    added.save()
    return added


def delivery_for(channel: Channel, **fields: Any) -> Delivery:
    """A message for a channel, waiting since now."""
    usual: dict[str, Any] = {
        "kind": "digest",
        "day": timezone.localdate() - datetime.timedelta(days=Delivery.objects.count()),
        "title": "有 3 个支部未报",
        "body": "新河村支部：方案，8月8日前。",
        "state": DeliveryState.WAITING,
        "next_try_at": timezone.now(),
    }
    return Delivery.objects.create(channel=channel, **{**usual, **fields})


class Robots:
    """What the stand-in robots were sent, and what they answer: a status and a text, or silence."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.status = 200
        self.answer = '{"errcode": 0, "errmsg": "ok"}'
        self.location = ""
        self.hang_up = False
        self.host = ""
        self._gate: threading.Event | None = None

    def hold(self) -> None:
        """Answer nobody until released."""
        self._gate = threading.Event()

    def release(self) -> None:
        """Answer those who wait."""
        if self._gate is not None:
            self._gate.set()

    def wait(self) -> None:
        """As long as it is held."""
        if self._gate is not None:
            self._gate.wait(timeout=10)

    @property
    def base(self) -> str:
        """Scheme and host of the stand-in."""
        return f"http://{self.host}"


@contextmanager
def robots_server() -> Iterator[Robots]:
    """A real HTTP server on a free port that records every JSON it is posted."""
    robots = Robots()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Record, then answer as told."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            robots.got.append(json.loads(body))
            robots.paths.append(self.path)
            robots.wait()
            if robots.hang_up:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response(robots.status)
            if robots.location:
                self.send_header("Location", robots.location)
            answer = robots.answer.encode()
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the address is in the line."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    robots.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield robots
    finally:
        robots.release()
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


class Letters:
    """A handler of aiosmtpd: keeps the letters, refuses whom it is told to refuse."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.refused: set[str] = set()
        self.data_answer = "250 OK"
        self.port = 0

    async def handle_RCPT(  # noqa: N802  the name aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one address."""
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter."""
        if self.data_answer.startswith("drop"):
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        elif self.data_answer.startswith("250"):
            self.got.append(envelope)
        return self.data_answer


class _MailServer(Controller):
    """Closes its connections before it goes; aiosmtpd leaves those open that ended without QUIT."""

    def __init__(self, letters: Letters) -> None:
        super().__init__(letters, hostname="127.0.0.1", port=letters.port)
        self.talks: list[SMTP] = []

    def factory(self) -> SMTP:
        """A conversation, remembered."""
        self.talks.append(SMTP(self.handler, **self.SMTP_kwargs))
        return self.talks[-1]

    async def hang_up(self) -> None:
        """Close every connection, and let the loop see it."""
        for talk in self.talks:
            if talk.transport is not None:
                talk.transport.close()
        for _ in range(3):
            await asyncio.sleep(0)


@contextmanager
def mail_server() -> Iterator[Letters]:
    """A real SMTP server on a free port."""
    letters = Letters()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        letters.port = probe.getsockname()[1]
    server = _MailServer(letters)
    server.start()
    try:
        yield letters
    finally:
        asyncio.run_coroutine_threadsafe(server.hang_up(), server.loop).result(timeout=10)
        server.stop()
