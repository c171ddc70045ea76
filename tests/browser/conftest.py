"""A real browser (Debian's Chromium) against the real program on a live server."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

from branches.models import User

# Playwright's own event loop runs in the thread of the test, which also asks the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CUT = "ERR_INTERNET_DISCONNECTED"  # what the console says when the net is away
PASSWORD = "qing-shi-zhen-2026"
DESKTOP = ViewportSize(width=1366, height=900)
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium 没有安装；请先运行 make test，由它安装。")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def screens() -> Path:
    """The folder of the pictures: the one SCREENS names (to renew the manual's), else one in VAR."""
    folder = Path(os.environ.get("SCREENS") or Path(settings.VAR) / "screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sheet_shot(name: str, pdf: bytes) -> None:
    """Keep a picture of the first page of a printed sheet."""
    pypdfium2.PdfDocument(pdf)[0].render(scale=1.6).to_pil().save(screens() / f"{name}.png")


class Visitor:
    """One person at a browser of their own; anything the console complains about fails the test."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type == "error" else None,
        )

    def open(self, path: str) -> Page:
        """Go to an address of the program."""
        self.page.goto(self.base + path)
        return self.page

    def login(self, username: str, password: str = PASSWORD) -> Page:
        """Log in through the form."""
        self.open("/login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(lambda url: "/login/" not in url)
        return self.page

    def press(self, name: str, exact: bool = False) -> Page:
        """Press the button or follow the link of this name."""
        target = self.page.get_by_role("button", name=name, exact=exact).or_(
            self.page.get_by_role("link", name=name, exact=exact)
        )
        target.first.click()
        self.page.wait_for_load_state("networkidle")
        return self.page

    def download(self, name: str, folder: Path) -> Path:
        """Press a link that downloads a file; where it was saved."""
        with self.page.expect_download() as expected:
            self.page.get_by_role("link", name=name).first.click()
        file = folder / expected.value.suggested_filename
        expected.value.save_as(file)
        return file

    def fetch(self, name: str) -> bytes:
        """What the link of this name gives, with the visitor's own session."""
        address = self.page.get_by_role("link", name=name).first.get_attribute("href") or ""
        answer = self.context.request.get(self.base + address)
        assert answer.ok, answer.status
        return answer.body()

    def shot(self, name: str) -> None:
        """Keep a picture of the whole page."""
        self.page.evaluate("scrollTo(0, 0)")  # bars that stick to the window stand where they belong
        self.page.screenshot(path=screens() / f"{name}.png", full_page=True)

    def phone_shot(self, name: str) -> None:
        """Keep a picture of the same page as it is on a phone."""
        self.page.set_viewport_size(PHONE)
        self.shot(name)
        self.page.set_viewport_size(DESKTOP)


@pytest.fixture
def visitor(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """Makes people at browsers; `visitor(phone=True)` holds a phone."""
    made: list[Visitor] = []

    def make(*, phone: bool = False, username: str = "") -> Visitor:
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        made.append(Visitor(context, live_server.url))
        if username:
            made[-1].login(username)
        return made[-1]

    yield make
    for number, one in enumerate(made):
        one.shot(f"last-{number}")
        one.context.close()
    complaints = [text for one in made for text in one.complaints]
    assert not complaints, complaints


class Snapshot:
    """A database that takes long to make, made once: every test that asks gets all of it back as newly made."""

    def __init__(self, make: Callable[[], None]) -> None:
        self.make = make
        self.kept: sqlite3.Connection | None = None

    def put(self) -> None:
        """Fill the test database, which the test before has left empty; what else is in it is gone."""
        connection.ensure_connection()
        if self.kept is not None:
            self.kept.backup(connection.connection)
            return
        self.make()
        if connection.vendor == "sqlite":
            self.kept = sqlite3.connect(":memory:")
            connection.connection.backup(self.kept)


def give_password(*users: User) -> None:
    """Let these people log in with the password of the tests."""
    for user in users:
        user.set_password(PASSWORD)
        user.must_change_password = False
        user.save()
