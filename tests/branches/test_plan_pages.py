"""Pages of plans: nothing typed is lost, what is pointed out is shown, the office goes from one to the next."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Consultation, Organization, Plan, PlanStatus, Role, RuleSet, User
from branches.services.plan_reviews import HANDED_IN_ANEW
from branches.services.plans import save_plan, submit_plan, withdraw_plan
from branches.services.steps import order_redo
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.plans import PlanFactory, version_of

ClientOf = Callable[[User], Client]
TYPED = {
    "theme": "践行“三严三实”",
    "time": "8月中旬",
    "form": "先开支委会，再开党员大会",
    "attendees": "全体党员",
    "requirements": "会前把心谈透，外出党员由支委打电话，两户卧床老党员上门听意见。",
}
NOTICE = "各党支部要深入开展谈心谈话，支部书记与支部委员要相互谈心，书记与每名党员要谈心，做到推心置腹、把问题谈开谈透。"


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township whose plans must be approved; copies are pointed out."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="approve",
        theme="专题组织生活会",
        status="running",
        text=NOTICE,
        rules={"plan_gate": "approve", "plan_copy_warning": True, "plan_due": "2026-12-20"},
    )
    return made


def address(name: str, campaign: Campaign, organization: Organization, *more: str) -> str:
    """The address of a page of an organisation's plan."""
    return reverse(f"branches:{name}", args=[campaign.slug, organization.pk, *more])


def gate(campaign: Campaign, value: str, **rules: Any) -> Campaign:
    """The campaign under another gate."""
    current = campaign.rule_set()
    RuleSet.objects.filter(pk=current.pk).update(values={**current.values, "plan_gate": value, **rules})
    return Campaign.objects.get(pk=campaign.pk)


