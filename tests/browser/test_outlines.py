"""A town's leaders write of each other: the connection is cut, the head vets on a phone, it is disclosed before the meeting."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from branches.models import Addressee, Campaign, Role, User
from meetings.models import Outline
from meetings.services.outline_book import Book
from meetings.services.outline_steps import disclose_outlines, pass_outline
from meetings.services.outlines import note_consultation, receive_outlines, save_outlines, submit_outlines
from tests.browser.conftest import CUT, Visitor, give_password, sheet_shot
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
LEADERS = (
    (Role.SECRETARY, "何建军"),
    (Role.DEPUTY, "刘德福"),
    (Role.DISCIPLINE, "赵永强"),
    (Role.ORGANIZER, "孙丽华"),
    (Role.COMMITTEE, "周国栋"),
)
POINTS = (
    "下村偏少，去年七月以后没有到过大湾村；群众反映的水渠问题拖了四个月才答复。\n建议每月到联系村住一晚，把群众的事一件一件列账办结。",
    "分管的项目进度抓得不紧，会上表态多、会后跟踪少。\n建议每周到工地看一次，把问题当场定下来。",
    "开会时批评下面的同志语气急，有的同志不敢讲真话。\n建议先听完再讲，会后多找同志谈心。",
    "抓党建工作布置多、检查少，两个村的组织生活记录不全没有及时指出。\n建议每季度到支部看一次记录。",
)
Leaders = list[User]


@pytest.fixture
def leaders(tree: Tree) -> Leaders:
    """The town's committee, each with an account."""
    people = [account_with(role, tree.township, full_name=name) for role, name in LEADERS]
    give_password(*people)
    return people


@pytest.fixture
def life(tree: Tree) -> Campaign:
    """The 民主生活会 of the town's committee, under the town's own notice."""
    campaign: Campaign = CampaignFactory.create(
        issuer=tree.county,
        name="镇领导班子专题民主生活会",
        slug="life",
        status="running",
        preset="town_leadership_2014",
        rules={"criticism_consulted": True, "finish_by": None, "window": None},
    )
    Addressee.objects.create(campaign=campaign, organization=tree.township, audience="bodies")
    return campaign


def written(campaign: Campaign, tree: Tree, author: User) -> str:
    """Everything one leader owes, typed; the key of the author."""
    book = Book.of(campaign, tree.township)
    seat = book.seat_of(author)
    assert seat is not None
    texts = {target.key: POINTS[n % 4] for n, target in enumerate(book.targets_of(seat.key))}
    save_outlines(campaign=campaign, organization=tree.township, revision=0, texts=texts, by=author)
    return seat.key


def until_saved(page: Page, words: str) -> None:
    """Wait until the server has these words, and the page knows."""
    for _ in range(150):
        if any(words in row.text for row in Outline.objects.all()):
            break
        page.wait_for_timeout(100)
    assert any(words in row.text for row in Outline.objects.all())
    page.locator("#saved", has_text="已于").wait_for()


def test_written_on_one_page_a_cut_connection_loses_nothing(
    tree: Tree, life: Campaign, leaders: Leaders, visitor: NewVisitor
) -> None:
    desk = visitor(username=leaders[1].username)
    page = desk.open(reverse("meetings:outlines_mine", args=["life", tree.township.pk]))
    for number, field in enumerate(page.get_by_role("textbox").all()):
        field.fill(POINTS[number])
    page.get_by_role("button", name="保存提纲").last.click()
    until_saved(page, POINTS[3][:8])
    desk.shot("outlines-mine")

    desk.context.set_offline(True)
    page.get_by_label("对周国栋同志").fill("断网时改的一段。")
    page.get_by_role("button", name="保存提纲").last.click()
    page.locator("#saved", has_text="网络断了，内容已存在本机").wait_for()
    desk.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until_saved(page, "断网时改的一段。")
    assert any(CUT in text for text in desk.complaints), "the cut was real"
    desk.complaints.clear()

    desk.press("写好了，去检查")
    desk.press("提交 4 份提纲")
    assert page.get_by_text("已提交 4 份提纲").count() == 1
    assert Outline.objects.filter(status="submitted").count() == 4


def test_vetted_on_a_phone_one_by_one_then_disclosed_and_printed(
    tree: Tree, life: Campaign, leaders: Leaders, visitor: NewVisitor
) -> None:
    head, deputy, discipline, organizer, other = leaders
    key = written(life, tree, deputy)
    submit_outlines(campaign=life, organization=tree.township, revision=4, by=deputy)
    for row in Book.of(life, tree.township).rows_of(key):
        pass_outline(outline=row, revision=row.revision, by=head)
    disclose_outlines(campaign=life, organization=tree.township, key=key, by=deputy)
    written(life, tree, discipline)
    submit_outlines(campaign=life, organization=tree.township, revision=4, by=discipline)
    written(life, tree, organizer)
    book = Book.of(life, tree.township)
    receive_outlines(campaign=life, organization=tree.township, key=book.keys[4], by=head)
    note_consultation(
        campaign=life, organization=tree.township, one=book.keys[0], other=book.keys[1], by=head
    )

    phone = visitor(phone=True, username=head.username)
    phone.press("去审阅提纲")
    phone.press("从第一份开始审阅")
    phone.shot("outline-vet-phone")
    for _ in range(3):
        phone.press("都做到了，通过")
    phone.page.get_by_text("要退回修改").click()
    phone.page.get_by_label("实事求是、客观公正").check()
    phone.press("退回本人修改")
    assert phone.page.get_by_text("没有等您审阅的提纲").count()
    assert Outline.objects.filter(status="returned").get().note == "没有做到：实事求是、客观公正。"

    desk = visitor(username=head.username)
    page = desk.open(reverse("meetings:outlines", args=["life", tree.township.pk]))
    desk.shot("outlines")
    page.get_by_role("button", name="明示本人").click()
    assert page.get_by_text("已向本人明示 3 份提纲").count() == 1
    page.get_by_role("link", name="打印发言提纲").nth(1).scroll_into_view_if_needed()
    address = page.get_by_role("link", name="打印发言提纲").nth(1).get_attribute("href") or ""
    answer = desk.context.request.get(desk.base + address)
    assert answer.ok
    sheet_shot("outline-sheet", answer.body())
    assert other.full_name in page.content()
