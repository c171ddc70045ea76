"""What every answer carries: headers as data, over all addresses, also refusals and missing pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.exceptions import NoReverseMatch

from branches.models import User
from tests.test_urls import NAMES

ClientOf = Callable[[User], Client]
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def plain_addresses() -> list[str]:
    """Addresses that need nothing filled in."""
    found = []
    for name in NAMES:
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found


PAGES = [*plain_addresses(), "/nowhere/", "/organizations/999999999/", "/office-admin/"]


def policy_of(header: str) -> dict[str, str]:
    """The directives of a Content-Security-Policy."""
    parts = (part.strip().split(" ", 1) for part in header.split(";") if part.strip())
    return {words[0]: words[1] if len(words) > 1 else "" for words in parts}


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("who", ["nobody", "secretary", "township", "member"])
def test_every_answer_carries_the_headers(
    url: str, who: str, request: pytest.FixtureRequest, client_of: ClientOf, db: None
) -> None:
    client = Client() if who == "nobody" else client_of(request.getfixturevalue(who))
    answer = client.get(url)
    assert answer.status_code < 500
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, name
    assert policy_of(answer["Content-Security-Policy"]) == POLICY
    if who != "nobody":
        assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize("who", ["nobody", "secretary"])
def test_no_page_contains_inline_code(
    who: str, request: pytest.FixtureRequest, client_of: ClientOf, db: None
) -> None:
    client = Client() if who == "nobody" else client_of(request.getfixturevalue(who))
    for url in PAGES:
        text = client.get(url).content.decode(errors="ignore")
        assert "<script>" not in text, url
        assert ' style="' not in text, url
        assert " onclick=" not in text, url


def test_a_refusal_gives_its_reason_and_a_missing_page_a_way_back(
    secretary: User, client_of: ClientOf
) -> None:
    refused = client_of(secretary).get("/audit/")
    assert refused.status_code == 403
    assert "只有审计管理员可以查看操作记录" in refused.content.decode()
    missing = client_of(secretary).get("/nowhere/")
    assert missing.status_code == 404
    assert reverse("home") in missing.content.decode()


def test_cookies_are_closed_to_scripts_and_other_sites(secretary: User) -> None:
    client = Client()
    client.post("/login/", {"username": "liudefu", "password": "jiu-shan-yun-hai-7"})
    for name in ("sessionid", "known"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name