def text_of(client: Client, url: str) -> str:
    """The page at the address, which must be there."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def plan_in(campaign: Campaign, organization: Organization, status: str = "draft", **more: Any) -> Plan:
    """A plan of that organisation in that state."""
    made: Plan = PlanFactory.create(
        campaign=campaign, organization=organization, status=status, **{**TYPED, **more}
    )
    return made


class TestWriting:
    """The secretary's side."""

    def test_from_the_empty_page_to_the_receipt(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        page = text_of(client, address("plan", campaign, tree.village))
        assert "还没有写方案" in page
        assert "填写方案" in page
        form = text_of(client, address("plan_edit", campaign, tree.village))
        assert 'value="专题组织生活会"' in form
        assert not Plan.objects.exists(), "looking at the form writes nothing"
        data = {**TYPED, "revision": "0", "check": "1"}
        answer = client.post(address("plan_edit", campaign, tree.village), data)
        assert answer.headers["Location"] == address("plan_check", campaign, tree.village)
        check = text_of(client, answer.headers["Location"])
        assert "上报以后由青石镇党建办审核" in check
        assert "会前把心谈透" in check
        assert "<mark>" not in check
        answer = client.post(
            address("plan_check", campaign, tree.village), {"revision": "1", "declared": "on"}, follow=True
        )
        receipt = answer.content.decode()
        assert "第 1 版" in receipt
        assert "下一步由青石镇党建办审核" in receipt
        assert "撤回方案" in receipt
        assert Plan.objects.get().status == PlanStatus.SUBMITTED

    def test_an_unfinished_plan_is_kept_and_the_check_says_what_is_missing(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "file_for_record", plan_fields=["theme", "time", "attendees"])
        client = client_of(secretary)
        answer = client.post(
            address("plan_edit", campaign, tree.village), {"revision": "0", "time": "8月"}, follow=True
        )
        assert "方案已保存" in answer.content.decode()
        assert Plan.objects.get().time == "8月"
        page = text_of(client, address("plan_check", campaign, tree.village))
        assert "还没有写明：会议主题、参加人员" in page
        assert "上报方案</button>" not in page
        answer = client.post(
            address("plan_check", campaign, tree.village), {"revision": "1", "declared": "on"}
        )
        assert "方案还没有写明：会议主题、参加人员" in answer.content.decode()
        assert Plan.objects.get().status == PlanStatus.DRAFT

    def test_what_the_rules_want_is_not_marked_as_optional(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "approve", plan_fields=["time"])
        page = text_of(client_of(secretary), address("plan_edit", campaign, tree.village))
        assert re.search(r'for="id_form">方式<span class="optional">（选填）', page)
        assert re.search(r'for="id_time">时间</label>', page)
        assert "至少写一项" not in page

    def test_where_the_rules_name_no_field_the_form_says_what_is_enough(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        assert "至少写一项" in text_of(client_of(secretary), address("plan_edit", campaign, tree.village))

    def test_two_people_at_once_both_texts_are_shown_and_the_second_save_goes_on(
        self, campaign: Campaign, tree: Tree, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village)
        save_plan(plan=plan, revision=1, by=organizer, form="组织委员写的方式")
        client, url = client_of(secretary), address("plan_edit", campaign, tree.village)
        answer = client.post(url, {**TYPED, "revision": "1", "form": "书记写的方式"})
        page = answer.content.decode()
        assert "另有一位同志保存了" in page
        assert "组织委员写的方式" in page
        assert "书记写的方式" in page
        assert Plan.objects.get().form == "组织委员写的方式"
        revision = re.search(r'name="revision" value="(\d+)"', page)
        assert revision is not None
        client.post(url, {**TYPED, "revision": revision.group(1), "form": "书记写的方式"})
        assert Plan.objects.get().form == "书记写的方式"

    def test_two_first_saves_at_once_are_seen_too(
        self, campaign: Campaign, tree: Tree, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        url = address("plan_edit", campaign, tree.village)
        client_of(organizer).post(url, {**TYPED, "revision": "0"})
        answer = client_of(secretary).post(url, {**TYPED, "revision": "0", "time": "9月"})
        assert "另有一位同志保存了" in answer.content.decode()

    def test_a_text_handed_in_meanwhile_refuses_the_save_and_keeps_what_was_typed(
        self, campaign: Campaign, tree: Tree, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village, "submitted")
        url = address("plan_edit", campaign, tree.village)
        answer = client_of(organizer).post(url, {**TYPED, "revision": "1", "form": "刚刚想到的"})
        page = answer.content.decode()
        assert "请先撤回" in page
        assert "刚刚想到的" in page
        assert client_of(organizer).get(url).headers["Location"] == address("plan", campaign, tree.village)

    def test_lines_end_the_same_way_whatever_the_browser_sends(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        url = address("plan_edit", campaign, tree.village)
        client_of(secretary).post(url, {"revision": "0", "requirements": "一\r\n二\r\n三"})
        assert Plan.objects.get().requirements == "一\n二\n三"

    def test_too_long_a_text_is_refused_and_kept_on_the_page(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        url = address("plan_edit", campaign, tree.village)
        answer = client_of(secretary).post(url, {"revision": "0", "form": "长" * 501})
        assert "长" * 501 in answer.content.decode()
        assert not Plan.objects.exists()

    def test_the_organiser_is_told_that_the_secretary_hands_in(
        self, campaign: Campaign, tree: Tree, organizer: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village)
        client, url = client_of(organizer), address("plan_check", campaign, tree.village)
        assert "请告诉他来办" in text_of(client, url)
        answer = client.post(url, {"revision": "1", "declared": "on"})
        assert "由本组织书记（副书记）上报" in answer.content.decode()

    def test_nothing_is_handed_in_without_the_tick(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village)
        answer = client_of(secretary).post(address("plan_check", campaign, tree.village), {"revision": "1"})
        assert "打勾" in answer.content.decode()
        assert Plan.objects.get().status == PlanStatus.DRAFT

    def test_a_text_changed_since_it_was_checked_is_shown_again_before_it_goes(
        self, campaign: Campaign, tree: Tree, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village)
        save_plan(plan=plan, revision=1, by=organizer, form="改成视频会")
        client, url = client_of(secretary), address("plan_check", campaign, tree.village)
        page = client.post(url, {"revision": "1", "declared": "on"}).content.decode()
        assert "再看一遍" in page
        assert "改成视频会" in page
        assert 'name="revision" value="2"' in page
        client.post(url, {"revision": "2", "declared": "on"})
        assert Plan.objects.get().status == PlanStatus.SUBMITTED

    def test_the_check_of_a_plan_that_is_gone_or_not_begun_leads_to_its_page(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        client, url = client_of(secretary), address("plan_check", campaign, tree.village)
        assert client.get(url).headers["Location"] == address("plan", campaign, tree.village)
        plan_in(campaign, tree.village, "submitted")
        again = client.post(url, {"revision": "1", "declared": "on"})
        assert again.headers["Location"] == address("plan", campaign, tree.village)

    def test_taken_back_and_the_second_press_explained(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village, "submitted")
        client, url = client_of(secretary), address("plan_step", campaign, tree.village, "withdraw")
        answer = client.post(url)
        assert answer.headers["Location"] == address("plan_edit", campaign, tree.village)
        assert Plan.objects.get().status == PlanStatus.DRAFT
        again = client.post(url, follow=True).content.decode()
        assert "现在是「填写中」，不能再撤回" in again
        for name in ("approve", "submit", "nonsense"):
            assert client.post(address("plan_step", campaign, tree.village, name)).status_code == 404

    def test_a_step_of_a_plan_that_is_not_there_is_404(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        url = address("plan_step", campaign, tree.village, "withdraw")
        assert client_of(secretary).post(url).status_code == 404

    def test_a_plan_of_ones_own_is_settled_without_anybody_and_taken_up_again(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "own")
        plan_in(campaign, tree.village)
        client = client_of(secretary)
        assert "检查并定稿" in text_of(client, address("plan", campaign, tree.village))
        assert "方案定稿</button>" in text_of(client, address("plan_check", campaign, tree.village))
        data = {"revision": "1", "declared": "on"}
        page = client.post(address("plan_check", campaign, tree.village), data, follow=True).content.decode()
        assert "方案已定稿" in page
        assert "重新修改方案" in page
        client.post(address("plan_step", campaign, tree.village, "reopen"))
        assert Plan.objects.get().status == PlanStatus.DRAFT

    def test_where_nobody_works_at_the_office_the_pages_say_whom_to_call(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village)
        client = client_of(secretary)
        assert "请打电话告诉上级" in text_of(client, address("plan_check", campaign, tree.village))
        submit_plan(plan=plan, revision=1, by=secretary)
        assert "请打电话联系上级" in text_of(client, address("plan", campaign, tree.village))


class TestCopies:
    """简单转发, shown to the author before handing in and to the reviewer."""

    def test_the_author_sees_which_passages_repeat_the_notice_and_may_still_hand_in(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village, form="", attendees="", requirements=NOTICE)
        client, url = client_of(secretary), address("plan_check", campaign, tree.village)
        page = text_of(client, url)
        assert "可能是简单转发" in page
        assert f"<mark>{NOTICE[:-1]}</mark>" in page
        assert "与上级通知有 100.00% 相同" in page
        client.post(url, {"revision": "1", "declared": "on"})
        review = text_of(client_of(township), address("plan_review", campaign, tree.village))
        assert "这只是提示，由您判断" in review
        assert f"<mark>{NOTICE[:-1]}</mark>" in review
        listed = text_of(client_of(township), reverse("branches:plans", args=[campaign.slug]))
        assert "可能是简单转发" in listed

    def test_nothing_is_marked_where_the_rules_do_not_want_it(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "approve", plan_copy_warning=False)
        plan_in(campaign, tree.village, requirements=NOTICE)
        page = text_of(client_of(secretary), address("plan_check", campaign, tree.village))
        assert "<mark>" not in page
        assert "简单转发" not in page


class TestReview:
    """The office's side."""

    def post(self, client: Client, plan: Plan, decision: str, comment: str = "", **more: str) -> Any:
        """Press a button of the review page."""
        url = address("plan_review", plan.campaign, plan.organization)
        newest = plan.versions.first()
        number = newest.number if newest else 0
        data = {"number": str(number), "comment": comment, "decision": decision, **more}
        return client.post(url, data)

    def test_one_after_the_other_the_longest_waiting_first(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        now = timezone.now()
        for place, days in ((tree.village, 1), (tree.sibling, 6), (tree.school, 0)):
            handed_in = now - datetime.timedelta(days=days)
            plan_in(campaign, place, "submitted", version={"submitted_at": handed_in})
        client = client_of(township)
        page = text_of(client, reverse("branches:plans", args=[campaign.slug]))
        assert [page.index(name) for name in ("白沙村", "新河村", "镇中心学校")] == sorted(
            page.index(name) for name in ("白沙村", "新河村", "镇中心学校")
        )
        assert "已等 6 天" in page
        assert "今天上报" in page
        first = Plan.objects.get(organization=tree.sibling)
        assert "先看下一份：新河村支部" in text_of(client, address("plan_review", campaign, tree.sibling))
        answer = self.post(client, first, "approve")
        assert answer.headers["Location"] == address("plan_review", campaign, tree.village)
        assert "下面是下一份" in text_of(client, answer.headers["Location"])
        answer = self.post(client, Plan.objects.get(organization=tree.village), "return", "写具体些")
        assert answer.headers["Location"] == address("plan_review", campaign, tree.school)
        answer = self.post(client, Plan.objects.get(organization=tree.school), "approve")
        assert answer.headers["Location"] == reverse("branches:plans", args=[campaign.slug])
        page = text_of(client, answer.headers["Location"])
        assert "没有等您审核的方案" in page
        assert "白沙村" in text_of(client, answer.headers["Location"] + "?show=passed")
        assert "新河村" in text_of(client, answer.headers["Location"] + "?show=returned")

    def test_returning_without_a_reason_is_refused_beside_the_field(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village, "submitted")
        page = self.post(client_of(township), plan, "return", "  ").content.decode()
        assert "退回须写明原因" in page
        assert "错误：" in page
        assert Plan.objects.get().status == PlanStatus.SUBMITTED

    def test_the_secretary_sees_the_reason_first_and_the_reviewer_what_changed(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village, "submitted")
        office, clerk = client_of(township), client_of(secretary)
        self.post(office, plan, "return", "外出党员谁来联系，写到人。")
        page = text_of(clerk, address("plan", campaign, tree.village))
        assert "上级退回了方案" in page
        assert "外出党员谁来联系，写到人。" in page
        new = TYPED["requirements"].replace("支委打电话", "支委包人打电话")
        clerk.post(
            address("plan_edit", campaign, tree.village), {**TYPED, "revision": "1", "requirements": new}
        )
        clerk.post(address("plan_check", campaign, tree.village), {"revision": "2", "declared": "on"})
        review = text_of(office, address("plan_review", campaign, tree.village))
        assert "第 2 版" in review
        assert "<ins>包人</ins>" in review
        assert "外出党员谁来联系" in review
        history = text_of(clerk, address("plan_history", campaign, tree.village))
        assert history.index("第 2 版") < history.index("第 1 版")
        assert "<ins>包人</ins>" in history
        assert "已退回" in history
        assert "待审核" in history

    def test_what_is_filed_offers_no_approval_and_keeps_the_comment(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "file_for_record")
        plan_in(campaign, tree.village, "submitted")
        plan = Plan.objects.get()
        office = client_of(township)
        page = text_of(office, address("plan_review", campaign, tree.village))
        assert "同意备案" in page
        assert "批准方案" not in page
        assert "没有这样的要求" in self.post(office, plan, "approve").content.decode()
        self.post(office, plan, "file", "测评放在最后。")
        page = text_of(client_of(secretary), address("plan", campaign, tree.village))
        assert "已备案" in page
        assert "测评放在最后。" in page

    def test_a_plan_handed_in_anew_meanwhile_is_shown_before_it_is_decided(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village, "submitted")
        withdraw_plan(plan=plan, by=secretary)
        save_plan(plan=plan, revision=1, by=secretary, form="换了一种开法")
        submit_plan(plan=plan, revision=2, by=secretary)
        page = self.post(client_of(township), plan, "approve", "同意。", number="1").content.decode()
        assert HANDED_IN_ANEW in page
        assert "换了一种开法" in page
        assert "同意。</textarea>" in page
        assert 'name="number" value="2"' in page
        assert Plan.objects.get().status == PlanStatus.SUBMITTED

    def test_the_same_decision_posted_twice_counts_once_and_ends_on_the_same_page(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village, "submitted")
        client, key = client_of(township), str(uuid.uuid4())
        first = self.post(client, plan, "approve", submission=key)
        again = self.post(client, plan, "approve", submission=key)
        assert first.headers["Location"] == again.headers["Location"]
        assert Plan.objects.get().status == PlanStatus.APPROVED

    def test_a_form_that_got_no_answer_the_first_time_is_not_decided_blindly(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village, "submitted")
        client, key = client_of(township), str(uuid.uuid4())
        refused = self.post(client, plan, "return", "", submission=key)
        assert "退回须写明原因" in refused.content.decode()
        again = self.post(client, plan, "approve", submission=key)
        assert again.status_code == 302
        assert Plan.objects.get().status == PlanStatus.SUBMITTED

    def test_a_plan_decided_meanwhile_refuses_and_keeps_the_comment(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village, "submitted")
        client = client_of(township)
        self.post(client, plan, "approve")
        page = self.post(client, plan, "return", "我认为要改").content.decode()
        assert "现在是「已批准」，不能再退回" in page
        assert "我认为要改" in page
        url = address("plan_review", campaign, tree.village)
        assert client.get(url).headers["Location"] == address("plan", campaign, tree.village)

    def test_an_unknown_button_or_a_plan_never_handed_in_is_404(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        assert client.get(address("plan_review", campaign, tree.village)).status_code == 404
        plan_in(campaign, tree.village)
        assert client.get(address("plan_review", campaign, tree.village)).status_code == 404
        plan = plan_in(campaign, tree.sibling, "submitted")
        assert self.post(client, plan, "withdraw").status_code == 404

    def test_a_plan_without_versions_still_stands_in_the_list(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village, "approved").versions.all().delete()
        page = text_of(client_of(township), reverse("branches:plans", args=["approve"]) + "?show=passed")
        assert "新河村党支部" in page
        assert TYPED["form"] in text_of(client_of(township), address("plan", campaign, tree.village))

    def test_the_county_is_not_shown_what_the_township_reviews(
        self, campaign: Campaign, tree: Tree, township: User, county: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village, "submitted")
        page = text_of(client_of(county), reverse("branches:plans", args=["approve"]))
        assert "没有等您审核的方案" in page
        assert "没有这样的方案" in text_of(
            client_of(county), reverse("branches:plans", args=["approve"]) + "?show=passed"
        )


class TestReading:
    """Who sees what of a plan."""

    def test_a_draft_is_the_branchs_own_business(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village, form="还没有想好的开法")
        assert "还没有想好的开法" in text_of(client_of(secretary), address("plan", campaign, tree.village))
        page = text_of(client_of(township), address("plan", campaign, tree.village))
        assert "还没有想好的开法" not in page
        assert "还没有上报方案" in page

    def test_what_is_being_changed_is_shown_to_others_as_it_was_handed_in(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        plan = plan_in(campaign, tree.village, "returned", form="第一次的开法")
        save_plan(plan=plan, revision=1, by=secretary, form="正在改的开法")
        page = text_of(client_of(township), address("plan", campaign, tree.village))
        assert "第一次的开法" in page
        assert "正在改的开法" not in page
        assert "正在改的开法" in text_of(client_of(secretary), address("plan", campaign, tree.village))

    def test_the_plan_of_an_earlier_round_stays_readable_in_the_history(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        plan_in(campaign, tree.village, "approved", form="第一轮的开法")
        order_redo(campaign=campaign, organization=tree.village, reason="走过场", by=township)
        client = client_of(secretary)
        assert "还没有写方案" in text_of(client, address("plan", campaign, tree.village))
        version_of(plan_in(campaign, tree.village, "submitted", round_no=2, form="第二轮的开法"))
        history = text_of(client, address("plan_history", campaign, tree.village))
        assert "第 2 轮" in history
        assert history.index("第二轮的开法") < history.index("第一轮的开法")
        assert "没有改动" in history
        assert "第 2 轮" in text_of(client, address("plan", campaign, tree.village))

    def test_versions_taken_back_or_settled_say_so_in_the_history(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        empty = text_of(client_of(secretary), address("plan_history", campaign, tree.village))
        assert "还没有交过方案" in empty
        withdraw_plan(plan=plan_in(campaign, tree.village, "submitted"), by=secretary)
        assert "已撤回" in text_of(client_of(secretary), address("plan_history", campaign, tree.village))

    def test_once_the_campaign_is_over_the_page_is_read_only(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        Campaign.objects.filter(pk=campaign.pk).update(status="closed")
        page = text_of(client_of(secretary), address("plan", campaign, tree.village))
        assert "没有写过方案" in page
        assert "填写方案" not in page
        plan_in(campaign, tree.village, "submitted")
        assert "撤回方案" not in text_of(client_of(secretary), address("plan", campaign, tree.village))

    def test_the_last_day_is_shown_with_what_remains_and_late_is_said(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        with time_machine.travel(datetime.datetime(2026, 12, 18, 12, tzinfo=datetime.UTC)):
            client = client_of(secretary)
            page = text_of(client, address("plan", campaign, tree.village))
            assert "12月20日（周日）" in page
            assert "还剩 2 天" in page
        with time_machine.travel(datetime.datetime(2026, 12, 22, 12, tzinfo=datetime.UTC)):
            client = client_of(secretary)
            page = text_of(client, address("plan", campaign, tree.village))
            assert 'class="overdue">已逾期 2 天' in page

    @pytest.mark.parametrize("name", ["plan", "plan_edit", "plan_check", "plan_history", "plan_review"])
    @pytest.mark.parametrize("value", ["none", "consult"])
    def test_where_no_plan_is_asked_for_there_is_no_page_of_one(
        self, name: str, value: str, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, value)
        assert client_of(secretary).get(address(name, campaign, tree.village)).status_code == 404

    def test_a_campaign_not_yet_published_asks_nobody(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        Campaign.objects.filter(pk=campaign.pk).update(status="draft")
        client = client_of(township)
        assert client.get(address("plan", campaign, tree.village)).status_code == 404
        assert client.get(reverse("branches:plans", args=["approve"])).status_code == 404


class TestConsultation:
    """Five short answers instead of a plan."""

    def test_noted_in_one_go_and_changed_later(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "consult")
        client, url = client_of(secretary), address("consultation", campaign, tree.village)
        assert "不用写方案" in text_of(client, url)
        today = timezone.localdate().isoformat()
        data = {"held_on": today, "with_whom": "镇党委副书记", "invited": "镇党委派员指导"}
        assert "沟通记录已保存" in client.post(url, data, follow=True).content.decode()
        client.post(url, {**data, "agreed_form": "党员大会"})
        noted = Consultation.objects.get()
        assert (noted.with_whom, noted.agreed_form) == ("镇党委副书记", "党员大会")
        read = text_of(client_of(township), url)
        assert "镇党委派员指导" in read
        assert "保存沟通记录" not in read

    def test_a_day_to_come_or_nobody_named_is_refused_and_kept_on_the_page(
        self, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "consult")
        client, url = client_of(secretary), address("consultation", campaign, tree.village)
        later = (timezone.localdate() + datetime.timedelta(days=3)).isoformat()
        page = client.post(url, {"held_on": later, "with_whom": "镇党委书记"}).content.decode()
        assert "不能晚于今天" in page
        assert "镇党委书记" in page
        page = client.post(url, {"held_on": later, "with_whom": ""}).content.decode()
        assert "请填写与谁沟通" in page
        assert not Consultation.objects.exists()

    def test_the_office_sees_that_nothing_is_noted_yet_and_writes_nothing(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, "consult")
        url = address("consultation", campaign, tree.village)
        assert "还没有登记" in text_of(client_of(township), url)
        assert client_of(township).post(url, {}).status_code == 403

    @pytest.mark.parametrize("value", ["none", "approve", "own"])
    def test_it_is_only_where_the_rules_ask_for_a_word(
        self, value: str, campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = gate(campaign, value)
        assert client_of(secretary).get(address("consultation", campaign, tree.village)).status_code == 404


class TestWays:
    """The links on the campaign's page."""

    def links(self, campaign: Campaign, user: User) -> str:
        """The part of the page as this person sees it."""
        request = RequestFactory().get("/")
        request.user = user
        return render_to_string("branches/_plans_link.html", {"campaign": campaign}, request=request)

    def test_the_branch_finds_its_plan_with_its_state(
        self, campaign: Campaign, tree: Tree, secretary: User, organizer: User
    ) -> None:
        assert "未开始" in self.links(campaign, secretary)
        plan_in(campaign, tree.village, "returned")
        page = self.links(campaign, organizer)
        assert address("plan", campaign, tree.village) in page
        assert "已退回" in page

    def test_the_office_finds_its_queue_with_how_many_wait(
        self, campaign: Campaign, tree: Tree, township: User, county: User
    ) -> None:
        plan_in(campaign, tree.village, "submitted")
        assert "1 份待审核" in self.links(campaign, township)
        assert "份待审核" not in self.links(campaign, county)
        assert reverse("branches:plans", args=["approve"]) in self.links(campaign, county)

    def test_two_posts_in_one_branch_give_one_link(
        self, campaign: Campaign, tree: Tree, secretary: User
    ) -> None:
        AppointmentFactory.create(user=secretary, role=Role.ORGANIZER, organization=tree.village)
        AppointmentFactory.create(user=secretary, role=Role.SECRETARY, organization=tree.other_village)
        page = self.links(campaign, User.objects.get(pk=secretary.pk))
        assert page.count("<li>") == 1

    def test_a_word_with_the_superior_has_its_link_and_no_queue(
        self, campaign: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        campaign = gate(campaign, "consult")
        assert "未登记" in self.links(campaign, secretary)
        assert "方案" not in self.links(campaign, secretary)
        Consultation.objects.create(
            campaign=campaign,
            organization=tree.village,
            held_on=timezone.localdate(),
            with_whom="镇党委副书记",
        )
        assert "已登记" in self.links(campaign, secretary)
        assert "<li>" not in self.links(campaign, township)

    @pytest.mark.parametrize("value", ["none", "draft"])
    def test_where_nothing_is_asked_there_is_nothing(
        self, value: str, campaign: Campaign, secretary: User, township: User
    ) -> None:
        if value == "draft":
            Campaign.objects.filter(pk=campaign.pk).update(status="draft")
            campaign = Campaign.objects.get(pk=campaign.pk)
        else:
            campaign = gate(campaign, "none")
        assert self.links(campaign, secretary).strip() == ""
        assert self.links(campaign, township).strip() == ""

    def test_others_have_no_link(self, campaign: Campaign, member: User, supervisor: User) -> None:
        assert self.links(campaign, member).strip() == ""
        assert self.links(campaign, supervisor).strip() == ""
        assert self.links(campaign, account_with(None, member.home)).strip() == ""  # type: ignore[arg-type]
