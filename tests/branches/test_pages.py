"""Pages of branches: what they show, what they do, and that nothing typed is done twice."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Campaign, Job, JobState, Organization, Role, Submission, User
from branches.services.audit import record
from branches.services.campaigns import draft_campaign
from config.lib.files import write_whole
from tests.conftest import Tree
from tests.factories.branches import (
    AppointmentFactory,
    CampaignFactory,
    JobFactory,
    NoticeFactory,
    account_with,
)

ClientOf = Callable[[User], Client]


def text_of(client: Client, url: str) -> str:
    """The page at the address, which must be there."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


@pytest.fixture
def draft(tree: Tree, township: User) -> Campaign:
    """A draft of the township made from a notice."""
    return draft_campaign(
        issuer=tree.township,
        name="专题组织生活会",
        slug="draft",
        year=2026,
        preset="luoyang_2014",
        by=township,
    )


class TestAccounts:
    """Accounts are opened, reset and closed by the level above."""

    def test_the_list_shows_people_below_with_their_posts(
        self, township: User, secretary: User, member: User, stranger: User, client_of: ClientOf
    ) -> None:
        page = text_of(client_of(township), reverse("branches:accounts"))
        assert "刘德福" in page
        assert "新河村支部书记" in page
        assert "没有任职" in page
        assert "赵文" not in page

    def test_the_list_is_searched_by_name_and_account(
        self, township: User, secretary: User, member: User, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        assert "刘德福" in text_of(client, reverse("branches:accounts") + "?q=liude")
        page = text_of(client, reverse("branches:accounts") + "?q=无此人")
        assert "没有找到" in page

    def test_a_new_account_ends_on_the_slip_with_its_password(
        self, township: User, tree: Tree, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        data = {"full_name": "沈丽华", "username": "13911112222", "home": tree.village.pk}
        data["submission"] = str(uuid.uuid4())
        response = client.post(reverse("branches:account_new"), data)
        account = User.objects.get(username="13911112222")
        secret = response.context["secret"]
        assert account.check_password(secret)
        assert secret in response.content.decode()
        assert response["Cache-Control"] == "no-store, private"
        again = client.post(reverse("branches:account_new"), data)
        assert again.status_code == 302
        assert User.objects.filter(username="13911112222").count() == 1

    def test_a_taken_account_name_is_explained(
        self, township: User, secretary: User, tree: Tree, client_of: ClientOf
    ) -> None:
        data = {"full_name": "某某", "username": secretary.username, "home": tree.village.pk}
        page = client_of(township).post(reverse("branches:account_new"), data).content.decode()
        assert "已存在" in page

    def test_an_account_in_an_organisation_out_of_reach_cannot_be_chosen(
        self, secretary: User, tree: Tree, client_of: ClientOf
    ) -> None:
        data = {"full_name": "某某", "username": "x1", "home": tree.sibling.pk}
        assert client_of(secretary).post(reverse("branches:account_new"), data).status_code == 200
        assert not User.objects.filter(username="x1").exists()

    def test_a_service_that_refuses_speaks_beside_the_field(self, tree: Tree, client_of: ClientOf) -> None:
        person = account_with(Role.SECRETARY, tree.village)
        AppointmentFactory.create(user=person, role=Role.SUPERVISOR, organization=tree.sibling)
        data = {"full_name": "某某", "username": "x1", "home": tree.sibling.pk}
        page = client_of(person).post(reverse("branches:account_new"), data).content.decode()
        assert "账号由上一级开设" in page

    def test_a_reset_and_a_closing_are_asked_for_on_one_page(
        self, township: User, member: User, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        assert "重置吴长河的密码" in text_of(client, reverse("branches:account", args=[member.pk]))
        response = client.post(reverse("branches:account_reset", args=[member.pk]))
        member.refresh_from_db()
        assert member.check_password(response.context["secret"])
        client.post(reverse("branches:account_close", args=[member.pk]))
        assert "已停用" in text_of(client, reverse("branches:accounts"))


class TestPosts:
    """Posts are given and ended."""

    def data(self, organization: Organization, **more: object) -> dict[str, object]:
        """A filled form."""
        today = timezone.localdate().isoformat()
        fields = {"organization": organization.pk, "role": Role.DEPUTY, "holder_name": "何长河"}
        return {**fields, "starts_on": today, "submission": str(uuid.uuid4()), **more}

    def test_the_form_begins_with_the_organisation_it_was_opened_from(
        self, township: User, tree: Tree, client_of: ClientOf
    ) -> None:
        url = f"{reverse('branches:post_new')}?organization={tree.village.pk}"
        response = client_of(township).get(url)
        assert response.context["form"]["organization"].value() == str(tree.village.pk)

    def test_the_same_form_posted_twice_gives_one_post(
        self, township: User, tree: Tree, client_of: ClientOf
    ) -> None:
        client, data = client_of(township), self.data(tree.village)
        first = client.post(reverse("branches:post_new"), data)
        second = client.post(reverse("branches:post_new"), data)
        assert first.url == second.url == reverse("branches:organization", args=[tree.village.pk])  # type: ignore[attr-defined]
        assert Appointment.objects.filter(holder_name="何长河").count() == 1

    def test_a_form_without_a_key_is_taken_as_new(
        self, township: User, tree: Tree, client_of: ClientOf
    ) -> None:
        client, data = client_of(township), self.data(tree.village, submission="")
        for _ in range(2):
            client.post(reverse("branches:post_new"), data)
        assert Appointment.objects.filter(holder_name="何长河").count() == 2

    def test_a_key_of_another_person_leads_home(
        self, township: User, county: User, tree: Tree, client_of: ClientOf
    ) -> None:
        data = self.data(tree.village)
        Submission.objects.create(key=str(data["submission"]), user=county, url="/secret/")
        response = client_of(township).post(reverse("branches:post_new"), data)
        assert response.url == reverse("home")  # type: ignore[attr-defined]

    def test_a_post_above_oneself_is_refused_beside_the_field(
        self, secretary: User, tree: Tree, client_of: ClientOf
    ) -> None:
        page = client_of(secretary).post(reverse("branches:post_new"), self.data(tree.village))
        assert "任职由上一级党组织确定" in page.content.decode()

    def test_a_term_that_ends_before_it_begins_is_explained(
        self, township: User, tree: Tree, client_of: ClientOf
    ) -> None:
        data = self.data(tree.village, ends_on="2001-01-01")
        page = client_of(township).post(reverse("branches:post_new"), data).content.decode()
        assert "任职止不能早于任职起" in page

    def test_a_post_is_ended_today_from_the_page_of_the_organisation(
        self, township: User, organizer: User, tree: Tree, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        assert "今天卸任" in text_of(client, reverse("branches:organization", args=[tree.village.pk]))
        client.post(reverse("branches:post_end", args=[organizer.posts()[0].pk]))
        organizer.refresh_from_db()
        assert organizer.posts()[0].ends_on == timezone.localdate()

    def test_a_post_that_has_not_begun_cannot_end_today(
        self, township: User, tree: Tree, client_of: ClientOf
    ) -> None:
        post = AppointmentFactory.create(
            organization=tree.village, starts_on=timezone.localdate() + datetime.timedelta(days=9)
        )
        client_of(township).post(reverse("branches:post_end", args=[post.pk]), follow=True)
        post.refresh_from_db()
        assert post.ends_on is None


class TestOrganizations:
    """The tree on screen."""

    def test_the_list_is_filtered(self, township: User, client_of: ClientOf) -> None:
        client = client_of(township)
        url = reverse("branches:organizations")
        assert "柳溪镇" not in text_of(client, url)
        page = text_of(client, f"{url}?category=school")
        assert "镇中心学校" in page
        assert "新河村" not in page
        assert "没有符合条件" in text_of(client, f"{url}?q=无")

    def test_somebody_without_a_post_sees_an_empty_list_with_words(
        self, member: User, client_of: ClientOf
    ) -> None:
        assert "没有任职" in text_of(client_of(member), reverse("branches:organizations"))

    def test_an_organisation_is_added_once(self, township: User, tree: Tree, client_of: ClientOf) -> None:
        client = client_of(township)
        url = reverse("branches:organization_add", args=[tree.village.pk])
        data = {"name": "二组", "short_name": "二组", "code": "G2", "kind": "group", "category": "village"}
        data["submission"] = str(uuid.uuid4())
        for _ in range(2):
            assert client.post(url, data).status_code == 302
        assert Organization.objects.filter(code="G2").count() == 1

    def test_a_taken_code_is_explained(self, township: User, tree: Tree, client_of: ClientOf) -> None:
        url = reverse("branches:organization_add", args=[tree.village.pk])
        data = {
            "name": "二组",
            "short_name": "二组",
            "code": tree.group.code,
            "kind": "group",
            "category": "village",
        }
        assert "已存在" in client_of(township).post(url, data).content.decode()

    def test_a_change_is_saved(self, township: User, tree: Tree, client_of: ClientOf) -> None:
        client = client_of(township)
        url = reverse("branches:organization_edit", args=[tree.village.pk])
        assert "新河村党支部" in text_of(client, url)
        data = {
            "name": "新河社区党支部",
            "short_name": "新河",
            "category": "community",
            "committee_override": "unknown",
        }
        assert client.post(url, data).status_code == 302
        tree.village.refresh_from_db()
        assert (tree.village.name, tree.village.category) == ("新河社区党支部", "community")
        assert "name" in client.post(url, {"name": ""}).context["form"].errors

    def test_suspending_needs_a_reason(self, township: User, tree: Tree, client_of: ClientOf) -> None:
        client = client_of(township)
        url = reverse("branches:organization_step", args=[tree.sibling.pk, "suspend"])
        page = client.post(url, follow=True).content.decode()
        assert "须写明原因" in page
        client.post(url, {"note": "班子空缺"})
        tree.sibling.refresh_from_db()
        assert tree.sibling.status == "suspended"

    def test_an_unknown_step_changes_nothing(self, township: User, tree: Tree, client_of: ClientOf) -> None:
        url = reverse("branches:organization_step", args=[tree.sibling.pk, "nonsense"])
        assert client_of(township).post(url).status_code == 404
        tree.sibling.refresh_from_db()
        assert tree.sibling.status == "active"


class TestCampaigns:
    """Draft, rules, publication."""

    def test_a_campaign_is_drafted_once(self, township: User, tree: Tree, client_of: ClientOf) -> None:
        client = client_of(township)
        data = {
            "name": "组织生活会",
            "slug": "zzshh",
            "year": 2026,
            "issuer": tree.township.pk,
            "preset": "current_year",
            "submission": str(uuid.uuid4()),
        }
        assert text_of(client, reverse("branches:campaign_new"))
        for _ in range(2):
            response = client.post(reverse("branches:campaign_new"), data)
            assert response.url == reverse("branches:campaign", args=["zzshh"])  # type: ignore[attr-defined]
        assert Campaign.objects.count() == 1
        assert "发布活动" in text_of(client, reverse("branches:campaign", args=["zzshh"]))

    def test_the_rules_page_quotes_the_notice(
        self, draft: Campaign, township: User, client_of: ClientOf
    ) -> None:
        url = reverse("branches:campaign_rules", args=[draft.slug])
        page = text_of(client_of(township), url)
        assert "<q>" in page
        assert page.count(">修改</a>") > 100
        assert text_of(client_of(township), f"{url}?category=school")
        assert text_of(client_of(township), f"{url}?category=nonsense")

    def test_branches_read_the_locked_rules_and_change_none(
        self, campaign: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        url = reverse("branches:campaign_rules", args=[campaign.slug])
        assert ">修改</a>" not in text_of(client_of(secretary), url)
        change = reverse("branches:rule_change", args=[campaign.slug]) + "?key=notice_days"
        assert client_of(secretary).get(change).status_code == 403

    def test_publication_locks_the_rules(self, draft: Campaign, township: User, client_of: ClientOf) -> None:
        client = client_of(township)
        step = reverse("branches:campaign_step", args=[draft.slug, "publish"])
        page = client.post(step, follow=True).content.decode()
        assert "已办理" in page
        change = reverse("branches:rule_change", args=[draft.slug]) + "?key=notice_days"
        response = client.post(change, {"value": "9"})
        assert response.status_code == 403
        assert "锁定" in client.post(change, {"value": "9"}).content.decode()
        again = client.post(step, follow=True).content.decode()
        assert "请刷新页面" in again
        client.post(reverse("branches:campaign_step", args=[draft.slug, "start"]))
        client.post(reverse("branches:campaign_step", args=[draft.slug, "close"]))
        draft.refresh_from_db()
        assert draft.status == "closed"

    def test_a_step_that_does_not_exist_is_not_found(
        self, draft: Campaign, township: User, client_of: ClientOf
    ) -> None:
        step = reverse("branches:campaign_step", args=[draft.slug, "nonsense"])
        assert client_of(township).post(step).status_code == 404

    @pytest.mark.parametrize(
        ("days", "words"), [(-2, "已过期 2 天"), (0, "今天到期"), (3, "还剩 <b>3</b> 天")]
    )
    def test_the_deadline_is_said_in_days(
        self, days: int, words: str, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        CampaignFactory.create(
            issuer=tree.township,
            status="running",
            finish_by=timezone.localdate() + datetime.timedelta(days=days),
        )
        assert words in text_of(client_of(secretary), reverse("branches:campaigns"))


class TestRuleForm:
    """Each kind of rule has an input that fits, and gives the rule set its own form."""

    @pytest.mark.parametrize(
        ("key", "data", "stored"),
        [
            ("notice_days", {"value": "9"}, 9),
            ("study_makeup", {"value": "yes"}, True),
            ("study_makeup", {"value": "no"}, False),
            ("percent_base", {"value": "returned"}, "returned"),
            ("talk_pairs", {"value": ["committee_member"]}, ["committee_member"]),
            ("talk_pairs", {}, []),
            ("principles", {"value": "团结\n\n  批评 \n团结"}, ["团结", "批评", "团结"]),
            ("participation_min", {"value": "85%"}, "17/20"),
            ("excellent_cap", {"absent": "on", "value": ""}, None),
            ("plan_due", {"value": "2026-12-01"}, "2026-12-01"),
            ("plan_due", {"absent": "on"}, None),
            (
                "window",
                {"value": "2026-12-01", "closes": "2026-12-20"},
                {"from": "2026-12-01", "to": "2026-12-20"},
            ),
            ("theme", {"value": " 为民 "}, "为民"),
            (
                "ballot_scale",
                {"value": "good 好\nfair 一般\npoor 差"},
                [
                    {"key": "good", "label": "好"},
                    {"key": "fair", "label": "一般"},
                    {"key": "poor", "label": "差"},
                ],
            ),
        ],
    )
    def test_a_rule_is_changed_on_its_page(
        self,
        key: str,
        data: dict[str, object],
        stored: object,
        draft: Campaign,
        township: User,
        client_of: ClientOf,
    ) -> None:
        client = client_of(township)
        url = f"{reverse('branches:rule_change', args=[draft.slug])}?key={key}"
        assert "现在的规定" in text_of(client, url)
        response = client.post(url, data)
        assert response.status_code == 302, response.context["form"].errors
        assert Campaign.objects.get(pk=draft.pk).rule_set().stored(key) == stored

    @pytest.mark.parametrize(
        ("key", "data"),
        [
            ("notice_days", {"value": "三天"}),
            ("notice_days", {"value": "-1"}),
            ("excellent_cap", {"value": "3/2"}),
            ("excellent_cap", {"value": ""}),
            ("window", {"value": "2026-12-20", "closes": "2026-12-01"}),
            ("ballot_scale", {"value": "good 好"}),
            ("ballot_scale", {"value": "好\n差"}),
            ("ballot_scale", {"value": ""}),
            ("percent_base", {"value": "nonsense"}),
        ],
    )
    def test_what_does_not_fit_is_explained_and_nothing_typed_is_lost(
        self, key: str, data: dict[str, str], draft: Campaign, township: User, client_of: ClientOf
    ) -> None:
        before = draft.rule_set().values
        url = f"{reverse('branches:rule_change', args=[draft.slug])}?key={key}"
        response = client_of(township).post(url, data)
        assert response.status_code == 200
        assert response.context["form"].errors
        assert response.context["form"]["value"].value() == data["value"]
        assert Campaign.objects.get(pk=draft.pk).rule_set().values == before

    def test_every_rule_has_a_page(self, draft: Campaign, township: User, client_of: ClientOf) -> None:
        client = client_of(township)
        for key in ("coverage", "satisfaction_scale", "ballot_quorum", "form_notes", "rectification_public"):
            assert text_of(client, f"{reverse('branches:rule_change', args=[draft.slug])}?key={key}")
        assert (
            client.get(reverse("branches:rule_change", args=[draft.slug]) + "?key=nonsense").status_code
            == 404
        )

    def test_a_rule_is_changed_for_one_category(
        self, draft: Campaign, township: User, tree: Tree, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        url = f"{reverse('branches:rule_change', args=[draft.slug])}?key=notice_days&category=school"
        assert "只改学校领域" in text_of(client, url)
        assert client.post(url, {"value": "7"}).status_code == 302
        fresh = Campaign.objects.get(pk=draft.pk)
        assert fresh.rules_for(tree.school).notice_days == 7
        assert fresh.rules_for(tree.village).notice_days != 7


class TestJobPages:
    """Receipt, progress, download."""

    def test_a_running_job_shows_numbers_and_refreshes_without_scripts(
        self, township: User, client_of: ClientOf
    ) -> None:
        job = JobFactory.create(requested_by=township, state=JobState.RUNNING, done=3, total=7)
        client, url = client_of(township), reverse("branches:job", args=[job.pk])
        page = text_of(client, url)
        assert "3/7，可以离开本页" in page
        assert '<noscript><meta http-equiv="refresh"' in page
        part = client.get(url, headers={"HX-Request": "true"})
        assert b"<html" not in part.content
        assert "HX-Refresh" not in part
        listed = text_of(client, reverse("branches:jobs"))
        assert "3/7" in listed
        assert '<noscript><meta http-equiv="refresh"' in listed
        assert b"<html" not in client.get(reverse("branches:jobs"), headers={"HX-Request": "true"}).content

    def test_a_finished_job_is_downloaded_by_its_owner(self, township: User, client_of: ClientOf) -> None:
        job = JobFactory.create(requested_by=township, state=JobState.DONE, result_name="汇总表.xlsx")
        client, url = client_of(township), reverse("branches:job", args=[job.pk])
        result = reverse("branches:job_result", args=[job.pk])
        write_whole(job.result_path, b"data")
        response = client.get(result)
        assert b"".join(response) == b"data"
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert "下载 汇总表.xlsx" in text_of(client, url)
        assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
        job.result_path.unlink()

    def test_a_job_with_a_page_to_go_to_goes_there(self, township: User, client_of: ClientOf) -> None:
        job = JobFactory.create(requested_by=township, state=JobState.DONE, next_url="/campaigns/")
        response = client_of(township).get(reverse("branches:job", args=[job.pk]))
        assert response.url == "/campaigns/"  # type: ignore[attr-defined]
        assert "查看结果" in text_of(client_of(township), reverse("branches:jobs"))

    def test_a_failed_job_says_why(self, township: User, client_of: ClientOf) -> None:
        job = JobFactory.create(requested_by=township, state=JobState.FAILED, message="没有可汇总的支部。")
        for url in (reverse("branches:job", args=[job.pk]), reverse("branches:jobs")):
            assert "没有可汇总的支部。" in text_of(client_of(township), url)
        assert not Job.objects.get(pk=job.pk).is_open

    def test_nothing_yet_is_said_in_words(self, township: User, client_of: ClientOf) -> None:
        assert "还没有文件" in text_of(client_of(township), reverse("branches:jobs"))
        assert "没有通知" in text_of(client_of(township), reverse("branches:notices"))

    def test_notices_lead_to_their_page(self, township: User, client_of: ClientOf) -> None:
        NoticeFactory.create(recipient=township, url="/campaigns/", body="请查看")
        NoticeFactory.create(recipient=township, title="没有链接")
        page = text_of(client_of(township), reverse("branches:notices"))
        assert 'href="/campaigns/"' in page
        assert "没有链接" in page


def test_the_record_names_who_acted(auditor: User, secretary: User, client_of: ClientOf) -> None:
    record(by=secretary, action="change_password", about=secretary)
    record(by=None, action="nightly", about=secretary)
    page = text_of(client_of(auditor), reverse("branches:audit"))
    assert "刘德福" in page
    assert "系统" in page
    assert client_of(secretary).get(reverse("branches:audit")).status_code == 403
