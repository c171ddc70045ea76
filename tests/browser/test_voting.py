"""Thirty slips vote on phones, on the tablet in the hall and by parallel clients while the voting is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from branches.models import User
from evaluations.models import Ballot, BallotStatus, CodeState, UrnCode, UrnSlot
from evaluations.rules import Line, Paper, tally
from evaluations.services import sealing, urns
from members.models import Member
from tests.browser.conftest import PHONE, Visitor, give_password, screens
from tests.browser.slips import Phone, all_at_once, printed_slips
from tests.conftest import Tree
from tests.factories.evaluations import Evening, evening, published_campaign, sign_all
from tests.factories.voting import BOTH, Voting, invented_vote, open_voting, print_slips, show_halves

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
NAMES = [
    "丁新民",
    "万国华",
    "马春生",
    "王秀英",
    "尹长河",
    "史建军",
    "吕德福",
    "朱桂兰",
    "刘新河",
    "汤文斌",
    "杜小平",
    "李红梅",
    "杨立新",
    "吴大勇",
    "何玉珍",
    "余光明",
    "汪海涛",
    "宋金花",
    "张新国",
    "陈国庆",
    "郝振华",
    "侯爱民",
    "秦秀兰",
    "夏文华",
    "郭大山",
    "常青松",
    "彭水生",
    "傅家宝",
    "谭志强",
    "魏长青",
]
PEOPLE = len(NAMES)
LATE = "投票已经关闭。这张票没有投，没有计入。"
DONE, AGAIN = "已投，请离开", "这张票已经投过，已经计入，不用再投"
PLACES = {
    "phone": 0,
    "plain": 1,
    "kiosk": 2,
    "big": 3,
}  # slips that vote in a browser; the others vote in threads


@pytest.fixture
def hall(tree: Tree, secretary: User) -> Evening:
    """Thirty members in the hall; the rules let them vote on paper or on a device."""
    campaign = published_campaign(tree.township, rules=BOTH)
    made = evening("setup", members=PEOPLE, organization=tree.village, campaign=campaign)
    for person, name in zip(made.people, NAMES, strict=True):
        Member.objects.filter(pk=person.pk).update(name=name)
        made.ballot.subjects.filter(entry__member=person).update(name=name)
    give_password(made.secretary, *made.tellers)
    return made


def slips_of(clerk: Visitor, made: Evening) -> list[str]:
    """The slips as phones read them off the paper."""
    return printed_slips(clerk, reverse("evaluations:urn_slips", args=[made.ballot.pk]), "vote-slips")


def no_complaint(page: Page) -> None:
    """The page is accessible as far as a program can tell."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


class Client(Phone):
    """A phone that votes."""

    def __init__(self, slip: str, marks: str) -> None:
        super().__init__(slip)
        self.marks = marks

    def vote(self, *, lost: bool = False) -> None:
        """Code, rows, check, vote; when the answer is lost on the way, the vote is posted again."""
        rows = {f"r{n}": mark for n, mark in enumerate(self.marks)}
        first = self.ask("rows")
        if LATE in first:
            self.told = LATE
            return
        assert "请逐项选择" in first
        self.ask("check", **rows)
        said = self.ask("cast", **rows)
        if lost:
            said = self.ask("cast", **rows)
        self.told = next((words for words in (DONE, AGAIN, LATE) if words in said), said)


def choose(page: Page, marks: str) -> None:
    """Touch one choice in each row."""
    for number, mark in enumerate(marks):
        page.locator(f"#row-{number} label:has(input[value='{mark}'])").click()


def one_by_one(page: Page, marks: str) -> None:
    """Touch one choice in the only row there is, and go on."""
    for number, mark in enumerate(marks):
        row = page.locator("fieldset.row.current")
        assert row.count() == 1
        row.locator(f"label:has(input[value='{mark}'])").click()
        if number < len(marks) - 1:
            page.get_by_role("button", name="下一个").click()


def on_phone(visitor: NewVisitor, slip: str, marks: str) -> None:
    """A phone that scans the slip: the code is in the box and no longer in the address."""
    phone = visitor(phone=True)
    page = phone.open(urlsplit(slip).path + "#" + urlsplit(slip).fragment)
    assert page.input_value("#code") == urlsplit(slip).fragment
    assert "#" not in page.url
    no_complaint(page)
    phone.shot("vote-phone-code")
    phone.press("下一步")
    no_complaint(page)
    choose(page, marks[:5])
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=screens() / "vote-phone.png", full_page=True)
    phone.press("选好了，看一遍")
    assert f"还有 {PEOPLE - 5} 项没有选" in page.inner_text(".error-summary")
    choose(page, marks)
    phone.press("选好了，看一遍")
    no_complaint(page)
    phone.shot("vote-phone-check")
    phone.press("返回修改")
    phone.press("选好了，看一遍")
    phone.press("投票", exact=True)
    assert DONE in page.inner_text("main")
    no_complaint(page)
    phone.shot("vote-phone-done")
    assert phone.context.cookies() == []
    page.goto(phone.base + urlsplit(slip).path)
    page.fill("#code", urlsplit(slip).fragment.lower())
    phone.press("下一步")
    assert AGAIN in page.inner_text("main")


