"""Pages of agenda, room and projector: what they show, what their buttons do without a script, what a script is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Campaign, User
from meetings.models import Meeting, MeetingStatus, Slot, SlotStatus
from meetings.reports.room import Line, Room
from meetings.rules.agenda import ANSWERED, DIVIDER
from meetings.services.agenda import draw_up
from meetings.services.speaking import save_notes, turn
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.rooms import held, seated, slots

ClientOf = Callable[[User], Client]
QUESTION = "群众反映强烈的不正之风问题"


@pytest.fixture
def luoyang(tree: Tree) -> Campaign:
    """A campaign under the rules of 洛阳镇."""
    campaign: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="luoyang", status="running", preset="luoyang_2014"
    )
    return campaign


@pytest.fixture
def meeting(tree: Tree, luoyang: Campaign, secretary: User) -> Meeting:
    """A committee of two that sits: seven slots."""
    return held(tree.village, luoyang, secretary, seats=2)


@pytest.fixture
def desk(client_of: ClientOf, secretary: User) -> Client:
    """The browser of the secretary."""
    return client_of(secretary)


def at(name: str, meeting: Meeting) -> str:
    """The address of a page of a meeting."""
    return reverse(f"meetings:{name}", args=[meeting.pk])


def text(response: Any) -> str:
    """What a page says."""
    page: str = response.content.decode()
    return page


class TestAgenda:
    """The order is drawn up and changed by plain forms."""

    def post(self, desk: Client, meeting: Meeting, **data: Any) -> str:
        """Press a button of the page; what the page says afterwards."""
        return text(desk.post(at("agenda", meeting), data, follow=True))

    def test_the_page_says_how_many_turns_there_will_be_and_draws_them_up(
        self, tree: Tree, luoyang: Campaign, desk: Client
    ) -> None:
        planned = seated(tree.village, luoyang, seats=5)
        page = text(desk.get(at("agenda", planned)))
        assert "班子成员 5 人，共 <b>31</b> 项" in page
        assert "不排也可以开会" in page
        page = self.post(desk, planned, do="draw")
        assert "重新生成" in page
        assert len(slots(planned)) == 31

    def test_who_is_away_by_now_is_left_out_when_the_order_is_drawn_anew(
        self, meeting: Meeting, desk: Client
    ) -> None:
        assert "有变化" not in text(desk.get(at("agenda", meeting)))
        meeting.participants.filter(key="m1").update(status="leave")
        assert "有变化" in text(desk.get(at("agenda", meeting)))
        assert "有变化" not in self.post(desk, meeting, do="draw")
        assert len(slots(meeting)) == 3

    def test_the_same_form_posted_twice_counts_once(self, meeting: Meeting, desk: Client) -> None:
        data = {"do": "add", "title": "传达文件", "submission": str(uuid.uuid4())}
        for _ in range(2):
            assert "传达文件" in self.post(desk, meeting, **data)
        assert len(slots(meeting)) == 8

    def test_buttons_change_the_order(self, meeting: Meeting, desk: Client) -> None:
        first, second, *_rest = slots(meeting)
        self.post(desk, meeting, do="down", slot=first.pk, seen=1)
        assert [slot.pk for slot in slots(meeting)[:2]] == [second.pk, first.pk]
        assert "刚才另有一位同志" in self.post(desk, meeting, do="up", slot=first.pk, seen="x")
        self.post(desk, meeting, do="up", slot=first.pk, seen=2)
        assert slots(meeting)[0].pk == first.pk
        assert "原因：请假" in self.post(desk, meeting, do="skip", slot=second.pk, reason="请假")
        assert "原因：请假" not in self.post(desk, meeting, do="restore", slot=second.pk)
        page = self.post(desk, meeting, do="rename", slot=second.pk, title="剖析", speaker_name="王桂兰")
        assert "<b>王桂兰</b> 剖析" in page
        self.post(desk, meeting, do="remove", slot=second.pk)
        assert len(slots(meeting)) == 6
        assert "<option>王桂兰</option>" in page
        page = self.post(desk, meeting, do="left", name="王桂兰", reason="提前离会")
        assert "<option>王桂兰</option>" not in page

    def test_a_slot_of_another_meeting_or_none_is_not_found(
        self, tree: Tree, luoyang: Campaign, secretary: User, meeting: Meeting, desk: Client
    ) -> None:
        other = held(tree.village, luoyang, secretary, seats=1)
        for slot in (slots(other)[0].pk, "x", ""):
            assert desk.post(at("agenda", meeting), {"do": "remove", "slot": slot}).status_code == 404

    def test_once_somebody_spoke_the_order_is_not_drawn_anew(
        self, meeting: Meeting, secretary: User, desk: Client
    ) -> None:
        turn(meeting=meeting, left=None, to=slots(meeting)[0].pk, by=secretary)
        assert "重新生成" not in text(desk.get(at("agenda", meeting)))
        assert "不能重新生成" in self.post(desk, meeting, do="draw")

    def test_after_the_meeting_nothing_is_changed(self, meeting: Meeting, desk: Client) -> None:
        Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.CLOSED)
        page = text(desk.get(at("agenda", meeting)))
        assert "议程不能再改" in page
        assert "加这一项" not in page
        assert desk.post(at("agenda", meeting), {"do": "draw"}).status_code == 403

    def test_a_plenary_held_on_paper_is_ticked_in_one_go(
        self, tree: Tree, luoyang: Campaign, desk: Client
    ) -> None:
        plenary = MeetingFactory.create(
            organization=tree.village, campaign=luoyang, status=MeetingStatus.OPENED
        )
        page = self.post(desk, plenary, do="draw")
        assert "发测评表以前，先结束" in page
        assert "发测评表以前，先结束" not in self.post(desk, plenary, do="tick")

    def test_groups_are_offered_from_the_size_of_the_rules(
        self, tree: Tree, people: list[object], desk: Client
    ) -> None:
        asked = CampaignFactory.create(
            issuer=tree.township, slug="groups", status="running", rules={"group_split_from": 10}
        )
        plenary = MeetingFactory.create(organization=tree.village, campaign=asked)
        assert "自评和互评分党小组进行（一组）" in text(desk.get(at("agenda", plenary)))
        assert "一组：个人自评" in self.post(desk, plenary, do="draw", by_groups="1")


class TestRoom:
    """The recorder's screen by its buttons."""

    def press(self, desk: Client, meeting: Meeting, do: str, **data: Any) -> str:
        """Press a button as the page is now."""
        state = Room.of(meeting, User.objects.get(username="liudefu"))
        slot = state.now.slot if state.now else None
        form = {
            "do": do,
            "now": slot.pk if slot else "",
            "slot": slot.pk if slot else "",
            "base": slot.saved if slot else 0,
            "notes": slot.notes if slot else "",
            **data,
        }
        return text(desk.post(at("room", meeting), form, follow=True))

    def states(self, meeting: Meeting) -> str:
        """The states of the first four slots, a letter each."""
        return "".join(slot.status[0] for slot in slots(meeting)[:4])

    def test_a_meeting_without_an_agenda_leads_there(
        self, tree: Tree, luoyang: Campaign, desk: Client
    ) -> None:
        bare = MeetingFactory.create(organization=tree.village, campaign=luoyang)
        assert "还没有议程" in text(desk.get(at("room", bare)))

    def test_buttons_go_through_the_slots_and_keep_the_notes(self, meeting: Meeting, desk: Client) -> None:
        assert "还没有开始" in text(desk.get(at("room", meeting)))
        assert "第 1 项，共 7 项" in self.press(desk, meeting, "next")
        assert "第 2 项，共 7 项" in self.press(desk, meeting, "next", notes="班子的问题")
        assert self.states(meeting) == "dnpp"
        assert "第 1 项" in self.press(desk, meeting, "back")
        assert "前面没有可以退回的议程" in self.press(desk, meeting, "back", reason="不相干")
        assert "请用页面上的按钮" in self.press(desk, meeting, "here", slot="")
        assert self.states(meeting) == "nppp"
        assert "须写明原因" in self.press(desk, meeting, "skip")
        self.press(desk, meeting, "next")
        self.press(desk, meeting, "skip", reason="请假")
        assert self.states(meeting) == "dsnp"
        assert slots(meeting)[0].notes == "班子的问题"
        self.press(desk, meeting, "next", reason="合并发言")
        assert slots(meeting)[2].skip_reason == "合并发言"

    def test_a_slot_is_looked_at_noted_and_gone_on_from(self, meeting: Meeting, desk: Client) -> None:
        self.press(desk, meeting, "next")
        third = slots(meeting)[2]
        page = text(desk.get(at("room", meeting), {"slot": str(third.pk)}))
        assert "不是正在进行的一项" in page
        assert "第 3 项 王桂兰　对刘德福提出批评意见" in page
        page = self.press(desk, meeting, "save", slot=third.pk, notes="会前沟通过")
        assert "会前沟通过</textarea>" in page
        self.press(desk, meeting, "here", slot=third.pk, notes="会前沟通过", base=1)
        assert self.states(meeting) == "dpnp"

    def test_a_page_that_is_behind_keeps_its_notes_and_says_so(
        self, meeting: Meeting, secretary: User, desk: Client
    ) -> None:
        first, second, third = slots(meeting)[:3]
        turn(meeting=meeting, left=None, to=third.pk, by=secretary)
        page = self.press(desk, meeting, "next", now=first.pk, slot=first.pk, notes="晚到的", base=0)
        assert "已经翻到别的议程" in page
        assert slots(meeting)[0].notes == "晚到的"
        assert self.states(meeting) == "ppnp"
        assert second.status == SlotStatus.PENDING

    def test_two_writers_see_both_texts_before_they_go_on(
        self, meeting: Meeting, secretary: User, desk: Client
    ) -> None:
        first = slots(meeting)[0]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        save_notes(slot=first, saved=0, text="先记的", by=secretary)
        page = self.press(desk, meeting, "next", notes="后记的", base=0)
        assert "两份都保留在下面" in page
        assert f"先记的\n{DIVIDER}\n后记的" in page
        assert self.states(meeting) == "nppp"

    def test_questions_stand_beside_who_speaks_of_himself(
        self, meeting: Meeting, secretary: User, desk: Client
    ) -> None:
        turn(meeting=meeting, left=None, to=slots(meeting)[1].pk, by=secretary)
        page = text(desk.get(at("room", meeting)))
        assert '<fieldset id="asked" class="options">' in page
        page = self.press(desk, meeting, "save", notes="讲了", answered=[QUESTION])
        assert slots(meeting)[1].notes == f"讲了\n{ANSWERED}{QUESTION}"
        assert f'value="{QUESTION}" checked' in page
        self.press(desk, meeting, "next", answered=[])
        assert slots(meeting)[1].notes == "讲了"
        assert '<fieldset id="asked" class="options" hidden>' in text(desk.get(at("room", meeting)))

    def test_after_the_meeting_notes_are_written_but_nothing_begins(
        self, meeting: Meeting, desk: Client
    ) -> None:
        Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.CLOSED)
        first = slots(meeting)[0]
        page = text(desk.get(at("room", meeting), {"slot": str(first.pk)}))
        assert "保存记录" in page
        assert 'id="go"' not in page
        assert "补记" in self.press(desk, meeting, "save", slot=first.pk, notes="补记")
        assert "宣布开会以后" in self.press(desk, meeting, "next")

    def test_the_end_is_said(self, tree: Tree, luoyang: Campaign, secretary: User, desk: Client) -> None:
        short = held(tree.village, luoyang, secretary, kind="briefing", seats=0)
        assert "结束最后一项" in self.press(desk, short, "next")
        assert "全部进行完" in self.press(desk, short, "next")
        assert "第 1 项，共 1 项" in self.press(desk, short, "back")


