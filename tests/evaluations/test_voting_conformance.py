"""What the urn promises on either database: the same suite runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from evaluations.models import BallotStatus, CodeState, UrnCode, UrnSlot
from evaluations.rules import Paper, tally
from evaluations.services import casting, urns
from tests.factories.voting import Voting, collect, count, invented_vote, voting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_once(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test only; wrong codes are not waited for."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")
    monkeypatch.setattr(casting, "DELAY_SECONDS", 0)


def outcome(found: Voting, code: str, marks: str) -> str:
    """What a voter is told."""
    try:
        casting.cast(found.urn, code, marks)
    except casting.Refused as refusal:
        return type(refusal).__name__
    return "cast"


def test_unknown_and_not_yet_and_cast_and_again_and_closed() -> None:
    found = voting("shown", members=5)
    assert casting.find_urn("abcdefghjk") is None
    assert casting.find_urn(found.address) == found.urn
    vote = invented_vote(5, 4, 1)
    assert outcome(found, found.codes[0], vote) == "NotYet"
    assert outcome(found, "ABCDEFGHJK", vote) == "WrongCode"
    found = voting("open", members=5)
    assert outcome(found, found.codes[0], vote[:-1]) == "Incomplete"
    assert outcome(found, found.codes[0], vote) == "cast"
    assert outcome(found, found.codes[0], vote) == "AlreadyCast"
    assert outcome(found, found.codes[0], vote[::-1]) == "AlreadyCast"
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert outcome(found, found.codes[0], vote) == "AlreadyCast"
    assert outcome(found, found.codes[1], vote) == "Closed"
    assert found.filled() == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_done_used_codes_are_ballots_and_the_sums_are_theirs(seed: int) -> None:
    chance, found = random.Random(seed), voting("open", members=9)
    votes: dict[str, str] = {}
    for _ in range(60):
        code = chance.choice([*found.codes[:9], "ABCDEFGHJK"])
        marks = invented_vote(9, 4, chance.randrange(99))[: chance.choice([9, 9, 9, 5])]
        told = outcome(found, code, marks)
        if told == "cast":
            assert code not in votes
            votes[code] = marks
        assert (told == "AlreadyCast") <= (code in votes)
        used = UrnCode.objects.filter(state=CodeState.USED).count()
        assert used == UrnSlot.objects.filter(filled=True).count() == len(votes)
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    collect(found)
    count(found)
    lines, _ = tally([Paper(marks) for marks in votes.values()], 9, 4)
    assert [line.line for line in found.ballot.lines.order_by("subject__ordinal")] == lines
    assert found.ballot.status == BallotStatus.MATCHED


def test_places_and_codes_lie_in_another_order_after_each_vote() -> None:
    """The filled places are as likely first as last: the order of rows tells nothing about the order of votes."""
    found = voting("open", members=12)
    first_places: Counter[int] = Counter()
    for number in range(12):
        found.cast(number)
        rows = list(UrnSlot.objects.order_by("pk").values_list("pk", "filled"))
        assert {pk.version for pk, _ in rows} == {4}
        filled = [place for place, (_, full) in enumerate(rows) if full]
        first_places[filled[0]] += 1
        assert len(filled) == number + 1
    assert len(first_places) > 1


def test_rows_of_the_urn_have_neither_time_nor_person_nor_a_number() -> None:
    for model, columns in (
        (UrnCode, {"id", "urn", "digest", "state"}),
        (UrnSlot, {"id", "urn", "filled", "sealed"}),
    ):
        assert {field.name for field in model._meta.concrete_fields} == columns
        kinds = {field.get_internal_type() for field in model._meta.concrete_fields}
        assert kinds <= {"UUIDField", "ForeignKey", "CharField", "BooleanField", "BinaryField"}
