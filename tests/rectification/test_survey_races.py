"""Surveys at the same moment, on PostgreSQL with real connections: two who count, who close, slips, the end of answering."""

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

from branches.models import AuditEvent, Role
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from evaluations.models import CodeState, UrnState
from evaluations.services import casting, sealing
from evaluations.urn import codes, votes
from rectification.models import (
    MeasureCase,
    RoundStatus,
    SatisfactionDuty,
    SurveyClass,
    SurveyCode,
    SurveyCount,
    SurveySlot,
    SurveyUrn,
)
from rectification.rules.satisfaction import Count
from rectification.services import satisfaction, survey_counts, survey_slips, survey_urns, surveys
from rectification.workflow.satisfaction import typed_counts
from tests.factories.branches import account_with
from tests.factories.survey_slips import Slips, collect, slips_of
from tests.factories.surveys import BAD, surveyed, type_count
from tests.races import at_once, refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PARALLEL, SLIPS = 16, 20
SAID = {"已交，谢谢您": "given", "已经填过": "AlreadyCast", "填表已经结束": "Closed"}


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test only; wrong codes are not waited for."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")
    monkeypatch.setattr(casting, "DELAY_SECONDS", 0)


# Two people at the count


def test_two_who_enter_their_counts_at_once_keep_their_own() -> None:
    made = surveyed("counting")
    first, second = Count((150, 21, 49, 10), 0, 0), Count((151, 20, 49, 10), 0, 0)
    at_once(lambda: type_count(made, made.secretary, first), lambda: type_count(made, made.second, second))
    seats = {seat.holder_id: seat.number for seat in made.now().seats.all()}
    assert sorted(seats.values()) == [1, 2]
    typed = {number: count for (number, _pk), count in typed_counts(made.now()).items()}
    assert typed == {seats[made.secretary.pk]: first, seats[made.second.pk]: second}


def test_one_who_presses_twice_has_one_seat_and_one_count() -> None:
    made = surveyed("counting")
    count = Count((150, 21, 49, 10), 0, 0)
    at_once(*[lambda: type_count(made, made.secretary, count)] * 4)
    assert made.now().seats.count() == 1
    assert SurveyCount.objects.get().count == count


def test_of_three_who_sit_down_at_once_two_get_a_seat() -> None:
    made = surveyed("counting")
    third = account_with(Role.PUBLICITY, made.organization)
    people = (made.secretary, made.second, third)
    results = at_once(
        *[lambda by=by: survey_counts.take_seat(survey_round=made.round, by=by) for by in people]
    )
    assert refused(results) == 1
    assert sorted(made.now().seats.values_list("number", flat=True)) == [1, 2]


def test_a_count_entered_while_the_other_finishes_is_not_lost() -> None:
    made = surveyed("counting")
    count = Count((150, 21, 49, 10), 0, 0)
    type_count(made, made.secretary, count)
    at_once(
        lambda: survey_counts.finish(survey_round=made.round, by=made.secretary),
        lambda: type_count(made, made.second, count),
    )
    done = dict(made.now().seats.values_list("holder", "finished"))
    assert done == {made.secretary.pk: True, made.second.pk: False}
    assert SurveyCount.objects.count() == 2


def test_the_result_is_formed_once() -> None:
    made = surveyed("typed")
    results = at_once(
        *[
            lambda by=by: survey_counts.match(survey_round=made.round, by=by)
            for by in (made.secretary, made.second)
        ]
    )
    assert refused(results) == 1
    assert made.now().status == RoundStatus.MATCHED
    assert AuditEvent.objects.filter(action="match").count() == 1


