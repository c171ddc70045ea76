"""群众代表 rate the members on papers of their own: asked for by the rules, counted apart, added to nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, User
from branches.rules.resolving import resolve
from branches.workflow import NotAllowed
from config.home.ballot_minutes import papers_of
from config.home.branch_facts import Facts
from config.home.branch_tasks import evening_tasks
from config.home.report.draft import Draft
from config.home.report.numbers import Numbers
from config.home.standings import Standings
from evaluations.forms import HeadsForm
from evaluations.models import BranchResult, SubjectKind
from evaluations.reports.assessment import sheet_page
from evaluations.reports.branch import branch_summary
from evaluations.reports.registration import registrations
from evaluations.reports.rollup import kinds_counted, rollup
from evaluations.rules import Paper
from evaluations.services import heads
from evaluations.services.form import ballot_form, form_template
from evaluations.services.present import masses_ballot_of
from evaluations.services.setup import kinds_asked, prepare_ballot, void_ballot
from evaluations.services.voters import codes_wanted, invited_of, voters_expected
from meetings.models import AttendanceStatus, Participant
from tests.factories.assessing import assessed
from tests.factories.evaluations import MASSES, Evening, beside, evening, save_heads

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
ASKED: dict[str, Any] = {"masses_ballot": True, "min_ballots_to_show_counts": 5}
ALL_GOOD = [Paper("1111")] * MASSES


def both(
    stage: str = "certified", *, votes: list[Paper] | None = None, **how: Any
) -> tuple[Evening, Evening]:
    """The members' ballot certified, and that of 群众代表 at `stage`, in one branch of four members."""
    made = evening("certified", members=4, rules=ASKED | how)
    return made, beside(made, stage, votes=votes)


class TestAsked:
    def test_only_where_the_rules_say_so(self) -> None:
        plain, asked = (
            resolve({"committee_rated": True}),
            resolve({"masses_ballot": True, "committee_rated": True}),
        )
        assert kinds_asked(plain, has_committee=True) == ("members", "committee")
        assert kinds_asked(asked, has_committee=False) == ("members", "masses")
        assert kinds_asked(asked, has_committee=True) == ("members", "committee", "masses")
        assert kinds_asked(resolve({"masses_ballot": True, "ballot_place": "none"}), has_committee=True) == ()

    def test_refused_where_the_rules_do_not_ask(self) -> None:
        made = evening("setup", members=4)
        with pytest.raises(NotAllowed, match="本次活动的规则没有要求群众代表测评"):
            prepare_ballot(meeting=made.meeting, by=made.secretary, subject_kind=SubjectKind.MASSES)

    def test_the_page_of_the_meeting_offers_it(self, client_of: ClientOf) -> None:
        made = evening("certified", members=4, rules=ASKED)
        url = reverse("evaluations:for_meeting", args=[made.meeting.pk])
        page = client_of(made.secretary).get(url).content.decode()
        assert "群众代表评议党员" in page
        assert "单独计票，不和党员票相加" in page
        other = evening("certified", members=4)
        url = reverse("evaluations:for_meeting", args=[other.meeting.pk])
        assert "群众代表" not in client_of(other.secretary).get(url).content.decode()

    def test_it_is_a_step_and_a_task_of_its_own(self) -> None:
        made, _ = both("issued")
        found = self._standing(made)
        assert (found.step.label, found.word) == ("群众代表测评", "已发票")
        tasks = self._tasks(made)
        assert tasks["群众代表测评：两人计票、核对"] == "now"
        assert tasks["民主测评党员：汇总表签字、核定"] == "ok"
        done, _ = both()
        assert self._standing(done).state == "done"
        assert "masses" in Facts.of(done.organization, done.campaign).ballots

    @staticmethod
    def _standing(made: Evening) -> Any:
        branches = Organization.objects.filter(pk=made.organization.pk)
        rows = Standings.of(made.campaign, branches, timezone.localdate()).rows[made.organization.pk]
        return next(row for row in rows if row.step.key == "masses_ballot")

    @staticmethod
    def _tasks(made: Evening) -> dict[str, str]:
        facts = Facts.of(made.organization, made.campaign)
        return {task.title: task.state for task in evening_tasks(facts, made.organization, made.campaign)}


