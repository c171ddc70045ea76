"""Slips left in the bag can be made void one by one; then they vote no more, and nobody's slip is among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, User
from branches.workflow import NotAllowed
from evaluations.models import CodeState, CountEvent, Urn, UrnCode
from evaluations.services import casting, leftover_slips, sealing, urns
from evaluations.services.leftover_slips import WrongSlips, void_slips
from evaluations.urn.codes import shown_code
from tests.factories.voting import Voting, invented_vote, open_voting, voting

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def at_once(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test only; wrong codes are not waited for."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")
    monkeypatch.setattr(casting, "DELAY_SECONDS", 0)


def void(found: Voting, *slips: str, by: User | None = None) -> int:
    """Make these slips void, as they are typed."""
    return void_slips(ballot=found.ballot, by=by or found.made.secretary, text="\r\n".join(slips))


def tried(found: Voting, number: int) -> str:
    """What somebody is told who votes with this slip."""
    try:
        casting.cast(found.urn, found.codes[number], invented_vote(found.made.rows, 4, number))
    except casting.Refused as refusal:
        return refusal.said
    return "cast"


@pytest.mark.parametrize("stage", ["shown", "open"])
def test_a_void_slip_votes_no_more_and_the_others_do(stage: str) -> None:
    found = voting(stage, members=5)
    spare = found.codes[-2:]
    as_scanned = f"https://example.org/vote/{found.address}/#{spare[0]}"
    assert void(found, as_scanned, f" {shown_code(spare[1]).lower()} ", "") == 2
    if stage == "shown":
        open_voting(found)
    assert found.states() == {"live": 5, "void": 2}
    assert tried(found, -1) == tried(found, -2) == casting.Void.said
    assert [tried(found, number) for number in range(5)] == ["cast"] * 5
    assert void(found, spare[0]) == 0  # once more changes nothing
    assert found.states() == {"used": 5, "void": 2}
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert tried(found, -1) == casting.Closed.said
    assert found.ballot.codes_used == 5


def test_what_was_made_void_is_said_by_number_only() -> None:
    found = voting("open", members=5)
    void(found, found.codes[-1], by=found.made.tellers[0])
    event = CountEvent.objects.get(ballot=found.ballot, kind="slips_voided")
    assert event.payload == {"slips": 1}
    step = AuditEvent.objects.get(action="void_slips")
    assert step.detail == {"size": 1}
    digest = UrnCode.objects.get(state=CodeState.VOID).digest
    assert digest not in f"{event.payload}{step.detail}"


def test_one_wrong_line_and_none_is_void() -> None:
    found = voting("open", members=5, votes=1)
    with pytest.raises(WrongSlips) as told:
        void(found, found.codes[-1], "ABCDEFGHJK", found.codes[0], "半张")
    assert [problem[:5] for problem in told.value.problems] == ["第 2 个", "第 3 个", "第 4 个"]
    assert "已经投过" in told.value.problems[1]
    assert not [code for code in found.codes if code in str(told.value)]
    assert found.states() == {"used": 1, "live": 6}


def test_a_slip_that_was_handed_out_cannot_be_among_them() -> None:
    found = voting("open", members=5)
    with pytest.raises(NotAllowed, match="只剩 4 张能投"):
        void(found, *found.codes[-3:])
    assert found.states() == {"live": 7}
    assert void(found, *found.codes[-2:]) == 2
    with pytest.raises(NotAllowed, match="只剩 4 张能投"):
        void(found, found.codes[0])


def test_more_handed_out_than_slips_that_can_vote_is_refused_at_the_opening() -> None:
    found = voting("shown", members=5)
    assert void(found, *found.codes[:3]) == 3
    with pytest.raises(NotAllowed, match="发出电子票 5 张，能投的票条只有 4 张"):
        open_voting(found)
    assert found.states() == {"printed": 4, "void": 3}
    open_voting(found, codes=4)
    assert found.states() == {"live": 4, "void": 3}


@pytest.mark.parametrize("stage", ["chosen", "closed"])
def test_before_slips_and_after_the_closing_none_is_made_void(stage: str) -> None:
    found = voting(stage, members=5)
    before = found.states()
    with pytest.raises(NotAllowed, match="现在不能作废票条"):
        void(found, *(found.codes[-1:] or ["ABCDEFGHJK"]))
    assert found.states() == before


def test_nothing_or_too_much_typed_and_a_lost_key_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = voting("open", members=5)
    with pytest.raises(NotAllowed, match="还没有输投票码"):
        void(found, " ", "")
    monkeypatch.setattr(leftover_slips, "MOST", 1)
    with pytest.raises(NotAllowed, match="一次最多作废"):
        void(found, *found.codes[-2:])
    sealing.destroy_codes_key(found.ballot.pk)
    with pytest.raises(NotAllowed, match="密钥不在这台服务器上"):
        void(found, found.codes[-1])


def test_strangers_make_nothing_void(stranger: User) -> None:
    found = voting("open", members=5)
    with pytest.raises(NotAllowed):
        void(found, found.codes[-1], by=stranger)
    assert found.states() == {"live": 7}


def test_the_page_keeps_what_was_typed_until_it_is_right(client_of: ClientOf) -> None:
    found = voting("open", members=5)
    scrutineer = found.made.scrutineer
    assert scrutineer is not None
    clerk = client_of(scrutineer)
    at = reverse("evaluations:urn", args=[found.made.ballot.pk])
    url = reverse("evaluations:urn_void", args=[found.made.ballot.pk])
    assert "还有 2 张没有发出、也没有作废" in clerk.get(at).content.decode()
    answer = clerk.post(url, {"codes": f"{found.codes[-1]}\nABCDE-FGHJK"})
    page = answer.content.decode()
    assert "第 2 个：没有这个投票码" in page
    assert f"{found.codes[-1]}\nABCDE-FGHJK</textarea>" in page
    assert "no-store" in answer["Cache-Control"]
    assert "还没有输投票码" in clerk.post(url, {}).content.decode()
    page = clerk.post(url, {"codes": found.codes[-1]}, follow=True).content.decode()
    assert "作废了 1 张票条" in page
    assert "能投的 <b>6</b> 张" in page
    assert found.codes[-1] not in page
    assert "早已作废" in clerk.post(url, {"codes": found.codes[-1]}, follow=True).content.decode()
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert "剩下的票条" not in clerk.get(at).content.decode()
    assert Urn.objects.get(ballot=found.ballot).cast == 0


def test_a_voter_with_a_void_slip_is_told_on_the_page(client: Client) -> None:
    found = voting("open", members=5)
    void(found, found.codes[-1])
    at = reverse("evaluations:vote", args=[found.address])
    for step in ("rows", "check", "cast"):
        page = client.post(at, {"step": step, "code": found.codes[-1]}).content.decode()
        assert casting.Void.said in page
        assert "已经计入" not in page


def test_who_began_before_the_voting_was_closed_is_told_that_it_is_closed() -> None:
    found = voting("open", members=3)
    seen = found.urn  # as a page has it that was asked for a moment ago
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert found.states() == {"void": 5}
    with pytest.raises(casting.Closed):
        casting.check_code(seen, found.codes[0])
