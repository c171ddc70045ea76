"""Pages of a campaign: the notice, its parts, its rules and their revision, as people use them."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.forms.notice import MOST_OFFERED
from branches.models import (
    Addressee,
    Body,
    Campaign,
    Kind,
    LeadingSeat,
    Notice,
    Organization,
    Role,
    RuleSet,
    User,
)
from branches.services import campaigns
from branches.workflow import CAMPAIGN, perform
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.evaluations import published_campaign

ClientOf = Callable[[User], Client]


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    """The text of a page that is there."""
    response = client.get(reverse(f"branches:{name}", args=args) + query)
    assert response.status_code == 200, response
    return response.content.decode()


def post(client: Client, name: str, /, *args: object, query: str = "", **data: Any) -> Any:
    """The answer to a form."""
    return client.post(reverse(f"branches:{name}", args=args) + query, data)


@pytest.fixture
def draft(tree: Tree, township: User) -> Campaign:
    """A draft of the 2014 township preset."""
    return campaigns.draft_campaign(
        issuer=tree.township,
        name="2014年度组织生活会",
        slug="zzsh-2014",
        year=2014,
        preset="luoyang_2014",
        by=township,
        document_number="青党发〔2014〕21号",
        theme="为民务实清廉",
        text="各党支部：\n\n现通知如下。",
    )


@pytest.fixture
def office(township: User, client_of: ClientOf) -> Client:
    """The browser of the township's office."""
    return client_of(township)


