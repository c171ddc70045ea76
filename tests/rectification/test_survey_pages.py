"""The pages of a survey: what they show to whom, that nothing typed is lost, and what they never show."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Role, User
from branches.rules.standing import Standing
from branches.rules.steps import Step
from branches.services.campaigns import change_rule, publish_revision, start_revision
from branches.services.steps import note_step, steps_for
from config.home.step_links import where_to
from rectification.models import MeasureCase, RoundStatus, SatisfactionDuty, SurveyCount
from rectification.rules.satisfaction import Count
from rectification.services import satisfaction, survey_counts, surveys
from tests.factories.branches import account_with
from tests.factories.surveys import BAD, GOOD, Surveyed, bring_to, make_up_done, surveyed, type_count

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"rectification:{name}", args=args)


def shown(user: User, name: str, *args: Any) -> str:
    answer = client_of(user).get(at(name, *args))
    assert answer.status_code == 200
    return str(answer.content.decode())


def posted(user: User, name: str, *args: Any, **data: Any) -> tuple[int, str]:
    answer = client_of(user).post(at(name, *args), data, follow=True)
    return answer.status_code, str(answer.content.decode())


def heads(made: Surveyed, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"version": made.now().version, "day": timezone.localdate().isoformat()}
    for row in made.round.classes.all():
        data |= {f"i{row.pk}": "50", f"r{row.pk}": "40"}
    return data | more


def cells(made: Surveyed, *numbers: str) -> dict[str, str]:
    row = made.round.classes.get(ordinal=1)
    return {f"c{row.pk}_{i}": number for i, number in enumerate(numbers)}


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


class TestList:
    def test_it_lists_the_surveys_of_the_campaign_with_the_rules(self) -> None:
        made = surveyed("closed")
        note_step(
            campaign=made.campaign,
            organization=made.organization,
            step="satisfaction-3",
            done_on=timezone.localdate(),
            by=made.secretary,
        )
        page = shown(made.secretary, "surveys", made.campaign.slug, made.organization.pk)
        assert "已测评，达到要求" in page
        assert "还没有测评" in page
        assert "已登记完成（纸质）" in page
        assert "满意、比较满意" in page
        assert "三分之二" in page
        assert "服务对象、群众" in page
        assert "每個階段都要對群眾滿意度進行督查測評" in page

    def test_one_who_only_reads_is_told_who_may(self) -> None:
        made = surveyed()
        member = account_with(Role.COMMITTEE, made.organization)
        page = shown(member, "surveys", made.campaign.slug, made.organization.pk)
        assert "测评由本组织书记、副书记、组织委员" in page
        assert "开始测评" not in page

    def test_where_the_rules_want_none_it_says_so(self) -> None:
        made = surveyed(rules={"satisfaction_surveys": 1, "steps": []})
        start_revision(campaign=made.campaign, by=made.office)
        change_rule(campaign=made.campaign, key="satisfaction_surveys", value=0, by=made.office)
        publish_revision(campaign=made.campaign, reason="不再测评", by=made.office)
        page = shown(made.secretary, "surveys", made.campaign.slug, made.organization.pk)
        assert "不要求测评群众满意度" in page

    def test_beginning_what_is_none_is_told_on_the_list(self) -> None:
        made = surveyed()
        status, page = posted(
            made.secretary, "survey_begin", made.campaign.slug, made.organization.pk, "study"
        )
        assert status == 200
        assert "不是群众满意度测评" in page

    def test_the_step_of_the_campaign_leads_here(self) -> None:
        made = surveyed()
        step: Step = next(s for s in steps_for(made.campaign, made.organization) if s.key == "satisfaction-2")
        url, action = where_to(Standing(step, "open", None, ""), made.campaign, made.organization)
        assert url == at("surveys", made.campaign.slug, made.organization.pk)
        assert action == "办理群众满意度测评"

    def test_the_number_of_queries_does_not_grow(self) -> None:
        made = surveyed("closed")
        with CaptureQueriesContext(connection) as few:
            shown(made.secretary, "surveys", made.campaign.slug, made.organization.pk)
        for number in (2, 3):
            more = surveyed(
                "closed",
                organization=made.organization,
                campaign=made.campaign,
                step=f"satisfaction-{number}",
            )
            assert more.round
        with CaptureQueriesContext(connection) as many:
            shown(made.secretary, "surveys", made.campaign.slug, made.organization.pk)
        assert len(many) == len(few)


class TestPapers:
    def test_they_are_saved_and_may_be_taken_on_to_the_count(self) -> None:
        made = surveyed()
        status, page = posted(made.secretary, "survey_heads", made.round.pk, **heads(made))
        assert (status, made.now().status) == (200, RoundStatus.OPEN)
        assert "已保存" in page
        _status, page = posted(made.secretary, "survey_heads", made.round.pk, **heads(made, then="collect"))
        assert made.now().status == RoundStatus.COUNTING
        assert "发出 50 张，收回 40 张" in page

    def test_a_mistake_comes_back_with_what_was_typed(self) -> None:
        made = surveyed()
        row = made.round.classes.get(ordinal=1)
        _status, page = posted(
            made.secretary, "survey_heads", made.round.pk, **heads(made, **{f"r{row.pk}": "61"})
        )
        assert "多于发出的 50 张" in page
        assert 'value="61"' in page
        _status, page = posted(
            made.secretary, "survey_heads", made.round.pk, **heads(made, **{f"r{row.pk}": "x1"})
        )
        assert "请填数字" in page
        assert 'value="x1"' in page
        assert made.now().version == 0

    def test_what_another_saved_meanwhile_is_not_overwritten(self) -> None:
        made = surveyed()
        mine = heads(made)
        posted(made.office, "survey_heads", made.round.pk, **heads(made))
        row = made.round.classes.get(ordinal=1)
        answer = client_of(made.secretary).post(
            at("survey_heads", made.round.pk), mine | {f"i{row.pk}": "77"}
        )
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "别人刚刚保存过" in page
        assert 'value="77"' in page
        assert f'name="version" value="{made.now().version}"' in page

    def test_saved_but_not_yet_countable_is_said(self) -> None:
        made = surveyed()
        _status, page = posted(
            made.secretary, "survey_heads", made.round.pk, **heads(made, then="collect", day="")
        )
        assert "已保存，还不能计票：请填写测评日期" in page
        assert made.round.classes.get(ordinal=1).issued == 50

    @pytest.mark.parametrize(("query", "forms"), [("", 4), ("?on=2", 2), ("?on=1", 1), ("?on=9", 4)])
    def test_the_form_is_printed_for_each_class_without_a_name(self, query: str, forms: int) -> None:
        made = surveyed()
        answer = client_of(made.secretary).get(at("survey_form_pdf", made.round.pk) + query)
        pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
        assert len(pages) == 2, "one page for each class"
        text = pages[0].extract_text()
        assert text.count("群众满意度测评表") == forms
        assert text.count("不署名") == forms
        assert "服务对象" in text
        assert "群众" in pages[1].extract_text()
        assert "基本满意" in text

    def test_changed_rules_are_told(self) -> None:
        made = surveyed()
        start_revision(campaign=made.campaign, by=made.office)
        change_rule(campaign=made.campaign, key="satisfaction_threshold", value="3/5", by=made.office)
        publish_revision(campaign=made.campaign, reason="上级通知", by=made.office)
        page = shown(made.secretary, "survey", made.survey.pk)
        assert "规则已经修改为第 2 版" in page


class TestCounting:
    def test_one_sits_down_before_one_counts(self) -> None:
        made = surveyed("counting")
        answer = client_of(made.secretary).get(at("survey_count", made.round.pk), follow=True)
        assert "我来数" in answer.content.decode()
        _status, page = posted(made.secretary, "survey_take", made.round.pk)
        assert "录入我数的票数" in page
        assert "群众 满意" not in page, "no papers came in from this class"
        posted(made.second, "survey_take", made.round.pk)
        _status, page = posted(made.office, "survey_take", made.round.pk)
        assert "已经在数" in page

    def test_what_was_counted_is_kept_also_when_it_does_not_add_up(self) -> None:
        made = surveyed("counting")
        posted(made.secretary, "survey_take", made.round.pk)
        _status, page = posted(
            made.secretary,
            "survey_count",
            made.round.pk,
            **cells(made, "150", "21", "49", "9"),
            then="finish",
        )
        assert "都保存了，有 1 处对不上" in page
        assert "少 1 张" in page
        assert SurveyCount.objects.get().counts == [150, 21, 49, 9]
        _status, page = posted(made.secretary, "survey_count", made.round.pk, **cells(made, "150", "x"))
        assert "请填数字" in page
        assert SurveyCount.objects.get().counts == [150, 21, 49, 9]
        _status, page = posted(
            made.secretary, "survey_count", made.round.pk, **cells(made, "150", "21", "49", "10")
        )
        assert "已保存。可以离开" in page
        assert SurveyCount.objects.get().counts == [150, 21, 49, 10]

    def test_the_second_person_never_sees_the_first_count(self) -> None:
        made = surveyed("counting", votes=(137, 34, 49, 10))
        type_count(made, made.secretary, Count((137, 34, 49, 10), 0, 0))
        survey_counts.finish(survey_round=made.now(), by=made.secretary)
        posted(made.second, "survey_take", made.round.pk)
        for page in (
            shown(made.second, "survey_count", made.round.pk),
            shown(made.second, "survey", made.survey.pk),
        ):
            assert "137<" not in page
            assert 'value="137"' not in page
        answer = client_of(made.second).get(at("survey_compare", made.round.pk), follow=True)
        assert "137<" not in answer.content.decode()
        assert "还没有都数完" in answer.content.decode()

    def test_the_first_to_finish_waits_for_the_other(self) -> None:
        made = surveyed("counting")
        posted(made.secretary, "survey_take", made.round.pk)
        _status, page = posted(
            made.secretary,
            "survey_count",
            made.round.pk,
            **cells(made, "150", "21", "49", "10"),
            then="finish",
        )
        assert "等另一个人也数完" in page

    def test_after_the_count_the_page_leads_back(self) -> None:
        made = surveyed("matched")
        answer = client_of(made.secretary).get(at("survey_count", made.round.pk), follow=True)
        assert "现在不能录票数" in answer.content.decode()

    def test_a_number_that_is_no_count_is_refused_in_the_field(self) -> None:
        made = surveyed("counting")
        posted(made.secretary, "survey_take", made.round.pk)
        _status, page = posted(made.secretary, "survey_count", made.round.pk, **cells(made, "-1"))
        assert "不能小于 0" in page

    def test_what_differs_is_shown_cell_by_cell_and_settled(self) -> None:
        made = surveyed("typed")
        type_count(made, made.second, Count((148, 23, 49, 10), 0, 0))
        survey_counts.finish(survey_round=made.now(), by=made.second)
        page = shown(made.second, "survey_compare", made.round.pk)
        assert page.count('class="c differs"') == 4, "two cells, each of both"
        row = made.round.classes.get(ordinal=1)
        again = {f"n{i}": n for i, n in enumerate(("149", "21", "49", "10", "0", "0"))}
        _status, page = posted(made.second, "survey_compare", made.round.pk, respondents=row.pk, **again)
        assert "少 1 张" in page
        assert 'value="149"' in page
        _status, page = posted(
            made.second, "survey_compare", made.round.pk, respondents=row.pk, **(again | {"n1": "22"})
        )
        assert "两人数得一样" in page
        _status, page = posted(made.second, "survey_agree", made.round.pk)
        assert "满意 149 + 比较满意 22 = 171；有效票 230" in page

    def test_nothing_is_formed_before_both_agree(self) -> None:
        made = surveyed("counting")
        _status, page = posted(made.secretary, "survey_agree", made.round.pk)
        assert "还没有都数完" in page

    def test_a_seat_is_given_to_another(self) -> None:
        made = surveyed("typed")
        _status, page = posted(made.secretary, "survey_free", made.round.pk, 2)
        assert "请下一位从头数" in page
        bring = surveyed("matched")
        _status, page = posted(bring.secretary, "survey_free", bring.round.pk, 2)
        assert "不能录票数" in page


class TestResult:
    def test_the_sum_and_what_will_follow_stand_before_the_certifying(self) -> None:
        made = surveyed("matched", votes=BAD)
        page = shown(made.secretary, "survey", made.survey.pk)
        assert "120 × 3 = 360 &lt; 230 × 2 = 460，没有达到三分之二" in page
        assert "核定以后，按规则要办：" in page
        assert "对主要负责人诫勉谈话" in page
        assert not SatisfactionDuty.objects.exists()

    def test_the_second_failure_announces_the_case(self) -> None:
        made = surveyed("closed", votes=BAD)
        make_up_done(made)
        made.newest()
        bring_to(made, "matched", votes=BAD)
        assert "上级党组织研究对主要负责人采取组织措施" in shown(made.secretary, "survey", made.survey.pk)

    def test_certifying_a_page_that_is_old_is_refused_with_the_newest(self) -> None:
        made = surveyed("matched")
        _status, page = posted(
            made.secretary, "survey_step", made.round.pk, "certify", **{"certify-version": "0"}
        )
        assert "别人刚刚保存过" in page
        version = made.now().version
        assert f'name="certify-version" value="{version}"' in page
        posted(made.secretary, "survey_step", made.round.pk, "certify", **{"certify-version": version})
        assert made.now().status == RoundStatus.CLOSED

    def test_a_reason_is_asked_for_and_what_was_typed_comes_back(self) -> None:
        made = surveyed("matched")
        data = {"recount-version": made.now().version, "recount-note": ""}
        _status, page = posted(made.secretary, "survey_step", made.round.pk, "recount", **data)
        assert "请填写原因" in page
        satisfaction.close(survey_round=made.round, version=made.now().version, by=made.secretary)
        data = {"recount-version": made.now().version, "recount-note": "票堆混了"}
        _status, page = posted(made.secretary, "survey_step", made.round.pk, "recount", **data)
        assert "不能再退回重数" in page
        assert "票堆混了" in page

    def test_an_unknown_step_is_not_found(self) -> None:
        made = surveyed("closed", votes=BAD)
        duty = SatisfactionDuty.objects.first()
        assert duty is not None
        assert posted(made.office, "survey_step", made.round.pk, "burn")[0] == 404
        assert posted(made.office, "satisfaction_duty_step", duty.pk, "burn")[0] == 404

    def test_few_papers_show_no_numbers_on_page_and_sheet(self) -> None:
        made = surveyed("closed", votes=(3, 0, 0, 1))
        page = shown(made.secretary, "survey", made.survey.pk)
        assert "有效票太少" in page
        assert "达到要求" in page
        assert "满意 3" not in page
        assert "3/4" not in page
        answer = client_of(made.secretary).get(at("survey_result_pdf", made.round.pk))
        text = pdf_text(answer.content)
        assert "请手工填写" in text
        assert "满意 3" not in text

    def test_a_class_of_few_is_not_shown_apart(self) -> None:
        made = surveyed("counting")
        first, second = made.round.classes.all()
        surveys.fix(survey_round=made.round, version=made.now().version, by=made.secretary)
        saved = surveys.save_heads(
            survey_round=made.round,
            version=made.now().version,
            day=timezone.localdate(),
            heads={first.pk: (20, 17), second.pk: (3, 3)},
            by=made.secretary,
        )
        surveys.collect(survey_round=saved, version=saved.version, by=made.secretary)
        counts = {first.pk: Count((14, 2, 1, 0), 0, 0), second.pk: Count((0, 0, 0, 3), 0, 0)}
        for person in (made.secretary, made.second):
            survey_counts.save_count(survey_round=made.now(), counts=counts, by=person)
            survey_counts.finish(survey_round=made.now(), by=person)
        survey_counts.match(survey_round=made.now(), by=made.second)
        page = shown(made.secretary, "survey", made.survey.pk)
        assert "有一类人的票太少，不分开列" in page
        assert 'data-label="哪类人">合计' in page
        assert 'data-label="哪类人">服务对象' not in page

    def test_the_sheet_carries_the_counts_and_places_to_sign(self) -> None:
        made = surveyed("closed")
        answer = client_of(made.secretary).get(at("survey_result_pdf", made.round.pk))
        text = pdf_text(answer.content)
        assert "群众满意度测评统计表" in text
        assert "满意 150 + 比较满意 21 = 171" in text.replace("\n", "")
        assert made.secretary.full_name in text
        empty = surveyed()
        answer = client_of(empty.secretary).get(at("survey_result_pdf", empty.round.pk))
        assert "计票人（两人签字）" in pdf_text(answer.content)

    def test_a_void_survey_says_why_and_how_to_begin_anew(self) -> None:
        made = surveyed()
        data = {"void-version": made.now().version, "void-note": "表印错了"}
        status, page = posted(made.secretary, "survey_step", made.round.pk, "void", **data)
        assert status == 200
        assert "已作废：表印错了" in page
        assert "重新开始" in page

    def test_only_those_above_read_who_supervises_a_failed_organisation(self) -> None:
        made = surveyed("closed", votes=BAD)
        parent = made.organization.superior()
        assert parent is not None
        team = account_with(Role.SUPERVISOR, parent, full_name="李敏")
        head = account_with(Role.SECRETARY, parent)
        for person in (made.office, head, team):
            page = shown(person, "survey", made.survey.pk)
            assert "应追究督导组的连带责任" in page
            assert f"{parent.short_name}督导组 李敏" in page
        assert "应追究督导组的连带责任" not in shown(made.secretary, "survey", made.survey.pk)
        other = surveyed("closed", votes=BAD, rules={"supervisors_liable": False})
        assert "应追究督导组的连带责任" not in shown(other.office, "survey", other.survey.pk)


class TestAfterwards:
    def test_a_duty_is_noted_with_its_day_and_hearer(self) -> None:
        made = surveyed("closed", votes=BAD)
        duty = SatisfactionDuty.objects.get(kind="admonition")
        page = shown(made.secretary, "satisfaction_duty", duty.pk)
        assert "这一项由上级党组织办理和登记" in page
        data = {"fulfil_duty-version": 0, "fulfil_duty-done_on": "", "fulfil_duty-heard_by": "镇党委书记"}
        _status, page = posted(made.office, "satisfaction_duty_step", duty.pk, "fulfil_duty", **data)
        assert "请填写办理日期" in page
        assert 'value="镇党委书记"' in page
        data["fulfil_duty-done_on"] = timezone.localdate().isoformat()
        _status, page = posted(
            made.office,
            "satisfaction_duty_step",
            duty.pk,
            "fulfil_duty",
            **data,
            **{"fulfil_duty-note": "已谈"},
        )
        assert "已登记。" in page
        assert "已谈" in shown(made.office, "satisfaction_duty", duty.pk)
        assert "已谈" not in shown(made.secretary, "satisfaction_duty", duty.pk)

    def test_a_day_to_come_is_refused_and_the_rest_comes_back(self) -> None:
        made = surveyed("closed", votes=BAD)
        duty = SatisfactionDuty.objects.get(kind="make_up")
        data = {
            "fulfil_duty-version": 0,
            "fulfil_duty-done_on": "2999-01-01",
            "fulfil_duty-note": "再学两次",
        }
        _status, page = posted(made.secretary, "satisfaction_duty_step", duty.pk, "fulfil_duty", **data)
        assert "不能晚于今天" in page
        assert "再学两次" in page

    def test_an_old_page_is_told_and_keeps_what_was_typed(self) -> None:
        made = surveyed("closed", votes=BAD)
        duty = SatisfactionDuty.objects.get(kind="self_criticism")
        data = {
            "fulfil_duty-version": 5,
            "fulfil_duty-done_on": timezone.localdate().isoformat(),
            "fulfil_duty-heard_by": "镇党委会议",
        }
        _status, page = posted(made.secretary, "satisfaction_duty_step", duty.pk, "fulfil_duty", **data)
        assert "别人刚才登记过" in page
        assert 'value="镇党委会议"' in page
        assert 'name="fulfil_duty-version" value="0"' in page

    def test_a_case_is_read_by_its_head_and_decided_above(self) -> None:
        made = surveyed("closed", votes=BAD)
        make_up_done(made)
        made.newest()
        bring_to(made, "closed", votes=BAD)
        case = MeasureCase.objects.get()
        own = shown(made.secretary, "measure_case", case.pk)
        assert "对自己任主要负责人的组织" in own
        assert "登记决定" not in own
        assert str(case.pk) in shown(made.secretary, "survey", made.survey.pk)
        assert str(case.pk) not in shown(made.second, "survey", made.survey.pk)
        data = {
            "decide_measures-version": 0,
            "decide_measures-decided_on": "",
            "decide_measures-decision": "调整",
        }
        _status, page = posted(made.office, "measure_case_step", case.pk, "decide_measures", **data)
        assert "请填写决定日期" in page
        assert "调整" in page
        data["decide_measures-decided_on"] = timezone.localdate().isoformat()
        _status, page = posted(made.office, "measure_case_step", case.pk, "decide_measures", **data)
        assert "本组织书记会收到通知" in page

    def test_a_waiting_case_stands_on_the_home_of_the_office(
        self, settings: Any, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        made = surveyed("closed", votes=BAD)
        make_up_done(made)
        made.newest()
        bring_to(made, "closed", votes=BAD)
        home = client_of(made.office).get(reverse("home"), follow=True).content.decode()
        assert "补课后群众满意度仍达不到要求，等您研究" in home
        assert at("satisfaction_below", made.campaign.slug) in home


def test_good_and_bad_are_what_the_tests_think() -> None:
    assert sum(GOOD) == sum(BAD) == 230
