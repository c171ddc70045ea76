"""Last year's campaign as this year's draft."""

from __future__ import annotations

import datetime
import io

import pytest

from branches.models import Audience, AuditEvent, Body, Campaign, RuleSet, User
from branches.rules import RuleError, describe
from branches.services import campaigns
from branches.services.campaigns import Line
from branches.workflow import NotAllowed
from tests.conftest import Tree
from tests.factories.evaluations import published_campaign


@pytest.fixture
def source(tree: Tree, township: User) -> Campaign:
    """The 2014 notice as a published campaign with addressees, a seat, an attachment and a text."""
    draft = campaigns.draft_campaign(
        issuer=tree.township,
        name="2014年度组织生活会",
        slug="y2014",
        year=2014,
        preset="luoyang_2014",
        by=township,
        document_number="青党发〔2014〕21号",
        issued_on=datetime.date(2014, 8, 5),
        finish_by=datetime.date(2014, 8, 31),
        theme="2014年的主题",
        text="通知全文",
    )
    campaigns.set_addressees(
        campaign=draft,
        lines=[Line(tree.township, "village"), Line(tree.general, audience=Audience.ALL)],
        by=township,
    )
    campaigns.add_seat(
        campaign=draft, body=Body.GROUP, title="组长", name="何长河", post="党委书记", by=township
    )
    campaigns.add_files(campaign=draft, files=[("通知.pdf", io.BytesIO(b"%PDF-1.7"))], by=township)
    return campaigns.publish(campaign=draft, by=township)


@pytest.fixture
def clone(source: Campaign, township: User) -> Campaign:
    """Its successor of 2026."""
    return campaigns.clone_campaign(
        source=source, name="2026年度组织生活会", slug="y2026", year=2026, by=township
    )


def test_rules_addressees_and_seats_come_along(clone: Campaign, source: Campaign) -> None:
    assert (clone.status, clone.cloned_from, clone.preset) == ("draft", source, "luoyang_2014")
    assert [str(line) for line in clone.addressees.all()] == [str(line) for line in source.addressees.all()]
    assert [str(seat) for seat in clone.seats.all()] == ["领导小组组长 何长河"]
    rules = clone.rules_for()
    assert rules.plan_gate == source.rules_for().plan_gate
    assert clone.rule_set().overlays["office"]["material_min_chars"] == 1500


def test_the_words_of_the_notice_do_not(clone: Campaign) -> None:
    said = (clone.document_number, clone.issued_on, clone.theme, clone.text, clone.files.count())
    assert said == ("", None, "", "", 0)


def test_dates_move_by_the_years_in_rules_overlays_and_heading(clone: Campaign) -> None:
    assert clone.finish_by == datetime.date(2026, 8, 31)
    assert clone.rules_for().plan_due == datetime.date(2026, 8, 8)
    assert clone.rule_set().overlays["office"]["finish_by"] == "2026-08-20"


def test_every_date_is_listed_to_be_checked(clone: Campaign) -> None:
    found = {(d.label, d.category_label): d.shown for d in campaigns.dates_to_check(clone)}
    assert found["方案上报期限", "各领域通用"] == "2026年8月8日"
    assert found["开展时间", "村"] == "2026年8月11日至2026年8月31日"
    assert all("2014" not in shown for shown in found.values())


def test_a_moved_date_no_longer_quotes_the_old_clause_and_the_rest_does(clone: Campaign) -> None:
    now = clone.rule_set()
    rows = {row.key: row for row in describe(now.values, now.overlays, "", now.quoted())}
    assert (rows["plan_due"].origin, rows["plan_due"].clause) == ("本次活动", None)
    assert rows["plan_gate"].origin == "预设"
    assert rows["plan_gate"].clause is not None


def test_words_that_name_the_old_year_are_pointed_out(clone: Campaign, township: User) -> None:
    assert campaigns.words_to_check(clone) == ()
    campaigns.change_rule(campaign=clone, key="theme", value="2014年整改", by=township)
    assert campaigns.words_to_check(Campaign.objects.get(pk=clone.pk)) == ("会议主题",)
    clone.year = 2014
    assert campaigns.words_to_check(clone) == ()
    clone.cloned_from = None
    assert campaigns.words_to_check(clone) == ()


def test_the_version_in_force_is_copied_and_not_one_being_prepared(source: Campaign, township: User) -> None:
    campaigns.start_revision(campaign=source, by=township)
    campaigns.change_rule(campaign=source, key="notice_days", value=9, by=township)
    made = campaigns.clone_campaign(source=source, name="x", slug="x", year=2015, by=township)
    assert made.rules_for().notice_days != 9
    assert made.rule_set().version == 1


def test_a_campaign_of_a_leap_day_is_carried_into_a_common_year(tree: Tree, township: User) -> None:
    begun = published_campaign(tree.township, rules={"plan_due": "2024-02-29"})
    Campaign.objects.filter(pk=begun.pk).update(year=2024, finish_by=None)
    begun.refresh_from_db()
    made = campaigns.clone_campaign(source=begun, name="x", slug="x", year=2025, by=township)
    assert made.rules_for().plan_due == datetime.date(2025, 2, 28)
    assert made.finish_by is None


def test_only_the_issuers_office_clones(source: Campaign, secretary: User) -> None:
    with pytest.raises(NotAllowed, match="党建办"):
        campaigns.clone_campaign(source=source, name="x", slug="x", year=2026, by=secretary)


def test_rules_that_no_longer_hold_make_no_draft(source: Campaign, township: User) -> None:
    RuleSet.objects.filter(campaign=source).update(values={"ballot_scale": [], "ballot_place": "plenary"})
    with pytest.raises(RuleError):
        campaigns.clone_campaign(source=source, name="x", slug="x", year=2026, by=township)
    assert Campaign.objects.count() == 1


def test_the_record_says_from_where(clone: Campaign, source: Campaign) -> None:
    last = AuditEvent.objects.latest("sequence")
    assert (last.action, last.detail) == ("clone", {"source": source.pk, "years": 12})