class TestNotice:
    """The notice made readable."""

    def test_a_draft_says_what_to_look_at_before_publication(self, draft: Campaign, office: Client) -> None:
        shown = page(office, "campaign", draft.slug)
        for words in ("还没有发布", "请核对这些日期", "2014年8月8日", "为民务实清廉", "青党发〔2014〕21号"):
            assert words in shown
        assert "时间服从质量" in shown
        assert "现通知如下" in shown
        assert "青石镇及所属全部党支部" in shown
        assert "共 5 个党支部" in shown

    def test_a_branch_reads_it_with_its_own_people_and_no_buttons_of_the_office(
        self, draft: Campaign, tree: Tree, township: User, secretary: User, client_of: ClientOf
    ) -> None:
        campaigns.add_seat(
            campaign=draft, body=Body.GROUP, title="组长", name="何长河", post="党委书记", by=township
        )
        campaigns.add_files(campaign=draft, files=[("正文.pdf", io.BytesIO(b"%PDF-1.7"))], by=township)
        campaigns.publish(campaign=draft, by=township)
        shown = page(client_of(secretary), "campaign", draft.slug)
        for words in ("领导小组", "何长河", "正文.pdf", "第一责任人", "刘德福（新河村支部书记）"):
            assert words in shown
        for words in ("修改通知", "结束活动", "上传或者删去附件", "沿用到下一年度", "请核对"):
            assert words not in shown

    def test_a_group_leader_sees_the_branch(
        self, campaign: Campaign, tree: Tree, group_leader: User, client_of: ClientOf
    ) -> None:
        AppointmentFactory.create(
            organization=tree.village, role=Role.SECRETARY, user=None, holder_name="刘德福"
        )
        RuleSet.objects.filter(campaign=campaign).update(values={"first_responsible": "党支部书记"})
        assert "刘德福（新河村支部书记）" in page(client_of(group_leader), "campaign", campaign.slug)

    def test_somebody_at_home_nowhere_addressed_sees_no_line_of_responsibility(
        self, tree: Tree, township: User, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = published_campaign(tree.township, rules={"first_responsible": "党支部书记"})
        Addressee.objects.create(campaign=campaign, organization=tree.sibling)
        assert "第一责任人" not in page(client_of(secretary), "campaign", campaign.slug)
        township.home = None
        township.save()
        assert "第一责任人" not in page(client_of(township), "campaign", campaign.slug)

    def test_the_office_is_asked_for_the_leading_group_the_rules_want(
        self, tree: Tree, office: Client
    ) -> None:
        campaign = published_campaign(tree.township, rules={"leading_group": True})
        assert "还没有填写成员" in page(office, "campaign", campaign.slug)
        LeadingSeat.objects.create(campaign=campaign, name="何长河")
        assert "还没有填写成员" not in page(office, "campaign", campaign.slug)

    def test_a_closed_campaign_is_read_and_carried_over_only(
        self, campaign: Campaign, township: User, office: Client
    ) -> None:
        perform(CAMPAIGN, campaign, "close", by=township)
        shown = page(office, "campaign", campaign.slug)
        assert "沿用到下一年度" in shown
        assert "增加发至的党组织" not in shown
        assert post(office, "campaign_seats", campaign.slug).status_code == 403

    def test_the_page_asks_as_many_queries_for_many_lines_as_for_few(
        self, tree: Tree, township: User, secretary: User, client_of: ClientOf
    ) -> None:
        campaign = published_campaign(tree.township)
        client = client_of(secretary)
        address = reverse("branches:campaign", args=[campaign.slug])

        def more(count: int) -> int:
            for _ in range(count):
                LeadingSeat.objects.create(campaign=campaign, name="某某")
            for category in ("village", "school", "hospital", "private")[:count]:
                Addressee.objects.get_or_create(
                    campaign=campaign, organization=tree.township, category=category
                )
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            return len(seen)

        more(1)
        assert more(2) == more(40) <= 30


class TestEditing:
    """A draft is edited; a published notice is not."""

    def test_a_draft_is_edited_and_may_get_another_address(self, draft: Campaign, office: Client) -> None:
        assert "现通知如下" in page(office, "campaign_edit", draft.slug)
        data: dict[str, Any] = {
            "name": "新名称",
            "slug": "new",
            "year": 2026,
            "theme": "新主题",
            "finish_by": "2026-12-31",
        }
        response = post(office, "campaign_edit", draft.slug, **data)
        assert response.url == reverse("branches:campaign", args=["new"])
        draft.refresh_from_db()
        assert (draft.name, draft.theme, str(draft.finish_by)) == ("新名称", "新主题", "2026-12-31")

    def test_what_is_wrong_is_said_and_kept(
        self, draft: Campaign, campaign: Campaign, office: Client
    ) -> None:
        response = post(office, "campaign_edit", draft.slug, name="新", slug=campaign.slug, year=2026)
        assert "slug" in response.context["form"].errors
        assert response.context["form"]["name"].value() == "新"
        draft.refresh_from_db()
        assert draft.slug == "zzsh-2014"

    def test_published_meanwhile_it_is_refused_with_nothing_typed_lost(
        self, draft: Campaign, township: User, office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = campaigns.edit_campaign

        def late(*, campaign: Campaign, by: User, **fields: Any) -> Campaign:
            campaigns.publish(campaign=campaign, by=by)
            return real(campaign=campaign, by=by, **fields)

        monkeypatch.setattr(campaigns, "edit_campaign", late)
        response = post(office, "campaign_edit", draft.slug, name="新", slug="new", year=2026)
        assert "已经发布" in response.content.decode()
        assert response.context["form"]["name"].value() == "新"

    def test_a_campaign_is_carried_over_once(self, draft: Campaign, township: User, office: Client) -> None:
        published = campaigns.publish(campaign=draft, by=township)
        shown = page(office, "campaign_clone", published.slug)
        assert "2015年度组织生活会" in shown
        assert "zzsh-2015" in shown
        data: dict[str, Any] = {
            "name": "2026年度",
            "slug": "y2026",
            "year": 2026,
            "submission": str(uuid.uuid4()),
        }
        for _ in range(2):
            response = post(office, "campaign_clone", published.slug, **data)
            assert response.url == reverse("branches:campaign", args=["y2026"])
        assert Campaign.objects.count() == 2
        assert "已按年度差推后" in page(office, "campaign", "y2026")
        assert "2026年8月8日" in page(office, "campaign", "y2026")

    def test_rules_that_no_longer_hold_are_not_carried_over(self, campaign: Campaign, office: Client) -> None:
        RuleSet.objects.filter(campaign=campaign).update(
            values={"ballot_scale": [], "ballot_place": "plenary"}
        )
        response = post(office, "campaign_clone", campaign.slug, name="x", slug="x", year=2027)
        assert "没有等次" in response.content.decode()
        assert Campaign.objects.count() == 1

    @pytest.mark.parametrize("year", ["0", "26", "99999", "2147483648"])
    def test_a_year_without_four_digits_is_refused_and_kept(
        self, draft: Campaign, campaign: Campaign, office: Client, year: str
    ) -> None:
        for name, slug in (("campaign_edit", draft.slug), ("campaign_clone", campaign.slug)):
            response = post(office, name, slug, name="x", slug="x", year=year)
            assert "年度" in str(response.context["form"].errors["year"])
            assert response.context["form"]["year"].value() == year

    def test_an_address_that_is_taken_is_refused(self, campaign: Campaign, office: Client) -> None:
        response = post(office, "campaign_clone", campaign.slug, name="x", slug=campaign.slug, year=2027)
        assert "slug" in response.context["form"].errors

    def test_the_list_offers_to_carry_over_to_those_who_may(
        self, campaign: Campaign, office: Client, secretary: User, client_of: ClientOf
    ) -> None:
        assert "沿用规则" in page(office, "campaigns")
        assert "沿用规则" not in page(client_of(secretary), "campaigns")


class TestAddressees:
    """Lines with what they reach."""

    def test_a_line_is_added_counted_and_taken_away(
        self, draft: Campaign, tree: Tree, office: Client
    ) -> None:
        shown = page(office, "campaign_addressees", draft.slug)
        assert "<b>5</b>" in shown
        data: dict[str, Any] = {"organization": tree.general.pk, "category": "", "audience": "all"}
        assert post(office, "campaign_addressees", draft.slug, **data).status_code == 302
        shown = page(office, "campaign_addressees", draft.slug)
        assert "<b>2</b>" in shown
        assert "党支部和党委、党总支班子" in page(office, "campaign", draft.slug)
        assert "1 个党委（党总支）班子" in page(office, "campaign", draft.slug)
        row = draft.addressees.get()
        assert post(office, "addressee_remove", draft.slug, row.pk).status_code == 302
        assert not draft.addressees.exists()

    def test_an_organisation_is_found_by_name_and_groups_are_not_offered(
        self, draft: Campaign, office: Client
    ) -> None:
        shown = page(office, "campaign_addressees", draft.slug, query="?q=白沙")
        assert "白沙村党支部</option>" in shown
        assert "镇卫生院党支部" not in shown
        assert "没有找到" in page(office, "campaign_addressees", draft.slug, query="?q=天上")
        assert "第一党小组" not in page(office, "campaign_addressees", draft.slug)

    def test_a_county_offers_its_superior_organisations_and_keeps_the_one_chosen(
        self, tree: Tree, county: User, client_of: ClientOf
    ) -> None:
        many = [
            Organization(
                path=Organization._get_path(tree.other_township.path, 3, n),
                depth=3,
                numchild=0,
                code=f"C{n}",
                name=f"第{n}党支部",
                short_name=f"{n}",
                kind=Kind.BRANCH,
                category="village",
            )
            for n in range(2, MOST_OFFERED + 3)
        ]
        Organization.objects.bulk_create(many)
        campaign = CampaignFactory.create(issuer=tree.county)
        client = client_of(county)
        shown = page(client, "campaign_addressees", campaign.slug)
        assert "青石镇党委</option>" in shown
        assert "第7党支部" not in shown
        chosen = Organization.objects.get(code="C7")
        response = post(client, "campaign_addressees", campaign.slug, organization=chosen.pk, audience="cats")
        assert f'<option value="{chosen.pk}" selected>' in response.content.decode()

    def test_what_stands_elsewhere_is_not_a_choice(self, draft: Campaign, tree: Tree, office: Client) -> None:
        data: dict[str, Any] = {"organization": tree.other_village.pk, "audience": "branches"}
        response = post(office, "campaign_addressees", draft.slug, **data)
        assert "organization" in response.context["form"].errors

    def test_nobody_is_dropped_after_publication(
        self, draft: Campaign, tree: Tree, township: User, office: Client
    ) -> None:
        campaigns.add_addressee(campaign=draft, line=campaigns.Line(tree.village), by=township)
        campaigns.add_addressee(campaign=draft, line=campaigns.Line(tree.sibling), by=township)
        campaigns.publish(campaign=draft, by=township)
        assert "只能增加" in page(office, "campaign_addressees", draft.slug)
        row = draft.addressees.get(organization=tree.village)
        answer = office.post(
            reverse("branches:addressee_remove", args=[draft.slug, row.pk]), follow=True
        ).content.decode()
        assert "不能减少" in answer
        assert draft.addressees.count() == 2

    def test_a_refusal_of_the_service_is_shown_beside_what_was_typed(
        self, draft: Campaign, tree: Tree, township: User, office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = campaigns.add_addressee

        def late(*, campaign: Campaign, line: campaigns.Line, by: User) -> Any:
            perform(CAMPAIGN, campaigns.publish(campaign=campaign, by=by), "close", by=by)
            return real(campaign=campaign, line=line, by=by)

        monkeypatch.setattr(campaigns, "add_addressee", late)
        data: dict[str, Any] = {"organization": tree.village.pk, "audience": "all"}
        response = post(office, "campaign_addressees", draft.slug, **data)
        assert "已经结束" in response.content.decode()


class TestSeats:
    """Add, change, order, remove."""

    DATA = {"body": "group", "title": "组长", "name": "何长河", "post": "党委书记", "duty": ""}

    def test_a_seat_is_added_once_changed_moved_and_removed(self, campaign: Campaign, office: Client) -> None:
        key = str(uuid.uuid4())
        for _ in range(2):
            assert (
                post(office, "campaign_seats", campaign.slug, **self.DATA, submission=key).status_code == 302
            )
        assert campaign.seats.count() == 1
        post(office, "campaign_seats", campaign.slug, **{**self.DATA, "name": "魏敏", "title": "成员"})
        first = campaign.seats.get(name="何长河")
        shown = page(office, "campaign_seats", campaign.slug)
        assert shown.index("何长河") < shown.index("魏敏")
        post(office, "seat_step", campaign.slug, first.pk, "down")
        assert list(campaign.seats.values_list("name", flat=True)) == ["魏敏", "何长河"]
        post(office, "seat_step", campaign.slug, first.pk, "up")
        assert "党委书记" in page(office, "seat_change", campaign.slug, first.pk)
        post(office, "seat_change", campaign.slug, first.pk, **{**self.DATA, "title": "第一组长"})
        assert campaign.seats.get(pk=first.pk).title == "第一组长"
        post(office, "seat_step", campaign.slug, first.pk, "remove")
        assert [seat.name for seat in campaign.seats.all()] == ["魏敏"]
        assert post(office, "seat_step", campaign.slug, first.pk, "remove").status_code == 404

    def test_a_seat_without_a_name_is_refused(self, campaign: Campaign, office: Client) -> None:
        response = post(office, "campaign_seats", campaign.slug, **{**self.DATA, "name": ""})
        assert "name" in response.context["form"].errors
        seat = LeadingSeat.objects.create(campaign=campaign, name="何长河")
        response = post(office, "seat_change", campaign.slug, seat.pk, **{**self.DATA, "name": ""})
        assert "name" in response.context["form"].errors
        assert post(office, "seat_step", campaign.slug, seat.pk, "nonsense").status_code == 404

    def test_what_a_colleague_removed_is_said(
        self, campaign: Campaign, office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seat = LeadingSeat.objects.create(campaign=campaign, name="何长河")
        for name in ("change_seat", "move_seat"):
            real = getattr(campaigns, name)

            def late(*, seat: LeadingSeat, real: Any = real, **fields: Any) -> Any:
                LeadingSeat.objects.filter(pk=seat.pk).delete()
                return real(seat=seat, **fields)

            monkeypatch.setattr(campaigns, name, late)
        response = post(office, "seat_change", campaign.slug, seat.pk, **self.DATA)
        assert "其他同志删去" in response.content.decode()
        again = LeadingSeat.objects.create(campaign=campaign, name="魏敏")
        url = reverse("branches:seat_step", args=[campaign.slug, again.pk, "up"])
        assert "其他同志删去" in office.post(url, follow=True).content.decode()


class TestFiles:
    """Attachments are taken, handed out and removed."""

    def upload(self, client: Client, campaign: Campaign, *names: str, **extra: str) -> Any:
        """Post the upload form."""
        files = [SimpleUploadedFile(name, b"%PDF-1.7 text") for name in names]
        return post(client, "campaign_files", campaign.slug, attachments=files, **extra)

    def test_several_files_are_uploaded_once_and_downloaded(
        self, campaign: Campaign, office: Client, secretary: User, client_of: ClientOf
    ) -> None:
        assert "还没有附件" in page(office, "campaign_files", campaign.slug)
        key = str(uuid.uuid4())
        for _ in range(2):
            assert self.upload(office, campaign, "一.pdf", "二.pdf", submission=key).status_code == 302
        assert campaign.files.count() == 2
        file = campaign.files.get(name="一.pdf")
        assert "二.pdf" in page(office, "campaign_files", campaign.slug)
        answer = client_of(secretary).get(reverse("branches:campaign_file", args=[campaign.slug, file.pk]))
        assert b"".join(answer) == b"%PDF-1.7 text"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "no-store" in answer.headers["Cache-Control"]

    def test_a_file_that_is_not_taken_says_why_beside_its_field(
        self, campaign: Campaign, office: Client
    ) -> None:
        response = self.upload(office, campaign, "程序.exe")
        assert "不收这种文件" in str(response.context["form"].errors["attachments"])
        response = post(office, "campaign_files", campaign.slug)
        assert "attachments" in response.context["form"].errors

    def test_files_too_large_together_are_refused(
        self, campaign: Campaign, office: Client, settings: Any
    ) -> None:
        settings.UPLOAD_MAX_BYTES = 20
        response = self.upload(office, campaign, "一.pdf", "二.pdf")
        assert "分几次上传" in str(response.context["form"].errors["attachments"])

    def test_a_removed_file_and_a_lost_one_are_not_found(self, campaign: Campaign, office: Client) -> None:
        self.upload(office, campaign, "一.pdf", "二.pdf")
        first, second = campaign.files.order_by("name")
        assert post(office, "file_remove", campaign.slug, first.pk).status_code == 302
        assert (
            office.get(reverse("branches:campaign_file", args=[campaign.slug, first.pk])).status_code == 404
        )
        second.path.unlink()
        assert (
            office.get(reverse("branches:campaign_file", args=[campaign.slug, second.pk])).status_code == 404
        )

    def test_a_file_of_another_campaign_is_not_found(
        self, campaign: Campaign, tree: Tree, office: Client
    ) -> None:
        self.upload(office, campaign, "一.pdf")
        other = published_campaign(tree.township)
        file = campaign.files.get()
        assert office.get(reverse("branches:campaign_file", args=[other.slug, file.pk])).status_code == 404


class TestRulesPage:
    """Filters, marks and origins."""

    def test_filters_leave_what_they_say(self, draft: Campaign, township: User, office: Client) -> None:
        url = reverse("branches:campaign_rules", args=[draft.slug])
        everything = office.get(url)
        total = everything.context["total"]
        assert everything.context["count"] == total
        assert office.get(f"{url}?only=preset").context["count"] == 0
        assert "没有这样的规则" in page(office, "campaign_rules", draft.slug, query="?only=preset")
        campaigns.change_rule(campaign=draft, key="plan_due", value="2026-08-08", by=township)
        assert office.get(f"{url}?only=preset").context["count"] == 1
        open_points = office.get(f"{url}?only=open")
        assert 0 < open_points.context["count"] < total
        assert "通知没有写明，本系统默认，可以修改" in open_points.content.decode()
        assert office.get(f"{url}?only=nonsense").context["count"] == total
        assert "只看这次改动的" not in everything.content.decode()

    def test_categories_with_rules_of_their_own_are_marked(self, draft: Campaign, office: Client) -> None:
        shown = page(office, "campaign_rules", draft.slug)
        assert "村（另有规定）" in shown
        assert "离退休（另有规定）" not in shown

    def test_without_its_preset_nothing_differs_from_it(self, draft: Campaign, office: Client) -> None:
        Campaign.objects.filter(pk=draft.pk).update(preset="gone")
        url = reverse("branches:campaign_rules", args=[draft.slug])
        assert office.get(f"{url}?only=preset").context["count"] == 0

    def test_the_own_notice_is_quoted_for_a_changed_rule(self, draft: Campaign, office: Client) -> None:
        data = {"value": "2014-09-01", "clause": "9月1日前报送", "source": "第二条"}
        answer = post(office, "rule_change", draft.slug, query="?key=plan_due&only=preset", **data)
        assert answer.url.endswith("/rules/?only=preset#rule-plan_due")
        shown = page(office, "campaign_rules", draft.slug, query="?only=preset")
        assert "9月1日前报送</q>（第二条）" in shown
        assert '<span class="origin">本次活动</span>' in shown
        assert "9月1日前报送" in page(office, "rule_change", draft.slug, query="?key=plan_due")

    def test_a_rule_goes_back_to_the_preset_or_to_the_general_one(
        self, draft: Campaign, township: User, office: Client
    ) -> None:
        query = "?key=material_min_chars&category=office"
        assert "恢复预设" not in page(office, "rule_change", draft.slug, query=query)
        campaigns.change_rule(
            campaign=draft, key="material_min_chars", value=900, by=township, category="office"
        )
        shown = page(office, "rule_change", draft.slug, query=query)
        assert "恢复预设的规定" in shown
        assert "机关站所按各领域通用的规定" in shown
        post(office, "rule_reset", draft.slug, query=query)
        assert Campaign.objects.get(pk=draft.pk).rule_set().stored("material_min_chars", "office") == 1500
        post(office, "rule_reset", draft.slug, query=query, to="general")
        assert Campaign.objects.get(pk=draft.pk).rule_set().stored("material_min_chars", "office") == 1000

    def test_going_back_to_a_contradiction_is_refused_in_words(
        self, draft: Campaign, township: User, office: Client
    ) -> None:
        campaigns.change_rule(campaign=draft, key="ballot_place", value="none", by=township)
        campaigns.change_rule(campaign=draft, key="ballot_scale", value=[], by=township)
        url = reverse("branches:rule_reset", args=[draft.slug]) + "?key=ballot_place"
        assert "没有等次" in office.post(url, follow=True).content.decode()
        assert office.post(reverse("branches:rule_reset", args=[draft.slug])).status_code == 404

    def test_a_contradiction_is_explained_on_the_page_of_the_rule(
        self, draft: Campaign, office: Client
    ) -> None:
        response = post(office, "rule_change", draft.slug, query="?key=ballot_scale", value="")
        assert "没有等次" in response.content.decode()

    def test_a_rule_published_meanwhile_is_refused_with_nothing_typed_lost(
        self, draft: Campaign, office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = campaigns.change_rule

        def late(*, campaign: Campaign, by: User, **fields: Any) -> RuleSet:
            campaigns.publish(campaign=campaign, by=by)
            return real(campaign=campaign, by=by, **fields)

        monkeypatch.setattr(campaigns, "change_rule", late)
        response = post(office, "rule_change", draft.slug, query="?key=notice_days", value="9")
        assert "锁定" in response.content.decode()
        assert response.context["form"]["value"].value() == "9"


class TestRevision:
    """From 修改规则 to the notice, on the pages."""

    def test_rules_are_revised_compared_and_published(
        self, campaign: Campaign, secretary: User, office: Client, client_of: ClientOf
    ) -> None:
        reader = client_of(secretary)
        assert "修改规则</button>" in page(office, "campaign_rules", campaign.slug)
        assert "修改规则</button>" not in page(reader, "campaign_rules", campaign.slug)
        post(office, "revision_step", campaign.slug, "start")
        assert "还没有改动" in page(office, "revision_publish", campaign.slug)
        post(office, "rule_change", campaign.slug, query="?key=notice_days", value="9")

        shown = page(office, "campaign_rules", campaign.slug, query="?only=changed")
        assert "改过" in shown
        assert "现在执行的：3天" in shown
        assert "9天" in shown
        assert (
            office.get(reverse("branches:campaign_rules", args=[campaign.slug]) + "?only=changed").context[
                "count"
            ]
            == 1
        )
        assert "各支部现在执行的是：3天" in page(
            office, "rule_change", campaign.slug, query="?key=notice_days"
        )
        in_force = page(office, "campaign_rules", campaign.slug, query="?in_force=1")
        assert "回到正在修改的" in in_force
        assert ">修改</a>" not in in_force
        assert "规则正在修改" in page(office, "campaign", campaign.slug)
        assert "改过" not in page(reader, "campaign_rules", campaign.slug)
        assert "规则正在修改" not in page(reader, "campaign", campaign.slug)

        confirm = office.get(reverse("branches:revision_publish", args=[campaign.slug]))
        assert "9天" in confirm.content.decode()
        data = {"reason": "上级推迟", "seen": confirm.context["form"]["seen"].value()}
        assert (
            "reason"
            in post(office, "revision_publish", campaign.slug, **{**data, "reason": ""})
            .context["form"]
            .errors
        )
        answer = post(office, "revision_publish", campaign.slug, **data)
        assert answer.url == reverse("branches:rule_version", args=[campaign.slug, 2])
        for text in (
            page(reader, "rule_version", campaign.slug, 2),
            page(office, "rule_version", campaign.slug, 2),
        ):
            assert "上级推迟" in text
            assert "3天" in text
            assert "9天" in text
        assert "看修改前后" in page(reader, "campaign", campaign.slug)
        assert "随通知发布" in page(reader, "rule_versions", campaign.slug)
        assert "各版的修改对照" in page(reader, "campaign_rules", campaign.slug)
        assert Notice.objects.filter(kind="rules_revised", recipient=secretary).count() == 1

    def test_what_a_colleague_changed_is_shown_again_and_the_reason_kept(
        self, campaign: Campaign, county: User, township: User, office: Client
    ) -> None:
        campaigns.start_revision(campaign=campaign, by=township)
        campaigns.change_rule(campaign=campaign, key="notice_days", value=9, by=township)
        seen = office.get(reverse("branches:revision_publish", args=[campaign.slug])).context["form"]["seen"]
        campaigns.change_rule(campaign=campaign, key="notice_days", value=8, by=county)
        answer = post(office, "revision_publish", campaign.slug, reason="上级推迟", seen=seen.value())
        assert "重新核对" in answer.content.decode()
        assert "8天" in answer.content.decode()
        form = answer.context["form"]
        assert form["reason"].value() == "上级推迟"
        data = {"reason": "上级推迟", "seen": form["seen"].value()}
        assert post(office, "revision_publish", campaign.slug, **data).status_code == 302

    def test_a_revision_is_given_up(self, campaign: Campaign, office: Client) -> None:
        post(office, "revision_step", campaign.slug, "start")
        url = reverse("branches:revision_step", args=[campaign.slug, "start"])
        assert "接着改" in office.post(url, follow=True).content.decode()
        post(office, "revision_step", campaign.slug, "discard")
        assert campaigns.pending_of(campaign) is None
        assert post(office, "revision_step", campaign.slug, "nonsense").status_code == 404
        gone = office.get(reverse("branches:revision_publish", args=[campaign.slug]), follow=True)
        assert "没有正在准备的修改" in gone.content.decode()

    def test_versions_that_are_not_there_are_not_found(
        self, campaign: Campaign, draft: Campaign, office: Client
    ) -> None:
        for number in (1, 2, 99):
            url = reverse("branches:rule_version", args=[campaign.slug, number])
            assert office.get(url).status_code == 404
        assert "规则还没有发布" in page(office, "rule_versions", draft.slug)

    def test_a_prepared_version_is_nobodys_to_read_before_it_is_published(
        self, campaign: Campaign, township: User, member: User, client_of: ClientOf
    ) -> None:
        campaigns.start_revision(campaign=campaign, by=township)
        url = reverse("branches:rule_version", args=[campaign.slug, 2])
        assert client_of(member).get(url).status_code == 404
        assert (
            client_of(account_with(None, Organization.objects.get(code="YL-QS-02"))).get(url).status_code
            == 404
        )