def without_script(chromium: Browser, base: str, slip: str, marks: str) -> None:
    """An old phone: no script runs, the code is typed."""
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    old = Visitor(context, base)
    page = old.open(urlsplit(slip).path)
    page.fill("#code", urlsplit(slip).fragment)
    old.press("下一步")
    choose(page, marks)
    old.press("选好了，看一遍")
    old.press("投票", exact=True)
    assert DONE in page.inner_text("main")
    assert context.cookies() == []
    context.close()


def at_kiosk(visitor: NewVisitor, slip: str, marks: str) -> Visitor:
    """The tablet in the hall: one row at a time; after the receipt, and going back, nothing of it is left."""
    tablet = visitor()
    page = tablet.open(urlsplit(slip).path + "kiosk/")
    page.fill("#code", urlsplit(slip).fragment)
    tablet.press("下一步")
    page.locator("fieldset.row.current").wait_for()
    no_complaint(page)
    page.locator("fieldset.row.current label").first.click()
    tablet.shot("vote-kiosk")
    one_by_one(page, marks)
    tablet.press("选好了，看一遍")
    page.locator("table.chosen").wait_for()
    tablet.press("投票", exact=True)
    page.get_by_text(DONE).wait_for()
    tablet.shot("vote-kiosk-done")
    page.locator("#code").wait_for(timeout=12_000)  # blanks by itself
    assert page.input_value("#code") == ""
    page.go_back()
    page.go_forward()
    page.wait_for_timeout(300)
    assert page.locator("fieldset.row, table.chosen, .receipt").count() == 0
    return tablet


def in_large_type(visitor: NewVisitor, slip: str, marks: str) -> None:
    """A phone in large type, somebody helping: one row at a time."""
    phone = visitor(phone=True)
    page = phone.open(urlsplit(slip).path)
    phone.press("字太小")
    page.fill("#code", urlsplit(slip).fragment)
    phone.press("下一步")
    phone.shot("vote-big")
    one_by_one(page, marks)
    phone.press("选好了，看一遍")
    phone.press("投票", exact=True)
    assert DONE in page.inner_text("main")


def take_half(person: Visitor, made: Evening, name: str) -> str:
    """A 计票人 copies the half down."""
    page = person.open(reverse("evaluations:urn", args=[made.ballot.pk]))
    person.press("拿我的半把钥匙")
    person.shot(f"{name}-before")
    person.press("准备好了")
    half = page.inner_text(".half")
    person.shot(name)
    person.press("抄好了")
    return half


def race(clerk: Visitor, made: Evening, clients: list[Client]) -> None:
    """Everybody posts at once; in the midst of it the secretary closes the voting."""
    page = clerk.open(reverse("evaluations:urn", args=[made.ballot.pk]))
    clerk.shot("urn-open")

    def closing() -> None:
        page.wait_for_timeout(2500)
        clerk.press("关闭投票，开始计票")

    steps = [lambda c=c, n=n: c.vote(lost=n % 5 == 0) for n, c in enumerate(clients)]
    all_at_once(steps, apart=0.12, meanwhile=closing)


