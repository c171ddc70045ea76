"""The roster of a branch: drawn up, exempted from, frozen, amended."""

import datetime

import pytest
from django.utils import timezone

from branches.models import AuditEvent, Campaign, User
from branches.services.campaigns import change_rule
from branches.workflow import CAMPAIGN, NotAllowed, perform
from members.models import ExemptReason, MemberKind, Roster, Standing
from members.rules.roster_parts import part_of
from members.services.rosters import (
    HeadCounts,
    add_to_roster,
    count_again,
    draft_roster,
    exempt_from_count,
    freeze_roster,
    head_counts,
    is_frozen,
    missing_from_roster,
    roster_of,
)
from members.workflow import ROSTER
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory, members_of


def test_the_roster_takes_the_members_on_the_roll_in_stroke_order(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    for name in ("赵六", "王芳", "丁一"):
        MemberFactory.create(organization=tree.village, name=name)
    MemberFactory.create(organization=tree.village, name="万里", standing=Standing.TRANSFERRED)
    MemberFactory.create(organization=tree.sibling, name="刘备")
    roster = freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    assert [(entry.ordinal, entry.name) for entry in roster.entries.all()] == [
        (1, "丁一"),
        (2, "王芳"),
        (3, "赵六"),
    ]
    assert roster.is_frozen
    assert roster.frozen_on == timezone.localdate()
    assert is_frozen(campaign=campaign, organization=tree.village)
    assert roster_of(campaign=campaign, organization=tree.village) == roster
    assert not is_frozen(campaign=campaign, organization=tree.sibling)


def test_a_probationary_member_fills_in_a_form_but_is_only_listed(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    MemberFactory.create(organization=tree.village, kind=MemberKind.PROBATIONARY)
    roster = freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    (entry,) = roster.entries.all()
    assert (entry.is_expected, entry.is_voter, entry.is_subject, entry.listed_only) == (
        True,
        True,
        False,
        True,
    )
    assert entry.remark == "预备党员，不评定等次"


def test_a_member_under_suspension_does_not_vote_until_it_is_over(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    today = timezone.localdate()
    MemberFactory.create(organization=tree.village, name="丁一", suspended_until=today)
    MemberFactory.create(
        organization=tree.village, name="万二", suspended_until=today - datetime.timedelta(days=1)
    )
    roster = freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    assert [entry.is_voter for entry in roster.entries.all()] == [False, True]


@pytest.mark.parametrize(
    ("rule", "voter", "subject"),
    [("none", True, True), ("subject", True, False), ("voter", False, True), ("both", False, False)],
)
def test_leaders_are_exempt_as_the_rules_say(
    tree: Tree, township: User, secretary: User, rule: str, voter: bool, subject: bool
) -> None:
    campaign = CampaignFactory.create(issuer=tree.township, rules={"leader_exempt": rule})
    perform(CAMPAIGN, campaign, "publish", by=township)
    campaign.refresh_from_db()
    MemberFactory.create(organization=tree.village, is_leader=True)
    (entry,) = freeze_roster(campaign=campaign, organization=tree.village, by=secretary).entries.all()
    assert (entry.is_voter, entry.is_subject, entry.is_expected) == (voter, subject, True)
    assert ("已参加领导班子民主生活会" in entry.remark) == (rule != "none")


def test_parts_follow_from_the_rules_alone() -> None:
    part = part_of(
        probationary=True, suspended=False, leader=False, probationary_subject="omit",
        probationary_votes=False, suspended_votes=False, leader_exempt="none",
    )  # fmt: skip
    assert (part.is_voter, part.is_subject, part.listed_only, part.is_expected) == (False, False, False, True)


def test_a_draft_follows_the_roll_and_keeps_its_exemptions(
    tree: Tree, campaign: Campaign, organizer: User
) -> None:
    ill, gone = members_of(tree.village, 2)
    roster = draft_roster(campaign=campaign, organization=tree.village, by=organizer)
    entry = exempt_from_count(
        entry=roster.entries.get(member=ill),
        reason=ExemptReason.BEDRIDDEN,
        note="常年卧床",
        rated=False,
        by=organizer,
    )
    assert (entry.is_expected, entry.is_voter, entry.is_subject) == (False, False, False)
    assert entry.remark == "不计应到：年老体弱卧床不起或长期患病生活不能自理；常年卧床"
    gone.standing = Standing.DECEASED
    gone.save()
    MemberFactory.create(organization=tree.village)
    draft_roster(campaign=campaign, organization=tree.village, by=organizer)
    assert roster.entries.count() == 2
    assert roster.entries.get(member=ill).exempt_reason == ExemptReason.BEDRIDDEN
    assert head_counts(roster.entries.all()) == HeadCounts(expected=1, voters=1, subjects=1, exempt=1)
    counted = vars(Roster.objects.with_counts().get(pk=roster.pk))
    assert [counted[name] for name in ("expected", "voters", "subjects", "exempt")] == [1, 1, 1, 1]
    assert list(roster.entries.all().expected()) == list(roster.entries.all().voters())
    assert roster.entries.all().on_form().count() == 1
    again = count_again(entry=roster.entries.get(member=ill), by=organizer)
    assert (again.is_expected, again.is_voter, again.is_subject, again.remark) == (True, True, True, "")


def test_a_frozen_roster_changes_only_with_a_reason_and_a_new_version(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    members_of(tree.village, 2)
    roster = freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    entry = roster.entries.first()
    assert entry is not None
    with pytest.raises(NotAllowed, match="原因"):
        exempt_from_count(entry=entry, reason=ExemptReason.ABROAD, by=secretary)
    entry.refresh_from_db()
    assert entry.is_expected
    exempt_from_count(entry=entry, reason=ExemptReason.ABROAD, why="上月出国", by=secretary)
    count_again(entry=entry, why="已回国", by=secretary)
    roster.refresh_from_db()
    assert roster.version == 3
    assert [amendment.reason for amendment in roster.amendments.all()] == ["已回国", "上月出国"]
    assert str(roster.amendments.first()) == "第3版"
    assert AuditEvent.objects.filter(action="amend").count() == 2
    assert draft_roster(campaign=campaign, organization=tree.village, by=secretary) == roster


def test_a_member_who_came_later_is_added_with_a_reason(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    members_of(tree.village, 1)
    roster = freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    late = MemberFactory.create(organization=tree.village)
    assert missing_from_roster(roster) == [late]
    entry = add_to_roster(roster=roster, member=late, why="本月转入", by=secretary)
    assert (entry.ordinal, entry.is_voter) == (2, True)
    assert missing_from_roster(roster) == []
    with pytest.raises(NotAllowed, match="已经在"):
        add_to_roster(roster=roster, member=late, why="再加", by=secretary)
    with pytest.raises(NotAllowed, match="不在本支部"):
        add_to_roster(
            roster=roster, member=MemberFactory.create(organization=tree.sibling), why="x", by=secretary
        )


def test_an_empty_branch_cannot_be_frozen(tree: Tree, campaign: Campaign, secretary: User) -> None:
    with pytest.raises(NotAllowed, match="没有应到的党员"):
        freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    assert roster_of(campaign=campaign, organization=tree.village) is None


def test_a_roster_is_frozen_once(tree: Tree, campaign: Campaign, secretary: User) -> None:
    members_of(tree.village, 1)
    freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    with pytest.raises(NotAllowed, match="已核定"):
        freeze_roster(campaign=campaign, organization=tree.village, by=secretary)


def test_a_campaign_that_is_closed_or_of_another_township_takes_no_roster(
    tree: Tree, campaign: Campaign, township: User, secretary: User, county: User
) -> None:
    members_of(tree.village, 1)
    other = CampaignFactory.create(issuer=tree.other_township, status="published")
    with pytest.raises(NotAllowed, match="不包括"):
        draft_roster(campaign=other, organization=tree.village, by=secretary)
    draft = draft_roster(campaign=campaign, organization=tree.village, by=secretary)
    perform(CAMPAIGN, campaign, "close", by=township)
    campaign.refresh_from_db()
    with pytest.raises(NotAllowed, match="已经结束"):
        draft_roster(campaign=campaign, organization=tree.village, by=secretary)
    draft = Roster.objects.get(pk=draft.pk)
    with pytest.raises(NotAllowed, match="已经结束"):
        perform(ROSTER, draft, "freeze", by=secretary)
    assert not draft.is_frozen


def test_only_those_who_may_draw_up_freeze_and_exempt(
    tree: Tree, campaign: Campaign, organizer: User, supervisor: User, stranger: User, township: User
) -> None:
    members_of(tree.village, 1)
    for person in (supervisor, stranger):
        with pytest.raises(NotAllowed, match="权限"):
            draft_roster(campaign=campaign, organization=tree.village, by=person)
    with pytest.raises(NotAllowed, match="书记"):
        freeze_roster(campaign=campaign, organization=tree.village, by=organizer)
    roster = draft_roster(campaign=campaign, organization=tree.village, by=organizer)
    entry = roster.entries.get()
    with pytest.raises(NotAllowed, match="权限"):
        exempt_from_count(entry=entry, reason=ExemptReason.ABROAD, by=stranger)
    with pytest.raises(NotAllowed, match="情形"):
        exempt_from_count(entry=entry, reason="holiday", by=organizer)
    freeze_roster(campaign=campaign, organization=tree.village, by=township)
    with pytest.raises(NotAllowed, match="书记"):
        exempt_from_count(entry=entry, reason=ExemptReason.ABROAD, why="x", by=organizer)


def test_rules_of_the_category_decide_the_order_of_names(tree: Tree, township: User, secretary: User) -> None:
    campaign = CampaignFactory.create(issuer=tree.township)
    change_rule(campaign=campaign, key="name_order", value="roster", by=township)
    perform(CAMPAIGN, campaign, "publish", by=township)
    campaign = Campaign.objects.get(pk=campaign.pk)
    for number, name in ((2, "丁一"), (None, "卜二"), (1, "赵六")):
        MemberFactory.create(organization=tree.village, name=name, roster_number=number)
    roster = freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    assert [entry.name for entry in roster.entries.all()] == ["赵六", "丁一", "卜二"]
    assert str(roster) == "新河村支部评议花名册"
    assert str(roster.entries.first()) == "赵六"
