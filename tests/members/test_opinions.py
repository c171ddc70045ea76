"""Rounds of opinions and typing in: the facts, the limits, nothing typed is lost."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from branches.models import Addressee, AuditEvent, Campaign, Organization, OrganizationStatus, RuleSet, User
from branches.rules import load_preset, resolve
from branches.services.steps import order_redo
from branches.workflow import NotAllowed
from members.models import Opinion, OpinionRound, Target
from members.reports.opinion_papers import OpinionForm
from members.reports.opinions import OpinionsPage
from members.rules.opinions import (
    heads_of,
    public_source,
    sources_of,
    tidy_text,
    too_long,
    touch_points,
    ways_of,
)
from members.services import opinions
from members.services.opinions import Said
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory
from tests.factories.members import MemberFactory
from tests.factories.opinions import OpinionFactory, OpinionPointFactory, OpinionRoundFactory, asking

ClientOf = Callable[[User], Client]
TODAY = datetime.date(2026, 6, 1)
DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township that asks for opinions."""
    return asking(tree.township)


@pytest.fixture
def asked(campaign: Campaign, tree: Tree) -> OpinionRound:
    """A round of the village."""
    made: OpinionRound = OpinionRoundFactory.create(campaign=campaign, organization=tree.village)
    return made


def address(page: str, campaign: Campaign, organization: Organization, **more: Any) -> str:
    """The address of a page of an organisation's opinions."""
    return reverse(f"members:{page}", kwargs={"slug": campaign.slug, "pk": organization.pk, **more})


def typed(*texts: str, **more: str) -> dict[str, str]:
    """What is posted when these opinions are typed in."""
    data = {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "0", "submission": str(uuid.uuid4())}
    for number in range(6):
        data |= {
            f"form-{number}-target": "committee",
            f"form-{number}-heading": "",
            f"form-{number}-source": "",
        }
        data[f"form-{number}-text"] = texts[number] if number < len(texts) else ""
    return {**data, **more}


class TestRules:
    """Plain arithmetic."""

    def test_rounds_that_overlap_are_one_time(self) -> None:
        spans = [
            (datetime.date(2026, 1, 5), datetime.date(2026, 1, 9)),
            (datetime.date(2026, 1, 9), datetime.date(2026, 1, 12)),
            (datetime.date(2026, 2, 1), datetime.date(2026, 2, 1)),
            (datetime.date(2026, 5, 20), None),
            (datetime.date(2026, 5, 30), datetime.date(2026, 5, 31)),
            (datetime.date(2026, 6, 2), None),
        ]
        assert touch_points(spans, TODAY) == 3
        assert touch_points([], TODAY) == 0

    @given(st.lists(st.tuples(DAYS, st.none() | DAYS)))
    def test_as_many_times_as_runs_of_days(
        self, spans: list[tuple[datetime.date, datetime.date | None]]
    ) -> None:
        covered: set[datetime.date] = set()
        joined: set[datetime.date] = set()
        for first, last in spans:
            if first <= TODAY:
                end = max(first, last or TODAY)
                days = {first + datetime.timedelta(n) for n in range((end - first).days + 1)}
                covered |= days
                joined |= days - {first}
        assert touch_points(spans, TODAY) == len(covered - joined)

    def test_labels_come_from_the_rules(self) -> None:
        names = ("xianning_2015", "town_leadership_2014", "current_year")
        county, leaders, year = (resolve(load_preset(name).values) for name in names)
        assert list(ways_of(county)) == ["face_to_face", "back_to_back", "forum", "interview", "form"]
        assert "online" not in ways_of(year)
        assert ways_of(year)["form"] == "发放征求意见表"
        assert list(sources_of(leaders)) == ["masses", "self", "superior", "talk", "collective"]
        assert public_source(leaders) == "masses"
        assert len(sources_of(year)) == 7
        assert heads_of(county) == () or all(heads for _label, heads in heads_of(county))

    def test_a_text_is_kept_word_for_word(self) -> None:
        assert tidy_text(" 水渠\r\n没有修\r通 \n") == "水渠\n没有修\n通"
        assert too_long("字" * 20_000, 20_000) == ""
        assert "20,001 字，最多 20,000 字。请删去 1 字" in too_long("字" * 20_001, 20_000)


