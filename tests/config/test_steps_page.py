"""The page of one organisation's steps: a day and a button, reasons in place, another round."""

from __future__ import annotations

import datetime
import html
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, Role, StepDecision, StepMark, User
from branches.services import steps
from branches.services.rounds import round_of
from branches.workflow import NotAllowed
from config.home.standings import Standings, columns_of
from config.home.steps_page import redo, take
from evaluations.models import Ballot, BallotStatus
from meetings.models import Meeting
from tests.conftest import Tree
from tests.factories.assessing import assessed
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.evaluations import evening, published_campaign
from tests.factories.meetings import MeetingFactory
from tests.walking import LINK

ClientOf = Callable[[User], Client]


def url(campaign: Campaign, organization: Organization, *more: str) -> str:
    """The page, or one of its actions."""
    if more:
        return reverse("step_action", args=[campaign.slug, organization.pk, *more])
    return reverse("org_steps", args=[campaign.slug, organization.pk])


def state(campaign: Campaign, organization: Organization, step: str) -> str:
    """Where the step stands today."""
    only = Organization.objects.filter(pk=organization.pk)
    rows = Standings.of(campaign, only, timezone.localdate()).rows[organization.pk]
    return next(found.state for found in rows if found.step.key == step)


class TestLooking:
    """Everybody of the branch's committee and everybody above sees the same facts."""

    def test_steps_are_grouped_with_due_day_state_and_clause(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, status="running", preset="xinyi_2018", slug="xy", year=2018
        )
        page = client_of(secretary).get(url(campaign, tree.village)).content.decode()
        assert "会前" in page
        assert "3月20日（周三）到期，已逾期" in page
        assert "听取意见建议，确定会议召开的时间和开法" in page
        assert "不用上传照片和材料" in page
        assert "同意不做" not in page
        assert "责令重新进行" not in page

    def test_a_superior_sees_what_the_superior_may_do_and_a_stranger_nothing(
        self,
        tree: Tree,
        campaign: Campaign,
        township: User,
        supervisor: User,
        stranger: User,
        client_of: ClientOf,
    ) -> None:
        page = client_of(township).get(url(campaign, tree.village)).content.decode()
        assert "同意不做" in page
        assert "责令重新进行" in page
        looked = client_of(supervisor).get(url(campaign, tree.village)).content.decode()
        assert "登记完成日期" not in looked
        assert client_of(stranger).get(url(campaign, tree.village)).status_code == 404

    def test_an_organisation_not_addressed_has_no_page(
        self, tree: Tree, campaign: Campaign, township: User, client_of: ClientOf
    ) -> None:
        assert client_of(township).get(url(campaign, tree.general)).status_code == 404


PEOPLE = ("secretary", "group_leader", "supervisor", "township", "county")


def refused(client: Client, page: str) -> set[str]:
    """The addresses a page links to that do not answer."""
    links = {html.unescape(link) for link in LINK.findall(page) if link.startswith("/")}
    return {link for link in links if client.get(link, follow=True).status_code >= 400}


class TestLinks:
    """Nobody is led to a refusal."""

    @pytest.mark.parametrize("preset", ["current_year", "luoyang_2014"])
    def test_each_link_answers_whoever_sees_it(
        self, preset: str, tree: Tree, request: pytest.FixtureRequest, client_of: ClientOf
    ) -> None:
        campaign = published_campaign(tree.township, preset=preset)
        seen = 0
        for organization in campaign.organizations().filter(pk__in=[tree.village.pk, tree.township.pk]):
            for who in PEOPLE:
                client = client_of(request.getfixturevalue(who))
                answer = client.get(url(campaign, organization))
                if answer.status_code == 200:
                    seen += 1
                    assert refused(client, answer.content.decode()) == set(), who
        assert seen >= 4

    @pytest.mark.parametrize(
        ("stage", "publicity", "office_reads"),
        [
            ("draft", "branch_only", False),
            ("awaiting", "branch_only", True),
            ("decided", "branch_only", False),
            ("decided", "scoped_notice", True),
        ],
    )
    def test_an_assessment_is_linked_for_those_who_may_read_it(
        self, stage: str, publicity: str, office_reads: bool, client_of: ClientOf, db: None
    ) -> None:
        found = assessed(stage, rules={"result_publicity": publicity})
        campaign, organization = found.evening.campaign, found.evening.organization
        watching = account_with(Role.SUPERVISOR, campaign.issuer)
        way_in = reverse("evaluations:assessment_of", args=[campaign.slug, organization.pk])
        linked = {}
        for who, person in (("branch", found.secretary), ("office", found.office), ("group", watching)):
            client = client_of(person)
            page = client.get(url(campaign, organization)).content.decode()
            assert refused(client, page) == set(), who
            linked[who] = f'href="{way_in}"' in page
        assert linked == {"branch": True, "office": office_reads, "group": office_reads}