class TestByItself:
    """What an open page tells and asks."""

    def tell(self, desk: Client, meeting: Meeting, **data: Any) -> dict[str, Any]:
        """One order of the queue; the answer."""
        answer = desk.post(at("room", meeting), data, headers={"HX-Request": "true"})
        assert (answer.status_code == 400) == ("error" in answer.json())
        found: dict[str, Any] = answer.json()
        return found

    def test_notes_and_turns_are_answered_with_how_things_stand(self, meeting: Meeting, desk: Client) -> None:
        first, second = slots(meeting)[:2]
        moved = self.tell(desk, meeting, do="go", left="", to=first.pk, ago="3")
        assert moved["moved"]
        assert moved["state"]["now"] == str(first.pk)
        assert moved["state"]["lines"][0]["seconds"] == 3
        assert "notes" not in moved["state"]["lines"][0]
        kept = self.tell(desk, meeting, do="notes", slot=first.pk, base="0", notes="一")
        assert (kept["saved"], kept["text"]) == (1, None)
        both = self.tell(desk, meeting, do="notes", slot=first.pk, base="", notes="二")
        assert (both["saved"], both["text"]) == (2, f"一\n{DIVIDER}\n二")
        assert not self.tell(desk, meeting, do="go", left=second.pk, to="", ago="x")["moved"]
        skipped = self.tell(desk, meeting, do="go", left=first.pk, to=second.pk, ago="0", reason="请假")
        assert skipped["state"]["lines"][0]["status"] == "skipped"

    def test_a_page_catches_up_with_all_notes(self, meeting: Meeting, secretary: User, desk: Client) -> None:
        save_notes(slot=slots(meeting)[1], saved=0, text="别处记的", by=secretary)
        answer = desk.get(at("room", meeting), headers={"HX-Request": "true"}).json()
        assert answer["state"]["now"] == ""
        assert [line["notes"] for line in answer["state"]["lines"]][:2] == ["", "别处记的"]

    @pytest.mark.parametrize("slot", ["", "x", "3f5d1ce9-f20b-4c44-bfc4-7348bcc904e8"])
    def test_notes_of_a_slot_that_is_gone_are_refused_in_words(
        self, meeting: Meeting, desk: Client, slot: str
    ) -> None:
        answer = self.tell(desk, meeting, do="notes", slot=slot, base="0", notes="一")
        assert "刚刚被删去了" in answer["error"]
        assert answer["state"]["lines"]

    def test_somebody_else_is_told_why_not(
        self, meeting: Meeting, client_of: ClientOf, township: User
    ) -> None:
        answer = self.tell(client_of(township), meeting, do="notes", slot="", base="0", notes="一")
        assert "记录人办理" in answer["error"]
        assert "state" not in answer