class TestPaper:
    def test_the_form_says_whose_it_is_and_cannot_be_taken_for_the_members(self) -> None:
        made, masses = both("setup")
        form, other = ballot_form(masses.ballot), ballot_form(made.ballot)
        assert form.title == f"{other.title}（群众代表票）"
        assert [row.name for row in form.rows] == [row.name for row in other.rows]
        assert form_template(masses.ballot).form_hash != form_template(made.ballot).form_hash

    def test_as_many_are_printed_as_are_invited(self) -> None:
        _, masses = both("setup")
        assert voters_expected(masses.ballot) == 0
        save_heads(masses, expected=7)
        assert voters_expected(masses.reload()) == 7
        save_heads(masses, present=6)
        assert codes_wanted(masses.reload()) == 6 + masses.ballot.rules().spare_forms


class TestHeads:
    def test_who_came_is_typed_because_no_roster_knows_them(self) -> None:
        made, masses = both("setup")
        assert heads.editable(masses.ballot)[:2] == ("expected", "present")
        assert "expected" not in heads.editable(made.ballot)
        form = HeadsForm(ballot=masses.ballot)
        assert [field.name for field in form.asked] == ["expected", "present", "printed", "issued"]

    def test_the_guests_of_the_meeting_are_offered(self) -> None:
        _, masses = both("setup")
        guests = [("赵大爷", AttendanceStatus.PRESENT), ("钱大妈", AttendanceStatus.ABSENT)]
        for name, status in guests:
            Participant.objects.create(meeting=masses.meeting, capacity="masses", name=name, status=status)
        assert invited_of(masses.ballot) == (2, 1)
        form = HeadsForm(ballot=masses.ballot)
        assert (form["expected"].value(), form["present"].value()) == (2, 1)
        save_heads(masses, expected=3)
        form = HeadsForm(ballot=masses.reload())
        assert (form["expected"].value(), form["present"].value()) == (3, 1)

    def test_papers_go_out_only_once_they_are_counted(self) -> None:
        _, masses = both("setup")
        save_heads(masses, printed=5, issued=None)
        with pytest.raises(NotAllowed, match="请填写请了几位群众代表"):
            heads.issue(ballot=masses.reload(), by=masses.secretary)
        save_heads(masses, expected=4)
        with pytest.raises(NotAllowed, match="请填写到了几位群众代表"):
            heads.issue(ballot=masses.reload(), by=masses.secretary)

    @pytest.mark.parametrize(
        ("numbers", "field", "said"),
        [
            ({"expected": 3, "present": 4}, "present", "实到不能多于应到"),
            ({"expected": 5, "present": 4, "printed": 7, "issued": 5}, "issued", "发出"),
        ],
    )
    def test_numbers_that_do_not_fit_are_refused(
        self, numbers: dict[str, Any], field: str, said: str
    ) -> None:
        _, masses = both("setup")
        with pytest.raises(heads.HeadProblems) as refusal:
            save_heads(masses, **numbers)
        assert any(p.field == field and said in p.message for p in refusal.value.problems)
        assert masses.reload().present is None

    def test_they_stay_when_the_roll_of_members_changes(self) -> None:
        _, masses = both("collected")
        assert (masses.ballot.expected, masses.ballot.present, masses.ballot.issued) == (
            MASSES + 1,
            MASSES,
            MASSES,
        )
        with pytest.raises(heads.HeadProblems) as refusal:
            save_heads(masses, present=None)
        assert "到了几位群众代表" in str([p.message for p in refusal.value.problems])


