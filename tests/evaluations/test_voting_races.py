"""Votes at the same moment, on PostgreSQL with real connections; each proof with a build that fails it."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from evaluations.models import Ballot, CodeState, CountEvent, Urn, UrnCode, UrnSlot, UrnState
from evaluations.rules import Paper, tally
from evaluations.services import casting, heads, sealing, setup, urn_counting, urns
from evaluations.services.count_chain import first_broken_event
from evaluations.urn import codes, votes
from tests.factories.voting import Voting, collect, count, invented_vote, voting
from tests.races import at_once, refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PARALLEL, CODES = 16, 50


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Any) -> None:
    """Keys of this test only."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")


ANSWERS = {
    "已投，请离开": "cast",
    casting.AlreadyCast.said: "AlreadyCast",
    casting.Closed.said: "Closed",
}


def told(found: Voting, number: int, marks: str = "") -> str:
    """What the page tells a voter who posts a vote with this slip."""
    vote = marks or invented_vote(found.made.rows, 4, number)
    data = {"step": "cast", "code": found.codes[number]} | {f"r{n}": mark for n, mark in enumerate(vote)}
    answer = Client().post(reverse("evaluations:vote", args=[found.address]), data)
    assert answer.status_code == 200
    page = answer.content.decode()
    return next(word for words, word in ANSWERS.items() if words in page)


def test_sixteen_at_once_with_each_of_fifty_codes_are_fifty_ballots() -> None:
    found = voting("open", members=CODES)
    steps = [lambda: [told(found, number) for number in range(CODES)]] * PARALLEL
    answers = Counter(answer for answers in at_once(*steps) for answer in answers)
    assert answers == {"cast": CODES, "AlreadyCast": CODES * (PARALLEL - 1)}
    assert found.filled() == found.states()["used"] == CODES
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    collect(found)
    count(found)
    lines, _ = tally([Paper(invented_vote(CODES, 4, n)) for n in range(CODES)], CODES, 4)
    assert [line.line for line in found.ballot.lines.order_by("subject__ordinal")] == lines


def naive_cast(found: Voting, number: int, meet: threading.Barrier) -> None:
    """Look, then use the code: what voting would be without the claim."""
    key = sealing.codes_key(found.made.ballot.pk) or b""
    with transaction.atomic():
        row = UrnCode.objects.get(digest=codes.code_digest(key, found.codes[number]))
        live = row.state == CodeState.LIVE
        meet.wait(timeout=30)
        if live:
            UrnCode.objects.filter(pk=row.pk).update(state=CodeState.USED)
            UrnSlot.objects.create(urn_id=row.urn_id, filled=True, sealed=votes.noise(found.made.rows))


def test_without_the_claim_codes_do_vote_twice() -> None:
    """The negative control: if this no longer fails, the test above proves nothing."""
    found = voting("open", members=3)
    meet = threading.Barrier(PARALLEL)
    at_once(*[lambda: naive_cast(found, 0, meet)] * PARALLEL)
    assert found.states()["used"] == 1
    assert found.filled() > 1


def claim_with_join(found: Voting, digest: str) -> None:
    """A claim whose condition looks into another table: it is not asked again after the wait for the lock."""
    with transaction.atomic():
        live = UrnCode.objects.filter(digest=digest, state=CodeState.LIVE, urn__state=UrnState.OPEN)
        if live.update(state=CodeState.USED):
            time.sleep(0.2)
            UrnSlot.objects.create(urn_id=found.urn.pk, filled=True, sealed=votes.noise(3))


def test_with_a_join_in_the_claim_codes_do_vote_twice() -> None:
    """Why the claim has conditions on one table only."""
    found = voting("open", members=3)
    digest = codes.code_digest(sealing.codes_key(found.made.ballot.pk) or b"", found.codes[0])
    at_once(*[lambda: claim_with_join(found, digest)] * PARALLEL)
    assert found.filled() > 1


def close_after(found: Voting, seconds: float) -> None:
    """Close the vote after a while."""
    time.sleep(seconds)
    urns.close_voting(ballot=found.made.ballot, by=found.made.secretary)


