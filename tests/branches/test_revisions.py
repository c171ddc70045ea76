"""Locked rules are revised as a new version, with a reason, a comparison and a notice to all concerned."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from branches.models import AuditEvent, Campaign, Notice, Role, RuleSet, User
from branches.rules import RuleError
from branches.services import campaigns
from branches.services.campaigns.revising import LONGEST_REASON
from branches.workflow import CAMPAIGN, NotAllowed, perform
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.evaluations import published_campaign

REASON = "上级推迟了完成时间"


def fresh(campaign: Campaign) -> Campaign:
    """The campaign as somebody else reads it now."""
    return Campaign.objects.get(pk=campaign.pk)


@pytest.fixture
def revising(campaign: Campaign, township: User) -> Campaign:
    """The published campaign with a revision in which 提前几天通知 is nine days."""
    campaigns.start_revision(campaign=campaign, by=township)
    campaigns.change_rule(campaign=campaign, key="notice_days", value=9, by=township)
    return campaign


class TestPreparing:
    """A revision is a copy nobody is bound by yet."""

    def test_the_version_in_force_holds_until_the_new_one_is_published(
        self, revising: Campaign, township: User
    ) -> None:
        assert fresh(revising).rules_for().notice_days != 9
        pending = campaigns.pending_of(revising)
        assert pending is not None
        assert (pending.version, pending.locked_at, pending.stored("notice_days")) == (2, None, 9)
        campaigns.publish_revision(campaign=revising, reason=REASON, by=township)
        assert fresh(revising).rules_for().notice_days == 9
        assert fresh(revising).rules_for(version=1).notice_days != 9
        assert fresh(revising).rules_for(version=2).notice_days == 9

    def test_there_is_one_revision_at_a_time(self, revising: Campaign, county: User) -> None:
        with pytest.raises(NotAllowed, match="接着改"):
            campaigns.start_revision(campaign=revising, by=county)
        assert revising.rule_sets.count() == 2

    def test_two_people_work_on_one_revision_and_lose_nothing(
        self, revising: Campaign, county: User, township: User
    ) -> None:
        stale = fresh(revising)
        campaigns.change_rule(campaign=revising, key="theme", value="为民", by=township)
        campaigns.change_rule(campaign=stale, key="plan_due", value="2026-09-01", by=county)
        pending = campaigns.pending_of(fresh(revising))
        assert pending is not None
        said = [pending.stored(key) for key in ("notice_days", "theme", "plan_due")]
        assert said == [9, "为民", "2026-09-01"]

    def test_published_rules_are_not_changed_without_a_revision(
        self, campaign: Campaign, township: User
    ) -> None:
        before = campaign.rule_set().values
        with pytest.raises(NotAllowed, match="锁定"):
            campaigns.change_rule(campaign=campaign, key="notice_days", value=9, by=township)
        assert RuleSet.objects.get(campaign=campaign).values == before

    def test_a_draft_is_changed_directly_and_not_by_a_revision(self, tree: Tree, township: User) -> None:
        draft = CampaignFactory.create(issuer=tree.township)
        with pytest.raises(NotAllowed, match="还没有发布"):
            campaigns.start_revision(campaign=draft, by=township)
        campaigns.change_rule(campaign=draft, key="notice_days", value=9, by=township)
        assert fresh(draft).rules_for().notice_days == 9

    def test_only_the_issuers_office_revises(
        self, campaign: Campaign, secretary: User, supervisor: User
    ) -> None:
        for person in (secretary, supervisor):
            with pytest.raises(NotAllowed, match="党建办"):
                campaigns.start_revision(campaign=campaign, by=person)

    def test_a_campaign_that_is_over_is_not_revised(self, revising: Campaign, township: User) -> None:
        perform(CAMPAIGN, revising, "close", by=township)
        for act in (campaigns.start_revision, campaigns.discard_revision):
            with pytest.raises(NotAllowed, match="已经结束"):
                act(campaign=revising, by=township)
        with pytest.raises(NotAllowed, match="已经结束"):
            campaigns.change_rule(campaign=revising, key="notice_days", value=8, by=township)

    def test_rules_never_locked_are_no_revision(self, tree: Tree, township: User) -> None:
        odd = CampaignFactory.create(issuer=tree.township, status="running")
        assert campaigns.pending_of(odd) is None

    def test_a_revision_given_up_leaves_nothing_but_the_record(
        self, revising: Campaign, township: User
    ) -> None:
        campaigns.discard_revision(campaign=revising, by=township)
        assert [r.version for r in revising.rule_sets.all()] == [1]
        last = AuditEvent.objects.latest("sequence")
        assert (last.action, last.detail) == ("discard_revision", {"version": 2})
        with pytest.raises(NotAllowed, match="刷新"):
            campaigns.discard_revision(campaign=revising, by=township)
        assert campaigns.start_revision(campaign=revising, by=township).version == 2


class TestPublishing:
    """With a reason, a difference, and what was seen."""

    @pytest.mark.parametrize(("reason", "said"), [("  ", "写明"), ("长" * (LONGEST_REASON + 1), "缩短")])
    def test_a_reason_is_asked_for_and_fits(
        self, reason: str, said: str, revising: Campaign, township: User
    ) -> None:
        with pytest.raises(NotAllowed, match=said):
            campaigns.publish_revision(campaign=revising, reason=reason, by=township)
        assert campaigns.pending_of(revising) is not None

    def test_a_revision_without_a_difference_is_not_published(
        self, campaign: Campaign, township: User
    ) -> None:
        campaigns.start_revision(campaign=campaign, by=township)
        with pytest.raises(NotAllowed, match="还没有改动"):
            campaigns.publish_revision(campaign=campaign, reason=REASON, by=township)

    def test_what_a_colleague_changed_since_is_looked_at_again(
        self, revising: Campaign, township: User, county: User
    ) -> None:
        pending = campaigns.pending_of(revising)
        assert pending is not None
        seen = campaigns.fingerprint(pending)
        campaigns.change_rule(campaign=revising, key="notice_days", value=8, by=county)
        with pytest.raises(NotAllowed, match="重新核对"):
            campaigns.publish_revision(campaign=revising, reason=REASON, by=township, seen=seen)
        pending.refresh_from_db()
        again = campaigns.fingerprint(pending)
        assert campaigns.publish_revision(campaign=revising, reason=REASON, by=township, seen=again)

    def test_a_revision_is_published_once(self, revising: Campaign, township: User) -> None:
        campaigns.publish_revision(campaign=revising, reason=REASON, by=township)
        with pytest.raises(NotAllowed, match="刷新"):
            campaigns.publish_revision(campaign=revising, reason=REASON, by=township)

    def test_rules_that_contradict_each_other_are_not_published(
        self, revising: Campaign, township: User
    ) -> None:
        RuleSet.objects.filter(campaign=revising, version=2).update(
            values={"ballot_place": "plenary", "ballot_scale": []}
        )
        with pytest.raises(NotAllowed, match="没有等次"):
            campaigns.publish_revision(campaign=revising, reason=REASON, by=township)

    def test_the_new_version_has_every_rule_written_down_and_its_reason(
        self, revising: Campaign, township: User
    ) -> None:
        RuleSet.objects.filter(campaign=revising, version=2).update(values={"notice_days": 9})
        published = campaigns.publish_revision(campaign=revising, reason=f" {REASON} ", by=township)
        assert len(published.values) > 100
        assert (published.reason, published.locked_at is not None) == (REASON, True)
        assert [v.version for v in campaigns.versions_of(revising)] == [2, 1]

    def test_the_record_names_the_rules_and_no_words(self, revising: Campaign, township: User) -> None:
        campaigns.publish_revision(campaign=revising, reason=REASON, by=township)
        last = AuditEvent.objects.latest("sequence")
        assert last.action == "publish_revision"
        assert last.detail == {"version": 2, "keys": ["notice_days"]}

    def test_clerks_of_the_addressed_and_the_offices_between_are_told_once(
        self, tree: Tree, county: User, township: User, secretary: User, organizer: User, member: User,
        supervisor: User, stranger: User,
    ) -> None:  # fmt: skip
        bureau = account_with(Role.OFFICE, tree.general)
        campaign = published_campaign(tree.county)
        Notice.objects.all().delete()
        campaigns.start_revision(campaign=campaign, by=county)
        campaigns.change_rule(campaign=campaign, key="notice_days", value=9, by=county)
        published = campaigns.publish_revision(campaign=campaign, reason=REASON, by=county)
        told = Notice.objects.filter(kind="rules_revised")
        assert sorted(told.values_list("recipient__username", flat=True)) == sorted(
            person.username for person in (township, secretary, organizer, stranger, bureau)
        )
        notice = told.get(recipient=secretary)
        assert notice.title == f"规则有修改：{campaign.name}"
        assert REASON in notice.body
        assert "提前" in notice.body
        assert notice.url == f"/campaigns/{campaign.slug}/rules/versions/{published.version}/"

    def test_many_changed_rules_are_counted_in_the_notice(
        self, revising: Campaign, township: User, secretary: User
    ) -> None:
        for key in ("mobilise", "opinions_asked", "problem_analysis", "spot_check", "weak_branch_section"):
            value = not revising.rule_set().stored(key)
            campaigns.change_rule(campaign=revising, key=key, value=value, by=township)
        campaigns.publish_revision(campaign=revising, reason=REASON, by=township)
        assert "等 6 条" in Notice.objects.get(kind="rules_revised", recipient=secretary).body


class TestLastDay:
    """The date shown on the campaign follows the rules' last day."""

    @pytest.mark.parametrize(
        ("key", "value", "day"),
        [
            ("finish_by", "2027-02-28", datetime.date(2027, 2, 28)),
            ("window", {"from": "2027-01-01", "to": "2027-01-31"}, datetime.date(2027, 1, 31)),
            ("notice_days", 9, None),
            ("finish_by", None, None),
        ],
    )
    def test_it_moves_only_when_the_rules_name_another_day(
        self, key: str, value: Any, day: datetime.date | None, tree: Tree, township: User
    ) -> None:
        begun = published_campaign(tree.township, rules={"finish_by": "2026-12-31"} if value is None else {})
        before = begun.finish_by
        campaigns.start_revision(campaign=begun, by=township)
        campaigns.change_rule(campaign=begun, key=key, value=value, by=township)
        campaigns.publish_revision(campaign=begun, reason=REASON, by=township)
        assert fresh(begun).finish_by == (day or before)