class TestProjector:
    """The hall sees who speaks, never what was said."""

    def test_the_hall_follows_from_the_first_slot_to_the_end(
        self, tree: Tree, luoyang: Campaign, secretary: User, desk: Client
    ) -> None:
        bare = MeetingFactory.create(organization=tree.village, campaign=luoyang)
        assert "还没有议程" in text(desk.get(at("projector", bare)))
        meeting = held(tree.village, luoyang, secretary, seats=2)
        order = slots(meeting)
        page = text(desk.get(at("projector", meeting)))
        assert "即将开始" in page
        assert "下一项：刘德福　代表班子对照检查" in page
        turn(meeting=meeting, left=None, to=order[2].pk, by=secretary)
        save_notes(slot=order[2], saved=0, text="不许投影的话", by=secretary)
        page = text(desk.get(at("projector", meeting), {"tone": "light"}))
        assert "第 3 项 / 共 7 项" in page
        assert "对刘德福提出批评意见" in page
        assert 'class="wall light"' in page
        assert "不许投影的话" not in page
        turn(meeting=meeting, left=order[2].pk, to=order[6].pk, by=secretary)
        turn(meeting=meeting, left=order[6].pk, to=None, by=secretary)
        part = desk.get(at("projector", meeting), headers={"HX-Request": "true"})
        assert text(part).startswith('<div class="scene"')
        assert "议程进行完毕" in text(part)


