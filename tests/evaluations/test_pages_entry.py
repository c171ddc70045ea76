"""A 计票人 types papers or totals; nothing typed is lost, and nothing of the other's is seen."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import User
from evaluations.models import Ballot
from evaluations.rules import Line, Paper
from evaluations.services import entry, heads
from tests.factories.evaluations import Evening, account_of, evening, type_papers

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def at(made: Evening, name: str = "enter") -> str:
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def seated(client_of: ClientOf, **how: int | str) -> tuple[Evening, Client]:
    """A ballot ready to be typed, the first teller sitting."""
    made = evening("collected", **how)  # type: ignore[arg-type]
    client = client_of(made.tellers[0])
    assert client.post(at(made, "take")).headers["Location"] == at(made)
    return made, client


def posted(paper: int, marks: str, **more: str) -> dict[str, str]:
    """The fields of a paper; "?" is not chosen."""
    return {"paper": str(paper), **{f"r{i}": m for i, m in enumerate(marks) if m != "?"}, **more}


def own(made: Evening, number: int) -> Paper | None:
    return entry.own_paper(ballot=made.ballot, by=made.tellers[0], paper_no=number)


def test_whoever_has_no_place_yet_goes_back_to_take_one(client_of: ClientOf) -> None:
    made = evening("collected", members=3)
    client = client_of(made.tellers[0])
    assert client.get(at(made)).headers["Location"] == at(made, "ballot")
    assert client.post(at(made, "finish")).headers["Location"] == at(made, "ballot")


def test_the_paper_begins_empty(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3, probationary=1)
    page = client.get(at(made)).content.decode()
    assert "checked" not in page
    assert "预备党员，不评定等次" in page
    assert page.count('name="r') == made.rows * (len(made.ballot.scale) + 2)


def test_a_complete_paper_leads_to_the_next_and_the_last_to_the_end(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    for number in (1, 2):
        answer = client.post(at(made), posted(number, "123"))
        assert answer.headers["Location"] == f"{at(made)}?paper={number + 1}"
    assert client.post(at(made), posted(3, "0x1")).headers["Location"] == at(made)
    assert "3 张都录了" in client.get(at(made)).content.decode()
    assert own(made, 3) == Paper("0x1")
    answer = client.post(at(made, "finish"), follow=True)
    assert "您已录完" in answer.content.decode()
    assert "您已经点过" in client.get(at(made)).content.decode()
    client.post(at(made), posted(3, "0x2"))
    assert "我已录完，交出核对" in client.get(at(made)).content.decode()


def test_an_incomplete_paper_stays_and_names_what_is_missing(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    answer = client.post(at(made), posted(1, "1?2"), follow=True)
    page = answer.content.decode()
    assert "这一张还有 1 行没有录" in page
    missing = made.ballot.rated()[1].name
    assert f'href="#r1">2 {missing}' in page
    assert page.count("checked") == 2
    assert own(made, 1) == Paper("1?2")


def test_no_mark_is_in_an_address_or_a_message(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    answer = client.post(at(made), posted(1, "12?"))
    assert answer.headers["Location"] == f"{at(made)}?paper=1&check=1"
    assert not list(client.get(at(made, "ballot")).context["messages"])


def test_every_mark_is_saved_and_the_answer_tells_only_how_far_it_is(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    answer = client.post(at(made, "autosave"), posted(1, "1??"))
    assert set(answer.json()) == {"saved", "complete", "missing"}
    assert answer.json()["missing"] == 2
    assert "no-store" in answer["Cache-Control"]
    assert own(made, 1) == Paper("1??")
    assert client.post(at(made, "autosave"), posted(1, "123")).json()["complete"]


def test_what_cannot_be_saved_is_said_in_words(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    for paper in ("99", "", "一"):
        answer = client.post(at(made, "autosave"), {**posted(1, "123"), "paper": paper})
        assert answer.status_code == 409
        assert answer.json()["error"]
    assert own(made, 1) is None


def test_invented_marks_count_as_not_typed(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    client.post(at(made, "autosave"), {"paper": "1", "r0": "9", "r1": "优秀", "r2": "1", "r7": "1"})
    assert own(made, 1) == Paper("??1")


def test_a_paper_is_voided_as_a_whole_and_the_undo_brings_the_marks_back(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    page = client.post(at(made), posted(1, "12?", void="1"), follow=True).content.decode()
    assert "第 1 张已记为「整张作废」" in page
    assert own(made, 1) == Paper("12?", void=True)
    page = client.post(at(made), posted(1, "12?", stay="1"), follow=True).content.decode()
    assert "整张作废」" not in page
    assert own(made, 1) == Paper("12?")


def test_the_other_place_is_never_shown(client_of: ClientOf) -> None:
    made, _ = seated(client_of, members=3)
    entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="444")
    other = client_of(made.tellers[1])
    other.post(at(made, "take"))
    page = other.get(at(made)).content.decode()
    assert "checked" not in page
    assert 'class="done"' not in page.split("legend")[0]


def test_a_paper_can_be_looked_at_again_by_its_number(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    client.post(at(made), posted(1, "123"))
    page = client.get(at(made) + "?paper=1").content.decode()
    assert page.count("checked") == 3
    for asked in ("99", "0", "x"):
        assert '<b class="big">2</b>' in client.get(f"{at(made)}?paper={asked}").content.decode()


def test_when_both_are_done_typing_leads_to_the_comparison(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    type_papers(made, made.tellers[1])
    for number, paper in enumerate(made.votes, 1):
        client.post(at(made), posted(number, paper.marks))
    assert client.post(at(made, "finish")).headers["Location"] == at(made, "mismatches")
    assert client.get(at(made)).headers["Location"] == at(made, "mismatches")


def test_finishing_too_early_says_which_papers_are_open(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    answer = client.post(at(made, "finish"), follow=True)
    assert "还有 3 张没有录完" in answer.content.decode()


def test_going_back_after_certification_changes_nothing_and_says_so(client_of: ClientOf) -> None:
    made = evening("certified", members=3)
    client = client_of(made.tellers[0])
    for answer in (client.get(at(made), follow=True), client.post(at(made), posted(1, "444"), follow=True)):
        assert "现在是「已核定」，不能录票" in answer.content.decode()
    saved = client.post(at(made, "autosave"), posted(1, "444"))
    assert saved.status_code == 409
    assert not made.ballot.papers.exists()


def test_a_third_teller_finds_both_places_taken(client_of: ClientOf) -> None:
    made, _ = seated(client_of, members=6)
    third = made.people[0]
    made.meeting.duties.create(kind="teller", member=third, holder_name=third.name)
    entry.take_slot(ballot=made.ballot, by=made.tellers[1])
    page = client_of(account_of(third)).get(at(made, "ballot")).content.decode()
    assert "甲、乙两席都已有人在录" in page


def totals(client_of: ClientOf) -> tuple[Evening, Client, list[int]]:
    made, client = seated(client_of, members=3, entry_mode="totals")
    return made, client, [s.pk for s in made.ballot.rated()]


def sheet(pks: list[int], rows: list[str], void: str = "0", **more: str) -> dict[str, str]:
    """The fields of the totals: one string of six single digits a row."""
    cells = {f"s{pk}_{i}": n for pk, row in zip(pks, rows, strict=True) for i, n in enumerate(row)}
    return {"void": void, **cells, **more}


def test_totals_that_add_up_are_finished(client_of: ClientOf) -> None:
    made, client, pks = totals(client_of)
    assert 'name="void"' in client.get(at(made)).content.decode()
    data = sheet(pks, ["300000", "120000", "000012"], then="finish")
    assert client.post(at(made), data).headers["Location"] == at(made, "ballot")
    assert entry.read_totals(made.ballot, 1)[pks[2]] == Line((0, 0, 0, 0), 1, 2)


def test_totals_that_do_not_add_up_are_kept_and_named(client_of: ClientOf) -> None:
    made, client, pks = totals(client_of)
    answer = client.post(at(made), sheet(pks, ["900000", "120000", "      "], then="finish"), follow=True)
    page = answer.content.decode()
    assert "应为有效票 3，多 6 票" in page
    assert "还没有录" in page
    assert 'value="9"' in page
    assert not made.ballot.slots.get(number=1).finished


def test_totals_saved_on_the_way_say_so(client_of: ClientOf) -> None:
    made, client, pks = totals(client_of)
    rows = ["300000", "120000", "000012"]
    assert "已保存。可以离开" in client.post(at(made), sheet(pks, rows), follow=True).content.decode()
    cleared = sheet(pks, ["      ", "120000", "000012"])
    client.post(at(made), cleared)
    assert entry.read_totals(made.ballot, 1)[pks[0]] == Line((0, 0, 0, 0), 0, 0)


def test_words_in_totals_stay_on_the_page_and_the_rest_is_saved(client_of: ClientOf) -> None:
    made, client, pks = totals(client_of)
    data = sheet(pks, ["300000", "120000", "000012"]) | {f"s{pks[0]}_0": "三"}
    page = client.post(at(made), data).content.decode()
    assert "请填数字，例如 25" in page
    assert 'value="三"' in page
    assert set(entry.read_totals(made.ballot, 1)) == set(pks[1:])


def test_papers_cannot_be_posted_to_a_ballot_of_totals(client_of: ClientOf) -> None:
    made, client, _ = totals(client_of)
    assert client.post(at(made, "autosave"), posted(1, "123")).status_code == 409


def test_the_mode_may_change_after_sitting_down_but_not_after_typing(client_of: ClientOf) -> None:
    made, client = seated(client_of, members=3)
    heads.set_entry_mode(ballot=made.ballot, mode="totals", by=made.secretary)
    assert 'id="totals"' in client.get(at(made)).content.decode()
    assert Ballot.objects.get().entry_mode == "totals"