class TestSingleRules:
    """Quoting the own notice, and going back."""

    @pytest.fixture
    def draft(self, tree: Tree, township: User) -> Campaign:
        """A draft of the 2014 township preset."""
        return campaigns.draft_campaign(
            issuer=tree.township,
            name="组织生活会",
            slug="zzshh",
            year=2026,
            preset="luoyang_2014",
            by=township,
        )

    def test_a_changed_rule_quotes_the_own_notice(self, draft: Campaign, township: User) -> None:
        campaigns.change_rule(
            campaign=draft, key="plan_due", value="2026-09-01", by=township,
            clause=" 9月1日前报送 ", source=" 第二条 ",
        )  # fmt: skip
        clause = fresh(draft).rule_set().quoted()["plan_due"]
        assert (clause.text, clause.source, clause.value, clause.own) == (
            "9月1日前报送", "第二条", "2026-09-01", True,
        )  # fmt: skip
        campaigns.change_rule(
            campaign=draft, key="plan_due", value="2026-09-03", by=township, category="school", clause="学校"
        )
        assert fresh(draft).rule_set().quoted()["school.plan_due"].text == "学校"

    def test_a_rule_goes_back_to_the_preset_with_its_clause(self, draft: Campaign, township: User) -> None:
        was = draft.rule_set().quoted()["plan_due"]
        campaigns.change_rule(campaign=draft, key="plan_due", value="2026-09-01", by=township, clause="x")
        campaigns.reset_rule(campaign=draft, key="plan_due", by=township)
        now = fresh(draft).rule_set()
        assert now.stored("plan_due") == "2026-08-08"  # the notice's day, in the year of the campaign
        assert now.quoted()["plan_due"] == was
        assert not now.quoted()["plan_due"].own

    def test_a_rule_the_preset_leaves_open_goes_back_to_the_default(
        self, draft: Campaign, township: User
    ) -> None:
        campaigns.change_rule(campaign=draft, key="remind_before", value=[2], by=township, clause="x")
        campaigns.reset_rule(campaign=draft, key="remind_before", by=township)
        now = fresh(draft).rule_set()
        assert "remind_before" not in now.values
        assert "remind_before" not in now.clauses

    def test_a_category_goes_back_to_its_own_preset_or_to_the_general_rule(
        self, draft: Campaign, township: User
    ) -> None:
        for key, value in (("material_min_chars", 900), ("notice_days", 9)):
            campaigns.change_rule(campaign=draft, key=key, value=value, by=township, category="office")
            campaigns.reset_rule(campaign=draft, key=key, by=township, category="office")
        now = fresh(draft).rule_set()
        assert now.stored("material_min_chars", "office") == 1500
        assert "notice_days" not in now.overlays["office"]

    def test_a_category_follows_the_general_rule_again(self, draft: Campaign, township: User) -> None:
        campaigns.drop_overlay(campaign=draft, key="material_min_chars", category="office", by=township)
        assert fresh(draft).rule_set().stored("material_min_chars", "office") == 1000
        campaigns.change_rule(campaign=draft, key="notice_days", value=9, by=township, category="floating")
        campaigns.drop_overlay(campaign=draft, key="notice_days", category="floating", by=township)
        assert "floating" not in fresh(draft).rule_set().overlays

    def test_going_back_to_a_rule_another_one_contradicts_is_refused(
        self, draft: Campaign, township: User
    ) -> None:
        campaigns.change_rule(campaign=draft, key="ballot_place", value="none", by=township)
        campaigns.change_rule(campaign=draft, key="ballot_scale", value=[], by=township)
        with pytest.raises(RuleError, match="没有等次"):
            campaigns.reset_rule(campaign=draft, key="ballot_place", by=township)
        assert fresh(draft).rule_set().stored("ballot_place") == "none"

    def test_without_its_preset_a_rule_is_typed_in(self, draft: Campaign, township: User) -> None:
        Campaign.objects.filter(pk=draft.pk).update(preset="gone")
        assert campaigns.preset_of(fresh(draft)) is None
        with pytest.raises(NotAllowed, match="直接填写"):
            campaigns.reset_rule(campaign=draft, key="plan_due", by=township)


class TestHeading:
    """A draft's facts may be changed; a published notice stands."""

    def test_a_draft_is_edited_and_the_record_names_the_fields(self, tree: Tree, township: User) -> None:
        draft = CampaignFactory.create(issuer=tree.township)
        campaigns.edit_campaign(campaign=draft, by=township, name="新名称", theme="为民", slug="new-slug")
        draft.refresh_from_db()
        assert (draft.name, draft.theme, draft.slug) == ("新名称", "为民", "new-slug")
        assert AuditEvent.objects.latest("sequence").detail == {"fields": ["name", "slug", "theme"]}

    def test_a_published_notice_stands_as_it_was_issued(self, campaign: Campaign, township: User) -> None:
        with pytest.raises(NotAllowed, match="已经发布"):
            campaigns.edit_campaign(campaign=campaign, by=township, theme="别的")
        assert fresh(campaign).theme == ""

    def test_issuer_and_preset_are_no_heading_facts(self, tree: Tree, township: User) -> None:
        draft = CampaignFactory.create(issuer=tree.township)
        with pytest.raises(TypeError, match="issuer"):
            campaigns.edit_campaign(campaign=draft, by=township, issuer=tree.county)
