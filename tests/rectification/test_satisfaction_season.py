"""A failed survey and the one after 补课, from the notice to the case before the superior, through the pages, over weeks."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Notice, Organization, Role, User
from branches.rules.standing import Fact
from config.home.standings import Standings
from rectification.models import CaseStatus, DutyKind, MeasureCase, SatisfactionDuty, SurveyCount, SurveyRound
from rectification.progress.satisfaction import surveys_by_organization
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import published_campaign

pytestmark = pytest.mark.django_db
BEGIN = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)


class Town:
    """The people of one season, each with a browser."""

    def __init__(self, tree: Tree) -> None:
        self.village, self.tree = tree.village, tree
        self.campaign = published_campaign(tree.township, preset="yancheng_2005", slug="xianjin")
        self.secretary = account_with(Role.SECRETARY, tree.village, full_name="刘德福")
        self.team = account_with(Role.SUPERVISOR, tree.township, full_name="李敏")
        self.organizer = account_with(Role.ORGANIZER, tree.village, full_name="王桂兰")
        self.office = account_with(Role.OFFICE, tree.township, full_name="周敏")
        self.head = account_with(Role.SECRETARY, tree.township, full_name="陈建国")

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def post(self, user: User, name: str, *args: object, **data: object) -> str:
        answer = self.client(user).post(reverse(f"rectification:{name}", args=args), data, follow=True)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def get(self, user: User, name: str, *args: object) -> str:
        answer = self.client(user).get(reverse(f"rectification:{name}", args=args))
        assert answer.status_code == 200
        return str(answer.content.decode())

    def newest(self) -> SurveyRound:
        return SurveyRound.objects.latest("opened_on", "turn")

    def hold(self, day: datetime.date, votes: dict[str, list[int]], spoilt: bool = False) -> str:
        """Papers out and in, two counts (the second differs once when `spoilt`), the result formed and certified."""
        one = self.newest()
        classes = list(one.classes.all())
        heads = {"version": one.version, "day": day.isoformat(), "then": "collect"}
        for row in classes:
            heads |= {f"i{row.pk}": str(sum(votes[row.name]) + 10), f"r{row.pk}": str(sum(votes[row.name]))}
        assert "可以计票了" in self.post(self.secretary, "survey_heads", one.pk, **heads)
        for person, wrong in ((self.team, False), (self.organizer, spoilt)):
            self.post(person, "survey_take", one.pk)
            data = {"then": "finish"}
            for row in classes:
                cells = list(votes[row.name])
                if wrong and row.ordinal == 1:
                    cells[0], cells[1] = cells[0] - 1, cells[1] + 1
                data |= {f"c{row.pk}_{i}": str(n) for i, n in enumerate(cells)}
            page = self.post(person, "survey_count", one.pk, **data)
        if spoilt:
            assert "还有 1 类数得不一样" in page
            first = classes[0]
            again = {f"n{i}": str(n) for i, n in enumerate(votes[first.name])}
            page = self.post(self.team, "survey_compare", one.pk, respondents=first.pk, **again)
        assert "两人数得一样" in page
        assert "结果已形成" in self.post(self.organizer, "survey_agree", one.pk)
        version = SurveyRound.objects.get(pk=one.pk).version
        return self.post(self.team, "survey_step", one.pk, "certify", **{"certify-version": version})

    def fact(self, step: str) -> Fact:
        """What the surveys say of a step of the village."""
        inside = Organization.objects.filter(pk=self.village.pk)
        found = surveys_by_organization(self.campaign, inside, {})
        return {key: fact for key, fact, _firm in found[self.village.pk].facts}[step]

    def standing(self, step: str) -> tuple[str, str]:
        """State and word of a step of the village."""
        inside = Organization.objects.filter(pk=self.village.pk)
        row = Standings.of(self.campaign, inside, timezone.localdate()).rows[self.village.pk]
        found = next(one for one in row if one.step.key == step)
        return found.state, found.word


def test_first_and_second_failure_end_before_the_superior(tree: Tree) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        town = Town(tree)
        town.post(town.secretary, "survey_begin", "xianjin", town.village.pk, "satisfaction-1")
        assert town.fact("satisfaction-1") == Fact(word="正在测评")

        clock.shift(datetime.timedelta(days=7))
        page = town.hold(
            datetime.date(2026, 3, 8),
            {"服务对象": [40, 20, 20, 10, 2, 3], "群众": [60, 33, 30, 15, 0, 2]},
            spoilt=True,
        )
        # 153 of 230 valid papers: 459 < 460
        assert (
            "满意 100 + 比较满意 53 = 153；有效票 230；153 × 3 = 459 &lt; 230 × 2 = 460，没有达到三分之二"
            in page
        )
        first = SurveyRound.objects.get(turn=1)
        assert (first.satisfied_votes, first.base_votes, first.passed) == (153, 230, False)
        assert (first.above, first.below, first.base, first.rules_version) == (2, 3, "valid", 1)
        assert first.for_appraisal
        assert not SurveyCount.objects.exists(), "what each typed goes with the certifying"

        duties = {duty.kind: duty for duty in SatisfactionDuty.objects.all()}
        assert set(duties) == {"make_up", "self_criticism", "admonition", "accountability"}
        assert duties["admonition"].owner_post == "新河村支部书记"
        assert duties["admonition"].owner_name == "刘德福"
        assert duties["make_up"].owner_name == ""
        told = Notice.objects.filter(kind="survey_failed")
        assert set(told.values_list("recipient__full_name", flat=True)) >= {
            "刘德福",
            "王桂兰",
            "周敏",
            "陈建国",
        }
        assert not any("刘德福" in f"{notice.title}{notice.body}" for notice in told)
        assert town.fact("satisfaction-1") == Fact(word="没有达到要求，补课后再测评")
        assert town.standing("satisfaction-1")[0] != "done"
        above = town.get(town.head, "survey", first.survey_id)
        assert "应追究督导组的连带责任" in above
        assert "李敏" in above
        assert "要追究督導組的連帶責任" in above
        assert "应追究督导组的连带责任" not in town.get(town.secretary, "survey", first.survey_id)

        clock.shift(datetime.timedelta(days=10))
        second = town.newest()
        assert second.turn == 2
        heads = {"version": second.version, "day": "2026-03-19", "then": "collect"}
        for row in second.classes.all():
            heads |= {f"i{row.pk}": "10", f"r{row.pk}": "9"}
        assert "请先登记补课的日期和情况" in town.post(town.secretary, "survey_heads", second.pk, **heads)
        town.post(
            town.secretary,
            "satisfaction_duty_step",
            duties["make_up"].pk,
            "fulfil_duty",
            **{"fulfil_duty-version": 0, "fulfil_duty-done_on": "2026-03-18", "fulfil_duty-note": "再学两次"},
        )
        town.post(
            town.office,
            "satisfaction_duty_step",
            duties["self_criticism"].pk,
            "fulfil_duty",
            **{
                "fulfil_duty-version": 0,
                "fulfil_duty-done_on": "2026-03-16",
                "fulfil_duty-heard_by": "镇党委会议",
            },
        )
        admonition = {
            "fulfil_duty-version": 0,
            "fulfil_duty-done_on": "2026-03-16",
            "fulfil_duty-heard_by": "镇党委书记",
        }
        refused = town.client(town.secretary).post(
            reverse("rectification:satisfaction_duty_step", args=[duties["admonition"].pk, "fulfil_duty"]),
            admonition,
        )
        assert refused.status_code == 403
        town.post(town.head, "satisfaction_duty_step", duties["admonition"].pk, "fulfil_duty", **admonition)
        owed = SatisfactionDuty.objects.filter(status="owed")
        assert [duty.kind for duty in owed] == [DutyKind.ACCOUNTABILITY]

        clock.shift(datetime.timedelta(days=20))
        page = town.hold(
            datetime.date(2026, 4, 8), {"服务对象": [30, 20, 30, 10, 0, 0], "群众": [40, 20, 30, 20, 0, 0]}
        )
        assert "110 × 3 = 330 &lt; 200 × 2 = 400，没有达到三分之二" in page
        assert town.standing("satisfaction-1") == ("done", "补课后仍没有达到要求")
        assert SurveyRound.objects.count() == 2
        assert SatisfactionDuty.objects.count() == 4, "the second failure brings no second round of duties"
        case = MeasureCase.objects.get()
        assert (case.status, case.owner_name) == (CaseStatus.OPEN, "刘德福")
        assert str(case.pk) in town.get(town.office, "satisfaction_below", "xianjin")

        clock.shift(datetime.timedelta(days=5))
        own = town.client(town.secretary).post(
            reverse("rectification:measure_case_step", args=[case.pk, "decide_measures"]), {}
        )
        assert own.status_code == 403
        town.post(
            town.head,
            "measure_case_step",
            case.pk,
            "decide_measures",
            **{
                "decide_measures-version": 0,
                "decide_measures-decided_on": "2026-04-12",
                "decide_measures-decision": "调整新河村支部书记",
            },
        )
        assert Notice.objects.filter(kind="measure_decided", recipient=town.secretary).count() == 1
        assert "调整新河村支部书记" in town.get(town.secretary, "measure_case", case.pk)
        town.post(
            town.office,
            "measure_case_step",
            case.pk,
            "settle_measures",
            **{"settle_measures-version": 1 + 0, "settle_measures-closed_on": "2026-04-13"},
        )
        case.refresh_from_db()
        assert (case.status, case.closed_on) == (CaseStatus.CLOSED, datetime.date(2026, 4, 13))
        events = list(
            AuditEvent.objects.filter(about="rectification.surveyround").values_list("action", flat=True)
        )
        assert events.count("certify") == 2
        assert events.count("match") == 2
        history = town.get(town.office, "satisfaction_history", town.village.pk)
        assert "153/230（66.52%）" in history
        assert "110/200（55.00%）" in history


def test_a_survey_that_reaches_two_thirds_brings_nothing(tree: Tree) -> None:
    with time_machine.travel(BEGIN, tick=False):
        town = Town(tree)
        town.post(town.secretary, "survey_begin", "xianjin", town.village.pk, "satisfaction-2")
        page = town.hold(
            datetime.date(2026, 3, 2), {"服务对象": [40, 20, 0, 0, 30, 0], "群众": [60, 34, 30, 15, 2, 5]}
        )
        assert "154 × 3 = 462 ≥ 231 × 2 = 462，达到三分之二" in page
        assert not SatisfactionDuty.objects.exists()
        assert town.standing("satisfaction-2")[0] == "done"
        assert not Notice.objects.filter(kind="survey_failed").exists()