class TestActing:
    """Two taps: open, confirm the day."""

    def test_a_step_is_ticked_and_unticked(
        self, tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        client, today = client_of(secretary), timezone.localdate()
        answer = client.post(url(campaign, tree.village, "talks", "note"), {"talks-note-done_on": today})
        assert answer["Location"].endswith("#talks")
        assert StepMark.objects.get().done_on == today
        assert state(campaign, tree.village, "talks") == "done"
        page = client.get(url(campaign, tree.village)).content.decode()
        assert "取消登记" in page
        client.post(url(campaign, tree.village, "talks", "unnote"))
        assert not StepMark.objects.exists()

    def test_a_refusal_keeps_what_was_typed_and_says_what_to_do(
        self, tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        client, late = client_of(secretary), timezone.localdate() + datetime.timedelta(days=5)
        page = client.post(
            url(campaign, tree.village, "talks", "note"), {"talks-note-done_on": late}
        ).content.decode()
        assert "完成日期不能晚于今天" in page
        assert f'value="{late.isoformat()}"' in page
        page = client.post(
            url(campaign, tree.village, "talks", "postpone"), {"talks-postpone-reason": ""}
        ).content.decode()
        assert "错误：" in page
        assert not StepDecision.objects.exists()
        assert client.post(url(campaign, tree.village, "talks", "praise")).status_code == 404

    def test_postponing_letting_off_and_ending_go_through_the_page(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        branch, office = client_of(secretary), client_of(township)
        branch.post(
            url(campaign, tree.village, "meeting", "postpone"),
            {"meeting-postpone-reason": "准备不充分", "meeting-postpone-until": "2099-01-02"},
        )
        assert state(campaign, tree.village, "meeting") == "postponed"
        assert state(campaign, tree.village, "ballot") == "pending"
        page = office.get(url(campaign, tree.village)).content.decode()
        assert "已延期，预计2099年1月2日" in page
        assert "准备不充分（刘德福，" in page
        office.post(url(campaign, tree.village, "meeting", "end"))
        assert state(campaign, tree.village, "meeting") == "open"
        office.post(url(campaign, tree.village, "talks", "waive"), {"talks-waive-reason": "全部外出"})
        assert state(campaign, tree.village, "talks") == "waived"

    def test_what_is_already_ended_says_so(self, tree: Tree, campaign: Campaign, township: User) -> None:
        with pytest.raises(NotAllowed, match="已经解除"):
            take(
                campaign=campaign,
                organization=tree.village,
                step="talks",
                action="end",
                values={},
                by=township,
            )


class TestAnotherRound:
    """责令重新进行 voids the ballot; what was kept stays readable."""

    def test_the_ballot_is_voided_and_the_old_round_is_told(
        self, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        made = evening("certified", organization=tree.village, rules={"committee_rated": False})
        earlier = timezone.now() - datetime.timedelta(hours=2)
        Meeting.objects.filter(pk=made.meeting.pk).update(starts_at=earlier)
        campaign = Campaign.objects.get(pk=made.campaign.pk)
        steps.note_step(
            campaign=campaign,
            organization=tree.village,
            step="talks",
            done_on=timezone.localdate(),
            by=secretary,
        )
        office = client_of(township)
        address = reverse("order_redo", args=[campaign.slug, tree.village.pk])
        assert "已有的测评作废" in office.get(address).content.decode()
        refused = office.post(address, {"reason": ""}).content.decode()
        assert "错误：" in refused
        sent = office.post(address, {"reason": "流于形式", "submission": uuid.uuid4().hex})
        assert sent["Location"] == url(campaign, tree.village)
        assert round_of(campaign, tree.village) == 2
        assert Ballot.objects.get(pk=made.ballot.pk).status == BallotStatus.VOID
        for step in ("talks", "meeting", "ballot"):
            assert state(campaign, tree.village, step) != "done"
        page = client_of(secretary).get(url(campaign, tree.village)).content.decode()
        assert "上级要求重新进行（第 2 轮）" in page
        assert "第 1 轮留下的记录" in page
        assert "谈心谈话：" in page
        assert "党员大会：" in page

    def test_a_new_day_for_the_new_round_keeps_it_from_being_late_at_once(
        self, tree: Tree, township: User
    ) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township,
            status="running",
            slug="late",
            year=2014,
            finish_by=datetime.date(2014, 8, 31),
        )
        assert state(campaign, tree.village, "meeting") == "overdue"
        until = timezone.localdate() + datetime.timedelta(days=20)
        redo(campaign=campaign, organization=tree.village, reason="流于形式", by=township, until=until)
        states = {step: state(campaign, tree.village, step) for step in ("meeting", "ballot", "talks")}
        assert states == {"meeting": "postponed", "ballot": "pending", "talks": "open"}

    def test_a_meeting_after_the_order_counts_for_the_new_round(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User
    ) -> None:
        before = timezone.now() - datetime.timedelta(days=2)
        MeetingFactory.create(organization=tree.village, campaign=campaign, starts_at=before, status="closed")
        assert state(campaign, tree.village, "meeting") == "done"
        redo(campaign=campaign, organization=tree.village, reason="流于形式", by=township)
        assert state(campaign, tree.village, "meeting") == "open"
        after = timezone.now() + datetime.timedelta(minutes=1)
        MeetingFactory.create(organization=tree.village, campaign=campaign, starts_at=after, status="opened")
        assert state(campaign, tree.village, "meeting") == "done"


class TestStandings:
    """Many organisations at once."""

    def test_a_committee_of_the_branch_decides_whether_it_owes_the_committees_steps(
        self, tree: Tree, campaign: Campaign, organizer: User
    ) -> None:
        found = Standings.of(campaign, campaign.organizations(), timezone.localdate())
        keys = {pk: {s.step.key for s in rows} for pk, rows in found.rows.items()}
        assert "committee_ballot" in keys[tree.village.pk]
        assert "committee_ballot" not in keys[tree.sibling.pk]
        tree.sibling.committee_override = True
        tree.sibling.save()
        found = Standings.of(campaign, campaign.organizations(), timezone.localdate())
        assert "committee_ballot" in {s.step.key for s in found.rows[tree.sibling.pk]}
        assert [step.key for step in found.columns].index("committee_ballot") > [
            step.key for step in found.columns
        ].index("ballot")

    def test_columns_of_several_lists_keep_the_order_of_each(self, db: None) -> None:
        village = CampaignFactory.create(preset="luoyang_2014", year=2014, slug="a")
        found = Standings.of(village, Organization.objects.none(), timezone.localdate())
        assert found.columns == ()
        assert columns_of([]) == ()