def test_closing_while_people_vote_loses_none_and_lets_none_in_late() -> None:
    """Twenty rounds on one urn, which is put back to open in between: votes race two who close.

    Those who close wait a little longer every round, from not at all to longer than all votes take: some rounds are
    lost by the votes, some by those who close, and the rest end half-way, however slow the machine is.
    """
    rounds, voters = 20, 8
    chance, found = random.Random(5), voting("open", members=40)
    begun = time.monotonic()
    marks = [invented_vote(40, 4, 0)] if told(found, 0) == "cast" else []
    cast, span = len(marks), 2 * voters * (time.monotonic() - begun)
    words: Counter[str] = Counter()
    for turn in range(rounds):
        numbers = chance.sample(range(40), voters)
        steps: list[Callable[[], Any]] = [lambda n=n: (n, told(found, n)) for n in numbers]  # type: ignore[misc]
        closers = [lambda wait=span * turn / rounds: close_after(found, wait)] * 2
        answers = [a for a in at_once(*steps, *closers) if isinstance(a, tuple)]
        assert {word for _, word in answers} <= {"cast", "Closed", "AlreadyCast"}
        new = [n for n, word in answers if word == "cast"]
        words.update(word for _, word in answers)
        marks += [invented_vote(40, 4, n) for n in new]
        cast += len(new)
        urn = found.urn
        assert urn.state == UrnState.CLOSED
        assert len(urn.receipts) == found.filled() == found.states().get("used", 0) == cast
        assert Ballot.objects.get(pk=found.made.ballot.pk).codes_used == cast
        assert "live" not in found.states()
        if turn < rounds - 1:
            Urn.objects.update(state=UrnState.OPEN)
            UrnCode.objects.filter(state=CodeState.VOID).update(state=CodeState.LIVE)
    assert cast == words["cast"] + 1
    assert min(words["cast"], words["Closed"]) > 0, words
    collect(found)
    count(found)
    lines, _ = tally([Paper(m) for m in marks], 40, 4)
    assert [line.line for line in found.ballot.lines.order_by("subject__ordinal")] == lines
    assert first_broken_event(found.ballot) is None


def test_all_rows_of_the_urn_carry_one_transaction_after_every_vote() -> None:
    found = voting("open", members=6)
    for number in range(4):
        found.cast(number)
        with connection.cursor() as cursor:
            for table in ("evaluations_urncode", "evaluations_urnslot"):
                cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
                assert cursor.fetchone() == (1,)
            cursor.execute(
                "SELECT count(DISTINCT x) FROM (SELECT xmin::text x FROM evaluations_urncode"
                " UNION SELECT xmin::text FROM evaluations_urnslot) AS both_tables"
            )
            assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("step", ["issue", "open", "show", "print"])
def test_a_step_of_the_urn_taken_by_several_at_once_is_taken_once(step: str) -> None:
    found = voting(
        {"issue": "shown", "open": "collected", "show": "printed", "print": "chosen"}[step], members=5
    )
    made = found.made
    if step == "issue":
        made.ballot = heads.save_heads(
            ballot=made.reload(), by=made.secretary, version=made.ballot.version, numbers={"codes_issued": 5}
        )
    first, second = (*found.halves, "", "")[:2]
    take: dict[str, Callable[[], Any]] = {
        "issue": lambda: heads.issue(ballot=made.ballot, by=made.secretary),
        "open": lambda: urn_counting.open_urn(
            ballot=made.ballot, by=made.tellers[0], first=first, second=second
        ),
        "show": lambda: urns.show_half(ballot=made.ballot, by=made.tellers[0]),
        "print": lambda: urns.print_codes(ballot=made.ballot, by=made.secretary),
    }
    results = at_once(*[take[step]] * 4)
    if step in ("issue", "open"):
        assert refused(results) == 3
        kind = {"issue": "urn_opened", "open": "urn_counted"}[step]
        assert CountEvent.objects.filter(ballot=made.ballot, kind=kind).count() == 1
    elif step == "show":
        assert found.urn.halves_shown == [made.tellers[0].pk]
    else:
        assert Urn.objects.count() == 1
        assert UrnCode.objects.count() == 7


def test_voiding_while_people_vote_leaves_nothing_behind() -> None:
    found = voting("open", members=8)
    steps = [lambda n=n: told(found, n) for n in range(6)]
    void = lambda: setup.void_ballot(ballot=found.made.ballot, by=found.made.secretary, reason="重来")  # noqa: E731
    answers = at_once(*steps, void)
    assert {a for a in answers if isinstance(a, str)} <= {"cast", "Closed"}
    assert not UrnCode.objects.exists()
    assert not UrnSlot.objects.exists()
    assert sealing.codes_key(found.made.ballot.pk) is None
