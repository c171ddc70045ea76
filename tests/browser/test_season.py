"""A season in a real browser: a campaign by its own rules, a plan through its review, the board, the digest sent out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from branches.models import Campaign, Delivery, DeliveryState, Job, Notice, RuleSet, User
from branches.tasks import deliver
from config.home import tasks
from tests.browser.conftest import Visitor, give_password
from tests.conftest import Tree
from tests.factories.channels import Letters, Robots, mail_server, robots_server
from tests.factories.season import august, season
from tests.worker.conftest import Worker, start_worker, wait_until  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
SLUG = "season"
PLAN = {
    "time": "下周三前谈心，周五晚开支委会，再下周二晚开党员大会。",
    "form": "先开支委会，再开党员大会，在大会上发放测评表。",
    "attendees": "全体党员，请三名村民代表列席。",
    "requirements": "张家湾、李家湾两个组的党员由支委上门谈；外出的八名党员电话联系。",
}


@pytest.fixture
def letters() -> Iterator[Letters]:
    """A real mail server on a free port."""
    with mail_server() as running:
        yield running


@pytest.fixture
def robots() -> Iterator[Robots]:
    """A stand-in for the robots of chat groups."""
    with robots_server() as running:
        yield running


def change_rule(office: Visitor, key: str, category: str, fill: Callable[[Visitor], None]) -> None:
    """Open the page of one rule, change it, save."""
    office.open(f"/campaigns/{SLUG}/rules/change/?key={key}&category={category}")
    fill(office)
    office.press("保存这条规则")


def draft_and_publish(office: Visitor, finish: datetime.date) -> None:
    """The township drafts from 洛阳镇's rules, changes two keys, looks at them, publishes, starts."""
    page = office.open("/campaigns/new/")
    page.fill("[name=name]", "专题组织生活会和民主评议党员")
    page.fill("[name=slug]", SLUG)
    page.fill("[name=year]", str(finish.year))
    page.select_option("[name=preset]", "luoyang_2014")
    office.press("保存草稿")
    change_rule(office, "finish_by", "village", lambda o: o.page.fill("[name=value]", finish.isoformat()))
    change_rule(office, "remind_off_holidays", "", lambda o: o.page.get_by_label("照常提醒").check())
    page = office.open(f"/campaigns/{SLUG}/rules/?category=village")
    office.shot("season-rules")
    assert f"{finish.year}年{finish.month}月{finish.day}日" in page.inner_text("#rule-finish_by")
    assert "照常提醒" in page.inner_text("#rule-remind_off_holidays")
    office.open(f"/campaigns/{SLUG}/")
    office.shot("season-draft")
    office.press("发布活动")
    office.press("启动活动")


def set_channels(office: Visitor, branch: int, robots: Robots) -> None:
    """The office gives the branch a mailbox and a robot, and tries both."""
    robot = f"{robots.base}/cgi-bin/webhook/send?key=1a2b3c4d5e6f7a8b9c0d"
    for kind, label, address in (
        ("email", "支部邮箱", "xinhe@example.gov.cn"),
        ("wecom", "支部工作群", robot),
    ):
        page = office.open(f"/channels/of/{branch}/add/")
        page.check(f"[name=kind][value={kind}]")
        page.fill("[name=label]", label)
        page.fill("[name=address]", address)
        page.fill("[name=quiet_from]", "")
        page.fill("[name=quiet_to]", "")
        page.locator("main form button.btn").first.click()
        page.wait_for_load_state("networkidle")
    for label in ("支部邮箱", "支部工作群"):
        page = office.open(f"/channels/of/{branch}/")
        page.locator("section.card", has_text=label).get_by_role("button", name="发送一条测试消息").click()
        page.wait_for_load_state("networkidle")
        assert f"“{label}”的测试消息发送成功" in page.inner_text("main")
    office.shot("channels")


def hand_in(clerk: Visitor, branch: int, **texts: str) -> None:
    """The secretary writes the plan, checks it, hands it in."""
    page = clerk.open(f"/campaigns/{SLUG}/plans/{branch}/edit/")
    for name, text in texts.items():
        page.fill(f"[name={name}]", text)
    clerk.press("保存方案，去检查")
    clerk.shot("plan-check")
    page.check("[name=declared]")
    clerk.press("上报方案")
    assert "下一步由青石镇党建办审核" in page.inner_text("main")


def review(office: Visitor, button: str, comment: str = "") -> None:
    """The office opens the first plan that waits and decides."""
    page = office.open(f"/campaigns/{SLUG}/plans/")
    office.shot("plans")
    page.locator("main a", has_text="新河村").first.click()
    page.wait_for_load_state("networkidle")
    if page.locator("[name=comment]").count() == 0:
        office.press("审核方案")
    if comment:
        page.fill("[name=comment]", comment)
    office.shot("plan-review")
    office.press(button)


