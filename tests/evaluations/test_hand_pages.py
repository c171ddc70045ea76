"""Sides that could not be read are typed by both from the paper; what differs is read again together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import User
from branches.workflow import NotAllowed
from evaluations.models import EntryMode, PaperEntry
from evaluations.rules import Paper
from evaluations.services import entry, hand_pages, heads, matching, scan_counting
from evaluations.services.form import sides
from tests.factories.deciding import judge_all, scanned
from tests.factories.evaluations import Evening, evening
from tests.factories.scanning import scanned_evening

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def made() -> Evening:
    """Five members, five papers, nothing uploaded."""
    return scanned_evening(members=5)


def refused(reason: str, step: Callable[[], object]) -> None:
    """The step is refused and says so."""
    with pytest.raises(NotAllowed) as refusal:
        step()
    assert reason in refusal.value.reason


def say(made: Evening, count: int, *, side: int = 1, drop: bool = False) -> None:
    """So many sheets of a side are typed by hand."""
    hand_pages.set_page_count(ballot=made.ballot, by=made.tellers[0], side=side, count=count, drop=drop)


def save(made: Evening, number: int, marks: str, who: int = 0) -> Paper:
    """One 计票人 types a sheet of side 1."""
    return hand_pages.save_hand_page(
        ballot=made.ballot, by=made.tellers[who], side=1, number=number, marks=marks
    )


class TestHowMany:
    """The number of sheets typed by hand."""

    def test_both_get_as_many_to_type(self, made: Evening) -> None:
        say(made, 2)
        assert hand_pages.page_counts(made.ballot) == {1: 2}
        for slot in (1, 2):
            assert hand_pages.missing_pages(made.ballot, slot) == [(1, 1), (1, 2)]
        say(made, 2)
        assert PaperEntry.objects.count() == 4

    def test_a_smaller_number_loses_nothing_by_a_slip(self, made: Evening) -> None:
        say(made, 3)
        save(made, 3, "11111")
        refused("第 1 张以后的已经有人录了", lambda: say(made, 1))
        say(made, 4)
        say(made, 3)
        say(made, 1, drop=True)
        assert hand_pages.page_counts(made.ballot) == {1: 1}
        say(made, 0)
        assert hand_pages.page_counts(made.ballot) == {}

    @pytest.mark.parametrize("count", [-1, 6])
    def test_not_more_than_came_back(self, made: Evening, count: int) -> None:
        refused("须在 0 到收回的 5 张之间", lambda: say(made, count))

    def test_only_sides_of_the_form(self, made: Evening) -> None:
        refused("测评表没有第 2 面", lambda: say(made, 1, side=2))

    def test_only_where_sheets_are_scanned(self) -> None:
        other = evening("collected", entry_mode=EntryMode.TOTALS)
        refused("不单独录入", lambda: say(other, 1))

    def test_a_new_number_opens_both_places(self, made: Evening) -> None:
        judge_all(made, scanned(made, ["11111"] * 5))
        say(made, 1)
        assert not made.ballot.slots.filter(finished=True).exists()

    def test_fewer_papers_came_back_than_are_typed(self, made: Evening) -> None:
        say(made, 5)
        current = made.reload()
        with pytest.raises(heads.HeadProblems):
            heads.save_heads(
                ballot=current, by=made.secretary, version=current.version, numbers={"returned": 4}
            )

    def test_a_place_with_nothing_typed_binds_nobody(self, made: Evening) -> None:
        say(made, 1)
        entry.free_slot(ballot=made.ballot, number=1, by=made.secretary)
        assert not made.ballot.slots.exists()


class TestTyping:
    """A side is typed like a paper."""

    def test_it_is_sealed_for_its_own_typist(self, made: Evening) -> None:
        say(made, 1)
        assert save(made, 1, "1２x") == Paper("12x??")
        assert not PaperEntry.objects.get(slot=1).complete
        own = hand_pages.own_hand_page(ballot=made.ballot, by=made.tellers[0], side=1, number=1)
        assert own == Paper("12x??")
        assert hand_pages.own_hand_page(ballot=made.ballot, by=made.tellers[1], side=1, number=1) is None
        save(made, 1, "12x00")
        assert hand_pages.missing_pages(made.ballot, 1) == []

    def test_the_same_once_more_opens_nothing(self, made: Evening) -> None:
        sheets = scanned(made, ["11111"] * 4)
        say(made, 1)
        for who in (0, 1):
            save(made, 1, "22222", who)
        judge_all(made, sheets)
        save(made, 1, "22222")
        assert made.ballot.slots.filter(finished=True).count() == 2
        save(made, 1, "22221")
        assert made.ballot.slots.filter(finished=True).count() == 1

    def test_there_must_be_such_a_sheet(self, made: Evening) -> None:
        refused("手工录入 0 张，没有第 1 张", lambda: save(made, 1, "11111"))

    def test_whole_papers_and_sides_are_kept_apart(self, made: Evening) -> None:
        say(made, 1)
        save(made, 1, "11111")
        assert entry.read_papers(made.ballot, 1) == {}
        assert entry.typed_papers(made.ballot, 1) == set()
        assert entry.own_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1) is None

    def test_only_the_rows_of_the_side(self) -> None:
        made = scanned_evening(members=41)
        rows = {side: len(found) for side, found in sides(made.ballot).items()}
        assert len(rows) > 1
        assert sum(rows.values()) == made.rows
        say(made, 1, side=2)
        paper = hand_pages.save_hand_page(
            ballot=made.ballot, by=made.tellers[0], side=2, number=1, marks="1" * 60
        )
        assert paper == Paper("1" * rows[2])


class TestTogether:
    """Where the two differ."""

    @pytest.fixture
    def differing(self, made: Evening) -> Evening:
        """Four sheets read, one typed; row 2 differs."""
        sheets = scanned(made, ["11111"] * 4)
        say(made, 1)
        save(made, 1, "22222", 0)
        save(made, 1, "2x222", 1)
        judge_all(made, sheets)
        return made

    def test_it_is_settled_from_the_paper(self, differing: Evening) -> None:
        points = scan_counting.open_points(ballot=differing.ballot, by=differing.tellers[0])
        assert [(p.paper, p.row, p.first, p.second) for p in points.pages[1]] == [(1, 1, "2", "x")]
        refused("不一样", lambda: matching.match(ballot=differing.ballot, by=differing.tellers[0]))
        refused("还有没选的", lambda: settle(differing, {}))
        settle(differing, {1: "4", 0: "1"})
        matching.match(ballot=differing.ballot, by=differing.tellers[0])
        row = differing.ballot.lines.get(subject__ordinal=2)
        assert (row.counts, row.invalid) == ([4, 0, 0, 1], 0)
        first = differing.ballot.lines.get(subject__ordinal=1)
        assert first.counts == [4, 1, 0, 0]
        assert differing.reload().corrected == 1

    def test_a_change_opens_it_again(self, differing: Evening) -> None:
        settle(differing, {1: "4"})
        save(differing, 1, "2x221", 1)
        assert not PaperEntry.objects.filter(slot=0).exists()

    def test_what_is_alike_or_missing_is_refused(self, differing: Evening) -> None:
        refused("没有手工录入的第 2 张", lambda: settle(differing, {}, number=2))
        save(differing, 1, "22222", 1)
        scan_counting.finish_judging(ballot=differing.ballot, by=differing.tellers[1], void=0)
        refused("录得一样", lambda: settle(differing, {1: "2"}))


def settle(made: Evening, marks: dict[int, str], number: int = 1) -> None:
    """Both read the sheet again."""
    scan_counting.settle_page(ballot=made.ballot, by=made.tellers[0], side=1, number=number, marks=marks)


def at(made: Evening, name: str = "hand_page", query: str = "") -> str:
    """The address of a page."""
    return reverse(f"evaluations:{name}", args=[made.ballot.pk]) + query


def posted(number: int, marks: str) -> dict[str, str]:
    """A posted side; "?" is not chosen."""
    chosen = {f"r{i}": m for i, m in enumerate(marks) if m != "?"}
    return {"side": "1", "paper": str(number), **chosen}


class TestPages:
    """On the screen."""

    @pytest.fixture
    def client(self, made: Evening, client_of: ClientOf) -> Client:
        """The first 计票人 in place."""
        client = client_of(made.tellers[0])
        client.post(at(made, "take"))
        return client

    def test_the_number_is_set_and_leads_to_the_sheets(self, made: Evening, client: Client) -> None:
        client.post(at(made, "hand_count"), {"side": "1", "count": " 2 "})
        html = client.get(at(made, "judged")).content.decode()
        assert "?side=1&amp;paper=2" in html
        assert "还有 2 张没有录完" in html
        answer = client.post(at(made, "hand_count"), {"side": "1", "count": "两"}, follow=True)
        assert "请填数字" in answer.content.decode()

    def test_a_sheet_is_typed_and_the_next_follows(self, made: Evening, client: Client) -> None:
        say(made, 2)
        html = client.get(at(made, query="?side=1&paper=1")).content.decode()
        assert "手工录入第" in html
        assert " checked" not in html
        answer = client.post(at(made), posted(1, "12?00"), follow=True)
        assert "这一张还有 1 行没有录" in answer.content.decode()
        assert answer.content.decode().count(" checked") == 4
        answer = client.post(at(made), posted(1, "12100"))
        assert answer.headers["Location"] == at(made, query="?side=1&paper=2")
        answer = client.post(at(made), posted(2, "11111"))
        assert answer.headers["Location"] == at(made, "judged")

    def test_every_mark_is_saved_at_once(self, made: Evening, client: Client) -> None:
        say(made, 1)
        answer = client.post(at(made, "hand_save"), posted(1, "1????")).json()
        assert (answer["complete"], answer["missing"]) == (False, 4)
        assert client.post(at(made, "hand_save"), posted(2, "1")).status_code == 409
        assert client.post(at(made, "hand_save"), {"paper": "1"}).status_code == 409

    def test_no_such_sheet_is_told(self, made: Evening, client: Client) -> None:
        answer = client.get(at(made, query="?side=1&paper=1"), follow=True)
        assert "不知道是第几张" in answer.content.decode()
        answer = client.get(at(made), follow=True)
        assert "不知道是第几张" in answer.content.decode()

    def test_without_a_place_one_goes_back_to_take_one(self, made: Evening, client_of: ClientOf) -> None:
        client = client_of(made.tellers[1])
        assert client.get(at(made)).headers["Location"] == at(made, "ballot")

    def test_differing_sheets_are_settled(self, made: Evening, client: Client) -> None:
        sheets = scanned(made, ["11111"] * 4)
        say(made, 1)
        save(made, 1, "22222", 0)
        save(made, 1, "2x222", 1)
        judge_all(made, sheets)
        html = client.get(at(made, "strips_together")).content.decode()
        assert "手工录入的还有 1 张不一样" in html
        assert "乙录的 <b>无效</b>" in html
        html = client.post(at(made, "strips_together"), {"side": "1", "paper": "1"}).content.decode()
        assert "还有没选的" in html
        answer = client.post(at(made, "strips_together"), {"side": "1", "paper": "1", "r1": "2"}, follow=True)
        assert "两人录的都相符" in answer.content.decode()