class TestRounds:
    """Begin, change, take back."""

    def test_a_round_is_begun_and_changed(self, tree: Tree, campaign: Campaign, secretary: User) -> None:
        where: dict[str, Any] = {"campaign": campaign, "organization": tree.village}
        asked = opinions.begin_round(**where, way="form", begun_on=TODAY, forms_out=40, by=secretary)
        assert str(asked) == "新河村支部征求意见"
        changed = opinions.change_round(
            asked=asked,
            way="forum",
            begun_on=TODAY,
            ended_on=TODAY,
            forms_out=40,
            forms_in=40,
            scope="村民代表",
            by=secretary,
        )
        assert (changed.way, changed.forms_in, changed.scope) == ("forum", 40, "村民代表")
        assert list(AuditEvent.objects.values_list("action", flat=True)) == [
            "begin_opinions",
            "change_opinions",
        ]

    @pytest.mark.parametrize(
        ("facts", "reason"),
        [
            ({"way": "visit"}, "没有列这种征求方式"),
            ({"forms_out": 3, "forms_in": 4}, "收回的意见表不能多于发出的"),
            ({"ended_on": TODAY - datetime.timedelta(1)}, "结束日期不能早于"),
        ],
    )
    def test_facts_that_cannot_be(
        self, tree: Tree, campaign: Campaign, secretary: User, facts: dict[str, Any], reason: str
    ) -> None:
        given: dict[str, Any] = {"way": "form", "begun_on": TODAY, **facts}
        with pytest.raises(NotAllowed, match=reason):
            opinions.begin_round(campaign=campaign, organization=tree.village, by=secretary, **given)

    def test_who_may_and_when(
        self, tree: Tree, campaign: Campaign, secretary: User, member: User, township: User
    ) -> None:
        where: dict[str, Any] = {"organization": tree.village, "way": "form", "begun_on": TODAY}
        with pytest.raises(NotAllowed, match="需要本支部书记"):
            opinions.begin_round(campaign=campaign, by=member, **where)
        over = CampaignFactory.create(issuer=tree.township, status="closed", rules={"opinions_asked": True})
        with pytest.raises(NotAllowed, match="已经结束"):
            opinions.begin_round(campaign=over, by=secretary, **where)
        quiet = CampaignFactory.create(
            issuer=tree.township, status="running", rules={"opinions_asked": False}
        )
        with pytest.raises(NotAllowed, match="不要求征求意见"):
            opinions.begin_round(campaign=quiet, by=secretary, **where)
        elsewhere = asking(tree.other_township, slug="elsewhere")
        with pytest.raises(NotAllowed, match="没有发给本组织"):
            opinions.begin_round(campaign=elsewhere, by=secretary, **where)
        Organization.objects.filter(pk=tree.village.pk).update(status=OrganizationStatus.ABOLISHED)
        tree.village.refresh_from_db()
        with pytest.raises(NotAllowed, match="已经撤销"):
            opinions.begin_round(campaign=campaign, by=secretary, **where)

    def test_a_way_that_is_no_longer_named_stays(self, asked: OpinionRound, secretary: User) -> None:
        OpinionRound.objects.filter(pk=asked.pk).update(way="visit")
        changed = opinions.change_round(asked=asked, way="visit", begun_on=TODAY, by=secretary)
        assert changed.way == "visit"

    def test_only_an_empty_round_is_taken_back(self, asked: OpinionRound, secretary: User) -> None:
        opinion = OpinionFactory.create(round=asked)
        with pytest.raises(NotAllowed, match="不能删除"):
            opinions.remove_round(asked=asked, by=secretary)
        opinion.delete()
        opinions.remove_round(asked=asked, by=secretary)
        assert not OpinionRound.objects.exists()

    def test_the_round_before_a_redo_is_over(
        self, tree: Tree, asked: OpinionRound, secretary: User, township: User, campaign: Campaign
    ) -> None:
        rules = campaign.rule_set()
        RuleSet.objects.filter(pk=rules.pk).update(values={**rules.values, "superior_powers": ["redo"]})
        fresh = Campaign.objects.get(pk=campaign.pk)
        order_redo(campaign=fresh, organization=tree.village, reason="没有征求意见", by=township)
        with pytest.raises(NotAllowed, match="这是上一轮"):
            opinions.type_in(asked=asked, said=[Said("路灯不亮")], by=secretary)

    def test_feeding_back_has_a_day(
        self, asked: OpinionRound, secretary: User, tree: Tree, campaign: Campaign
    ) -> None:
        point = OpinionPointFactory.create(campaign=campaign, organization=tree.village)
        OpinionFactory.create(round=asked, point=point)
        today = timezone.localdate()
        opinions.step_round(asked=asked, name="compile", by=secretary)
        with pytest.raises(NotAllowed, match="不能晚于今天"):
            opinions.feed_back(asked=asked, day=today + datetime.timedelta(1), by=secretary)
        with pytest.raises(NotAllowed, match="不能早于开始征求"):
            opinions.feed_back(asked=asked, day=asked.begun_on - datetime.timedelta(1), by=secretary)
        opinions.feed_back(asked=asked, day=today, by=secretary)
        page = OpinionsPage.of(campaign, tree.village, secretary)
        assert [row.fed_back_on for row in page.rounds] == [today]

    def test_the_people_of_a_body_are_its_post_holders(self, tree: Tree, secretary: User) -> None:
        MemberFactory.create(organization=tree.village, name="刘德福", user=secretary)
        AppointmentFactory.create(organization=tree.township, user=secretary, role="committee")
        assert [one.name for one in opinions.people_to_name(tree.township)] == ["刘德福"]
        assert not opinions.people_to_name(tree.general).exists()