def test_words_of_a_slot() -> None:
    def words(**fields: str) -> tuple[str, str, str]:
        line = Line.of(Slot(**fields), 1)
        return line.who, line.what, line.words

    assert words(kind="self_review", title="个人自评") == ("个人自评", "", "个人自评")
    named = {"kind": "other", "title": "提问", "speaker_name": "周敏"}
    assert words(**named) == ("周敏", "提问", "周敏　提问")
    assert words(**named, about_name="赵文")[1] == "提问（对赵文）"


def test_the_page_of_the_meeting_leads_to_agenda_and_room_but_asks_for_neither(
    meeting: Meeting, desk: Client, secretary: User
) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.PLANNED)
    page = text(desk.get(at("detail", meeting)))
    assert at("agenda", meeting) in page
    assert at("room", meeting) not in page
    Slot.objects.filter(meeting=meeting).delete()
    page = text(desk.get(at("detail", meeting)))
    assert "可以不排，照纸上的议程开" in page
    Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.OPENED)
    assert at("room", meeting) not in text(desk.get(at("detail", meeting)))
    draw_up(meeting=meeting, by=secretary)
    assert f'<a class="btn" href="{at("room", meeting)}">' in text(desk.get(at("detail", meeting)))
    Slot.objects.filter(meeting=meeting).update(status=SlotStatus.DONE)
    assert f'<a class="btn" href="{at("room", meeting)}">' not in text(desk.get(at("detail", meeting)))


@pytest.mark.parametrize("name", ["agenda", "room", "projector"])
def test_a_long_agenda_costs_no_more_queries_than_a_short_one(
    tree: Tree, luoyang: Campaign, secretary: User, desk: Client, name: str
) -> None:
    asked = []
    desk.get("/")  # the first page of a session writes when it began
    for seats in (1, 11):
        meeting = held(tree.village, luoyang, secretary, seats=seats)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(at(name, meeting)).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_ballot_is_one_step_away_when_its_turn_has_come(
    tree: Tree, luoyang: Campaign, secretary: User, desk: Client
) -> None:
    plenary = MeetingFactory.create(organization=tree.village, campaign=luoyang, status=MeetingStatus.OPENED)
    draw_up(meeting=plenary, by=secretary)
    assert '<p id="to-ballot" hidden>' in text(desk.get(at("room", plenary)))
    ballot = next(slot for slot in slots(plenary) if slot.kind == "ballot")
    turn(meeting=plenary, left=None, to=ballot.pk, by=secretary)
    assert '<p id="to-ballot"><a' in text(desk.get(at("room", plenary)))
