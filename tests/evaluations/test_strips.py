"""Doubtful rows: who sees which, in what order; every choice is kept; nothing of machine, sheet or the other is shown."""

from __future__ import annotations

import base64
import itertools
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import User
from branches.workflow import NotAllowed
from evaluations.models import EntryMode, ScanPage, Strip, StripReading
from evaluations.rules import Line
from evaluations.rules.strips import Estimate, apart, count_marks, draw_controls
from evaluations.services import entry, matching, scan_counting, scan_doubles, scan_pages, strips
from evaluations.services.sealing import destroy_key
from tests.factories.deciding import Sheets, decide_all, judge_all, scanned
from tests.factories.evaluations import Evening, evening
from tests.factories.scanning import PICTURE, scanned_evening

ClientOf = Callable[[User], Client]


class TestRules:
    """Plain values."""

    def test_controls_are_two_in_a_hundred(self) -> None:
        drawn = [len(draw_controls(list(range(40)), random.Random(n))) for n in range(500)]
        assert set(drawn) == {0, 1}
        assert 0.7 < sum(drawn) / 500 < 0.9
        assert len(draw_controls(list(range(150)), random.Random(1))) == 3
        assert draw_controls([], random.Random(1)) == set()

    def test_every_row_may_become_a_control(self) -> None:
        chance = random.Random(5)
        seen = set().union(*(draw_controls(list(range(50)), chance) for _ in range(2000)))
        assert seen == set(range(50))

    def test_rows_of_one_sheet_stand_apart(self) -> None:
        items = [(f"{sheet}{n}", sheet) for sheet in "abcdefgh" for n in range(4)]
        placed = apart(items)
        assert sorted(placed) == sorted(item for item, _ in items)
        for index in range(len(placed) - 7):
            sheets = [item[0] for item in placed[index : index + 8]]
            assert len(set(sheets)) == 8

    def test_too_few_sheets_stand_as_far_apart_as_they_can(self) -> None:
        placed = apart([("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "b")])
        assert placed == ["a1", "b1", "a2", "b2"]
        assert apart([("a1", "a"), ("a2", "a")]) == ["a1", "a2"]
        assert apart([("a1", "a"), ("a2", "a"), ("b1", "b")], distance=1) == ["a1", "a2", "b1"]

    def test_nothing_is_moved_without_need(self) -> None:
        items = [(n, n) for n in range(20)]
        assert apart(items) == list(range(20))

    def test_marks_are_counted(self) -> None:
        assert count_marks("12240x1", 4) == Line((2, 2, 0, 1), 1, 1)

    def test_the_estimate_in_words(self) -> None:
        assert Estimate().text == "没有抽查"
        assert Estimate(48, 1).text == "抽查 48 行，机器读错 1 行"


pytestmark = pytest.mark.django_db


@pytest.fixture
def no_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    """People look at doubtful rows only."""
    monkeypatch.setattr("evaluations.rules.strips.CONTROLS_PER_HUNDRED", 0)


@pytest.fixture
def made(no_controls: None) -> Evening:
    """Five members, five papers."""
    return scanned_evening(members=5)


@pytest.fixture
def doubtful(made: Evening) -> Sheets:
    """Five sheets with two doubtful rows each: two screens."""
    return scanned(made, ["?11?1"] * 5, ["21131"] * 5)


def refused(reason: str, step: Callable[[], object]) -> None:
    """The step is refused and says so."""
    with pytest.raises(NotAllowed) as refusal:
        step()
    assert reason in refusal.value.reason


class TestDeciding:
    """The services."""

    def test_each_person_has_an_own_lasting_order(self, made: Evening, doubtful: Sheets) -> None:
        orders = [strips.ordered_ids(made.ballot, slot) for slot in (1, 2, 0)]
        assert orders == [strips.ordered_ids(made.ballot, slot) for slot in (1, 2, 0)]
        assert len({tuple(order) for order in orders}) == 3
        assert len({frozenset(order) for order in orders}) == 1
        sheet_of = dict(Strip.objects.values_list("pk", "page"))
        for order in orders:
            assert all(sheet_of[a] != sheet_of[b] for a, b in itertools.pairwise(order))

    def test_nobody_sees_what_the_other_decided(self, made: Evening, doubtful: Sheets) -> None:
        decide_all(made, made.tellers[0], doubtful)
        ids = strips.ordered_ids(made.ballot, 2)
        seen = strips.own_decisions(ballot=made.ballot, by=made.tellers[1], only=ids)
        assert {decision.mark for decision in seen} == {"?"}
        assert len(seen) == 10

    def test_a_choice_is_sealed_and_may_be_changed(self, made: Evening, doubtful: Sheets) -> None:
        strip = strips.ordered_ids(made.ballot, 1)[0]
        for raw, kept in (("2", "2"), ("Ｘ", "x"), ("0", "0"), ("３", "3")):
            assert decide(made, strip, raw) == kept
            assert strips.read_decisions(made.ballot, 1, [strip]) == {strip: kept}
        assert StripReading.objects.count() == 1
        assert bytes(StripReading.objects.get().sealed)[-17:-16] != b"3"

    @pytest.mark.parametrize("mark", ["", "?", "5", "a"])
    def test_what_is_no_mark_is_refused(self, made: Evening, doubtful: Sheets, mark: str) -> None:
        refused("请选一个等次", lambda: decide(made, strips.ordered_ids(made.ballot, 1)[0], mark))
        assert not StripReading.objects.exists()

    def test_a_change_opens_the_own_place_and_what_was_settled(self, made: Evening, doubtful: Sheets) -> None:
        strip = strips.ordered_ids(made.ballot, 1)[0]
        judge_all(made, doubtful, wrong={strip: "x"})
        scan_counting.settle_strip(ballot=made.ballot, by=made.tellers[0], strip=strip, mark="1")
        decide(made, strip, doubtful.of(made, Strip.objects.get(pk=strip)))
        assert StripReading.objects.filter(slot=0).exists()
        decide(made, strip, "4")
        assert not StripReading.objects.filter(slot=0).exists()
        assert [s.finished for s in made.ballot.slots.order_by("number")] == [False, True]

    def test_a_row_whose_page_is_set_aside_is_no_longer_asked(self, made: Evening, doubtful: Sheets) -> None:
        strip = Strip.objects.earliest("pk")
        scan_pages.set_aside(ballot=made.ballot, by=made.tellers[0], page=strip.page_id, reason="rescanned")
        assert len(strips.ordered_ids(made.ballot, 1)) == 8
        refused("不用再判", lambda: decide(made, strip.pk, "1"))
        assert strips.own_decisions(ballot=made.ballot, by=made.tellers[0], only=[strip.pk]) == []
        scan_doubles.count_again(ballot=made.ballot, by=made.tellers[0], page=strip.page_id)
        assert decide(made, strip.pk, "1") == "1"

    def test_only_where_sheets_are_scanned(self) -> None:
        other = evening("collected", entry_mode=EntryMode.TOTALS)
        refused(
            "不用扫描读票",
            lambda: strips.decide_strip(
                ballot=other.ballot, by=other.tellers[0], strip=uuid.uuid4(), mark="1"
            ),
        )

    def test_without_the_key_nothing_opens(self, made: Evening, doubtful: Sheets) -> None:
        destroy_key(made.ballot.pk)
        refused("密钥", lambda: strips.ordered_ids(made.ballot, 1))
        assert entry.key_lost(made.ballot)
        entry.type_again(ballot=made.ballot, by=made.secretary)
        assert not ScanPage.objects.exists()
        assert not entry.key_lost(made.ballot)

    def test_a_place_in_which_rows_were_decided_stays_with_whoever_did_it(
        self, made: Evening, doubtful: Sheets
    ) -> None:
        decide(made, strips.ordered_ids(made.ballot, 1)[0], "1")
        entry.free_slot(ballot=made.ballot, number=1, by=made.secretary)
        assert made.ballot.slots.filter(number=1).exists()
        entry.take_slot(ballot=made.ballot, by=made.tellers[1])
        refused("已由别人接着录", lambda: entry.take_slot(ballot=made.ballot, by=made.tellers[0]))

    def test_controls_come_with_the_doubtful_rows_and_do_not_show(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("evaluations.rules.strips.CONTROLS_PER_HUNDRED", 50)
        made = scanned_evening(members=5)
        scanned(made, ["?1111"] * 5, ["11111"] * 5)
        assert Strip.objects.count() == 15
        assert len({len(strip.sealed) for strip in Strip.objects.all()}) == 1


def decide(made: Evening, strip: uuid.UUID, mark: str) -> str:
    """The first 计票人 decides."""
    return strips.decide_strip(ballot=made.ballot, by=made.tellers[0], strip=strip, mark=mark)


def at(made: Evening, name: str = "strips") -> str:
    """The address of a page."""
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def seated(made: Evening, client_of: ClientOf, number: int = 0) -> Client:
    """A 计票人 in place."""
    client = client_of(made.tellers[number])
    client.post(at(made, "take"))
    return client


class TestPages:
    """What a 计票人 sees."""

    def test_eight_rows_on_a_screen_with_their_pictures_and_nothing_else(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        client = seated(made, client_of)
        answer = client.get(at(made))
        html = answer.content.decode()
        assert html.count("<img ") == 8
        assert "no-store" in answer.headers["Cache-Control"]
        shown = re.findall(r"data:image/jpeg;base64,([^\"]+)", html)
        assert base64.b64decode(shown[0]).startswith(PICTURE)
        assert " checked" not in html
        for page in ScanPage.objects.all():
            assert str(page.pk) not in html
        assert "faint" not in html
        assert "0</b> / 10 行" in html

    def test_a_saved_screen_leads_to_the_next_and_the_last_to_the_end(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        client = seated(made, client_of)
        order = strips.ordered_ids(made.ballot, 1)
        client.post(at(made), screen(1, dict.fromkeys(order[:8], "1")))
        html = client.get(at(made)).content.decode()
        assert "8</b> / 10 行" in html
        assert "第 2 屏，共 2 屏" in html
        client.post(at(made), screen(2, dict.fromkeys(order[8:], "2")))
        assert client.get(at(made)).headers["Location"] == at(made, "judged")
        assert Counter(strips.read_decisions(made.ballot, 1).values()) == {"1": 8, "2": 2}
        again = client.get(at(made) + "?screen=1").content.decode()
        assert again.count(" checked") == 8

    def test_an_incomplete_screen_stays_and_shows_what_is_missing(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        client = seated(made, client_of)
        order = strips.ordered_ids(made.ballot, 1)
        marks = {pk: "1" if number else "" for number, pk in enumerate(order[:8])}
        answer = client.post(at(made), screen(1, marks), follow=True)
        html = answer.content.decode()
        assert "这一屏还有没判的行" in html
        assert html.count("没有判") == 1
        assert html.count(" checked") == 7

    def test_every_choice_is_saved_at_once(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        client = seated(made, client_of)
        strip = strips.ordered_ids(made.ballot, 1)[0]
        answer = client.post(at(made, "strip_save"), {"strip": str(strip), "mark": "x"})
        assert answer.json() == {"done": 1, "left": 9}
        assert strips.read_decisions(made.ballot, 1) == {strip: "x"}

    @pytest.mark.parametrize(
        ("strip", "mark", "said"),
        [("", "1", "不知道是哪一行"), ("0" * 32, "1", "不用再判"), (None, "9", "请选一个等次")],
        ids=["no-strip", "gone", "no-mark"],
    )
    def test_what_cannot_be_saved_is_told(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf, strip: str | None, mark: str, said: str
    ) -> None:
        client = seated(made, client_of)
        key = str(strips.ordered_ids(made.ballot, 1)[0]) if strip is None else strip
        answer = client.post(at(made, "strip_save"), {"strip": key, "mark": mark})
        assert answer.status_code == 409
        assert said in answer.json()["error"]

    def test_without_a_place_nothing_is_saved(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        client = client_of(made.tellers[0])
        assert client.post(at(made, "strip_save"), {"mark": "1"}).status_code == 409
        for name in ("strips", "judged"):
            assert client.get(at(made, name)).headers["Location"] == at(made, "ballot")

    def test_the_usual_addresses_lead_here(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        client = seated(made, client_of)
        assert client.get(at(made, "enter")).headers["Location"] == at(made)
        assert client.post(at(made, "finish")).headers["Location"] == at(made, "judged")
        judge_all(made, doubtful)
        assert client.get(at(made, "mismatches")).headers["Location"] == at(made, "strips_together")

    def test_outside_the_count_it_is_told(self, made: Evening, doubtful: Sheets, client_of: ClientOf) -> None:
        judge_all(made, doubtful)
        matching.match(ballot=made.ballot, by=made.tellers[0])
        answer = client_of(made.tellers[0]).get(at(made), follow=True)
        assert "不能录票" in answer.content.decode()

    def test_other_ballots_have_no_rows_to_decide(self, client_of: ClientOf) -> None:
        other = evening("collected")
        client = client_of(other.tellers[0])
        answer = client.get(at(other), follow=True)
        assert "没有要判读的行" in answer.content.decode()


def screen(number: int, marks: dict[uuid.UUID, str]) -> dict[str, object]:
    """A posted screen."""
    chosen = {f"s{pk.hex}": mark for pk, mark in marks.items() if mark}
    return {"screen": str(number), "strip": [str(pk) for pk in marks], **chosen}


class TestSayingDone:
    """The page with what is left and the void sheets."""

    def test_what_is_left_is_named(self, made: Evening, doubtful: Sheets, client_of: ClientOf) -> None:
        client = seated(made, client_of)
        html = client.get(at(made, "judged")).content.decode()
        assert "还有 10 行没有判" in html
        html = client.post(at(made, "judged"), {"void": "0"}).content.decode()
        assert "还有 10 行没有判。" in html

    def test_the_void_sheets_are_asked(self, made: Evening, doubtful: Sheets, client_of: ClientOf) -> None:
        client = seated(made, client_of)
        decide_all(made, made.tellers[0], doubtful)
        assert "没有就填 0" in client.post(at(made, "judged"), {"void": ""}).content.decode()
        assert "不能多于收回的 5 张" in client.post(at(made, "judged"), {"void": "6"}).content.decode()
        answer = client.post(at(made, "judged"), {"void": "0"}, follow=True)
        assert "您已判完" in answer.content.decode()
        assert "已交" in client.get(at(made, "judged")).content.decode()

    def test_the_second_one_goes_on_to_the_comparison(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        decide_all(made, made.tellers[1], doubtful)
        scan_counting.finish_judging(ballot=made.ballot, by=made.tellers[1], void=0)
        client = seated(made, client_of)
        decide_all(made, made.tellers[0], doubtful)
        answer = client.post(at(made, "judged"), {"void": "0"}, follow=True)
        html = answer.content.decode()
        assert "两人都判完了" in html
        assert "两人录的都相符" in html
        client.post(at(made, "match"))
        assert made.reload().status == "matched"
        assert client.get(at(made, "strips_together")).headers["Location"] == at(made, "result")


class TestTogether:
    """Both look at what they saw differently."""

    def test_a_row_is_settled_and_what_is_wrong_is_told(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        strip = strips.ordered_ids(made.ballot, 0)[0]
        judge_all(made, doubtful, wrong={strip: "x"})
        client = client_of(made.tellers[0])
        html = client.get(at(made, "strips_together")).content.decode()
        assert "还有 1 行两人判的不一样" in html
        assert html.count("<img ") == 1
        assert "乙判的 <b>无效</b>" in html
        html = client.post(at(made, "strips_together"), {"strip": str(strip), "mark": ""}).content.decode()
        assert "请选一个等次" in html
        client.post(at(made, "strips_together"), {"strip": str(strip), "mark": "1"})
        assert "两人录的都相符" in client.get(at(made, "strips_together")).content.decode()

    def test_void_sheets_are_counted_again(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        for number, by in enumerate(made.tellers):
            decide_all(made, by, doubtful)
            scan_counting.finish_judging(ballot=made.ballot, by=by, void=number)
        client = client_of(made.tellers[0])
        assert "乙数的 <b>1</b> 张" in client.get(at(made, "strips_together")).content.decode()
        html = client.post(at(made, "strips_together"), {"void": "9"}).content.decode()
        assert "不能多于收回的 5 张" in html
        client.post(at(made, "strips_together"), {"void": "1"})
        html = client.get(at(made, "strips_together")).content.decode()
        assert "票数还对不上" in html
        assert "多出 1 张" in html

    def test_it_is_not_the_time_before_both_are_done(
        self, made: Evening, doubtful: Sheets, client_of: ClientOf
    ) -> None:
        client = client_of(made.tellers[0])
        answer = client.get(at(made, "strips_together"), follow=True)
        assert "两位计票人都判完以后" in answer.content.decode()
