"""The voter's pages, with and without script: code, rows, check, receipt; and what late or wrong ones are told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from branches.models import User
from branches.workflow import perform
from evaluations.models import SubjectKind
from evaluations.reports.vote import vote_sheet, vote_title
from evaluations.services import casting, setup, urns
from meetings.workflow import MEETING
from tests.factories.evaluations import evening
from tests.factories.voting import BOTH, Voting, voting

pytestmark = pytest.mark.django_db
MODES = ["vote", "vote_big", "vote_kiosk"]


@pytest.fixture(autouse=True)
def quick(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test only; wrong codes are not waited for."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")
    monkeypatch.setattr(casting, "DELAY_SECONDS", 0)


def at(found: Voting, name: str = "vote") -> str:
    return reverse(f"evaluations:{name}", args=[found.address])


def post(found: Voting, step: str, code: str = "", marks: str = "", name: str = "vote") -> Any:
    """One step of a voter who has no cookie at all."""
    rows = {f"r{n}": mark for n, mark in enumerate(marks)}
    client = Client(enforce_csrf_checks=True)
    answer = client.post(at(found, name), {"step": step, "code": code or found.codes[0], **rows})
    assert not client.cookies
    return answer


def text(answer: Any) -> str:
    return str(answer.content.decode())


def names(found: Voting) -> list[str]:
    return [subject.name for subject in found.ballot.rated()]


@pytest.mark.parametrize("name", MODES)
def test_a_voter_goes_from_the_code_to_the_receipt(name: str) -> None:
    found = voting("open", members=5)
    first = Client().get(at(found, name))
    assert "票条上的投票码" in text(first)
    assert not [person for person in names(found) if person in text(first)]
    rows = text(post(found, "rows", name=name))
    assert all(person in rows for person in names(found))
    assert "checked" not in rows
    assert rows.count('type="radio"') == 5 * 5
    check = text(post(found, "check", marks="12340", name=name))
    assert "请看一遍再投" in check
    assert "弃权" in check
    again = text(post(found, "rows", marks="12340", name=name))
    assert again.count("checked") == 5
    done = text(post(found, "cast", marks="12340", name=name))
    assert "已投，请离开" in done
    receipt = done.split("回执 <b>")[1][:10]
    assert len(receipt) == 10
    assert not [person for person in names(found) if person in done]
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    closed = text(Client().get(at(found, name)))
    assert f"<li>{receipt}</li>" in closed


def test_every_answer_is_quiet_and_leaves_no_trace(client_of: Any) -> None:
    found = voting("open", members=5)
    answers = [
        Client().get(at(found)),
        Client().get(reverse("evaluations:vote", args=["nowhere"])),
        post(found, "rows"),
        post(found, "rows", code="x"),
        post(found, "check", marks="1"),
        post(found, "cast", marks="11111"),
        post(found, "cast", marks="11111"),
    ]
    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert not answer.cookies
        assert "Vary" not in answer
    assert Session.objects.count() == 0


def test_somebody_logged_in_on_the_same_phone_is_not_asked_for(
    secretary: User, client_of: Any, django_assert_num_queries: Any
) -> None:
    found = voting("open", members=5)
    browser = client_of(secretary)
    key = browser.session.session_key
    before = dict(Session.objects.get(pk=key).get_decoded())
    with django_assert_num_queries(1):  # the urn; neither session nor account
        page = browser.get(at(found))
    assert secretary.full_name not in text(page)
    assert Session.objects.get(pk=key).get_decoded() == before


@pytest.mark.parametrize("step", ["check", "cast"])
@pytest.mark.parametrize("marks", ["", "1234", "1?34x"], ids=["nothing", "one-open", "strange"])
def test_open_rows_are_named_and_what_was_chosen_stays(step: str, marks: str) -> None:
    found = voting("open", members=5)
    page = text(post(found, step, marks=marks))
    assert "没有选" in page
    assert page.count("请选一个") == {"": 5, "1234": 1, "1?34x": 2}[marks]
    assert page.count("checked") == {"": 0, "1234": 4, "1?34x": 3}[marks]
    assert found.filled() == 0


def test_a_wrong_code_is_told_kindly_and_stays_in_the_box() -> None:
    found = voting("open", members=5)
    page = text(post(found, "rows", code="abcde-fghjx"))
    assert casting.WrongCode.said in page
    assert 'value="abcde-fghjx"' in page
    assert not [person for person in names(found) if person in page]


def test_too_many_wrong_codes_are_answered_with_429_and_right_ones_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = voting("open", members=5)
    monkeypatch.setattr("time.time", lambda: 77.0)
    statuses = [post(found, "rows", code="ABCDEFGHJK").status_code for _ in range(25)]
    assert statuses == [200] * 20 + [429] * 5
    assert "已投" in text(post(found, "cast", marks="11111"))


def test_the_same_slip_again_is_told_that_it_counts_without_a_receipt() -> None:
    found = voting("open", members=5)
    done = text(post(found, "cast", marks="12340"))
    receipt = done.split("回执 <b>")[1][:10]
    for step in ("rows", "check", "cast"):
        page = text(post(found, step, marks="11111"))
        assert casting.AlreadyCast.said in page
        assert receipt not in page
        assert "checked" not in page
    assert found.filled() == 1


def test_before_and_after_the_voting_the_page_says_so() -> None:
    found = voting("shown", members=5)
    assert casting.NotYet.said in text(Client().get(at(found)))
    assert casting.NotYet.said in text(post(found, "rows"))
    found = voting("open", members=5, votes=1)
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert casting.AlreadyCast.said in text(post(found, "cast", marks="11111"))
    for step in ("rows", "check", "cast"):
        late = text(post(found, step, code=found.codes[1], marks="11111"))
        assert casting.Closed.said in late
    assert "没有计入" in text(post(found, "rows", code="ABCDEFGHJK"))
    setup.void_ballot(ballot=found.ballot, by=found.made.secretary, reason="重来")
    assert "投票已经关闭" in text(Client().get(at(found)))


def test_a_wrong_address_says_nothing_but_what_to_do() -> None:
    answer = Client().get(reverse("evaluations:vote", args=["abcdefghjk"]))
    assert answer.status_code == 404
    assert "没有这个页面" in text(answer)
    assert Client().put(reverse("evaluations:vote", args=["abcdefghjk"])).status_code == 405


def test_with_few_voters_the_page_warns_before_the_voting() -> None:
    few, enough = voting("open", members=4), voting("open", members=6)
    assert "这次投票的人少" in text(Client().get(at(few)))
    assert "这次投票的人少" not in text(Client().get(at(enough)))
    assert "不能保证的" in text(Client().get(at(enough)))


def test_the_committees_headings_are_voted_on_too() -> None:
    made = evening(
        "setup", members=5, rules=BOTH | {"committee_rated": True}, subject_kind=SubjectKind.COMMITTEE
    )
    assert vote_title(made.ballot) == "评议支委会"
    sheet = vote_sheet(made.ballot, "1")
    assert [row.name for row in sheet.rows] == [s.name for s in made.ballot.rated()]
    assert sheet.rows[0].chosen is not None
    assert len(sheet.missing) == len(sheet.rows) - 1


def test_after_the_meeting_nobody_votes_though_the_voting_was_not_closed() -> None:
    found = voting("open", members=5, votes=1)
    made = found.made
    perform(MEETING, made.meeting, "close", by=made.secretary)
    assert casting.MeetingOver.said in text(Client().get(at(found)))
    for step in ("rows", "check", "cast"):
        page = text(post(found, step, found.codes[1], "11111"))
        assert casting.MeetingOver.said in page
        assert not [person for person in names(found) if person in page]
    assert casting.AlreadyCast.said in text(post(found, "cast", marks="11111"))
    assert found.states() == {"used": 1, "live": 6}
    urns.close_voting(ballot=found.ballot, by=made.secretary)
    assert found.ballot.codes_used == 1


@pytest.mark.parametrize("name", MODES)
def test_the_tablet_blanks_without_a_script_too_and_no_phone_does(name: str) -> None:
    found = voting("open", members=3)
    pages = [text(Client().get(at(found, name)))]
    pages += [text(post(found, step, marks="123", name=name)) for step in ("rows", "check", "cast", "cast")]
    seconds = [
        re.findall(r'<noscript><meta http-equiv="refresh" content="(\d+); url=([^"]+)">', page)
        for page in pages
    ]
    if name != "vote_kiosk":
        assert seconds == [[]] * 5
        return
    assert seconds == [[(wait, at(found, name))] for wait in ("120", "600", "120", "30", "30")]