class TestApart:
    def test_each_has_its_table_and_nothing_is_added(self) -> None:
        votes = [Paper("1234")] * MASSES
        made, masses = both(votes=votes)
        own, members = (branch_summary(b, for_signing=False) for b in (masses.ballot, made.ballot))
        assert own.title.endswith("民主评议党员测评汇总表（群众代表票）")
        assert "群众代表票单独统计，不与党员票相加；应到、实到是邀请的和到会的群众代表。" in own.notes
        assert [row.counts for row in own.rows] == [(6, 0, 0, 0), (0, 6, 0, 0), (0, 0, 6, 0), (0, 0, 0, 6)]
        assert own.heads.valid == MASSES
        assert members.heads.valid == 4
        assert "群众代表" not in members.title + "".join(members.notes)
        assert (
            BranchResult.objects.get(subject_kind="members").counts
            != BranchResult.objects.get(subject_kind="masses").counts
        )

    def test_the_roll_up_of_a_superior_has_them_in_a_table_of_their_own(self) -> None:
        made, _ = both(votes=ALL_GOOD)
        above = made.campaign.issuer
        apart = rollup(made.campaign, above, subject_kind=SubjectKind.MASSES)
        assert apart.title.endswith("民主评议党员测评汇总表（群众代表票）")
        assert [line.counts for section in apart.sections for line in section.lines] == [(24, 0, 0, 0)]
        usual = rollup(made.campaign, above)
        assert [line.valid for section in usual.sections for line in section.lines] == [4]
        assert kinds_counted(made.campaign, above) == ("members", "committee", "masses")
        plain = evening("certified", members=4)
        assert kinds_counted(plain.campaign, plain.campaign.issuer) == ("members", "committee")

    def test_few_papers_stay_on_the_signed_table(self) -> None:
        _, masses = both("certified", min_ballots_to_show_counts=7)
        assert branch_summary(masses.ballot, for_signing=False).withheld

    def test_minutes_and_report_name_them_apart(self) -> None:
        made, _ = both(votes=ALL_GOOD, report="special")
        papers = papers_of(made.meeting)
        assert [(p.about, p.issued) for p in papers] == [("", 4), ("党员（群众代表票）", MASSES)]
        numbers = Numbers.of(made.campaign, made.organization)
        assert (numbers.values["masses_issued"], numbers.values["issued"]) == ("6", "4")
        assert numbers.values["masses_votes_excellent"] == "24"
        text = "".join(
            section.text for section in Draft.of(made.campaign, made.organization, numbers).sections
        )
        assert "群众代表测评，发出测评表〔masses_issued〕张" in text
        assert "群众代表票得票合计：“优秀”〔masses_votes_excellent〕票" in text


class TestAssessment:
    def test_nothing_stands_there_before_their_count_is_certified(self) -> None:
        found = assessed("draft", members=5, rules=ASKED)
        page = sheet_page(found.sheet, found.secretary)
        assert (page.has_masses, page.rows[0].masses, masses_ballot_of(found.sheet, found.sheet.rules())) == (
            False,
            (),
            None,
        )
        waiting = beside(found.evening, "collected", votes=[Paper("11111")] * MASSES)
        assert masses_ballot_of(found.sheet, found.sheet.rules()) is None
        assert waiting.ballot.status == "collected"

    def test_the_votes_are_on_sheet_row_and_form(self, client_of: ClientOf) -> None:
        found = assessed("draft", members=5, rules=ASKED)
        beside(found.evening, "certified", votes=[Paper("12111")] * MASSES)
        page = sheet_page(found.sheet, found.secretary)
        assert page.has_masses
        assert page.rows[1].masses == ("优秀 0", "合格 6", "基本合格 0", "不合格 0")
        browser = client_of(found.secretary)
        text = browser.get(reverse("evaluations:assessment", args=[found.sheet.pk])).content.decode()
        assert "群众代表票单独统计，不和党员票相加" in text
        one = reverse("evaluations:assessment_row", args=[found.sheet.pk, found.rows[1].pk])
        assert "<b>群众代表票</b>" in browser.get(one).content.decode()
        form = registrations(found.sheet)[1]
        assert "群众代表票（单独统计）：参加测评 6 人，有效票 6 张；优秀 0 票，合格 6 票" in form.votes

    def test_few_papers_are_not_shown_there(self) -> None:
        found = assessed("draft", members=8, rules=ASKED | {"min_ballots_to_show_counts": 7})
        beside(found.evening, "certified", votes=[Paper("1" * 8)] * MASSES)
        page = sheet_page(found.sheet, found.secretary)
        assert (page.withheld, page.has_masses) == ("", False)
        assert "签字的汇总表" in page.masses_withheld

    def test_they_cannot_be_voided_under_a_decided_assessment(self) -> None:
        found = assessed("draft", members=5, rules=ASKED)
        masses = beside(found.evening, "certified", votes=[Paper("11111")] * MASSES)
        decided = assessed("decided", members=5, rules=ASKED)
        under = beside(decided.evening, "certified", votes=[Paper("11111")] * MASSES)
        with pytest.raises(NotAllowed, match="已经据此作出组织评定"):
            void_ballot(ballot=under.ballot, by=decided.secretary, reason="重来")
        assert void_ballot(ballot=masses.ballot, by=found.secretary, reason="重来").status == "void"
