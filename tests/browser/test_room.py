"""The recorder takes a committee of five through all its slots by keyboard; the connection is cut twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, ViewportSize

from branches.models import User
from meetings.models import Meeting, Slot, SlotStatus
from meetings.rules.agenda import DIVIDER
from meetings.services.speaking import save_notes
from tests.browser.conftest import CUT, Visitor, give_password
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.rooms import held, slots

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
WALL = ViewportSize(width=1366, height=768)
SAID = {
    "committee_check": "班子会议多，下去少，群众反映的路灯问题拖了半年。",
    "own_check": "走访农户不够，对新办法学得慢，有时脾气急。",
    "criticism": "分管的工作抓得不紧，办事拖，希望说到做到。",
    "reply": "意见都接受，下个月起每周走访两户，办完的事当面回话。",
}


@pytest.fixture
def sitting(tree: Tree, secretary: User, organizer: User) -> Meeting:
    """A committee of five that sits, under the rules of 洛阳镇: 31 slots."""
    campaign = CampaignFactory.create(
        issuer=tree.township, slug="luoyang", status="running", preset="luoyang_2014"
    )
    return held(tree.village, campaign, secretary, seats=5)


def text_of(number: int, slot: Slot) -> str:
    """What is noted of a slot."""
    return f"{number}．{SAID[slot.kind]}"


def until(page: Page, done: Callable[[], bool]) -> None:
    """Wait until the database says so."""
    for _ in range(150):
        if done():
            return
        page.wait_for_timeout(100)
    assert done()


def missing(meeting: Meeting, upto: int) -> list[tuple[int, str, str]]:
    """Those of the first so many slots that are not over, or whose notes are not what was typed."""
    return [
        (number, slot.status, slot.notes)
        for number, slot in enumerate(slots(meeting)[:upto], 1)
        if slot.status != SlotStatus.DONE or slot.notes != text_of(number, slot)
    ]


def until_saved(page: Page, meeting: Meeting, upto: int) -> None:
    """Wait until the first so many slots are over and have their notes."""
    for _ in range(150):
        if not missing(meeting, upto):
            break
        page.wait_for_timeout(100)
    assert missing(meeting, upto) == []


def write(page: Page, numbers: range, expected: list[Slot]) -> Iterator[int]:
    """Type the notes of each slot, then press one of the keys for the next one."""
    for number in numbers:
        page.locator("#place", has_text=f"第 {number} 项").wait_for()
        page.keyboard.press("n")  # typed into the notes when they have the focus already
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text_of(number, expected[number - 1]))
        yield number
        if number % 3 == 0:
            page.keyboard.press("Escape")
        page.keyboard.press(("Enter", "PageDown", "Control+Enter")[number % 3])


def test_the_recorder_takes_five_people_through_all_slots_and_a_cut_loses_nothing(
    sitting: Meeting, organizer: User, secretary: User, visitor: NewVisitor
) -> None:
    give_password(organizer, secretary)
    expected = slots(sitting)
    assert len(expected) == 31
    recorder, hall = visitor(username=organizer.username), visitor(username=secretary.username)
    page = recorder.open(reverse("meetings:room", args=[sitting.pk]))
    hall.page.set_viewport_size(WALL)
    wall = hall.open(reverse("meetings:projector", args=[sitting.pk]))
    wall.get_by_text("即将开始").wait_for()
    page.keyboard.press("Enter")
    for number in write(page, range(1, 32), expected):
        if number == 4:
            page.locator("#saved", has_text="已于").wait_for()
            recorder.shot("room")
            recorder.phone_shot("room-phone")
            wall.locator(".what", has_text="对刘德福提出批评意见").wait_for()
            wall.locator(".who", has_text="陈国庆").or_(wall.locator(".who", has_text="吴长河")).wait_for()
            hall.shot("projector")
        elif number in (6, 20):
            recorder.context.set_offline(True)
            hall.context.set_offline(number == 6)
        elif number == 9:
            page.locator("#saved", has_text="网络断了，已记在本机，恢复后自动上传").wait_for()
            recorder.shot("room-cut")
            wall.locator("#link", has_text="网络断了").wait_for()
            assert missing(sitting, 7)
            recorder.context.set_offline(False)
            hall.context.set_offline(False)
            until_saved(page, sitting, 8)
            wall.locator(".count", has_text="第 9 项").wait_for()
        elif number == 25:  # the page is closed while it is cut off, and opened anew
            page.wait_for_timeout(400)
            page.close()
            recorder.context.set_offline(False)
            recorder.page = page = recorder.context.new_page()
            recorder.open(reverse("meetings:room", args=[sitting.pk]))
            break
    until_saved(page, sitting, 24)
    page.locator("#place", has_text="第 25 项").wait_for()
    assert page.locator("#notes").input_value() == text_of(25, expected[24])
    page.keyboard.press("PageDown")
    for _number in write(page, range(26, 32), expected):
        continue
    until_saved(page, sitting, 31)
    page.locator("#who", has_text="全部进行完").wait_for()
    wall.get_by_text("议程进行完毕").wait_for()
    assert "批评" not in wall.locator("#part").inner_text()
    for one in (recorder, hall):
        one.complaints = [text for text in one.complaints if CUT not in text]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('room:'))") == []


def test_back_skip_and_two_devices(
    sitting: Meeting, organizer: User, secretary: User, visitor: NewVisitor
) -> None:
    give_password(organizer)
    first, second, third = slots(sitting)[:3]
    phone = visitor(phone=True, username=organizer.username)
    page = phone.open(reverse("meetings:room", args=[sitting.pk]))
    page.get_by_role("button", name="开始").click()
    page.get_by_role("button", name="下一项").click()
    page.get_by_role("button", name="上一项").click()
    page.locator("#place", has_text="第 1 项").wait_for()
    until(page, lambda: Slot.objects.get(pk=first.pk).status == SlotStatus.NOW)
    page.get_by_label("记录").fill("手机上记的")
    save_notes(slot=first, saved=0, text="电脑上记的", by=secretary)
    page.get_by_role("button", name="保存记录").click()
    page.get_by_text("两份都保留了").wait_for()
    both = f"电脑上记的\n{DIVIDER}\n手机上记的"
    assert page.get_by_label("记录").input_value() == both
    phone.shot("room-joined-phone")
    page.get_by_role("button", name="下一项").click()
    page.get_by_text("跳过这一项").click()
    page.get_by_label("跳过的原因").fill("本人没有到会")
    page.get_by_label("跳过的原因").press("Enter")
    page.locator("#place", has_text="第 3 项").wait_for()
    until(page, lambda: Slot.objects.get(pk=third.pk).status == SlotStatus.NOW)
    assert Slot.objects.get(pk=second.pk).skip_reason == "本人没有到会"
    assert Slot.objects.get(pk=first.pk).notes == both
    page.locator(f"[data-slot='{first.pk}'] a").click()
    page.locator("#looking", has_text="第 1 项").wait_for()
    page.get_by_role("link", name="回到正在进行的一项").click()
    assert page.locator("#elsewhere").is_hidden()
    phone.context.set_offline(True)
    page.get_by_label("记录").fill("没有地方存的话")
    page.locator("#saved", has_text="网络断了").wait_for()
    Slot.objects.filter(pk=third.pk).delete()
    phone.context.set_offline(False)
    page.get_by_text("下面的内容没有存上").wait_for()
    assert "没有地方存的话" in page.locator("#refused").inner_text()
    page.get_by_role("button", name="已经抄走").click()
    assert page.locator("#refused").is_hidden()
    phone.complaints = [text for text in phone.complaints if CUT not in text and "400" not in text]


def test_an_answer_that_is_lost_and_a_login_that_ends_lose_nothing(
    sitting: Meeting, organizer: User, visitor: NewVisitor
) -> None:
    give_password(organizer)
    first, second = slots(sitting)[:2]
    desk = visitor(username=organizer.username)
    page = desk.open(reverse("meetings:room", args=[sitting.pk]))
    lost: list[str] = []

    def lose(route: Route) -> None:
        """Let the server have it, but not the page hear of it; once."""
        if route.request.method == "POST" and len(lost) < 2:
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    page.route("**/room/", lose)
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    page.keyboard.insert_text("第一句。")
    until(page, lambda: len(lost) == 2)
    page.keyboard.insert_text("第二句。")
    until(page, lambda: Slot.objects.get(pk=first.pk).notes == "第一句。第二句。")
    assert Slot.objects.get(pk=first.pk).status == SlotStatus.NOW
    page.unroute("**/room/")

    desk.context.clear_cookies()
    page.keyboard.press("PageDown")
    page.keyboard.insert_text("登录过期时写的。")
    page.locator("#saved", has_text="登录已过期，已记在本机").wait_for()
    assert Slot.objects.get(pk=first.pk).status == SlotStatus.NOW
    desk.page = desk.context.new_page()
    desk.login(organizer.username)
    until(page, lambda: Slot.objects.get(pk=second.pk).notes == "登录过期时写的。")
    assert Slot.objects.get(pk=first.pk).status == SlotStatus.DONE
    page.locator("#saved", has_text="已于").wait_for()
    assert [text for text in desk.complaints if "Failed to load resource" not in text] == []
    desk.complaints = []