def test_a_campaign_by_its_own_rules_from_the_draft_to_the_digest_outside(
    visitor: NewVisitor,
    tree: Tree,
    secretary: User,
    township: User,
    letters: Letters,
    robots: Robots,
    settings: object,
    monkeypatch: pytest.MonkeyPatch,
    start_worker: Callable[[], Worker],  # noqa: F811
) -> None:
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{letters.port}")
    monkeypatch.setenv("CHANNEL_HOSTS_ALLOWED", robots.host)
    monkeypatch.setenv("REMIND_FROM_HOUR", "0")
    monkeypatch.setenv("REMIND_UNTIL_HOUR", "24")
    for name, value in (
        ("EMAIL_BACKEND", "config.lib.mail.Backend"),
        ("EMAIL_HOST", "127.0.0.1"),
        ("EMAIL_PORT", letters.port),
        ("CHANNEL_HOSTS_ALLOWED", [robots.host]),
    ):
        setattr(settings, name, value)
    start_worker()
    give_password(secretary, township)
    village = tree.village.pk
    office, clerk = visitor(username=township.username), visitor(username=secretary.username, phone=True)
    draft_and_publish(office, timezone.localdate() + datetime.timedelta(days=3))
    rules = RuleSet.objects.get(campaign__slug=SLUG)
    assert rules.locked_at is not None
    assert (rules.values["remind_off_holidays"], rules.values["plan_gate"]) == (False, "approve")
    set_channels(office, village, robots)
    assert ([len(letters.got), len(robots.got)]) == [1, 1]

    page = clerk.open("/")
    assert "填写实施方案" in page.inner_text("main")
    clerk.shot("season-secretary")
    hand_in(clerk, village, **PLAN)
    review(office, "退回方案", "没有写清外出党员怎么办、谁去联系。")
    page = clerk.open(f"/campaigns/{SLUG}/plans/{village}/")
    assert "没有写清外出党员怎么办" in page.inner_text("main")
    hand_in(clerk, village, requirements=PLAN["requirements"] + "电话由支部书记打，会后把记录读给他们听。")
    review(office, "批准方案")
    page = office.open("/?show=all&state=all")
    office.shot("season-board")
    row = page.locator("tr", has_text="新河村")
    assert "已批准" in row.first.inner_text()

    tasks.remind.delay()
    wait_until(lambda: Notice.objects.filter(kind="digest").exists(), 30, "no digest was written")
    for _ in range(3):  # whoever rings, and however often: everything leaves once
        tasks.remind.delay()
        tasks.send.delay()
    wait_until(
        lambda: Delivery.objects.filter(state=DeliveryState.SENT).count() == 2,
        30,
        f"not sent: {list(Delivery.objects.values('state', 'error'))}",
    )
    assert Notice.objects.filter(kind="digest", recipient=secretary).count() == 1
    assert [len(letters.got), len(robots.got)] == [2, 2]
    letter = letters.got[-1]
    assert letter.rcpt_tos == ["xinhe@example.gov.cn"]
    said = robots.got[-1]["text"]["content"]
    assert "动员部署" in said
    assert "还剩 3 天" in said
    assert "实施方案" not in said
    assert not re.search(secretary.full_name, said)

    wait_until(
        lambda: Notice.objects.get(kind="digest", recipient=secretary).delivered_at is not None or _deliver(),
        30,
        "the digest was not delivered in the program",
    )
    page = clerk.open("/notices/")
    assert "动员部署" in page.inner_text("main")
    clerk.shot("digest")
    assert Campaign.objects.get(slug=SLUG).is_open


def _deliver() -> bool:
    """Ring for the relay of the program's own notices."""
    deliver.delay()
    return False


def test_on_the_twelfth_of_august_every_page_says_what_is_owed_and_why(
    visitor: NewVisitor, tree: Tree, secretary: User, township: User
) -> None:
    give_password(secretary, township)
    season(tree, township, slug=SLUG, plan=PLAN)
    with august(12):
        office, clerk = visitor(username=township.username), visitor(username=secretary.username)
        page = office.open("/?show=all")
        for words in ("待审核", "逾期 4 天", "8月28日", "暑期教师外出培训"):
            assert words in page.inner_text("main")
        office.shot("board-season")
        page = office.open("/?tab=missing")
        assert "镇卫生院支部：实施方案报上级（8月8日到期，已逾期 4 天）" in page.input_value("#lines")
        office.shot("board-missing")
        office.press("下载 Excel")
        tasks.missing_file(str(Job.objects.get().pk))
        page = office.open(f"/jobs/{Job.objects.get().pk}/")
        assert "谁缺什么20140812.xlsx" in page.inner_text("main")
        office.shot("job")

        office.open(f"/campaigns/{SLUG}/rules/?category=village")
        office.press("修改规则")
        change_rule(office, "finish_by", "village", lambda o: o.page.fill("[name=value]", "2014-09-05"))
        page = office.open(f"/campaigns/{SLUG}/rules/publish/")
        page.fill("[name=reason]", "连日防汛，村里的会往后推五天")
        office.shot("revision")
        office.press("发布修改")
        assert Campaign.objects.get().rule_set().version == 2

        page = clerk.open(f"/campaigns/{SLUG}/steps/{tree.village.pk}/")
        assert "9月5日（周五）前完成，还剩 24 天" in page.inner_text("main")
        step = page.locator("li.step", has=page.locator("summary", has_text="登记完成日期")).first
        step.locator("summary", has_text="登记完成日期").click()
        step.get_by_role("button", name="登记完成日期").click()
        page.wait_for_load_state("networkidle")
        assert "8月12日（周二）完成" in page.inner_text("main")
        clerk.shot("steps")
        page = clerk.open(f"/campaigns/{SLUG}/duties/")
        assert "不需要做" in page.inner_text("main")
        clerk.shot("duties")