def test_thirty_slips_vote_while_the_voting_is_closed(
    hall: Evening, visitor: NewVisitor, chromium: Browser, live_server: LiveServer
) -> None:
    clerk = visitor(username=hall.secretary.username)
    at = reverse("evaluations:ballot", args=[hall.ballot.pk])
    page = clerk.open(at)
    page.locator("summary", has_text="票的形式").click()
    clerk.shot("vote-channel")
    page.check("[name=channel][value=device]")
    clerk.press("保存", exact=True)
    clerk.press("印票条")
    clerk.shot("urn-setup")
    slips = slips_of(clerk, hall)
    assert len(set(slips)) == PEOPLE + 2
    tellers = [visitor(username=t.username, phone=True) for t in hall.tellers]
    halves = [take_half(t, hall, "urn-half" if n == 1 else "urn-half-2") for n, t in enumerate(tellers, 1)]
    page = clerk.open(at)
    page.fill("[name=codes_issued]", str(PEOPLE))
    clerk.shot("vote-issue")
    clerk.press("开始投票")
    votes = [invented_vote(PEOPLE, 4, n) for n in range(PEOPLE)]
    on_phone(visitor, slips[PLACES["phone"]], votes[PLACES["phone"]])
    without_script(chromium, clerk.base, slips[PLACES["plain"]], votes[PLACES["plain"]])
    at_kiosk(visitor, slips[PLACES["kiosk"]], votes[PLACES["kiosk"]])
    in_large_type(visitor, slips[PLACES["big"]], votes[PLACES["big"]])
    clients = [Client(slips[n], votes[n]) for n in range(len(PLACES), PEOPLE)]
    race(clerk, hall, clients)
    cast = [*votes[: len(PLACES)], *(c.marks for c in clients if c.told in (DONE, AGAIN))]
    told = Counter(c.told for c in clients)
    assert set(told) <= {DONE, AGAIN, LATE}
    assert min(told[LATE], told[DONE], told[AGAIN]) > 0
    used = UrnCode.objects.filter(state=CodeState.USED).count()
    assert used == UrnSlot.objects.filter(filled=True).count() == len(cast) == hall.reload().codes_used
    check_receipts(visitor, clerk, slips[0], used)
    open_and_certify(hall, tellers, halves, cast)


def test_the_tablet_blanks_when_nobody_touches_it_and_a_lost_answer_is_posted_again(
    hall: Evening, visitor: NewVisitor
) -> None:
    made = Voting(hall)
    made.made.ballot = urns.choose_channel(ballot=hall.ballot, channel="device", by=hall.secretary)
    print_slips(made)
    show_halves(made)
    open_voting(made)
    tablet = visitor()
    tablet.page.clock.install()
    page = tablet.open(f"/vote/{made.address}/kiosk/#{made.codes[0]}")
    tablet.press("下一步")
    page.locator("fieldset.row.current label").first.click()
    page.clock.fast_forward(50_000)
    assert page.locator("fieldset.row").count() == PEOPLE
    page.locator("fieldset.row.current label").nth(1).click()  # somebody is still there
    page.clock.fast_forward(50_000)
    assert page.locator("fieldset.row").count() == PEOPLE
    page.clock.fast_forward(11_000)
    page.locator("#code").wait_for()
    assert page.input_value("#code") == ""
    page.fill("#code", made.codes[0])
    page.route(
        "**/kiosk/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("网络不通").wait_for()
    page.unroute("**/kiosk/")
    tablet.press("下一步")
    page.locator("fieldset.row.current").wait_for()
    tablet.complaints = [text for text in tablet.complaints if "ERR_FAILED" not in text]


def check_receipts(visitor: NewVisitor, clerk: Visitor, slip: str, used: int) -> None:
    """Everybody with a slip sees all receipts, in the order of letters."""
    phone = visitor(phone=True)
    page = phone.open(urlsplit(slip).path)
    shown = page.locator(".receipts li").all_inner_texts()
    assert len(shown) == used
    assert shown == sorted(shown)
    phone.shot("vote-closed")
    clerk.press("电子票箱")
    clerk.shot("urn-closed")


def open_and_certify(hall: Evening, tellers: list[Visitor], halves: list[str], cast: list[str]) -> None:
    """Both halves open the urn: a slip of the pen is told, then the sums are those of the votes."""
    person = tellers[0]
    page = person.open(reverse("evaluations:urn_open", args=[hall.ballot.pk]))
    page.fill("#half_1", halves[0])
    page.fill("#half_2", halves[1][:-1])
    person.press("开箱清点")
    assert "第二半抄错了" in page.inner_text(".error-summary")
    person.shot("urn-open-wrong")
    page.fill("#half_2", halves[1].lower())
    person.press("开箱清点")
    assert "电子票已清点" in page.inner_text("main")
    assert hall.reload().status == BallotStatus.MATCHED
    lines, _ = tally([Paper(marks) for marks in cast], PEOPLE, 4)
    assert stored(hall.ballot) == lines
    assert sealing.codes_key(hall.ballot.pk) is None
    sign_all(hall)
    clerk = tellers[1]
    clerk.open(reverse("evaluations:result", args=[hall.ballot.pk]))
    clerk.shot("vote-result")
    assert not UrnSlot.objects.exists()


def stored(ballot: Ballot) -> list[Line]:
    """The result in form order."""
    return [line.line for line in ballot.lines.order_by("subject__ordinal")]
