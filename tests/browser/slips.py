"""Slips with codes in browser tests: read off the paper as a phone does, posted by phones without a browser of ours."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import pypdfium2
import zxingcpp

from tests.browser.conftest import Visitor, sheet_shot


def printed_slips(clerk: Visitor, address: str, shot: str, **fields: str) -> list[str]:
    """Press the button that prints the slips; the addresses behind their pictures, as a phone reads them."""
    token = clerk.page.locator("form[target=_blank] [name=csrfmiddlewaretoken]").input_value()
    answer = clerk.context.request.post(
        clerk.base + address,
        form={"csrfmiddlewaretoken": token, **fields},
        headers={"Referer": clerk.base + "/"},
    )
    assert answer.ok
    assert answer.headers["cache-control"] == "no-store"
    sheet_shot(shot, answer.body())
    document = pypdfium2.PdfDocument(answer.body())
    found = [r.text for sheet in document for r in zxingcpp.read_barcodes(sheet.render(scale=3).to_pil())]
    document.close()
    return [text for text in found if "#" in text]


class Phone:
    """A phone without a browser of ours: plain posts over a connection of its own, no cookie kept."""

    def __init__(self, slip: str) -> None:
        parts = urlsplit(slip)
        self.host, self.path, self.code = parts.netloc, parts.path, parts.fragment
        self.told = ""

    def ask(self, step: str, **fields: str) -> str:
        """Post one step; the page that came back."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        body = urlencode({"step": step, "code": self.code, **fields})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", self.path, body, kind)
        answer = connection.getresponse()
        assert answer.getheader("Set-Cookie") is None
        assert answer.status == 200
        text = answer.read().decode()
        connection.close()
        return text


def all_at_once(steps: Sequence[Callable[[], Any]], *, apart: float) -> None:
    """Take all steps in threads of their own, each `apart` seconds after the one before."""
    start = threading.Barrier(len(steps) + 1)
    errors: list[Exception] = []

    def run(number: int, step: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=60)
            time.sleep(number * apart)
            step()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=item) for item in enumerate(steps)]
    for thread in threads:
        thread.start()
    start.wait(timeout=60)
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    assert errors == []
