"""Every page around the meetings as the secretary and the township see it, over the villages of the demo: wide, narrow, accessible."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from branches.models import Campaign, Organization, Role, User
from config.demo.accounts import office_login
from config.demo.land import build, county
from config.demo.people import populate
from config.demo.preparation import SECOND, SLUG, THIRD, VILLAGE, prepare
from config.home.archive.bundle import bundled, index_paper
from config.home.archive.items import Archive
from meetings.models import Meeting, MeetingKind, Minutes, Participant
from meetings.reports.minutes import MinutesSheet
from meetings.services.guests import invite_guest
from members.services.studies import record_study
from tests.browser.conftest import CUT, DESKTOP, PHONE, Snapshot, Visitor, give_password, sheet_shot
from tests.factories.branches import CampaignFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("demo"),  # one process makes the demo
]
TOWN = "QS"


@dataclass(frozen=True)
class Demo:
    """The demo's township before and after its meetings."""

    rows: dict[str, Organization]
    campaign: Campaign

    def place(self, code: str) -> list[object]:
        """The campaign and an organisation, as addresses want them."""
        return [self.campaign.slug, self.rows[code].pk]

    def meeting(self, code: str, kind: str = MeetingKind.COMMITTEE) -> Meeting:
        """The meeting of a branch."""
        return Meeting.objects.get(campaign=self.campaign, organization=self.rows[code], kind=kind)


@pytest.fixture(scope="module")
def made_once() -> Snapshot:
    """The database with the demo, as the first test that asks for it left it when it was made."""
    return Snapshot(make_demo)


@pytest.fixture
def demo(made_once: Snapshot) -> Demo:
    """The demo's campaign with its meetings at three stages, as newly made."""
    made_once.put()
    rows = {place.code: place for place in Organization.objects.all()}
    return Demo(rows, Campaign.objects.get(slug=SLUG))


def make_demo() -> None:
    """The demo as `manage.py demo` makes it, without its ballots."""
    chance = random.Random(1)
    plan = county(chance)
    rows = build(plan)
    populate(chance, plan, rows)
    office, _ = office_login("dangjian", "周敏", Role.OFFICE, rows[TOWN], "")
    above, _ = office_login("xianwei", "吴建华", Role.OFFICE, rows["PZ"], "")
    prepare(rows, office, above)
    give_password(*User.objects.filter(username__in=("daping", "shangba", "gaoling", "dangjian")))


def looked_at(someone: Visitor, address: str, words: str) -> Page:
    """A page says what it should, fits a phone and has nothing serious against it."""
    page = someone.open(address)
    assert words in page.inner_text("main"), address
    page.set_viewport_size(PHONE)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{address} is {wider} px too wide for a phone"
    page.set_viewport_size(DESKTOP)
    found = Axe().run(page).response["violations"]
    serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, (address, serious)
    return page


def test_before_the_meeting(demo: Demo, visitor: Callable[..., Visitor]) -> None:
    someone = visitor(username="daping")
    meeting = demo.meeting(VILLAGE, MeetingKind.PLENARY)
    looked_at(someone, reverse("meetings:ready", args=[meeting.pk]), "还没有好")
    someone.shot("readiness")
    looked_at(someone, reverse("meetings:tell", args=[meeting.pk]), "复制")
    someone.phone_shot("tell-phone")
    looked_at(someone, reverse("meetings:guests", args=[meeting.pk]), "陈国栋")
    someone.shot("guests")
    looked_at(someone, reverse("meetings:postpone", args=[meeting.pk]), "延期")
    looked_at(someone, reverse("meetings:agenda", args=[meeting.pk]), "议程")
    looked_at(someone, reverse("meetings:list"), "支委会")