class TestTypingIn:
    """Fast, word for word, and nothing of the giver."""

    def test_several_at_once(
        self, tree: Tree, campaign: Campaign, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        person = MemberFactory.create(organization=tree.village)
        data = typed(
            "坏",
            "𠮷家湾和㐂村的水渠没有通😀\r\n第二行",
            **{"form-1-target": str(person.pk), "form-1-heading": "履职践诺", "form-1-source": "masses"},
        )
        answer = client_of(secretary).post(
            address("opinion_type", campaign, tree.village, key=asked.pk), data
        )
        assert answer.status_code == 302
        first, second = Opinion.objects.order_by("target")
        assert (first.text, first.target, first.member) == ("坏", Target.COMMITTEE, None)
        assert second.text == "𠮷家湾和㐂村的水渠没有通😀\n第二行"
        assert (second.member, second.heading, second.source) == (person, "履职践诺", "masses")
        event = AuditEvent.objects.get()
        assert (event.action, event.about_id, event.detail) == ("type_opinions", str(asked.pk), {"rows": 2})

    def test_the_longest_and_one_more(
        self, tree: Tree, campaign: Campaign, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        url = address("opinion_type", campaign, tree.village, key=asked.pk)
        client = client_of(secretary)
        page = client.post(url, typed("路灯不亮", "渠" * 20_001)).content.decode()
        assert "20,001 字" in page
        assert "渠" * 20_001 in page
        assert "路灯不亮" in page
        assert not Opinion.objects.exists()
        assert client.post(url, typed("路灯不亮", "渠" * 20_000, more="1")).headers["Location"] == url
        assert max(len(one.text) for one in Opinion.objects.all()) == 20_000

    def test_a_double_tap_counts_once(
        self, tree: Tree, campaign: Campaign, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        url, data, client = (
            address("opinion_type", campaign, tree.village, key=asked.pk),
            typed("路灯不亮"),
            client_of(secretary),
        )
        assert client.post(url, data).headers["Location"] == client.post(url, data).headers["Location"]
        assert Opinion.objects.count() == 1

    def test_nothing_typed_and_a_closed_round_say_so(
        self, tree: Tree, campaign: Campaign, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        url, client = address("opinion_type", campaign, tree.village, key=asked.pk), client_of(secretary)
        assert "还没有填写意见" in client.post(url, typed()).content.decode()
        opinions.step_round(asked=asked, name="compile", by=secretary)
        page = client.post(url, typed("路灯不亮")).content.decode()
        assert "请先点“继续征求”" in page
        assert "路灯不亮" in page

    def test_the_service_refuses_what_is_too_long(self, asked: OpinionRound, secretary: User) -> None:
        with pytest.raises(NotAllowed, match="20,001"):
            opinions.type_in(asked=asked, said=[Said("渠" * 20_001)], by=secretary)


class TestPages:
    """What the pages say."""

    def test_where_nothing_is_asked_the_page_says_so(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        quiet = CampaignFactory.create(
            issuer=tree.township, slug="quiet", status="running", rules={"opinions_asked": False}
        )
        client = client_of(secretary)
        page = client.get(address("opinions", quiet, tree.village)).content.decode()
        assert "这项活动不要求征求意见" in page
        assert "登记一次" not in page
        assert client.get(address("opinion_round_new", quiet, tree.village)).status_code == 404

    def test_three_touch_points_are_shown(self, tree: Tree, secretary: User, client_of: ClientOf) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, slug="y2005", preset="yancheng_2005", status="running"
        )
        OpinionRoundFactory.create(campaign=campaign, organization=tree.village, way="visit")
        page = client_of(secretary).get(address("opinions", campaign, tree.village)).content.decode()
        assert "<b>1 / 3</b>" in page
        assert "廣泛徵求群眾意見" in page

    def test_a_round_is_entered_on_its_page(
        self, tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        client, url = client_of(secretary), address("opinion_round_new", campaign, tree.village)
        data = {"way": "form", "begun_on": "2026-01-05", "forms_out": "3", "forms_in": "4"}
        assert "收回的意见表不能多于发出的" in client.post(url, data).content.decode()
        assert (
            "结束日期不能早于"
            in client.post(url, {**data, "forms_in": "", "ended_on": "2026-01-04"}).content.decode()
        )
        assert client.post(url, {**data, "forms_in": "3"}).status_code == 302
        asked = OpinionRound.objects.get()
        edit = address("opinion_round", campaign, tree.village, key=asked.pk)
        assert "收回多少份" in client.get(edit).content.decode()
        assert client.post(edit, {**data, "forms_in": "2"}).status_code == 302
        assert OpinionRound.objects.get().forms_in == 2
        OpinionFactory.create(round=asked)
        assert "不能删除" in client.post(edit, {**data, "remove": "1"}).content.decode()
        Opinion.objects.all().delete()
        assert client.post(edit, {"remove": "1"}).status_code == 302
        assert not OpinionRound.objects.exists()

    def test_a_campaign_that_ends_meanwhile_loses_nothing(
        self, tree: Tree, campaign: Campaign, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        Campaign.objects.filter(pk=campaign.pk).update(status="closed")
        data = {"way": "form", "begun_on": "2026-01-05", "scope": "村民代表"}
        page = (
            client_of(secretary)
            .post(address("opinion_round_new", campaign, tree.village), data)
            .content.decode()
        )
        assert "已经结束" in page
        assert "村民代表" in page

    def test_steps_and_feeding_back(
        self, tree: Tree, campaign: Campaign, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        OpinionFactory.create(round=asked)
        where: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "key": asked.pk}
        page = client.post(address("opinion_step", name="compile", **where), follow=True).content.decode()
        assert "还有 1 条意见没有归并" in page
        Opinion.objects.update(point=OpinionPointFactory.create(campaign=campaign, organization=tree.village))
        page = client.post(address("opinion_step", name="compile", **where), follow=True).content.decode()
        assert "已梳理完毕" in page
        assert client.post(address("opinion_step", name="feed_back", **where)).status_code == 404
        told = address("opinion_feed_back", **where)
        assert "不能早于开始征求" in client.post(told, {"day": "2020-01-01"}).content.decode()
        page = client.post(told, {"day": timezone.localdate().isoformat()}, follow=True).content.decode()
        assert "已向提意见的范围反馈" in page

    def test_the_form_and_the_table_are_files(
        self, tree: Tree, campaign: Campaign, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        OpinionFactory.create(round=asked, text="=1+1 路灯")
        client = client_of(secretary)
        assert client.get(address("opinion_form", campaign, tree.village)).content.startswith(b"%PDF")
        assert client.get(address("opinion_table", campaign, tree.village, kind="pdf")).content.startswith(
            b"%PDF"
        )
        assert client.get(address("opinion_table", campaign, tree.village, kind="xlsx")).content.startswith(
            b"PK"
        )
        assert client.get(address("opinion_table", campaign, tree.village, kind="doc")).status_code == 404

    def test_every_form_is_like_every_other(self, tree: Tree, campaign: Campaign) -> None:
        form = OpinionForm.of(campaign, tree.village)
        assert form.to_pdf() == OpinionForm.of(campaign, tree.village).to_pdf()
        assert form.heads == ("联系服务群众", "改进作风")
        bare = CampaignFactory.create(issuer=tree.township, rules={"committee_heads": [], "member_heads": []})
        assert OpinionForm.of(bare, tree.village).heads == ()
        Addressee.objects.create(campaign=campaign, organization=tree.township, audience="all")
        assert OpinionForm.of(campaign, tree.township).about == "领导班子和成员"