def test_a_failed_survey_closed_twice_at_once_brings_its_duties_once() -> None:
    made = surveyed("matched", votes=BAD)
    version = made.now().version
    results = at_once(
        *[lambda: satisfaction.close(survey_round=made.round, version=version, by=made.secretary)] * 4,
        expected=(NotAllowed, Stale),
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert made.now().status == RoundStatus.CLOSED
    owed = SatisfactionDuty.objects.filter(round=made.round).count()
    assert owed == len(made.round.rules().failing_duties) > 0
    assert made.survey.rounds.filter(turn=2).count() == 1
    assert not MeasureCase.objects.exists()


def test_heads_saved_by_two_at_once_keep_one_and_tell_the_other() -> None:
    made = surveyed("open")
    version, rows = made.now().version, list(made.round.classes.all())
    steps = [
        lambda n=n: surveys.save_heads(
            survey_round=made.round, version=version, day=None, heads={rows[0].pk: (n, n)}, by=made.secretary
        )
        for n in (3, 4)
    ]
    results = at_once(*steps, expected=(Stale,))
    assert sum(isinstance(result, Stale) for result in results) == 1
    assert SurveyClass.objects.get(pk=rows[0].pk).issued in (3, 4)


# Slips


def told(found: Slips, number: int, choice: str = "1") -> str:
    """What the page tells who posts an answer with this slip."""
    data = {"step": "cast", "code": found.codes[1][number], "r0": choice}
    answer = Client().post(reverse("survey_answer", args=[found.address]), data)
    assert answer.status_code == 200
    page = answer.content.decode()
    return next(word for words, word in SAID.items() if words in page)


def test_sixteen_at_once_with_each_slip_are_one_answer_each() -> None:
    found = slips_of("begun", numbers={1: SLIPS})
    steps = [lambda: [told(found, n, str(n % 5)) for n in range(SLIPS)]] * PARALLEL
    answers = Counter(answer for several in at_once(*steps) for answer in several)
    assert answers == {"given": SLIPS, "AlreadyCast": SLIPS * (PARALLEL - 1)}
    assert found.filled() == found.states()["used"] == SLIPS
    found.shut()
    assert survey_urns.page_totals(found.made.now())[found.respondents().pk] == Count((4, 4, 4, 4), 4, 0)


def naive_answer(found: Slips, meet: threading.Barrier) -> None:
    """Look, then use the slip: what answering would be without the claim."""
    key = sealing.codes_key(found.made.round.pk) or b""
    with transaction.atomic():
        row = SurveyCode.objects.get(digest=codes.code_digest(key, found.codes[1][0]))
        live = row.state == CodeState.LIVE
        meet.wait(timeout=30)
        if live:
            SurveyCode.objects.filter(pk=row.pk).update(state=CodeState.USED)
            SurveySlot.objects.create(urn_id=row.urn_id, filled=True, sealed=votes.noise(2))


def test_without_the_claim_a_slip_does_count_twice() -> None:
    """The negative control: if this no longer fails, the test above proves nothing."""
    found = slips_of("begun")
    meet = threading.Barrier(4)
    at_once(*[lambda: naive_answer(found, meet)] * 4)
    assert found.states()["used"] == 1
    assert found.filled() > 1


def close_after(found: Slips, seconds: float) -> None:
    """Close after a while; a second who closes is told that it is closed."""
    time.sleep(seconds)
    found.shut()


def raced(picks: list[str], wait: float) -> list[str]:
    """One survey whose slips are answered while two close it after `wait` seconds; what each was told."""
    found = slips_of("begun", numbers={1: len(picks)})
    steps: list[Callable[[], Any]] = [lambda n=n: told(found, n, picks[n]) for n in range(len(picks))]  # type: ignore[misc]
    results = at_once(*steps, *[lambda: close_after(found, wait)] * 2)
    said = results[: len(picks)]
    assert refused(results) == 1
    assert set(said) <= {"given", "Closed"}
    given = [choice for choice, word in zip(picks, said, strict=True) if word == "given"]
    urn = found.urn
    assert urn.state == UrnState.COUNTED
    assert len(urn.receipts) == found.respondents().answered == len(given)
    expected = Count(tuple(given.count(str(n)) for n in (1, 2, 3, 4)), given.count("0"), 0)
    assert survey_urns.page_totals(found.made.now())[found.respondents().pk] == expected
    assert not SurveyCode.objects.filter(urn=urn).exists()
    return said


def test_closing_while_people_answer_loses_none_and_lets_none_in_late() -> None:
    """Twelve surveys: answers race two who close, who wait a little longer each time, from not at all to past the end."""
    rounds, people = 12, 6
    chance, words = random.Random(5), Counter[str]()
    trial = slips_of("begun", numbers={1: people})
    begun = time.monotonic()
    assert told(trial, 0) == "given"
    span = 2 * people * (time.monotonic() - begun)
    for turn in range(rounds):
        picks = [str(chance.randrange(5)) for _ in range(people)]
        words.update(raced(picks, span * turn / rounds))
    assert min(words["given"], words["Closed"]) > 0, words


def test_all_rows_of_the_urn_carry_one_transaction_after_every_answer() -> None:
    found = slips_of("begun", numbers={1: 4, 2: 3})
    for number in range(3):
        found.answer(number, "1", ordinal=1 + number % 2)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT x) FROM (SELECT xmin::text x FROM rectification_surveycode"
                " UNION SELECT xmin::text FROM rectification_surveyslot) AS both_tables"
            )
            assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("step", ["print", "show", "begin", "close"])
