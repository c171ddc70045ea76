"""Plans written, handed in, reviewed, taken back; the gate; the light 沟通记录."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from branches.models import (
    Appointment,
    AuditEvent,
    Campaign,
    Consultation,
    Notice,
    Organization,
    Plan,
    PlanStatus,
    PlanVersion,
    Role,
    RuleSet,
    User,
)
from branches.permissions import Denied
from branches.services.plan_offices import for_office, reviewing_office
from branches.services.plan_reviews import LONGEST_COMMENT, review_plan
from branches.services.plans import (
    blank_plan,
    current_plan,
    gate_refusal,
    make_plan,
    note_consultation,
    open_plan,
    reopen_plan,
    save_plan,
    submit_plan,
    withdraw_plan,
)
from branches.services.steps import end_decision, order_redo, waive_step
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, OrganizationFactory, account_with
from tests.factories.plans import PlanFactory

TEXT = {
    "theme": "践行“三严三实”",
    "time": "8月中旬",
    "form": "先开支委会，再开党员大会",
    "attendees": "全体党员",
    "requirements": "会前把心谈透，外出党员打电话征求意见。",
}


def campaign_of(issuer: Organization, gate: str, **more: Any) -> Campaign:
    """A running campaign under that gate; `rules` are put over it."""
    rules = {"plan_gate": gate, **more.pop("rules", {})}
    made: Campaign = CampaignFactory.create(issuer=issuer, status="running", rules=rules, **more)
    return made


@pytest.fixture
def reviewed(tree: Tree) -> Campaign:
    """A campaign of the township whose plans must be approved."""
    return campaign_of(tree.township, "approve")


def written(campaign: Campaign, tree: Tree, by: User) -> Plan:
    """The village's plan with all it needs."""
    plan = open_plan(campaign=campaign, organization=tree.village, by=by)
    return save_plan(plan=plan, revision=plan.revision, by=by, **TEXT)


def handed_in(campaign: Campaign, tree: Tree, by: User) -> Plan:
    """The village's plan, waiting for its review."""
    plan = written(campaign, tree, by)
    return submit_plan(plan=plan, revision=plan.revision, by=by)


def refusal(action: Any, **how: Any) -> str:
    """Why a service refuses."""
    with pytest.raises(NotAllowed) as caught:
        action(**how)
    return caught.value.reason


def told(kind: str) -> set[User]:
    """Who is told of this."""
    return {notice.recipient for notice in Notice.objects.filter(kind=kind)}


