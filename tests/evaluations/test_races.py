"""Two people at the same moment: on PostgreSQL, with real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from branches.models import AuditEvent, User
from branches.services.audit import first_broken_link
from branches.workflow import NotAllowed
from evaluations.models import SLOTS, Ballot, BallotStatus, BranchResult, EntrySlot, PaperEntry, TallyLine
from evaluations.rules import Paper
from evaluations.services import certifying, entry, heads, matching, setup
from evaluations.services.heads import SavedMeanwhile
from tests.factories.evaluations import evening, save_heads, sign_all
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
REFUSALS = (NotAllowed, SavedMeanwhile)


def done(results: list[Any]) -> list[Any]:
    """The steps that were taken."""
    return [result for result in results if not isinstance(result, Exception)]


def test_two_tellers_sitting_down_at_once_get_two_different_places() -> None:
    made = evening("collected", members=3)
    first, second = made.tellers
    for _ in range(5):
        steps = [lambda t=t: entry.take_slot(ballot=made.ballot, by=t).number for t in (first, second) * 4]
        numbers = at_once(*steps)
        assert set(numbers) == {1, 2}
        assert EntrySlot.objects.filter(ballot=made.ballot).count() == 2
        holders = dict(EntrySlot.objects.filter(ballot=made.ballot).values_list("holder", "number"))
        assert holders == {first.pk: numbers[0], second.pk: numbers[1]}
        EntrySlot.objects.all().delete()


def take_without_lock(ballot: Ballot, by: User, meet: threading.Barrier) -> int:
    """Look, then take: what the service would be without its lock."""
    with transaction.atomic():
        taken = set(EntrySlot.objects.filter(ballot=ballot).values_list("number", flat=True))
        number = next(n for n in SLOTS if n not in taken)
        meet.wait(timeout=30)
        EntrySlot.objects.create(ballot=ballot, number=number, holder=by)
    return number


def test_without_the_lock_two_tellers_do_collide() -> None:
    """The negative control: if this no longer fails, the test above proves nothing."""
    made = evening("collected", members=3)
    meet = threading.Barrier(2)
    collided: list[int] = []

    def step(by: User) -> None:
        try:
            take_without_lock(made.ballot, by, meet)
        except IntegrityError:
            collided.append(1)

    at_once(*[lambda t=t: step(t) for t in made.tellers])
    assert collided == [1]


def test_one_paper_saved_sixteen_times_at_once_is_one_row() -> None:
    made = evening("collected", members=3)
    by = made.tellers[0]
    steps = [
        lambda n=n: entry.save_paper(ballot=made.ballot, by=by, paper_no=1, marks="123"[: n % 3 + 1])
        for n in range(16)
    ]
    assert len(done(at_once(*steps))) == 16
    assert PaperEntry.objects.filter(ballot=made.ballot).count() == 1
    assert EntrySlot.objects.filter(ballot=made.ballot).count() == 1
    assert entry.own_paper(ballot=made.ballot, by=by, paper_no=1) in {
        Paper("1??"),
        Paper("12?"),
        Paper("123"),
    }


def test_both_typing_at_once_lose_nothing() -> None:
    made = evening("collected", members=3)
    steps = [
        lambda t=t, n=n: entry.save_paper(ballot=made.ballot, by=t, paper_no=n, marks="123")
        for n in (1, 2, 3)
        for t in made.tellers
    ]
    assert len(done(at_once(*steps))) == 6
    for teller in made.tellers:
        entry.finish_slot(ballot=made.ballot, by=teller)
    assert matching.match(ballot=made.ballot, by=made.tellers[0]).status == BallotStatus.MATCHED


@pytest.mark.parametrize("step", ["collect", "match", "certify", "void", "prepare"])
def test_a_step_taken_by_two_at_once_is_taken_once(step: str) -> None:
    stage = {
        "collect": "issued",
        "match": "typed",
        "certify": "matched",
        "void": "certified",
        "prepare": "void",
    }
    made = evening(stage[step], members=3)
    if step == "collect":
        save_heads(made, replaced=0, unused=2, returned=3)
    if step == "certify":
        sign_all(made)
    ballot, by = made.ballot, made.secretary
    take: dict[str, Callable[[], Any]] = {
        "collect": lambda: heads.collect(ballot=ballot, by=by),
        "match": lambda: matching.match(ballot=ballot, by=made.tellers[0]),
        "certify": lambda: certifying.certify(ballot=ballot, by=by),
        "void": lambda: setup.void_ballot(ballot=ballot, by=by, reason="重来"),
        "prepare": lambda: setup.prepare_ballot(meeting=made.meeting, by=by),
    }
    results = at_once(*[take[step]] * 4)
    assert len(done(results)) == 1
    assert all(isinstance(r, NotAllowed) for r in results if isinstance(r, Exception))
    latest = Ballot.objects.filter(meeting=made.meeting).latest("round_no")
    assert AuditEvent.objects.filter(action=step, about_id=str(latest.pk)).count() == 1
    assert TallyLine.objects.filter(ballot=ballot).count() == (0 if step == "collect" else 3)
    assert BranchResult.objects.count() == (1 if step == "certify" else 0)
    assert Ballot.objects.standing().filter(meeting=made.meeting).count() == (0 if step == "void" else 1)
    assert first_broken_link() is None


def test_two_people_saving_the_heads_at_once_one_is_told() -> None:
    made = evening("issued", members=3)
    steps = [
        lambda n=n: heads.save_heads(
            ballot=made.ballot, by=made.secretary, version=made.ballot.version, numbers={"returned": n}
        )
        for n in (1, 2, 3)
    ]
    results = at_once(*steps, expected=REFUSALS)
    (saved,) = done(results)
    assert sum(isinstance(r, SavedMeanwhile) for r in results) == 2
    assert made.reload().returned == saved.returned
    assert made.ballot.version == saved.version


def test_certifying_while_it_is_voided_ends_in_one_of_both() -> None:
    made = evening("matched", members=3)
    sign_all(made)
    results = at_once(
        lambda: certifying.certify(ballot=made.ballot, by=made.secretary),
        lambda: setup.void_ballot(ballot=made.ballot, by=made.secretary, reason="重来"),
        lambda: matching.recount(ballot=made.ballot, by=made.tellers[0], reason="再数"),
    )
    assert done(results)
    ballot = made.reload()
    assert ballot.status in (BallotStatus.VOID, BallotStatus.CERTIFIED)
    assert not PaperEntry.objects.filter(ballot=ballot).exists()
    assert BranchResult.objects.filter(ballot=ballot).exists() == (ballot.status == BallotStatus.CERTIFIED)


def test_typing_while_the_result_is_formed_is_in_it_or_refused() -> None:
    made = evening("typed", members=3)
    results = at_once(
        lambda: matching.match(ballot=made.ballot, by=made.tellers[1]),
        lambda: entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="000"),
    )
    assert len(done(results)) == 1
    matched = made.reload().status == BallotStatus.MATCHED
    assert matched == isinstance(results[1], NotAllowed)
