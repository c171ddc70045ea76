"""The home page: each person's own work, and nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Role, User
from branches.services.steps import note_step, order_redo, postpone_step, steps_for, waive_step
from config.home.days import deadline, said
from config.home.secretary import TaskList
from meetings.models import MeetingStatus
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.evaluations import evening
from tests.factories.meetings import MeetingFactory, name_all
from tests.factories.members import MemberFactory, members_of
from tests.factories.plans import PlanFactory

ClientOf = Callable[[User], Client]


def page_of(client: Client, query: str = "") -> str:
    """The home page."""
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("day", "words", "state"),
    [
        (datetime.date(2026, 12, 10), "12月10日（周四）前完成，还剩 17 天", "ok"),
        (datetime.date(2026, 11, 26), "11月26日（周四）前完成，还剩 3 天", "warn"),
        (datetime.date(2026, 11, 23), "11月23日（周一）到期，就是今天", "warn"),
        (datetime.date(2026, 11, 21), "11月21日（周六）到期，已逾期 2 天", "bad"),
        (None, "", "ok"),
    ],
)
def test_a_deadline_is_said_as_a_day_and_a_remainder(
    day: datetime.date | None, words: str, state: str
) -> None:
    assert deadline(day, datetime.date(2026, 11, 23)) == (words, state)
    assert said(datetime.date(2026, 1, 4)) == "1月4日（周日）"


class TestSecretary:
    """The task list leads through the evening, one step at a time."""

    def next_title(self, tree: Tree, campaign: Campaign) -> str:
        """The title of the one thing to do now."""
        tasks = TaskList.of(tree.village, Campaign.objects.get(pk=campaign.pk))
        return tasks.next.title if tasks.next else ""

    def test_the_list_follows_the_branch_from_roll_to_meeting(
        self, tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        assert self.next_title(tree, campaign) == "党员名册"
        assert "导入党员名册" in page_of(client)
        people = members_of(tree.village, 6)
        assert self.next_title(tree, campaign) == "核定评议花名册"
        freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
        assert self.next_title(tree, campaign) == "安排党员大会"
        meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
        assert "确定主持人" in self.next_title(tree, campaign)
        assert "还差：主持人、记录人、监票人、计票人" in page_of(client)
        name_all(meeting, secretary, people)
        assert self.next_title(tree, campaign) == "召开党员大会"
        page = page_of(client)
        assert "已完成 4 /" in page
        assert reverse("meetings:detail", args=[meeting.pk]) in page

    @pytest.mark.parametrize(
        ("stage", "title"),
        [
            ("setup", "民主测评党员：印表、发票"),
            ("issued", "民主测评党员：两人计票、核对"),
            ("collected", "民主测评党员：两人计票、核对"),
            ("matched", "民主测评党员：汇总表签字、核定"),
            ("certified", "组织评定"),
        ],
    )
    def test_the_list_follows_the_ballot_to_the_end(
        self, stage: str, title: str, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        made = evening(stage, organization=tree.village, rules={"committee_rated": False})
        assert self.next_title(tree, made.campaign) == title
        page = page_of(client_of(secretary))
        if stage != "certified":
            assert reverse("evaluations:ballot", args=[made.ballot.pk]) in page

    def test_a_voided_ballot_begins_again(self, tree: Tree, secretary: User) -> None:
        made = evening("void", organization=tree.village, rules={"committee_rated": False})
        assert self.next_title(tree, made.campaign) == "民主测评党员：印表、发票"

    def test_the_committee_has_its_own_lines_when_it_is_rated(
        self, tree: Tree, secretary: User, organizer: User
    ) -> None:
        made = evening("certified", organization=tree.village, rules={"committee_rated": True})
        assert self.next_title(tree, made.campaign) == "评议支委会：印表、发票"

    def test_a_branch_without_a_committee_is_not_asked_to_rate_it(self, tree: Tree, secretary: User) -> None:
        made = evening("certified", organization=tree.village, rules={"committee_rated": True})
        assert self.next_title(tree, made.campaign) == "组织评定"

    def test_when_everything_is_ticked_nothing_is_left_to_do(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        made = evening("certified", organization=tree.village, rules={"committee_rated": False})
        campaign = Campaign.objects.get(pk=made.campaign.pk)
        today = timezone.localdate()
        for step in steps_for(campaign, tree.village):
            if step.may_tick and step.kind != "meeting":
                note_step(
                    campaign=campaign, organization=tree.village, step=step.key, done_on=today, by=secretary
                )
        assert self.next_title(tree, campaign) == ""
        assert "现在没有要办的事" in page_of(client_of(secretary))

    def test_a_plan_that_must_be_approved_comes_before_everything(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, status="running", preset="luoyang_2014", year=2014, slug="ly"
        )
        members_of(tree.village, 6)
        assert self.next_title(tree, campaign) == "实施方案报上级"
        page = page_of(client_of(secretary))
        assert "填写实施方案" in page
        assert "先完成：实施方案报上级" in page

    def test_a_returned_plan_stands_first_and_red_with_what_the_superior_said(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, status="running", preset="luoyang_2014", year=2014, slug="ly"
        )
        plan = PlanFactory.create(campaign=campaign, organization=tree.village, status="returned")
        plan.versions.update(comment="没有写清外出党员怎么办")
        tasks = TaskList.of(tree.village, campaign)
        lines = {task.title: task for _part, found in tasks.parts for task in found}
        late = lines["实施方案报上级"]
        assert (late.state, late.action) == ("bad", "修改实施方案")
        assert "已退回" in late.text
        assert tasks.next is not None
        assert tasks.next.title == "实施方案报上级"
        page = page_of(client_of(secretary), "?campaign=ly")
        assert "上级退回了方案" in page
        assert "没有写清外出党员怎么办" in page

    def test_a_postponed_meeting_says_so_and_can_still_be_prepared(
        self, tree: Tree, campaign: Campaign, secretary: User
    ) -> None:
        postpone_step(
            campaign=campaign,
            organization=tree.village,
            step="meeting",
            reason="准备不充分",
            until=None,
            by=secretary,
        )
        tasks = TaskList.of(tree.village, campaign)
        lines = {task.title: task for _part, found in tasks.parts for task in found}
        assert (lines["召开党员大会：延期"].word, lines["召开党员大会：延期"].text) == (
            "已延期",
            "准备不充分",
        )
        assert "安排党员大会" in lines
        assert self.next_title(tree, campaign) == "党员名册"

    def test_a_meeting_let_off_takes_the_evening_with_it(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User
    ) -> None:
        waive_step(
            campaign=campaign, organization=tree.village, step="meeting", reason="全体外出", by=township
        )
        tasks = TaskList.of(tree.village, campaign)
        lines = {task.title: task for _part, found in tasks.parts for task in found}
        assert "安排党员大会" not in lines
        assert lines["召开党员大会"].word == "同意不做"

    def test_an_order_to_do_it_again_stands_above_the_list(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        order_redo(campaign=campaign, organization=tree.village, reason="流于形式", by=township)
        assert "上级要求重新进行（第 2 轮）" in page_of(client_of(secretary))

    def test_a_campaign_without_a_ballot_has_no_lines_of_one(self, tree: Tree, secretary: User) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, status="running", rules={"ballot_place": "none"}
        )
        tasks = TaskList.of(tree.village, campaign)
        titles = [task.title for _part, lines in tasks.parts for task in lines]
        assert "召开党员大会" in titles
        assert not [title for title in titles if "测评" in title]

    def test_stages_of_a_notice_are_the_headings_of_the_list(self, tree: Tree, secretary: User) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, status="running", preset="yancheng_2005", year=2005, slug="yc"
        )
        tasks = TaskList.of(tree.village, campaign)
        assert [part for part, _lines in tasks.parts][:3] == ["学习动员", "分析评议", "整改提高"]

    def test_what_waits_says_what_comes_first_and_leads_nowhere(
        self, tree: Tree, campaign: Campaign, secretary: User
    ) -> None:
        tasks = TaskList.of(tree.village, campaign)
        lines = {task.title: task for _part, found in tasks.parts for task in found}
        waiting = lines["召开党员大会"]
        assert (waiting.word, waiting.is_open) == ("还不能开始", False)
        assert waiting.text.startswith("先完成：")
        plan = lines["安排党员大会"]
        assert (plan.word, plan.is_open) == ("未开始", True)
        assert [task.number for _part, found in tasks.parts for task in found] == list(
            range(1, tasks.total + 1)
        )

    def test_what_is_not_asked_for_is_said_with_the_clause(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        CampaignFactory.create(issuer=tree.township, status="running", preset="xinyi_2018")
        page = page_of(client_of(secretary))
        assert "这次不需要做" in page
        assert "不要求党员撰写个人发言材料" in page
        assert "不要求党员撰写个人发言材料" in page

    def test_without_a_campaign_nothing_is_asked(self, secretary: User, client_of: ClientOf) -> None:
        assert "现在没有要办的活动" in page_of(client_of(secretary))

    def test_two_campaigns_are_chosen_from(
        self, tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        CampaignFactory.create(
            issuer=tree.county, status="running", slug="other", name="县里的活动", year=2020
        )
        client = client_of(secretary)
        assert "<title>我的任务" in page_of(client)
        response = client.get("/?campaign=other")
        assert response.context["tasks"].campaign.slug == "other"
        assert client.get("/?campaign=nonsense").context["tasks"].campaign == campaign

    def test_days_left_and_overdue_are_said(
        self, campaign: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        assert "还剩 30 天" in page_of(client_of(secretary))
        with time_machine.travel(timezone.now() + datetime.timedelta(days=31)):
            assert "已逾期 1 天" in page_of(client_of(secretary))


class TestTeller:
    """Who counts finds the ballot on the home page, with or without a post."""

    def test_the_teller_goes_straight_to_typing(self, tree: Tree, client_of: ClientOf) -> None:
        made = evening("collected", organization=tree.village)
        page = page_of(client_of(made.tellers[0]))
        assert "等您计票" in page
        assert "开始录票" in page
        assert reverse("evaluations:enter", args=[made.ballot.pk]) in page

    def test_the_scrutineer_sees_the_ballot(self, tree: Tree, client_of: ClientOf) -> None:
        made = evening("collected", organization=tree.village)
        assert made.scrutineer is not None
        page = page_of(client_of(made.scrutineer))
        assert "监票人" in page
        assert reverse("evaluations:ballot", args=[made.ballot.pk]) in page

    def test_after_matching_the_teller_is_asked_to_sign(self, tree: Tree, client_of: ClientOf) -> None:
        made = evening("matched", organization=tree.village)
        assert "核对结果并签字" in page_of(client_of(made.tellers[0]))

    def test_before_the_meeting_there_is_nothing_to_count(
        self, tree: Tree, campaign: Campaign, secretary: User, teller: User, client_of: ClientOf
    ) -> None:
        people = [*members_of(tree.village, 4), MemberFactory.create(organization=tree.village, user=teller)]
        freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
        meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
        name_all(meeting, secretary, people)
        page = page_of(client_of(teller))
        assert "等您计票" not in page
        assert "您在会上担任：<b>计票人</b>" in page


class TestMember:
    """A member sees the meeting and is asked for nothing."""

    def test_the_next_meeting_is_shown(
        self, tree: Tree, campaign: Campaign, member: User, client_of: ClientOf
    ) -> None:
        assert "还没有安排会议" in page_of(client_of(member))
        MeetingFactory.create(organization=tree.village, campaign=campaign, place="村部二楼")
        MeetingFactory.create(
            organization=tree.sibling, campaign=campaign, place="白沙村部", status=MeetingStatus.PLANNED
        )
        page = page_of(client_of(member))
        assert "村部二楼" in page
        assert "请按时到会" in page
        assert "白沙村部" not in page

    def test_nobody_is_told_to_come_in_time_once_the_meeting_is_open(
        self, tree: Tree, campaign: Campaign, member: User, client_of: ClientOf
    ) -> None:
        MeetingFactory.create(organization=tree.village, campaign=campaign, status=MeetingStatus.OPENED)
        page = page_of(client_of(member))
        assert "正在开会" in page
        assert "请按时到会" not in page

    def test_a_group_leader_sees_the_meeting_of_the_branch(
        self, tree: Tree, campaign: Campaign, group_leader: User, client_of: ClientOf
    ) -> None:
        MeetingFactory.create(organization=tree.village, campaign=campaign, place="村部二楼")
        assert "村部二楼" in page_of(client_of(group_leader))

    def test_an_account_at_home_nowhere_sees_an_empty_page(self, member: User, client_of: ClientOf) -> None:
        User.objects.filter(pk=member.pk).update(home=None)
        assert "您好" in page_of(client_of(member))

    @pytest.mark.parametrize(("who", "url"), [("system", "/accounts/"), ("auditor", "/audit/")])
    def test_technical_posts_find_their_tools(
        self, who: str, url: str, request: pytest.FixtureRequest, client_of: ClientOf
    ) -> None:
        assert f'href="{url}"' in page_of(client_of(request.getfixturevalue(who)))


def test_a_system_administrator_is_offered_nothing_that_is_refused(tree: Tree, client_of: ClientOf) -> None:
    client = client_of(account_with(Role.SYSTEM, tree.township))
    answer = client.get(reverse("home"))
    page = answer.content.decode()
    assert "本支部" not in page
    assert "管理账号" in page
    addresses = [entry["url"] for entry in answer.context["nav"]]
    assert reverse("branches:organizations") in addresses
    assert reverse("evaluations:rollups") not in addresses
    assert {client.get(address).status_code for address in addresses} == {200}