class TestWriting:
    """The clerks of the branch write; nothing typed is lost."""

    def test_theme_and_time_come_from_the_notice(self, tree: Tree, secretary: User) -> None:
        campaign = campaign_of(tree.township, "approve", preset="luoyang_2014", theme="专题组织生活")
        plan = open_plan(campaign=campaign, organization=tree.village, by=secretary)
        assert plan.theme == "专题组织生活"
        assert "2014" in plan.time
        assert (plan.status, plan.revision, plan.author) == (PlanStatus.DRAFT, 0, secretary)
        assert AuditEvent.objects.get(action="open_plan").detail == {"campaign": campaign.pk}

    def test_a_theme_of_the_rules_goes_before_and_the_last_day_stands_for_a_window(
        self, tree: Tree, secretary: User
    ) -> None:
        campaign = campaign_of(
            tree.township,
            "own",
            theme="活动的",
            finish_by=datetime.date(2026, 12, 20),
            rules={"theme": "规则的", "window": None, "finish_by": None},
        )
        blank = blank_plan(campaign=campaign, organization=tree.village, by=secretary)
        assert (blank.theme, blank.time) == ("规则的", "2026年12月20日以前")
        campaign.finish_by = None
        assert blank_plan(campaign=campaign, organization=tree.village, by=secretary).time == ""
        assert not Plan.objects.exists()

    def test_a_plan_is_begun_once(
        self, reviewed: Campaign, tree: Tree, secretary: User, organizer: User
    ) -> None:
        first = open_plan(campaign=reviewed, organization=tree.village, by=secretary)
        assert open_plan(campaign=reviewed, organization=tree.village, by=organizer) == first
        assert current_plan(reviewed, tree.village) == first
        assert current_plan(reviewed, tree.sibling) is None

    @pytest.mark.parametrize("who", ["township", "member", "sibling_secretary", "supervisor"])
    def test_others_do_not_write_it(
        self, who: str, reviewed: Campaign, tree: Tree, secretary: User, request: pytest.FixtureRequest
    ) -> None:
        person = request.getfixturevalue(who)
        how = {"campaign": reviewed, "organization": tree.village, "by": person}
        assert "由本组织书记" in refusal(open_plan, **how)
        plan = written(reviewed, tree, secretary)
        assert "由本组织书记" in refusal(
            save_plan, plan=plan, revision=plan.revision, by=person, form="抄一份"
        )

    @pytest.mark.parametrize(
        ("gate", "status", "words"),
        [
            ("none", "running", "没有这样的要求"),
            ("consult", "running", "没有这样的要求"),
            ("approve", "closed", "已经结束"),
            ("approve", "draft", "还没有发布"),
        ],
    )
    def test_nobody_is_asked_where_the_rules_do_not_ask(
        self, gate: str, status: str, words: str, tree: Tree, secretary: User
    ) -> None:
        campaign = campaign_of(tree.township, gate)
        Campaign.objects.filter(pk=campaign.pk).update(status=status)
        campaign = Campaign.objects.get(pk=campaign.pk)
        assert words in refusal(open_plan, campaign=campaign, organization=tree.village, by=secretary)

    def test_a_campaign_for_others_asks_nothing(self, tree: Tree, secretary: User) -> None:
        campaign = campaign_of(tree.other_township, "approve")
        assert "没有发给" in refusal(open_plan, campaign=campaign, organization=tree.village, by=secretary)

    def test_saving_counts_and_names_the_fields_that_changed(
        self, reviewed: Campaign, tree: Tree, secretary: User, organizer: User
    ) -> None:
        plan = written(reviewed, tree, secretary)
        again = save_plan(plan=plan, revision=1, by=organizer, **{**TEXT, "time": "8月下旬"})
        assert (again.revision, again.time) == (2, "8月下旬")
        assert AuditEvent.objects.filter(action="save_plan").latest("sequence").detail == {"fields": ["time"]}
        assert again.author == secretary

    def test_a_stale_page_writes_nothing_and_gets_what_is_saved(
        self, reviewed: Campaign, tree: Tree, secretary: User, organizer: User
    ) -> None:
        plan = written(reviewed, tree, secretary)
        with pytest.raises(Stale) as caught:
            save_plan(plan=plan, revision=0, by=organizer, **{**TEXT, "form": "分党小组"})
        assert caught.value.saved.form == TEXT["form"]
        assert caught.value.saved.revision == 1
        assert Plan.objects.get(pk=plan.pk).form == TEXT["form"]

    def test_the_same_text_saved_twice_is_saved(
        self, reviewed: Campaign, tree: Tree, secretary: User
    ) -> None:
        plan = written(reviewed, tree, secretary)
        assert save_plan(plan=plan, revision=0, by=secretary, **TEXT).revision == 1

    def test_a_plan_out_of_ones_hands_is_not_changed(
        self, reviewed: Campaign, tree: Tree, secretary: User
    ) -> None:
        plan = handed_in(reviewed, tree, secretary)
        answer = refusal(save_plan, plan=plan, revision=plan.revision, by=secretary, form="另一种")
        assert answer == "方案现在是「待审核」，不能直接修改。确需修改的，请先撤回。"

    def test_the_plan_of_an_old_round_is_not_changed_any_more(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        plan = written(reviewed, tree, secretary)
        order_redo(campaign=reviewed, organization=tree.village, reason="走过场", by=township)
        assert "上一轮" in refusal(save_plan, plan=plan, revision=1, by=secretary, form="另一种")
        new = open_plan(campaign=reviewed, organization=tree.village, by=secretary)
        assert (new.round_no, new.form) == (2, "")
        assert current_plan(reviewed, tree.village) == new


class TestHandingIn:
    """What was looked through is what is handed in; the office hears of it."""

    def test_a_version_is_kept_and_the_reviewing_office_is_told(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User, county: User
    ) -> None:
        plan = handed_in(reviewed, tree, secretary)
        version = plan.versions.get()
        assert (plan.status, plan.submitted_on) == (PlanStatus.SUBMITTED, timezone.localdate())
        assert version.content == TEXT
        assert (version.number, version.submitted_by, version.decision) == (1, secretary.full_name, "")
        assert version.overlap == {"flagged": False, "sources": []}
        assert told("plan_submitted_1") == {township}
        notice = Notice.objects.get(kind="plan_submitted_1")
        assert notice.title == "新河村支部上报了实施方案，请审核"
        assert "批准以前" in notice.body
        assert notice.url.endswith("/review/")

    def test_what_is_only_filed_holds_nothing_up(self, tree: Tree, secretary: User, township: User) -> None:
        handed_in(campaign_of(tree.township, "file_for_record"), tree, secretary)
        assert Notice.objects.get(kind="plan_submitted_1").body == ""

    def test_a_text_changed_since_it_was_looked_through_is_not_handed_in(
        self, reviewed: Campaign, tree: Tree, secretary: User, organizer: User
    ) -> None:
        plan = written(reviewed, tree, secretary)
        save_plan(plan=plan, revision=1, by=organizer, **{**TEXT, "form": "视频会"})
        with pytest.raises(Stale):
            submit_plan(plan=plan, revision=1, by=secretary)
        assert not PlanVersion.objects.exists()
        assert Plan.objects.get().status == PlanStatus.DRAFT

    def test_an_incomplete_plan_leaves_no_trace(
        self, reviewed: Campaign, tree: Tree, secretary: User
    ) -> None:
        plan = open_plan(campaign=reviewed, organization=tree.village, by=secretary)
        assert "还没有写明" in refusal(submit_plan, plan=plan, revision=0, by=secretary)
        assert not PlanVersion.objects.exists()
        assert not Notice.objects.exists()

    def test_taken_back_it_is_a_draft_again_and_its_version_says_so(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        plan = withdraw_plan(plan=handed_in(reviewed, tree, secretary), by=secretary)
        assert (plan.status, plan.submitted_on) == (PlanStatus.DRAFT, None)
        version = plan.versions.get()
        assert (version.decision, version.decided_by) == (PlanStatus.DRAFT, secretary.full_name)
        again = submit_plan(plan=plan, revision=plan.revision, by=secretary)
        assert [v.number for v in again.versions.all()] == [2, 1]
        assert told("plan_submitted_2") == {township}

    def test_a_plan_of_ones_own_is_settled_and_taken_up_again(self, tree: Tree, secretary: User) -> None:
        plan = written(campaign_of(tree.township, "own"), tree, secretary)
        with pytest.raises(Stale):
            make_plan(plan=plan, revision=0, by=secretary)
        made = make_plan(plan=plan, revision=1, by=secretary)
        assert (made.status, made.decided_on, made.submitted_on) == ("made", timezone.localdate(), None)
        assert made.versions.get().decision == PlanStatus.MADE
        assert not Notice.objects.exists()
        again = reopen_plan(plan=made, by=secretary)
        assert (again.status, again.decided_on) == (PlanStatus.DRAFT, None)

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_handed_in_by_two_at_once_it_counts_once(
        self, reviewed: Campaign, tree: Tree, secretary: User
    ) -> None:
        plan = written(reviewed, tree, secretary)
        gate, outcomes = threading.Barrier(2), []

        def hand_in() -> None:
            try:
                gate.wait(timeout=10)
                submit_plan(plan=plan, revision=1, by=User.objects.get(pk=secretary.pk))
                outcomes.append("done")
            except NotAllowed as refused:
                outcomes.append(refused.reason)
            finally:
                connection.close()

        threads = [threading.Thread(target=hand_in) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert sorted(outcomes)[0] == "done"
        assert "请刷新页面" in sorted(outcomes)[1]
        assert PlanVersion.objects.count() == 1


class TestReview:
    """The office approves, files or returns what it has read."""

    def review(self, plan: Plan, step: str, by: User, comment: str = "") -> Plan:
        """The newest version is decided."""
        number = plan.versions.first().number  # type: ignore[union-attr]
        return review_plan(plan=plan, step=step, number=number, comment=comment, by=by)

    def test_returned_changed_handed_in_again_and_approved(
        self, reviewed: Campaign, tree: Tree, secretary: User, organizer: User, township: User, member: User
    ) -> None:
        plan = handed_in(reviewed, tree, secretary)
        back = self.review(plan, "return", township, " 谁去联系外出党员，请写清楚。 ")
        assert (back.status, back.decided_on) == (PlanStatus.RETURNED, None)
        version = back.versions.get()
        assert (version.decision, version.comment) == ("returned", "谁去联系外出党员，请写清楚。")
        assert version.decided_by == township.full_name
        assert told("plan_return_1") == {secretary, organizer}
        assert AuditEvent.objects.get(action="return").detail["note_length"] == 14
        changed = save_plan(plan=back, revision=1, by=organizer, requirements="支委包人联系外出党员。")
        again = submit_plan(plan=changed, revision=2, by=secretary)
        done = self.review(again, "approve", township)
        assert (done.status, done.decided_on) == (PlanStatus.APPROVED, timezone.localdate())
        assert [v.decision for v in done.versions.all()] == ["approved", "returned"]
        notice = Notice.objects.filter(kind="plan_approve_2").first()
        assert notice is not None
        assert (notice.title, notice.body) == ("实施方案已批准，可以部署实施", "")

    def test_filed_with_a_comment_the_branch_is_told_that_there_is_one(
        self, tree: Tree, secretary: User, township: User
    ) -> None:
        plan = handed_in(campaign_of(tree.township, "file_for_record"), tree, secretary)
        filed = self.review(plan, "file", township, "测评放到最后为好")
        assert filed.status == PlanStatus.FILED
        assert "审核意见" in Notice.objects.get(kind="plan_file_1").body
        assert "测评" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))

    def test_a_version_handed_in_meanwhile_is_not_decided_unread(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        plan = withdraw_plan(plan=handed_in(reviewed, tree, secretary), by=secretary)
        submit_plan(plan=plan, revision=1, by=secretary)
        how = {"plan": plan, "step": "approve", "number": 1, "comment": "", "by": township}
        assert "重新上报了" in refusal(review_plan, **how)
        assert Plan.objects.get().status == PlanStatus.SUBMITTED
        Plan.objects.get().versions.all().delete()
        assert "重新上报了" in refusal(review_plan, **{**how, "number": 2})

    def test_a_comment_too_long_is_refused_whole(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        plan = handed_in(reviewed, tree, secretary)
        long = "好" * (LONGEST_COMMENT + 1)
        assert "请写得简短" in refusal(
            review_plan, plan=plan, step="return", number=1, comment=long, by=township
        )


class TestWhoReviews:
    """An office, not a person: the nearest one above that somebody works for today."""

    def test_the_nearest_office_above(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User, county: User
    ) -> None:
        plan = handed_in(reviewed, tree, secretary)
        office = reviewing_office(plan)
        assert (office.organization, office.people) == (tree.township, (township,))

    def test_a_new_holder_inherits_what_waits_and_the_old_one_is_out(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        plan = handed_in(reviewed, tree, secretary)
        Appointment.objects.filter(user=township).update(
            ends_on=timezone.localdate() - datetime.timedelta(days=1)
        )
        heir = account_with(Role.OFFICE, tree.township)
        assert reviewing_office(plan).people == (heir,)

    def test_where_nobody_is_the_next_office_above_reviews(
        self, reviewed: Campaign, tree: Tree, secretary: User, county: User
    ) -> None:
        AppointmentFactory.create(user=None, role=Role.OFFICE, organization=tree.township)
        gone = account_with(Role.OFFICE, tree.township)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        plan = handed_in(reviewed, tree, secretary)
        assert reviewing_office(plan).organization == tree.county
        assert told("plan_submitted_1") == {county}

    def test_where_nobody_is_at_all_the_plan_waits(
        self, reviewed: Campaign, tree: Tree, secretary: User
    ) -> None:
        plan = handed_in(reviewed, tree, secretary)
        office = reviewing_office(plan)
        assert (office.organization, office.people) == (None, ())
        assert not Notice.objects.exists()

    def test_a_general_branch_without_an_office_is_passed_over(
        self, reviewed: Campaign, tree: Tree, township: User
    ) -> None:
        plan = PlanFactory.create(campaign=reviewed, organization=tree.mill, status="submitted")
        assert reviewing_office(plan).organization == tree.township
        account_with(Role.OFFICE, tree.general)
        assert reviewing_office(plan).organization == tree.general

    def test_the_list_of_each_person_is_what_the_office_of_each_plan_says(
        self, reviewed: Campaign, tree: Tree, township: User, county: User, secretary: User
    ) -> None:
        clerk = account_with(Role.OFFICE, tree.township)
        AppointmentFactory.create(user=clerk, role=Role.ORGANIZER, organization=tree.sibling)
        both = account_with(Role.OFFICE, tree.general)
        AppointmentFactory.create(user=both, role=Role.OFFICE, organization=tree.county)
        lonely = OrganizationFactory.create(parent=tree.general)
        plans = [
            PlanFactory.create(campaign=reviewed, organization=o, status="submitted")
            for o in (tree.village, tree.sibling, tree.mill, tree.general, lonely, tree.other_village)
        ]
        Plan.objects.filter(organization=tree.village).update(author=township)
        Plan.objects.filter(organization=lonely).update(author=both)
        Plan.objects.filter(organization=tree.mill).update(author=county)
        people = (township, county, clerk, both, secretary)
        for plan in Plan.objects.filter(pk__in=[p.pk for p in plans]):
            said = set(reviewing_office(plan).people)
            assert {p for p in people if for_office(Plan.objects.all(), p).filter(pk=plan.pk)} == said
            assert said, plan

    def test_plans_of_old_rounds_are_nobodys_to_review(
        self, reviewed: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        handed_in(reviewed, tree, secretary)
        assert for_office(Plan.objects.all(), township).count() == 1
        order_redo(campaign=reviewed, organization=tree.village, reason="走过场", by=township)
        assert for_office(Plan.objects.all(), township).count() == 0


class TestTheGate:
    """Where the plan must be approved nothing begins before."""

    @pytest.mark.parametrize("gate", ["file_for_record", "consult", "own", "none"])
    def test_other_gates_hold_nothing_up(self, gate: str, tree: Tree) -> None:
        assert gate_refusal(campaign_of(tree.township, gate), tree.village) is True

    def test_a_group_of_a_branch_writes_no_plan(self, reviewed: Campaign, tree: Tree) -> None:
        assert reviewed.covers(tree.group)
        assert gate_refusal(reviewed, tree.group) is True

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (None, "还没有批准，批准后方可部署实施"),
            ("draft", "请先写好方案上报"),
            ("returned", "请先写好方案上报"),
            ("submitted", "上级还没有批准"),
        ],
    )
    def test_before_the_approval_it_is_shut(
        self, status: str | None, words: str, reviewed: Campaign, tree: Tree
    ) -> None:
        if status:
            PlanFactory.create(campaign=reviewed, organization=tree.village, status=status)
        answer = gate_refusal(reviewed, tree.village)
        assert isinstance(answer, Denied)
        assert words in answer.reason

    def test_a_plan_filed_under_earlier_rules_need_not_be_approved_anew(self, tree: Tree) -> None:
        """A filed plan can neither be changed nor approved: without this nothing would go on."""
        asking = campaign_of(tree.township, "approve")
        PlanFactory.create(campaign=asking, organization=tree.village, status="filed")
        assert gate_refusal(asking, tree.village) is True

    def test_approved_it_opens_until_another_round_is_ordered(
        self, reviewed: Campaign, tree: Tree, township: User
    ) -> None:
        PlanFactory.create(campaign=reviewed, organization=tree.village, status="approved")
        assert gate_refusal(reviewed, tree.village)
        assert not gate_refusal(reviewed, tree.sibling)
        order_redo(campaign=reviewed, organization=tree.village, reason="走过场", by=township)
        assert not gate_refusal(reviewed, tree.village)

    def test_a_superior_that_lets_the_branch_off_the_plan_opens_it(
        self, reviewed: Campaign, tree: Tree, township: User
    ) -> None:
        how = {"campaign": reviewed, "organization": tree.village, "step": "plan", "by": township}
        decision = waive_step(reason="刚成立的支部，按镇里的统一安排", **how)  # type: ignore[arg-type]
        assert gate_refusal(reviewed, tree.village)
        end_decision(decision=decision, by=township)
        assert not gate_refusal(reviewed, tree.village)

    def test_the_rules_of_the_own_field_decide(self, reviewed: Campaign, tree: Tree) -> None:
        RuleSet.objects.filter(campaign=reviewed).update(overlays={"school": {"plan_gate": "none"}})
        campaign = Campaign.objects.get(pk=reviewed.pk)
        assert gate_refusal(campaign, tree.school)
        assert not gate_refusal(campaign, tree.village)


class TestConsultation:
    """Where only a word with the superior is asked for."""

    def note(self, campaign: Campaign, tree: Tree, by: User, **more: Any) -> Consultation:
        """A word with the township."""
        how = {"held_on": timezone.localdate(), "with_whom": "镇党委副书记", **more}
        return note_consultation(campaign=campaign, organization=tree.village, by=by, **how)

    def test_it_is_kept_once_a_round_and_can_be_changed(
        self, campaign: Campaign, tree: Tree, secretary: User, organizer: User
    ) -> None:
        self.note(campaign, tree, secretary)
        self.note(campaign, tree, organizer, agreed_form="党员大会", invited="镇党委派员指导")
        noted = Consultation.objects.get()
        assert (noted.agreed_form, noted.invited, noted.agreed_on) == ("党员大会", "镇党委派员指导", None)
        events = AuditEvent.objects.filter(action="note_consultation").order_by("sequence")
        assert [e.detail for e in events] == [{"new": True}, {"new": False}]
        assert not Notice.objects.filter(about_id__contains="consultation").exists()

    def test_a_day_to_come_is_no_record(self, campaign: Campaign, tree: Tree, secretary: User) -> None:
        tomorrow = timezone.localdate() + datetime.timedelta(days=1)
        with pytest.raises(NotAllowed, match="不能晚于今天"):
            self.note(campaign, tree, secretary, held_on=tomorrow)

    def test_it_is_for_the_branchs_own_clerks(self, campaign: Campaign, tree: Tree, township: User) -> None:
        with pytest.raises(NotAllowed, match="由本组织书记"):
            self.note(campaign, tree, township)

    def test_where_a_plan_is_asked_for_there_is_none(
        self, reviewed: Campaign, tree: Tree, secretary: User
    ) -> None:
        with pytest.raises(NotAllowed, match="没有这样的要求"):
            self.note(reviewed, tree, secretary)
