"""Slips of a survey: printed, answered, closed by two, their totals added to the papers'; everything else destroyed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Role
from branches.workflow import NotAllowed
from evaluations.models import CodeState, UrnState
from evaluations.services import casting, sealing
from evaluations.services.urn_counting import WrongHalf
from evaluations.urn import votes
from rectification.models import (
    RoundStatus,
    SurveyClass,
    SurveyCode,
    SurveyLine,
    SurveyRound,
    SurveySlot,
    SurveyUrn,
)
from rectification.rules.satisfaction import Count, slips_problem
from rectification.services import (
    satisfaction,
    survey_answers,
    survey_counts,
    survey_slips,
    survey_urns,
    surveys,
)
from rectification.tasks import forget_survey_keys
from rectification.workflow.satisfaction import _heads
from tests.factories.branches import account_with
from tests.factories.survey_slips import Slips, collect, count, print_slips, show_halves, slips_of
from tests.factories.surveys import surveyed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test only; wrong codes are not waited for."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")
    monkeypatch.setattr(casting, "DELAY_SECONDS", 0)


def refusal(step: Callable[..., Any], **how: Any) -> str:
    """Why a step is refused."""
    with pytest.raises(NotAllowed) as caught:
        step(**how)
    return caught.value.reason


def test_answers_of_one_class_become_its_totals_and_the_verdict() -> None:
    found = slips_of("closed", answers=["1", "1", "2", "3", "0"], rules={"satisfaction_threshold": "1/2"})
    closed, row = found.made.now(), found.respondents()
    assert closed.status == RoundStatus.CLOSED
    assert row.count == Count((2, 1, 1, 0), 1, 0)
    assert (row.slips, row.slips_issued, row.answered) == (6, 6, 5)
    assert (row.all_issued, row.all_returned) == (6, 5)
    assert (closed.satisfied_votes, closed.base_votes, closed.passed) == (3, 5, True)


def test_totals_of_the_page_are_added_to_those_of_the_papers() -> None:
    found = slips_of("closed", answers=["4", "4", "3"], paper=(5, 4))
    assert found.respondents().count == Count((4, 0, 1, 2), 0, 0)
    closed = found.made.now()
    assert (closed.satisfied_votes, closed.base_votes, closed.passed) == (4, 7, False)


def test_with_the_base_of_papers_handed_out_slips_count_too() -> None:
    found = slips_of("closed", answers=["1"], paper=(5, 4), rules={"satisfaction_base": "issued"})
    assert found.made.now().base_votes == 11


def test_each_class_gets_its_own_totals() -> None:
    found = slips_of("begun", numbers={1: 3, 2: 4})
    for number, choice in enumerate("12"):
        found.answer(number, choice)
    for number, choice in enumerate("3340"):
        found.answer(number, choice, ordinal=2)
    found.shut()
    totals = survey_urns.page_totals(found.made.now())
    assert totals == {
        found.respondents(1).pk: Count((1, 1, 0, 0), 0, 0),
        found.respondents(2).pk: Count((0, 0, 2, 1), 1, 0),
    }
    assert [row.answered for row in found.made.now().classes.all()][:2] == [2, 4]


def test_only_where_the_rules_allow_it() -> None:
    made = surveyed("open")
    assert made.round.rules().survey_channel == "paper"
    numbers = {made.round.classes.first().pk: 3}  # type: ignore[union-attr]
    said = refusal(survey_slips.print_slips, survey_round=made.round, numbers=numbers, by=made.secretary)
    assert said == "规则不允许在网页上填满意度表。这次活动的规则是只用纸质表。"
    assert not SurveyUrn.objects.exists()


def test_where_one_way_is_allowed_a_class_has_papers_or_slips() -> None:
    found = slips_of("printed", numbers={1: 3}, rules={"survey_channel": "either"})
    made, rows = found.made, list(found.made.now().classes.all())
    how: dict[str, Any] = {
        "survey_round": made.now(),
        "version": made.now().version,
        "day": None,
        "by": made.secretary,
    }
    assert "只允许一类人用一种" in refusal(surveys.save_heads, heads={rows[0].pk: (4, 3)}, **how)
    surveys.save_heads(heads={rows[0].pk: (0, 0), rows[1].pk: (4, 3)}, **how)
    numbers = {rows[1].pk: 2}
    said = refusal(survey_slips.print_slips, survey_round=made.now(), numbers=numbers, by=made.secretary)
    assert "只允许一类人用一种" in said


@pytest.mark.parametrize(
    ("numbers", "word"),
    [({}, "至少一张"), ({1: 0}, "至少一张"), ({1: 601}, "1 到 600"), ({1: -1, 2: 3}, "1 到 600")],
)
def test_numbers_no_slips_can_be_printed_for(numbers: dict[int, int], word: str) -> None:
    found = slips_of("open")
    with pytest.raises(NotAllowed) as caught:
        print_slips(found, numbers)
    assert word in caught.value.reason


def test_a_scale_of_nine_has_no_page() -> None:
    found = slips_of("open")
    SurveyRound.objects.update(scale=[[f"k{n}", f"第{n}等"] for n in range(9)])
    with pytest.raises(NotAllowed) as caught:
        print_slips(found, {1: 2})
    assert "多于 8 个" in caught.value.reason


def test_slips_printed_again_make_those_of_before_void() -> None:
    found = slips_of("shown")
    before = Slips(found.made, found.address, dict(found.codes), list(found.halves))
    print_slips(found, {1: 2})
    assert survey_answers.find_urn(before.address) is None
    assert found.urn.halves_shown == []
    assert SurveyCode.objects.count() == 2
    assert found.respondents().slips == 2
    show_halves(found)
    survey_slips.begin(survey_round=found.made.now(), closes_at=None, by=found.made.secretary)
    with pytest.raises(NotAllowed) as caught:
        print_slips(found, {1: 2})
    assert "已经开始填表" in caught.value.reason
    with pytest.raises(casting.WrongCode):
        survey_answers.check_code(found.urn, before.codes[1][0])


def test_slips_are_dropped_before_the_beginning_only() -> None:
    found = slips_of("printed")
    survey_slips.drop_slips(survey_round=found.made.now(), by=found.made.secretary)
    assert not SurveyUrn.objects.exists()
    assert found.respondents().slips == 0
    said = refusal(survey_slips.drop_slips, survey_round=found.made.now(), by=found.made.secretary)
    assert said == survey_slips.NO_SLIPS
    running = slips_of("begun")
    said = refusal(survey_slips.drop_slips, survey_round=running.made.now(), by=running.made.secretary)
    assert "已经开始填表" in said


def test_it_begins_with_two_halves_of_two_people_and_the_key() -> None:
    found = slips_of("printed")
    made = found.made
    how: dict[str, Any] = {"survey_round": made.now(), "closes_at": None, "by": made.secretary}
    survey_slips.show_half(survey_round=made.now(), by=made.secretary)
    first = survey_slips.show_half(survey_round=made.now(), by=made.secretary)
    assert found.urn.halves_shown == [made.secretary.pk]
    assert "两个人还没有都拿到" in refusal(survey_slips.begin, **how)
    second = survey_slips.show_half(survey_round=made.now(), by=made.second)
    third = account_with(Role.PUBLICITY, made.organization)
    assert "取消票条重新印" in refusal(survey_slips.show_half, survey_round=made.now(), by=third)
    sealing.destroy_codes_key(made.round.pk)
    assert "密钥不在" in refusal(survey_slips.begin, **how)
    sealing.make_codes_key(made.round.pk)
    survey_slips.begin(**how)
    assert found.states() == {CodeState.LIVE: 6}
    assert first != second


def test_who_may_do_what(member: Any) -> None:
    found = slips_of("printed")
    made = found.made
    stranger = account_with(Role.SECRETARY, surveyed().organization)
    numbers = {found.respondents().pk: 2}
    for by in (member, stranger):
        for step, more in (
            (survey_slips.print_slips, {"numbers": numbers}),
            (survey_slips.drop_slips, {}),
            (survey_slips.show_half, {}),
            (survey_slips.begin, {"closes_at": None}),
            (survey_slips.close, {"first": "", "second": ""}),
        ):
            assert refusal(step, survey_round=made.now(), by=by, **more)


@pytest.mark.parametrize("away", [datetime.timedelta(minutes=-1), datetime.timedelta(days=61)])
def test_an_end_that_cannot_be(away: datetime.timedelta) -> None:
    found = slips_of("shown")
    at = timezone.now() + away
    said = refusal(survey_slips.begin, survey_round=found.made.now(), closes_at=at, by=found.made.secretary)
    assert "截止时间" in said


def test_after_its_end_no_answer_counts() -> None:
    found = slips_of("shown")
    at = timezone.now() + datetime.timedelta(hours=1)
    survey_slips.begin(survey_round=found.made.now(), closes_at=at, by=found.made.secretary)
    found.answer(0, "1")
    SurveyUrn.objects.update(closes_at=timezone.now())
    with pytest.raises(casting.Closed):
        found.answer(1, "1")
    found.shut()
    assert found.respondents().answered == 1


def test_a_slip_counts_once_and_is_refused_with_what_to_do() -> None:
    found = slips_of("shown")
    code = found.codes[1][0]
    with pytest.raises(casting.NotYet):
        survey_answers.check_code(found.urn, code)
    survey_slips.begin(survey_round=found.made.now(), closes_at=None, by=found.made.secretary)
    assert survey_answers.check_code(found.urn, code.lower()) == (code, found.respondents())
    for wrong in ("", "5", "x", "11"):
        with pytest.raises(casting.Incomplete):
            found.answer(0, wrong)
    assert len(found.answer(0, "4")) == votes.RECEIPT_LENGTH
    with pytest.raises(casting.AlreadyCast):
        found.answer(0, "1")
    with pytest.raises(casting.WrongCode):
        survey_answers.answer(found.urn, "22222-22222", "1")
    assert survey_answers.turnout(found.urn) == {found.respondents().pk: 1}
    kept = found.urn
    found.shut()
    with pytest.raises(casting.Closed):
        survey_answers.check_code(found.urn, found.codes[1][1])
    with pytest.raises(casting.Closed):
        survey_answers.answer(kept, found.codes[1][1], "1")


def test_an_answer_to_slips_printed_again_meanwhile_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    found = slips_of("begun")
    kept, checked = found.urn, survey_answers.check_code(found.urn, found.codes[1][0])
    SurveyUrn.objects.all().delete()
    monkeypatch.setattr(survey_answers, "check_code", lambda *_: checked)
    with pytest.raises(casting.Closed):
        survey_answers.answer(kept, found.codes[1][0], "1")


def test_both_halves_close_it_and_a_wrong_one_changes_nothing() -> None:
    found = slips_of("answered", answers="112")
    first, second = found.halves
    how: dict[str, Any] = {"survey_round": found.made.now(), "by": found.made.second}
    for pair, seats in (((first, first), {2}), (("", second), {1}), ((second, first), {1, 2})):
        with pytest.raises(WrongHalf) as caught:
            survey_slips.close(first=pair[0], second=pair[1], **how)
        assert set(caught.value.problems) == seats
        assert found.urn.state == UrnState.OPEN
    found.answer(3, "1")
    survey_slips.close(first=first, second=second, **how)
    urn = found.urn
    assert urn.state == UrnState.COUNTED
    assert urn.receipts == sorted(found.receipts)
    assert "已经关闭" in refusal(survey_slips.close, first=first, second=second, **how)


def test_what_is_left_after_the_closing_and_after_the_certification(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        found = slips_of("shut", answers="1123")
    pk = found.made.round.pk
    assert not SurveyCode.objects.exists()
    assert not SurveySlot.objects.exists()
    assert sealing.codes_key(pk) is None
    assert len(bytes(SurveyLine.objects.get().sealed)) == 12 + 96 + 16
    with django_capture_on_commit_callbacks(execute=True):
        collect(found)
        count(found, 0)
        assert SurveyLine.objects.exists()
        survey_counts.recount(
            survey_round=found.made.now(),
            version=found.made.now().version,
            note="再看",
            by=found.made.secretary,
        )
        survey_counts.match(survey_round=found.made.now(), by=found.made.second)
        satisfaction.close(
            survey_round=found.made.now(), version=found.made.now().version, by=found.made.secretary
        )
    assert found.made.now().status == RoundStatus.CLOSED
    assert not SurveyLine.objects.exists()
    assert sealing.kept_keys() == []
    assert found.urn.state == UrnState.DESTROYED
    assert found.urn.receipts == sorted(found.receipts)


def test_a_void_round_leaves_nothing(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        found = slips_of("answered", answers="11")
        surveys.void(
            survey_round=found.made.now(),
            version=found.made.now().version,
            note="发错了",
            by=found.made.secretary,
        )
    assert not SurveyCode.objects.exists()
    assert not SurveySlot.objects.exists()
    assert sealing.kept_keys() == []
    assert survey_answers.find_urn(found.address) is None


def test_keys_a_crash_left_behind_are_destroyed() -> None:
    running, over = slips_of("begun"), slips_of("begun")
    SurveyRound.objects.filter(pk=over.made.round.pk).update(status=RoundStatus.VOID)
    forget_survey_keys()
    assert sealing.kept_keys() == [running.made.round.pk]


def test_an_urn_that_was_tampered_with_is_not_closed() -> None:
    found = slips_of("answered", answers="112")
    used, filled = SurveyCode.objects.filter(state=CodeState.USED), SurveySlot.objects.filter(filled=True)
    changes: tuple[tuple[QuerySet[Any], dict[str, Any]], ...] = (
        (filled, {"sealed": votes.noise(1)}),
        (used, {"respondents": found.respondents(2)}),
        (used, {"state": CodeState.LIVE}),
    )
    for rows, change in changes:
        with transaction.atomic():
            rows.model.objects.filter(pk=rows.values_list("pk", flat=True)[0]).update(**change)
            first, second = found.halves
            assert refusal(
                survey_slips.close,
                survey_round=found.made.now(),
                first=first,
                second=second,
                by=found.made.secretary,
            )
            transaction.set_rollback(True)
    assert found.urn.state == UrnState.OPEN


def test_the_count_begins_only_when_slips_are_settled() -> None:
    found = slips_of("begun")
    made = found.made
    with pytest.raises(NotAllowed) as caught:
        collect(found)
    assert "票条还没有了结" in caught.value.reason
    found.answer(0, "1")
    found.answer(1, "1")
    found.shut()
    how: dict[str, Any] = {
        "survey_round": made.now(),
        "day": timezone.localdate(),
        "heads": {},
        "by": made.secretary,
    }
    row = found.respondents()
    assert "0 到印的 6 张" in refusal(
        surveys.save_heads, version=made.now().version, slips={row.pk: 7}, **how
    )
    for number, word in ((None, "请填写发出票条"), (1, "网页上填了 2 份，多于发出的票条 1 张"), (2, "")):
        heads = {other.pk: (0, 0) for other in made.now().classes.all() if other.pk != row.pk}
        saved = surveys.save_heads(
            version=made.now().version,
            slips={row.pk: number},
            **{**how, "survey_round": made.now(), "heads": heads},
        )
        if word:
            said = refusal(surveys.collect, survey_round=saved, version=saved.version, by=made.secretary)
            assert word in said
    surveys.collect(survey_round=saved, version=saved.version, by=made.secretary)
    assert made.now().status == RoundStatus.COUNTING


def test_half_known_papers_beside_slips_are_asked_for() -> None:
    found = slips_of("shut", answers="1")
    made, row = found.made, found.respondents()
    heads = {other.pk: (0, 0) for other in made.now().classes.all()} | {row.pk: (4, None)}
    saved = surveys.save_heads(
        survey_round=made.now(),
        version=made.now().version,
        day=timezone.localdate(),
        heads=heads,
        slips={row.pk: 6},
        by=made.secretary,
    )
    said = refusal(surveys.collect, survey_round=saved, version=saved.version, by=made.secretary)
    assert "请填写发出和收回的张数" in said


def test_without_papers_the_result_is_formed_without_typing() -> None:
    found = slips_of("counting", answers="111")
    survey_counts.match(survey_round=found.made.now(), by=found.made.office)
    assert found.made.now().status == RoundStatus.MATCHED
    assert not found.made.now().seats.exists()


def test_nothing_filled_in_and_no_paper_is_no_survey() -> None:
    found = slips_of("shut")
    with pytest.raises(NotAllowed) as caught:
        collect(found)
    assert "一张表也没有收回" in caught.value.reason


def test_slips_add_up_or_say_what_to_do() -> None:
    assert slips_problem("群众", 3, 3) == ""
    assert "请填写" in slips_problem("群众", None, 0)
    assert "作废重来" in slips_problem("群众", 2, 3)


def test_numbers_that_cannot_be_are_refused_by_the_database() -> None:
    found = slips_of("printed")
    for wrong in ({"answered": 7}, {"slips_issued": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SurveyClass.objects.filter(pk=found.respondents().pk).update(**wrong)


def test_too_many_openings_and_wrong_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_answers, "MOST_OPENED", 3)
    monkeypatch.setattr(survey_answers, "MOST_WRONG", 2)
    monkeypatch.setattr("config.lib.limits.time.time", lambda: 60_000.0 * 7)
    found = slips_of("begun")
    assert [survey_answers.is_busy(found.urn) for _ in range(4)] == [False] * 3 + [True]
    assert [survey_answers.is_busy(None) for _ in range(3)] == [False, False, True]


def test_names_for_the_record_and_the_office() -> None:
    found = slips_of("printed")
    assert str(found.urn) == str(found.made.round)
    assert str(SurveyCode.objects.first()) == "已印"
    assert str(SurveySlot.objects.first()) == "空"
    found = slips_of("shut", answers="1")
    assert str(SurveyLine.objects.get()) == found.respondents().name


def test_slips_of_a_count_that_has_begun_are_left_alone_and_old_slips_are_told_so() -> None:
    found = slips_of("counting", answers="11", paper=(3, 3))
    said = refusal(survey_slips.drop_slips, survey_round=found.made.now(), by=found.made.secretary)
    assert "不能再动票条" in said
    again = slips_of("begun")
    kept = again.urn
    SurveyUrn.objects.filter(pk=kept.pk).delete()
    with pytest.raises(casting.Closed):
        survey_answers.check_code(kept, again.codes[1][0])


def test_a_class_with_slips_alone_needs_no_number_of_papers() -> None:
    row = SurveyClass(name="群众", slips=5, slips_issued=4, answered=3)
    assert _heads(row) == (4, 3)