def test_a_step_of_the_slips_taken_by_several_at_once_is_taken_once(step: str) -> None:
    stage = {"print": "open", "show": "printed", "begin": "shown", "close": "begun"}[step]
    found = slips_of(stage)
    if step == "close":
        found.answer(0, "1")
    made = found.made
    numbers = {found.respondents().pk: 3}
    take: dict[str, Callable[[], Any]] = {
        "print": lambda: survey_slips.print_slips(
            survey_round=made.round, numbers=numbers, by=made.secretary
        ),
        "show": lambda: survey_slips.show_half(survey_round=made.round, by=made.secretary),
        "begin": lambda: survey_slips.begin(survey_round=made.round, closes_at=None, by=made.secretary),
        "close": found.shut,
    }
    results = at_once(*[take[step]] * 4)
    urn = SurveyUrn.objects.get(round=made.round)
    if step in ("begin", "close"):
        assert refused(results) == 3
    elif step == "show":
        assert urn.halves_shown == [made.secretary.pk]
    else:
        assert urn.codes.count() == 3


def test_voiding_while_people_answer_leaves_nothing_behind() -> None:
    found = slips_of("begun", numbers={1: 6})
    made = found.made
    version = made.now().version
    steps = [lambda n=n: gone_or_told(found, n) for n in range(5)]
    void = lambda: surveys.void(survey_round=made.round, version=version, note="重来", by=made.secretary)  # noqa: E731
    answers = at_once(*steps, void)
    assert {a for a in answers if isinstance(a, str)} <= {"given", "Closed", "gone"}
    assert not SurveyCode.objects.exists()
    assert not SurveySlot.objects.exists()
    assert sealing.kept_keys() == []


def gone_or_told(found: Slips, number: int) -> str:
    """The same, or that the page is gone: a void survey has none."""
    data = {"step": "cast", "code": found.codes[1][number], "r0": "1"}
    answer = Client().post(reverse("survey_answer", args=[found.address]), data)
    page = answer.content.decode()
    if answer.status_code == 404:
        return "gone"
    return next(word for words, word in SAID.items() if words in page)


def test_two_who_form_the_result_of_slips_alone_form_it_once() -> None:
    found = slips_of("shut", answers="1123")
    collect(found)
    made = found.made
    results = at_once(
        *[
            lambda by=by: survey_counts.match(survey_round=made.round, by=by)
            for by in (made.secretary, made.second)
        ]
    )
    assert refused(results) == 1
    assert made.now().status == RoundStatus.MATCHED
    assert found.respondents().count == Count((2, 1, 1, 0), 0, 0)
