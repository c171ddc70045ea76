"""The frame of every page in a real browser: focus, size of text, expiry, narrow screens, without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from branches.models import User
from tests.browser.conftest import PASSWORD, Visitor, give_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
PAGES = (
    "/",
    "/organizations/",
    "/accounts/",
    "/accounts/new/",
    "/campaigns/",
    "/jobs/",
    "/members/",
    "/meetings/",
)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(wider)


def test_the_summary_of_errors_takes_the_focus_and_leads_into_the_fields(
    visitor: NewVisitor, township: User
) -> None:
    give_password(township)
    page = visitor(username=township.username).open("/accounts/new/")
    page.get_by_role("button", name="开设账号").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title("错误：开设账号 - 组织生活")
    summary.get_by_role("link", name="请填写账号").click()
    expect(page.locator("[name=username]")).to_be_focused()


def test_another_size_of_text_loses_nothing_typed_and_is_kept(visitor: NewVisitor, township: User) -> None:
    give_password(township)
    page = visitor(username=township.username).open("/accounts/new/")
    page.fill("[name=full_name]", "王建国")
    with page.expect_response("**/text-size/"):
        page.get_by_role("button", name="特大").click()
    expect(page.locator("html")).to_have_attribute("data-size", "huge")
    expect(page.locator("[name=full_name]")).to_have_value("王建国")
    page.reload()
    expect(page.get_by_role("button", name="特大")).to_have_attribute("aria-pressed", "true")


def test_everything_in_the_frame_works_without_scripts(
    chromium: Browser, live_server: LiveServer, township: User
) -> None:
    give_password(township)
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/")
    page.fill("[name=username]", township.username)
    page.fill("[name=password]", PASSWORD)
    expect(page.get_by_text("显示密码")).to_be_hidden()
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/accounts/")
    page.get_by_role("button", name="大字").click()
    expect(page).to_have_url(f"{live_server.url}/accounts/")
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    context.close()


def test_a_part_is_never_replaced_by_the_login_page(visitor: NewVisitor, township: User) -> None:
    give_password(township)
    someone = visitor(username=township.username)
    page = someone.open("/members/")
    someone.context.clear_cookies()
    page.locator("#id_q").press_sequentially("wang")
    expect(page.locator("#trouble")).to_contain_text("登录已过期")
    expect(page.locator("#members")).to_be_visible()
    expect(page.locator("main input[name=password]")).to_have_count(0)


def test_pages_fit_a_narrow_phone_in_the_largest_size_and_pass_the_accessibility_check(
    visitor: NewVisitor, township: User
) -> None:
    give_password(township)
    someone = visitor(username=township.username, phone=True)
    for path in PAGES:
        page = someone.open(path)
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], rule["impact"]) for rule in found] == [], path
        assert sideways(page) == 0, path
        page.set_viewport_size({"width": 320, "height": 700})
        page.evaluate("document.documentElement.dataset.size = 'huge'")
        assert sideways(page) == 0, path
        page.set_viewport_size({"width": 390, "height": 844})
