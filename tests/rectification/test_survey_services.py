"""A survey from its beginning to its certifying: what is refused, what is kept, what follows."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Kind, Notice, Organization, Role
from branches.services.audit import first_broken_link
from branches.services.campaigns import change_rule, publish_revision, start_revision
from branches.services.steps import note_step, order_redo
from branches.services.versions import Stale
from branches.workflow import NotAllowed, perform
from rectification.models import (
    DutyStatus,
    MeasureCase,
    RoundStatus,
    SatisfactionDuty,
    Survey,
    SurveyCount,
    SurveyRound,
    SurveySeat,
    agreed_total,
)
from rectification.progress.satisfaction import surveys_by_organization
from rectification.rules.satisfaction import Count
from rectification.services import satisfaction, survey_counts, surveys
from rectification.workflow.satisfaction import MEASURE_CASE, SATISFACTION_DUTY, SURVEY_ROUND, result_of
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import published_campaign, secretary_of
from tests.factories.surveys import BAD, GOOD, PRESET, Surveyed, bring_to, make_up_done, surveyed, type_count

pytestmark = pytest.mark.django_db


def heads_of(
    made: Surveyed, *numbers: tuple[int | None, int | None]
) -> dict[int, tuple[int | None, int | None]]:
    """The numbers by class, in order."""
    return dict(zip([row.pk for row in made.round.classes.all()], numbers, strict=True))


def save(
    made: Surveyed, *numbers: tuple[int | None, int | None], day: datetime.date | None = None
) -> SurveyRound:
    """Save the papers as the secretary."""
    return surveys.save_heads(
        survey_round=made.round,
        version=made.now().version,
        day=day,
        heads=heads_of(made, *numbers),
        by=made.secretary,
    )


class TestBeginning:
    def test_it_freezes_what_the_rules_want(self) -> None:
        made = surveyed()
        one = made.now()
        assert [label for _key, label in one.scale] == ["满意", "比较满意", "基本满意", "不满意"]
        assert one.satisfied == ["satisfied", "fairly"]
        assert (one.above, one.below, one.base, one.rules_version, one.least_shown) == (2, 3, "valid", 1, 5)
        assert [row.name for row in one.classes.all()] == ["服务对象", "群众"]
        assert made.survey.label == "群众满意度测评（学习动员）"
        assert str(made.survey) == f"{made.organization.short_name}群众满意度测评（学习动员）"
        assert str(one).endswith("（首次测评）")
        assert str(one.classes.first()) == "服务对象"
        assert (one.rate, one.is_over, one.organization) == (None, False, made.organization)

    def test_beginning_again_leads_to_the_one_that_stands(self) -> None:
        made = surveyed()
        again = surveys.begin(
            campaign=made.campaign, organization=made.organization, step="satisfaction-1", by=made.office
        )
        assert again.pk == made.round.pk
        assert AuditEvent.objects.filter(action="begin_survey").count() == 1

    def test_without_a_threshold_it_is_only_told(self) -> None:
        made = surveyed("closed", votes=BAD, rules={"satisfaction_threshold": None, "respondents": []})
        assert made.now().threshold is None
        assert made.round.passed is None
        assert [row.name for row in made.round.classes.all()] == ["群众"]
        assert not SatisfactionDuty.objects.exists()

    @pytest.mark.parametrize(
        ("step", "words"), [("study", "不是群众满意度测评"), ("satisfaction-9", "没有这个环节")]
    )
    def test_only_a_step_that_is_a_survey_begins_one(self, step: str, words: str) -> None:
        made = surveyed()
        with pytest.raises(NotAllowed, match=words):
            surveys.begin(
                campaign=made.campaign, organization=made.organization, step=step, by=made.secretary
            )

    def test_it_is_refused_to_others(self) -> None:
        made = surveyed()
        member = account_with(None, made.organization)
        with pytest.raises(NotAllowed, match="测评由本组织书记"):
            surveys.begin(
                campaign=made.campaign, organization=made.organization, step="satisfaction-2", by=member
            )

    def test_rules_nobody_can_count_by_are_refused(self) -> None:
        scale = [{"key": "good", "label": "好"}, {"key": "bad", "label": "差"}]
        above = OrganizationFactory.create(kind=Kind.COMMITTEE, category="office")
        branch = OrganizationFactory.create(parent=above)
        campaign = published_campaign(above, preset=PRESET, rules={"satisfaction_scale": scale})
        with pytest.raises(NotAllowed, match="核对“哪些算满意”"):
            surveys.begin(
                campaign=campaign, organization=branch, step="satisfaction-1", by=secretary_of(branch)
            )
        assert not Survey.objects.exists()

    def test_a_round_ordered_from_above_has_its_own_survey(self) -> None:
        made = surveyed("closed")
        order_redo(campaign=made.campaign, organization=made.organization, reason="走过场", by=made.office)
        again = surveys.begin(
            campaign=made.campaign, organization=made.organization, step="satisfaction-1", by=made.secretary
        )
        assert again.survey.round_no == 2
        inside = Organization.objects.filter(pk=made.organization.pk)
        found = surveys_by_organization(made.campaign, inside, {made.organization.pk: 2})
        assert found[made.organization.pk].facts[0][1].word == "正在测评"


class TestPapers:
    def test_numbers_are_kept_as_far_as_known(self) -> None:
        made = surveyed()
        save(made, (50, None), (None, None))
        assert made.round.classes.get(ordinal=1).issued == 50
        with pytest.raises(NotAllowed, match="请填写测评日期"):
            surveys.collect(survey_round=made.round, version=made.now().version, by=made.secretary)
        save(made, (50, None), (0, 0), day=timezone.localdate())
        with pytest.raises(NotAllowed, match="请填写发出和收回"):
            surveys.collect(survey_round=made.round, version=made.now().version, by=made.secretary)

    @pytest.mark.parametrize(
        ("numbers", "words"),
        [((10, 11), "多于发出的 10 张"), ((None, 3), "还要填发出"), ((100_000, 1), "张数须在 0 到")],
    )
    def test_numbers_no_papers_have_are_refused(self, numbers: tuple[int | None, int], words: str) -> None:
        made = surveyed()
        with pytest.raises(NotAllowed, match=words):
            save(made, numbers, (0, 0))
        assert made.round.classes.get(ordinal=1).issued is None

    def test_the_day_is_neither_to_come_nor_of_another_year(self) -> None:
        made = surveyed()
        today = timezone.localdate()
        with pytest.raises(NotAllowed, match="不能晚于今天"):
            save(made, (5, 5), (0, 0), day=today + datetime.timedelta(days=1))
        with pytest.raises(NotAllowed, match="请核对年份"):
            save(made, (5, 5), (0, 0), day=today.replace(year=2019))

    def test_two_who_save_at_once_do_not_lose_each_others_numbers(self) -> None:
        made = surveyed()
        first = made.now().version
        save(made, (50, 40), (0, 0))
        with pytest.raises(Stale) as caught:
            surveys.save_heads(
                survey_round=made.round,
                version=first,
                day=None,
                heads=heads_of(made, (60, 40), (0, 0)),
                by=made.office,
            )
        assert caught.value.saved.version == first + 1
        assert made.round.classes.get(ordinal=1).issued == 50

    def test_classes_of_another_survey_are_left_alone(self) -> None:
        made, other = surveyed(), surveyed()
        heads = heads_of(other, (9, 9), (9, 9))
        surveys.save_heads(
            survey_round=made.round, version=made.now().version, day=None, heads=heads, by=made.secretary
        )
        assert other.round.classes.get(ordinal=1).issued is None

    def test_after_the_count_began_they_are_put_right_only_openly(self) -> None:
        made = surveyed("counting")
        with pytest.raises(NotAllowed, match="改正张数"):
            save(made, (50, 40), (0, 0))
        type_count(made, made.secretary, Count(GOOD, 0, 0))
        survey_counts.finish(survey_round=made.now(), by=made.secretary)
        surveys.fix(survey_round=made.round, version=made.now().version, by=made.secretary)
        assert made.now().status == RoundStatus.OPEN
        assert not SurveySeat.objects.filter(finished=True).exists()
        save(made, (233, 231), (0, 0), day=timezone.localdate())
        surveys.collect(survey_round=made.round, version=made.now().version, by=made.secretary)
        assert survey_counts.problems_of(made.now(), made.secretary) == [
            "服务对象：各栏合计 230 张，收回的是 231 张，少 1 张，请再数一遍。"
        ]

    def test_the_database_itself_refuses_more_papers_back_than_out(self) -> None:
        made = surveyed()
        with pytest.raises(IntegrityError), transaction.atomic():
            made.round.classes.filter(ordinal=1).update(issued=1, returned=2)


class TestCounting:
    def test_two_seats_are_two_different_people(self) -> None:
        made = surveyed("counting")
        first = survey_counts.take_seat(survey_round=made.round, by=made.secretary)
        assert survey_counts.take_seat(survey_round=made.round, by=made.secretary).pk == first.pk
        second = survey_counts.take_seat(survey_round=made.round, by=made.office)
        assert (first.number, second.number, str(first), str(second)) == (1, 2, "甲", "乙")
        with pytest.raises(NotAllowed, match=r"两个人（.+）已经在数"):
            survey_counts.take_seat(survey_round=made.round, by=made.second)

    def test_the_database_itself_refuses_one_person_in_both_seats(self) -> None:
        made = surveyed("counting")
        survey_counts.take_seat(survey_round=made.round, by=made.secretary)
        with pytest.raises(IntegrityError), transaction.atomic():
            SurveySeat.objects.create(round=made.round, number=2, holder=made.secretary, name="同一人")

    def test_nobody_sees_what_the_other_counted(self) -> None:
        made = surveyed("counting")
        type_count(made, made.secretary, Count(GOOD, 0, 0))
        assert survey_counts.own_counts(made.now(), made.second) == {}
        survey_counts.take_seat(survey_round=made.round, by=made.second)
        assert survey_counts.own_counts(made.now(), made.second) == {}
        assert list(survey_counts.own_counts(made.now(), made.secretary).values()) == [Count(GOOD, 0, 0)]
        row = SurveyCount.objects.get()
        assert (str(row), row.count) == ("服务对象 甲", Count(GOOD, 0, 0))

    def test_what_does_not_add_up_is_kept_and_told(self) -> None:
        made = surveyed("counting")
        wrong = type_count(made, made.secretary, Count((150, 21, 49, 9), 0, 0))
        assert wrong == ["服务对象：各栏合计 229 张，收回的是 230 张，少 1 张，请再数一遍。"]
        with pytest.raises(NotAllowed, match="少 1 张"):
            survey_counts.finish(survey_round=made.now(), by=made.secretary)
        assert survey_counts.save_count(survey_round=made.now(), counts={}, by=made.second) == [
            "服务对象：还没有录。"
        ]

    @pytest.mark.parametrize("count", [Count((1, 2, 3), 0, 0), Count((1, 2, 3, -4), 0, 0)])
    def test_what_is_no_number_of_papers_is_refused(self, count: Count) -> None:
        made = surveyed("counting")
        with pytest.raises(NotAllowed, match="票数须在 0 到"):
            type_count(made, made.secretary, count)

    def test_a_change_opens_the_own_count_again(self) -> None:
        made = surveyed("typed")
        same = type_count(made, made.secretary, Count(GOOD, 0, 0))
        assert same == []
        assert SurveySeat.objects.filter(finished=True).count() == 2
        type_count(made, made.secretary, Count((149, 22, 49, 10), 0, 0))
        assert SurveySeat.objects.filter(finished=True).count() == 1
        with pytest.raises(NotAllowed, match="还没有都数完"):
            survey_counts.differences(survey_round=made.now(), by=made.secretary)
        survey_counts.finish(survey_round=made.now(), by=made.secretary)
        survey_counts.finish(survey_round=made.now(), by=made.secretary)
        assert AuditEvent.objects.filter(action="finish_survey_count").count() == 3

    def test_counts_of_other_classes_are_left_out(self) -> None:
        made, other = surveyed("counting"), surveyed("counting")
        pk = other.round.classes.get(ordinal=1).pk
        survey_counts.save_count(survey_round=made.now(), counts={pk: Count(GOOD, 0, 0)}, by=made.secretary)
        assert not SurveyCount.objects.exists()

    def test_what_differs_is_counted_again_together(self) -> None:
        made = surveyed("typed")
        type_count(made, made.second, Count((148, 23, 49, 10), 0, 0))
        survey_counts.finish(survey_round=made.now(), by=made.second)
        (apart,) = survey_counts.differences(survey_round=made.now(), by=made.secretary)
        assert (apart.first.counts, apart.second.counts, apart.places) == (
            GOOD,
            (148, 23, 49, 10),
            (0, 1),
        )
        row = apart.respondents
        with pytest.raises(NotAllowed, match="请先一起核对"):
            survey_counts.match(survey_round=made.now(), by=made.secretary)
        with pytest.raises(NotAllowed, match="少 1 张"):
            survey_counts.count_again(
                survey_round=made.now(),
                respondents=row.pk,
                count=Count((149, 21, 49, 10), 0, 0),
                by=made.second,
            )
        settled = Count((149, 22, 49, 10), 0, 0)
        survey_counts.count_again(survey_round=made.now(), respondents=row.pk, count=settled, by=made.second)
        assert survey_counts.differences(survey_round=made.now(), by=made.secretary) == []
        survey_counts.match(survey_round=made.now(), by=made.secretary)
        assert made.round.classes.get(ordinal=1).count == settled
        assert made.round.classes.get(ordinal=2).count == Count((0, 0, 0, 0), 0, 0)
        event = AuditEvent.objects.get(action="match")
        assert event.detail["again"] == 1

    def test_what_both_counted_alike_is_not_counted_again(self) -> None:
        made = surveyed("typed")
        row = made.round.classes.get(ordinal=1)
        with pytest.raises(NotAllowed, match="两人数得一样"):
            survey_counts.count_again(
                survey_round=made.now(), respondents=row.pk, count=Count(GOOD, 0, 0), by=made.secretary
            )

    def test_only_the_two_compare(self) -> None:
        made = surveyed("typed")
        with pytest.raises(NotAllowed, match=r"由计票的两个人（甲 .+、乙 .+）一起核对"):
            survey_counts.differences(survey_round=made.now(), by=made.office)

    def test_another_person_may_take_over_a_seat_from_the_start(self) -> None:
        made = surveyed("typed")
        survey_counts.free_seat(survey_round=made.now(), number=2, by=made.secretary)
        survey_counts.free_seat(survey_round=made.now(), number=2, by=made.secretary)
        assert SurveyCount.objects.filter(seat=2).count() == 0
        assert SurveyCount.objects.filter(seat=1).count() == 1
        assert AuditEvent.objects.filter(action="free_survey_seat").count() == 1
        type_count(made, made.office, Count(GOOD, 0, 0))
        survey_counts.finish(survey_round=made.now(), by=made.office)
        survey_counts.match(survey_round=made.now(), by=made.office)
        assert made.now().status == RoundStatus.MATCHED

    def test_counting_ends_with_the_result(self) -> None:
        made = surveyed("matched")
        with pytest.raises(NotAllowed, match="不能录票数"):
            type_count(made, made.secretary, Count(GOOD, 0, 0))
        member = account_with(None, made.organization)
        with pytest.raises(NotAllowed, match="计票由本组织班子成员"):
            survey_counts.take_seat(survey_round=made.now(), by=member)

    def test_papers_that_are_all_void_give_no_rate(self) -> None:
        made = surveyed("typed", votes=(0, 0, 0, 0), void=12)
        with pytest.raises(NotAllowed, match="没有一张有效票"):
            survey_counts.match(survey_round=made.now(), by=made.secretary)

    def test_counts_that_fit_the_papers_no_longer_form_no_result(self) -> None:
        made = surveyed("typed")
        made.round.classes.filter(ordinal=1).update(returned=229)
        with pytest.raises(NotAllowed, match="多 1 张"):
            survey_counts.match(survey_round=made.now(), by=made.secretary)

    def test_a_result_may_be_counted_again_until_it_is_certified(self) -> None:
        made = surveyed("matched")
        with pytest.raises(NotAllowed, match="须写明原因"):
            survey_counts.recount(
                survey_round=made.round, version=made.now().version, note=" ", by=made.secretary
            )
        survey_counts.recount(
            survey_round=made.round, version=made.now().version, note="票堆混了", by=made.secretary
        )
        assert made.now().status == RoundStatus.COUNTING
        assert result_of(made.round) is None
        assert agreed_total(list(made.round.classes.all()), 4) is None
        assert SurveyCount.objects.count() == 2, "what each typed stays"
        for person in (made.secretary, made.second):
            survey_counts.finish(survey_round=made.now(), by=person)
        survey_counts.match(survey_round=made.now(), by=made.secretary)
        assert result_of(made.now()) == (Count(GOOD, 0, 0), 233)


class TestVoid:
    def test_a_first_survey_is_begun_anew_by_people(self) -> None:
        made = surveyed("counting")
        type_count(made, made.secretary, Count(GOOD, 0, 0))
        with pytest.raises(NotAllowed, match="只能由督导组或者上级党组织作废"):
            surveys.void(survey_round=made.round, version=made.now().version, note="重来", by=made.secretary)
        surveys.void(survey_round=made.round, version=made.now().version, note="表印错了", by=made.office)
        assert (made.now().status, made.round.reason) == (RoundStatus.VOID, "表印错了")
        assert not SurveyCount.objects.exists()
        assert surveys.present_round(made.survey) is None
        again = surveys.begin(
            campaign=made.campaign, organization=made.organization, step="satisfaction-1", by=made.secretary
        )
        assert again.turn == 1
        assert again.survey_id == made.survey.pk

    def test_a_survey_after_the_make_up_is_opened_anew_at_once(self) -> None:
        made = surveyed("closed", votes=BAD)
        second = made.newest()
        surveys.void(survey_round=second, version=second.version, note="表印错了", by=made.secretary)
        anew = made.newest()
        assert (anew.turn, anew.status) == (2, RoundStatus.OPEN)
        assert anew.pk != second.pk

    def test_a_survey_goes_on_under_the_rules_it_began_with(self) -> None:
        made = surveyed("counting", votes=BAD)
        draft = start_revision(campaign=made.campaign, by=made.office)
        change_rule(campaign=made.campaign, key="satisfaction_threshold", value="1/3", by=made.office)
        publish_revision(campaign=made.campaign, reason="上级通知", by=made.office)
        assert draft.version == 2
        fresh = Campaign.objects.get(pk=made.campaign.pk)
        assert fresh.rule_set().version == 2
        for person in (made.secretary, made.second):
            type_count(made, person, Count(BAD, 0, 0))
            survey_counts.finish(survey_round=made.now(), by=person)
        survey_counts.match(survey_round=made.now(), by=made.secretary)
        satisfaction.close(survey_round=made.round, version=made.now().version, by=made.secretary)
        assert (made.now().passed, made.round.rules_version, made.round.below) == (False, 1, 3)
        assert made.newest().below == 3
        assert made.newest().above == 1, "the survey after 补课 begins under the rules of today"


class TestCertifying:
    def test_a_reached_demand_brings_nothing(self) -> None:
        made = surveyed("closed")
        one = made.now()
        assert (one.satisfied_votes, one.base_votes, one.passed, one.few) == (171, 230, True, False)
        assert one.rate is not None
        assert one.is_over
        assert not SatisfactionDuty.objects.exists()
        assert surveys.present_round(made.survey) == one
        assert first_broken_link() is None

    @pytest.mark.parametrize(
        ("base", "passed", "number"), [("valid", True, 15), ("returned", False, 20), ("issued", False, 23)]
    )
    def test_the_denominator_of_the_rules_decides(self, base: str, passed: bool, number: int) -> None:
        made = surveyed("closed", votes=(10, 0, 4, 0), abstained=1, void=5, rules={"satisfaction_base": base})
        assert (made.now().base_votes, made.round.passed) == (number, passed)

    def test_it_is_refused_without_a_result_and_by_a_page_that_is_old(self) -> None:
        made = surveyed("typed")
        with pytest.raises(NotAllowed, match="正在计票"):
            satisfaction.close(survey_round=made.round, version=made.now().version, by=made.secretary)
        survey_counts.match(survey_round=made.now(), by=made.secretary)
        with pytest.raises(Stale):
            satisfaction.close(survey_round=made.round, version=0, by=made.secretary)
        made.round.classes.update(counts=[])
        with pytest.raises(NotAllowed, match="还没有形成结果"):
            satisfaction.close(survey_round=made.round, version=made.now().version, by=made.secretary)

    def test_duties_are_those_of_the_rules_and_no_others(self) -> None:
        made = surveyed("closed", votes=BAD, rules={"failing_duties": ["admonition"]})
        duty = SatisfactionDuty.objects.get()
        assert (duty.kind, str(duty), duty.organization) == (
            "admonition",
            "对主要负责人诫勉谈话",
            made.organization,
        )
        assert made.survey.rounds.count() == 1, "no make-up where the rules want none"

    def test_the_head_is_the_office_with_its_name_at_the_time(self) -> None:
        made = surveyed("matched", votes=BAD)
        made.organization.appointments.filter(role=Role.SECRETARY).update(
            ends_on=timezone.localdate() - datetime.timedelta(days=1)
        )
        assert satisfaction.head_of(made.organization) == (f"{made.organization.short_name}书记", "")
        deputy = account_with(Role.DEPUTY, made.organization, full_name="何长河")
        assert satisfaction.head_of(made.organization) == (f"{made.organization.short_name}副书记", "何长河")
        satisfaction.close(survey_round=made.round, version=made.now().version, by=made.office)
        owners = {duty.kind: (duty.owner_post, duty.owner_name) for duty in SatisfactionDuty.objects.all()}
        assert owners == {
            "make_up": (made.organization.short_name, ""),
            "self_criticism": (f"{made.organization.short_name}副书记", "何长河"),
            "admonition": (f"{made.organization.short_name}副书记", "何长河"),
            "accountability": ("有关责任人", ""),
        }
        told = Notice.objects.filter(kind="survey_failed")
        recipients = set(told.values_list("recipient", flat=True))
        assert recipients >= {made.second.pk, deputy.pk}
        assert recipients.isdisjoint({made.secretary.pk, made.office.pk}), (
            "neither who left nor who certified"
        )
        assert not any("何长河" in notice.title + notice.body for notice in told)

    @pytest.mark.parametrize(("again", "cases"), [("measures", 1), ("none", 0)])
    def test_a_second_failure_brings_what_the_rules_say(self, again: str, cases: int) -> None:
        made = surveyed("closed", votes=BAD, rules={"failing_again": again})
        make_up_done(made)
        made.newest()
        bring_to(made, "closed", votes=BAD)
        assert MeasureCase.objects.count() == cases
        assert SatisfactionDuty.objects.count() == 4
        assert made.survey.rounds.count() == 2

    def test_a_second_survey_that_reaches_it_ends_there(self) -> None:
        made = surveyed("closed", votes=BAD)
        make_up_done(made)
        made.newest()
        bring_to(made, "closed", votes=GOOD)
        assert not MeasureCase.objects.exists()
        inside = Organization.objects.filter(pk=made.organization.pk)
        (facts,) = surveys_by_organization(made.campaign, inside, {}).values()
        assert facts.facts[0][1].word == "补课后达到要求"

    def test_few_papers_are_marked(self) -> None:
        made = surveyed("closed", votes=(3, 0, 0, 1))
        assert made.now().few


class TestMakeUp:
    def test_it_comes_before_the_second_survey(self) -> None:
        made = surveyed("closed", votes=BAD)
        made.newest()
        with pytest.raises(NotAllowed, match="先登记补课"):
            bring_to(made, "counting")
        make_up_done(made)
        bring_to(made, "counting")
        assert made.now().status == RoundStatus.COUNTING

    def test_the_second_survey_is_not_earlier_than_the_first_result_or_the_make_up(self) -> None:
        with time_machine.travel(datetime.datetime(2026, 3, 2, 4, tzinfo=datetime.UTC), tick=False) as clock:
            made = surveyed("closed", votes=BAD)
            clock.shift(datetime.timedelta(days=10))
            make_up_done(made)
            made.newest()
            with pytest.raises(NotAllowed, match="应在上一次结果核定以后"):
                save(made, (9, 9), (0, 0), day=datetime.date(2026, 3, 1))
            with pytest.raises(NotAllowed, match="应在上一次结果核定以后"):
                save(made, (9, 9), (0, 0), day=datetime.date(2026, 3, 13))
            save(made, (9, 9), (0, 0), day=datetime.date(2026, 3, 5))
            with pytest.raises(NotAllowed, match="早于补课的日期"):
                surveys.collect(survey_round=made.round, version=made.now().version, by=made.secretary)

    def test_let_off_by_the_superior_it_is_not_waited_for(self) -> None:
        made = surveyed("closed", votes=BAD)
        duty = SatisfactionDuty.objects.get(kind="make_up")
        satisfaction.waive(duty=duty, version=0, note="防汛", by=made.office)
        made.newest()
        bring_to(made, "counting")
        duty.refresh_from_db()
        assert (duty.status, duty.note) == (DutyStatus.WAIVED, "防汛")

    def test_where_there_is_no_such_duty_nothing_is_waited_for(self) -> None:
        made = surveyed("closed", votes=BAD)
        SatisfactionDuty.objects.filter(kind="make_up").delete()
        made.newest()
        bring_to(made, "counting")
        assert made.now().status == RoundStatus.COUNTING


class TestDuties:
    def duty(self, kind: str) -> tuple[Surveyed, SatisfactionDuty]:
        made = surveyed("closed", votes=BAD)
        return made, SatisfactionDuty.objects.get(kind=kind)

    def test_a_day_to_come_or_before_the_result_is_refused(self) -> None:
        made, duty = self.duty("make_up")
        today = timezone.localdate()
        for day, words in ((1, "不能晚于今天"), (-1, "早于测评结果核定")):
            with pytest.raises(NotAllowed, match=words):
                satisfaction.fulfil(
                    duty=duty, version=0, done_on=today + datetime.timedelta(days=day), by=made.secretary
                )

    def test_who_heard_it_is_written_down(self) -> None:
        made, duty = self.duty("admonition")
        with pytest.raises(NotAllowed, match="由谁谈话"):
            satisfaction.fulfil(
                duty=duty, version=0, done_on=timezone.localdate(), heard_by=" ", by=made.office
            )
        done = satisfaction.fulfil(
            duty=duty, version=0, done_on=timezone.localdate(), heard_by="镇党委书记", by=made.office
        )
        assert (done.status, done.heard_by) == (DutyStatus.DONE, "镇党委书记")

    def test_two_who_note_at_once_do_not_overwrite_each_other(self) -> None:
        made, duty = self.duty("self_criticism")
        day = timezone.localdate()
        satisfaction.fulfil(duty=duty, version=0, done_on=day, heard_by="镇党委", by=made.secretary)
        with pytest.raises(Stale):
            satisfaction.fulfil(duty=duty, version=0, done_on=day, heard_by="别人", by=made.office)
        duty.refresh_from_db()
        assert duty.heard_by == "镇党委"

    def test_a_wrong_note_is_taken_back_from_above_with_a_reason(self) -> None:
        made, duty = self.duty("make_up")
        make_up_done(made)
        duty.refresh_from_db()
        with pytest.raises(NotAllowed, match="由上级党组织决定"):
            satisfaction.take_back(duty=duty, version=duty.version, note="记错", by=made.secretary)
        back = satisfaction.take_back(duty=duty, version=duty.version, note="记错", by=made.office)
        assert (back.status, back.done_on, back.note) == (DutyStatus.OWED, None, "")
        make_up_done(made)
        made.newest()
        bring_to(made, "counting")
        duty.refresh_from_db()
        with pytest.raises(NotAllowed, match="补课的登记不能再改"):
            satisfaction.take_back(duty=duty, version=duty.version, note="记错", by=made.office)

    def test_what_was_not_closed_has_no_day_to_be_later_than(self) -> None:
        made, duty = self.duty("make_up")
        SurveyRound.objects.filter(pk=duty.round_id).update(status="matched", closed_on=None)
        duty = SatisfactionDuty.objects.get(pk=duty.pk)
        duty.done_on = timezone.localdate() - datetime.timedelta(days=3)
        assert SATISFACTION_DUTY.step(duty, "fulfil_duty", made.secretary)


class TestCase:
    def case(self) -> tuple[Surveyed, MeasureCase]:
        made = surveyed("closed", votes=BAD)
        make_up_done(made)
        made.newest()
        bring_to(made, "closed", votes=BAD)
        return made, MeasureCase.objects.get()

    def test_it_is_decided_in_words_by_those_above_and_then_settled(self) -> None:
        made, case = self.case()
        assert (str(case), case.organization) == ("组织措施", made.organization)
        today = timezone.localdate()
        later = today + datetime.timedelta(days=1)
        for day, text, words in ((today, " ", "请写明决定的内容"), (later, "调整", "还没有到")):
            with pytest.raises(NotAllowed, match=words):
                satisfaction.decide(case=case, version=0, decided_on=day, decision=text, by=made.office)
        decided = satisfaction.decide(
            case=case, version=0, decided_on=today, decision="批评教育", by=made.office
        )
        assert Notice.objects.filter(kind="measure_decided").get().recipient == made.secretary
        with pytest.raises(Stale):
            satisfaction.settle(case=case, version=0, closed_on=today, outcome="", by=made.office)
        with pytest.raises(NotAllowed, match="在决定那天和今天之间"):
            satisfaction.settle(
                case=case, version=decided.version, closed_on=later, outcome="", by=made.office
            )
        settled = satisfaction.settle(
            case=case, version=decided.version, closed_on=today, outcome="已执行", by=made.office
        )
        assert (settled.status, settled.outcome) == ("closed", "已执行")

    def test_without_its_day_nothing_is_settled(self) -> None:
        made, case = self.case()
        case.status = "decided"
        from_table = MEASURE_CASE.step(case, "settle_measures", made.office)
        assert "请填写办结的日期" in getattr(from_table, "reason", "")


class TestProgress:
    def facts(self, made: Surveyed) -> dict[str, tuple[str, bool, bool]]:
        inside = Organization.objects.filter(pk=made.organization.pk)
        found = surveys_by_organization(made.campaign, inside, {}).get(made.organization.pk)
        return {step: (f.word, f.done, firm) for step, f, firm in found.facts} if found else {}

    def test_it_says_how_far_the_survey_is(self) -> None:
        made = surveyed()
        assert self.facts(made) == {"satisfaction-1": ("正在测评", False, False)}
        bring_to(made, "closed")
        assert self.facts(made) == {"satisfaction-1": ("已测评，达到要求", True, True)}

    def test_a_tick_by_hand_holds_beside_a_survey_under_way_but_not_against_a_failed_one(self) -> None:
        made = surveyed()
        inside = Organization.objects.filter(pk=made.organization.pk)
        ticked = {"satisfaction-1": "by hand"}
        known = dict(ticked)
        surveys_by_organization(made.campaign, inside, {})[made.organization.pk].merge(known)  # type: ignore[arg-type]
        assert known == ticked
        bring_to(made, "closed", votes=BAD)
        surveys_by_organization(made.campaign, inside, {})[made.organization.pk].merge(known)  # type: ignore[arg-type]
        assert known["satisfaction-1"] != "by hand"
        note_step(
            campaign=made.campaign,
            organization=made.organization,
            step="satisfaction-2",
            done_on=timezone.localdate(),
            by=made.secretary,
        )

    def test_words_of_results(self) -> None:
        none = surveyed("closed", rules={"satisfaction_threshold": None})
        assert self.facts(none)["satisfaction-1"] == ("已测评", True, True)
        alone = surveyed("closed", votes=BAD, rules={"failing_duties": ["admonition"]})
        assert self.facts(alone)["satisfaction-1"] == ("已测评，没有达到要求", True, True)
        other = surveyed("closed")
        inside = Organization.objects.filter(pk=other.organization.pk)
        assert surveys_by_organization(other.campaign, inside, {other.organization.pk: 2}) == {}


def test_the_table_itself_asks_for_both_counts() -> None:
    made = surveyed("counting")
    answer = SURVEY_ROUND.step(made.now(), "match", made.secretary)
    assert "还没有都数完" in getattr(answer, "reason", "")


@pytest.mark.parametrize("model", [Survey, SurveyRound, SatisfactionDuty, MeasureCase])
def test_nobody_logged_in_sees_nothing(model: Any) -> None:
    surveyed("closed", votes=BAD)
    assert not model.objects.visible_to(AnonymousUser()).exists()


def test_only_perform_moves_a_round() -> None:
    made = surveyed("matched")
    moved = perform(SURVEY_ROUND, made.now(), "recount", by=made.secretary, note="再数")
    assert moved.status == RoundStatus.COUNTING
