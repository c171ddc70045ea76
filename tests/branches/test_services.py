"""Accounts, posts, organisations and campaigns: what the services do and what they refuse."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from branches.models import Appointment, AuditEvent, Campaign, Kind, Notice, Organization, Role, User
from branches.permissions import has_role
from branches.rules import RuleError
from branches.services import accounts, campaigns, organizations
from branches.workflow import NotAllowed
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with

SHANGHAI = timezone.get_fixed_timezone(8 * 60)


def last_event() -> AuditEvent:
    """The newest event of the record."""
    return AuditEvent.objects.latest("sequence")


class TestAccounts:
    """Made by the level above, with a one-time password."""

    def test_a_new_account_has_a_readable_one_time_password(self, tree: Tree, township: User) -> None:
        user, password = accounts.open_account(
            full_name="沈丽华", username="13900000001", organization=tree.village, by=township
        )
        assert re.fullmatch(r"[a-km-z2-9]{4}(-[a-km-z2-9]{4}){2}", password)
        assert user.check_password(password)
        assert user.must_change_password
        assert user.home == tree.village
        assert last_event().action == "open_account"
        assert password not in str(last_event().detail)

    def test_two_passwords_are_never_the_same(self) -> None:
        assert len({accounts.one_time_password() for _ in range(200)}) == 200

    def test_nobody_opens_accounts_sideways(self, tree: Tree, sibling_secretary: User) -> None:
        with pytest.raises(NotAllowed, match="上一级"):
            accounts.open_account(
                full_name="沈丽华", username="x", organization=tree.village, by=sibling_secretary
            )
        assert not User.objects.filter(username="x").exists()

    def test_a_reset_replaces_the_password_and_ends_sessions(
        self, township: User, member: User, client_of: Any
    ) -> None:
        client = client_of(member)
        password = accounts.reset_password(account=member, by=township)
        member.refresh_from_db()
        assert member.check_password(password)
        assert member.must_change_password
        assert client.get("/campaigns/").status_code == 302

    def test_a_closed_account_is_out_at_once(self, township: User, member: User, client_of: Any) -> None:
        client = client_of(member)
        accounts.close_account(account=member, by=township)
        member.refresh_from_db()
        assert not member.is_active
        assert client.get("/campaigns/").status_code == 302

    def test_a_reset_upwards_is_refused(self, township: User, secretary: User) -> None:
        with pytest.raises(NotAllowed):
            accounts.reset_password(account=township, by=secretary)
        with pytest.raises(NotAllowed):
            accounts.close_account(account=township, by=secretary)

    def test_expired_sessions_are_forgotten_and_others_kept(self, db: None) -> None:
        for days in (-1, 1):
            store = SessionStore()
            store.set_expiry(timezone.now() + datetime.timedelta(days=days))
            store.save()
        assert accounts.forget_old_sessions() == 1
        assert Session.objects.count() == 1


class TestPosts:
    """A post gives rights from its first to its last day, in Shanghai."""

    def test_a_post_is_given_and_recorded_without_a_name(
        self, tree: Tree, township: User, member: User
    ) -> None:
        post = accounts.appoint(
            organization=tree.village,
            role=Role.DISCIPLINE,
            holder_name="吴长河",
            user=member,
            by=township,
            starts_on=timezone.localdate(),
        )
        member.refresh_from_db()
        assert has_role(member, Role.DISCIPLINE, tree.village)
        assert str(post) == "新河村支部纪检委员"
        assert last_event().detail == {"role": "discipline"}

    def test_nobody_gives_oneself_a_post(self, tree: Tree, township: User) -> None:
        with pytest.raises(NotAllowed, match="自己"):
            accounts.appoint(
                organization=tree.village,
                role=Role.SECRETARY,
                holder_name="周敏",
                user=township,
                by=township,
                starts_on=timezone.localdate(),
            )

    def test_a_post_is_not_given_sideways(self, tree: Tree, sibling_secretary: User) -> None:
        with pytest.raises(NotAllowed):
            accounts.appoint(
                organization=tree.village,
                role=Role.DEPUTY,
                holder_name="某某",
                by=sibling_secretary,
                starts_on=timezone.localdate(),
            )

    def test_a_post_ends_after_its_last_day(self, tree: Tree, township: User, organizer: User) -> None:
        post = organizer.posts()[0]
        accounts.end_appointment(post=post, by=township, last_day=timezone.localdate())
        organizer.refresh_from_db()
        assert has_role(organizer, Role.ORGANIZER, tree.village)
        with time_machine.travel(timezone.now() + datetime.timedelta(days=1), tick=False):
            organizer.refresh_from_db()
            assert not has_role(organizer, Role.ORGANIZER, tree.village)

    def test_a_post_does_not_end_before_it_began(self, township: User, organizer: User) -> None:
        post = organizer.posts()[0]
        with pytest.raises(NotAllowed, match="不能早于"):
            accounts.end_appointment(
                post=post, by=township, last_day=post.starts_on - datetime.timedelta(days=1)
            )

    def test_a_post_is_not_ended_by_those_who_could_not_give_it(
        self, secretary: User, organizer: User
    ) -> None:
        with pytest.raises(NotAllowed):
            accounts.end_appointment(post=organizer.posts()[0], by=secretary, last_day=timezone.localdate())

    @pytest.mark.parametrize(
        ("moment", "held"),
        [
            ("2026-11-30 00:00:00", True),
            ("2026-11-30 23:59:59", True),
            ("2026-12-01 00:00:00", False),
            ("2026-09-30 23:59:59", False),
            ("2026-10-01 00:00:00", True),
        ],
    )
    def test_rights_begin_and_end_at_midnight_in_shanghai(self, moment: str, held: bool, tree: Tree) -> None:
        person = account_with(None, tree.village)
        AppointmentFactory.create(
            user=person,
            organization=tree.village,
            role=Role.SECRETARY,
            starts_on=datetime.date(2026, 10, 1),
            ends_on=datetime.date(2026, 11, 30),
        )
        at = datetime.datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        with time_machine.travel(at, tick=False):
            assert has_role(person, Role.SECRETARY, tree.village) is held
            assert Organization.objects.visible_to(person).exists() is held

    def test_posts_read_before_midnight_are_read_again_after(self, tree: Tree) -> None:
        person = account_with(None, tree.village)
        AppointmentFactory.create(
            user=person,
            organization=tree.village,
            starts_on=datetime.date(2026, 10, 1),
            ends_on=datetime.date(2026, 11, 30),
        )
        evening = datetime.datetime(2026, 11, 30, 23, 59, 59, tzinfo=SHANGHAI)
        with time_machine.travel(evening, tick=False) as clock:
            assert person.posts()
            clock.shift(1)
            assert not person.posts()

    def test_the_database_refuses_an_end_before_the_start(self, tree: Tree) -> None:
        post = Appointment(
            organization=tree.village,
            role=Role.DEPUTY,
            holder_name="某某",
            starts_on=datetime.date(2026, 2, 1),
            ends_on=datetime.date(2026, 1, 1),
        )
        with pytest.raises(Exception, match="任职止不能早于任职起"):
            post.full_clean()


class TestOrganizations:
    """The tree is changed from above, and kinds fit."""

    @pytest.mark.parametrize(
        ("parent", "kind", "fits"),
        [
            ("township", Kind.BRANCH, True),
            ("township", Kind.GENERAL_BRANCH, True),
            ("township", Kind.COMMITTEE, True),
            ("township", Kind.WORK_COMMITTEE, True),
            ("township", Kind.GROUP, False),
            ("general", Kind.BRANCH, True),
            ("general", Kind.COMMITTEE, False),
            ("village", Kind.GROUP, True),
            ("village", Kind.BRANCH, False),
            ("group", Kind.GROUP, False),
        ],
    )
    def test_only_fitting_kinds_stand_under_one_another(
        self, parent: str, kind: Kind, fits: bool, tree: Tree, county: User
    ) -> None:
        above = getattr(tree, parent)
        fields = {"kind": kind, "name": "新设组织", "short_name": "新设", "code": "N-1"}
        if not fits:
            with pytest.raises(NotAllowed, match="不能直接设在"):
                organizations.add_organization(parent=above, by=county, **fields)
            return
        added = organizations.add_organization(parent=above, by=county, **fields)
        assert added.superior() == above
        assert added.path.startswith(above.path)
        assert last_event().organization_path == added.path

    def test_two_added_below_a_stale_parent_stand_side_by_side(self, tree: Tree, county: User) -> None:
        stale = Organization.objects.get(pk=tree.general.pk)
        for number in range(2):
            organizations.add_organization(
                parent=stale,
                by=county,
                kind=Kind.BRANCH,
                name=f"车间{number}",
                short_name="车间",
                code=f"W{number}",
            )
        assert [child.code for child in tree.general.children()] == ["YL-QS-05-1", "W0", "W1"]

    def test_strangers_change_nothing(self, tree: Tree, stranger: User) -> None:
        with pytest.raises(NotAllowed):
            organizations.add_organization(
                parent=tree.township, by=stranger, kind=Kind.BRANCH, name="x", short_name="x", code="x"
            )
        with pytest.raises(NotAllowed):
            organizations.change_organization(organization=tree.village, by=stranger, name="x")

    def test_a_change_records_which_fields_and_no_value(self, tree: Tree, township: User) -> None:
        organizations.change_organization(organization=tree.village, by=township, name="新河社区党支部")
        tree.village.refresh_from_db()
        assert tree.village.name == "新河社区党支部"
        assert last_event().detail == {"fields": ["name"]}

    def test_a_committee_is_seen_from_posts_unless_set_by_hand(self, tree: Tree, organizer: User) -> None:
        assert tree.village.has_committee
        assert not tree.sibling.has_committee
        tree.sibling.committee_override = True
        assert tree.sibling.has_committee

    def test_the_help_phone_is_the_nearest_one_above(self, tree: Tree) -> None:
        assert tree.village.help_line() == tree.township.help_phone
        tree.village.help_phone = "0724-5550199"
        assert tree.village.help_line() == "0724-5550199"
        assert tree.other_village.help_line() == ""
        assert tree.county.superior() is None
        assert tree.county.help_line() == ""


class TestCampaignServices:
    """Drafted from a preset, changed, published, announced."""

    def draft(self, tree: Tree, by: User, preset: str = "current_year") -> Campaign:
        """A draft of the township."""
        return campaigns.draft_campaign(
            issuer=tree.township, name="组织生活会", slug="zzshh", year=2026, preset=preset, by=by
        )

    def test_only_the_office_of_the_issuer_drafts(self, tree: Tree, secretary: User) -> None:
        with pytest.raises(NotAllowed, match="党建办"):
            self.draft(tree, secretary)

    def test_a_draft_carries_its_own_copy_of_rules_and_clauses(self, tree: Tree, township: User) -> None:
        campaign = self.draft(tree, township, "luoyang_2014")
        current = campaign.rule_set()
        assert (current.version, current.locked_at) == (1, None)
        clause = next(c for c in current.quoted().values() if c.text)
        assert clause.source

    def test_a_rule_is_changed_in_its_stored_form(self, tree: Tree, township: User) -> None:
        campaign = self.draft(tree, township)
        campaigns.change_rule(campaign=campaign, key="excellent_cap", value="30%", by=township)
        fresh = Campaign.objects.get(pk=campaign.pk)
        assert fresh.rule_set().stored("excellent_cap") == "3/10"
        assert last_event().detail == {"key": "excellent_cap", "category": ""}

    def test_a_rule_is_changed_for_one_category(self, tree: Tree, township: User) -> None:
        campaign = self.draft(tree, township)
        campaigns.change_rule(campaign=campaign, key="notice_days", value=9, by=township, category="school")
        fresh = Campaign.objects.get(pk=campaign.pk)
        assert fresh.rules_for(tree.school).notice_days == 9
        assert fresh.rules_for(tree.village).notice_days != 9
        assert fresh.rules_for().notice_days != 9
        assert fresh.rule_set().stored("notice_days", "school") == 9

    def test_an_unset_rule_shows_the_default(self, tree: Tree) -> None:
        campaign = CampaignFactory.create(issuer=tree.township)
        rule_set = campaign.rule_set()
        rule_set.values = {}
        assert rule_set.stored("notice_days") == campaign.rules_for().notice_days

    @pytest.mark.parametrize("value", ["three", None, -1, True])
    def test_a_value_that_does_not_fit_is_refused(self, value: object, tree: Tree, township: User) -> None:
        campaign = self.draft(tree, township)
        with pytest.raises(RuleError):
            campaigns.change_rule(campaign=campaign, key="notice_days", value=value, by=township)

    def test_rules_that_contradict_each_other_are_refused(self, tree: Tree, township: User) -> None:
        campaign = self.draft(tree, township)
        with pytest.raises(RuleError, match="等次"):
            campaigns.change_rule(campaign=campaign, key="ballot_scale", value=[], by=township)

    def test_published_rules_stay_as_they_are(self, campaign: Campaign, township: User) -> None:
        with pytest.raises(NotAllowed, match="锁定"):
            campaigns.change_rule(campaign=campaign, key="notice_days", value=5, by=township)

    def test_a_draft_read_before_publication_cannot_change_rules_after(
        self, tree: Tree, township: User
    ) -> None:
        stale = self.draft(tree, township)
        campaigns.publish(campaign=Campaign.objects.get(pk=stale.pk), by=township)
        with pytest.raises(NotAllowed, match="锁定"):
            campaigns.change_rule(campaign=stale, key="notice_days", value=5, by=township)

    def test_publication_tells_the_clerks_of_every_branch_below(
        self,
        tree: Tree,
        township: User,
        secretary: User,
        organizer: User,
        sibling_secretary: User,
        stranger: User,
        member: User,
    ) -> None:
        campaigns.publish(campaign=self.draft(tree, township), by=township)
        told = set(Notice.objects.values_list("recipient__username", flat=True))
        assert told == {"liudefu", "wangguilan", "wanguodong"}

    def test_a_campaign_without_branches_is_published_and_tells_nobody(
        self, tree: Tree, county: User
    ) -> None:
        empty = organizations.add_organization(
            parent=tree.county, by=county, kind=Kind.COMMITTEE, name="空镇党委", short_name="空镇", code="K"
        )
        campaign = campaigns.draft_campaign(
            issuer=empty, name="空", slug="empty", year=2026, preset="current_year", by=county
        )
        assert campaigns.publish(campaign=campaign, by=county).is_open
        assert not Notice.objects.exists()


class TestScopeOfCampaigns:
    """Who sees which campaign."""

    def test_drafts_are_seen_by_the_issuer_and_above_only(
        self, tree: Tree, township: User, county: User, secretary: User, stranger: User
    ) -> None:
        draft = CampaignFactory.create(issuer=tree.township)
        seen = {
            p.username: draft in Campaign.objects.visible_to(p)
            for p in (township, county, secretary, stranger)
        }
        assert seen == {"zhoumin": True, "sunjianjun": True, "liudefu": False, "zhaowen": False}

    def test_published_ones_are_seen_below_too_even_without_a_post(
        self, campaign: Campaign, secretary: User, member: User, stranger: User
    ) -> None:
        assert campaign in Campaign.objects.visible_to(secretary)
        assert campaign in Campaign.objects.visible_to(member)
        assert campaign not in Campaign.objects.visible_to(stranger)

    def test_a_campaign_covers_what_stands_below_its_issuer(self, campaign: Campaign, tree: Tree) -> None:
        assert campaign.covers(tree.group)
        assert not campaign.covers(tree.other_village)
        assert list(Campaign.objects.open().covering(tree.village)) == [campaign]
        assert not Campaign.objects.covering(tree.other_village).exists()

    def test_days_left_count_calendar_days(self, campaign: Campaign) -> None:
        assert campaign.days_left == 30
        campaign.finish_by = None
        assert campaign.days_left is None