def test_minutes_tell_what_was_entered_later(demo: Demo, visitor: Callable[..., Visitor]) -> None:
    meeting = demo.meeting(SECOND)
    someone = visitor(username="shangba")
    someone.open(reverse("meetings:detail", args=[meeting.pk]))
    secretary = User.objects.get(username="shangba")
    guest = invite_guest(meeting=meeting, name="陈国栋", post="镇党委书记", capacity="superior", by=secretary)
    someone.open(reverse("meetings:minutes", args=[meeting.pk]))
    someone.press("整理会议记录")
    Participant.objects.filter(pk=guest.pk).update(status="present", comments="查摆问题实在，批评有辣味。")
    page = looked_at(someone, reverse("meetings:minutes", args=[meeting.pk]), "陈国栋")
    assert Minutes.objects.get(meeting=meeting).status == "draft"
    assert page.get_by_role("button", name="用现在登记的").count() == 1
    someone.shot("minutes-changes")
    edit = reverse("meetings:minutes_edit", args=[meeting.pk])
    looked_at(someone, edit, "会议记录")
    written_through_a_cut_connection(someone, edit)


def written_through_a_cut_connection(someone: Visitor, address: str) -> None:
    """What is typed while the net is away stays on the device, also through a closed page, and is saved later."""
    page = someone.open(address)
    text = page.locator("#minutes textarea").first
    someone.context.set_offline(True)
    text.fill("断网时补记的一段。")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#saved")).to_contain_text("已存在本机")
    # The browser lets go of the cut as the page closes, and the last attempt to save would then come through.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('cut')); }")
    page.close()
    someone.context.set_offline(False)
    someone.page = someone.context.new_page()
    page = someone.open(address)
    text = page.locator("#minutes textarea").first
    assert text.input_value() != "断网时补记的一段。"
    page.get_by_role("button", name="恢复这些内容").click()
    expect(page.locator("#saved")).to_contain_text("已于")
    page = someone.open(address)
    expect(page.locator("#minutes textarea").first).to_have_value("断网时补记的一段。")
    assert page.locator("#local").is_hidden()
    someone.complaints = [text for text in someone.complaints if CUT not in text]


def test_after_the_meeting(demo: Demo, visitor: Callable[..., Visitor]) -> None:
    someone = visitor(username="gaoling")
    year, third = timezone.localdate().year, demo.rows[THIRD]
    meeting = demo.meeting(THIRD)
    looked_at(someone, reverse("meetings:minutes", args=[meeting.pk]), "已签字")
    sheet_shot("minutes", MinutesSheet.of(meeting, Minutes.objects.get(meeting=meeting)).to_pdf())
    looked_at(someone, reverse("report_edit", args=demo.place(THIRD)), "会前准备")
    someone.shot("report-edit")
    record_study(
        campaign=demo.campaign,
        organization=third,
        absent=(),
        by=User.objects.get(username="gaoling"),
        form="集中学习",
        held_on=timezone.localdate() - datetime.timedelta(days=2),
        topics=[],
        place="村党群服务中心",
    )
    looked_at(someone, reverse("report", args=demo.place(THIRD)), "现在是")
    someone.shot("report-changed")
    yearly = CampaignFactory.create(
        issuer=demo.rows[TOWN], slug="yearly", preset="current_year", status="running", year=year
    )
    looked_at(someone, reverse("duty_report", args=[yearly.slug, third.pk]), "述职")
    someone.shot("duty-report")
    looked_at(someone, reverse("archive", args=demo.place(THIRD)), "整理")
    someone.shot("archive")
    archive = Archive.of(demo.campaign, third, User.objects.get(username="gaoling"))
    sheet_shot("archive-index", index_paper(archive, bundled(archive)).to_pdf())
    looked_at(someone, reverse("meetings:yearly", args=[third.pk, year]), "支委会")
    someone.shot("yearly")


def test_the_township_sees_its_branches(demo: Demo, visitor: Callable[..., Visitor]) -> None:
    office = visitor(username="dangjian")
    year, town = timezone.localdate().year, demo.rows[TOWN]
    looked_at(office, reverse("reports", args=[demo.campaign.slug]), "高岭村")
    office.shot("reports")
    looked_at(office, reverse("meetings:visits", args=[demo.campaign.slug, town.pk]), "陈国栋")
    office.shot("visits")
    looked_at(office, reverse("meetings:yearly_list"), "高岭村")
    office.shot("yearly-list")
    looked_at(office, reverse("meetings:yearly", args=[town.pk, year]), "陈国栋")
    office.shot("double-life")
