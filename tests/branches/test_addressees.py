"""Addressees: any subtrees by category; after publication organisations are only added."""

from __future__ import annotations

import pytest

from branches.models import Audience, AuditEvent, Campaign, Notice, Role, User
from branches.services import campaigns
from branches.services.campaigns import Line
from branches.workflow import CAMPAIGN, NotAllowed, perform
from tests.conftest import Tree
from tests.factories.branches import account_with


@pytest.fixture
def draft(tree: Tree, township: User) -> Campaign:
    """A draft of the township."""
    return campaigns.draft_campaign(
        issuer=tree.township, name="组织生活会", slug="zzshh", year=2026, preset="current_year", by=township
    )


def reached(campaign: Campaign) -> set[str]:
    """Short names of the addressed organisations."""
    return set(Campaign.objects.get(pk=campaign.pk).organizations().values_list("short_name", flat=True))


def test_a_draft_without_lines_reaches_every_branch_below(draft: Campaign) -> None:
    assert reached(draft) == {
        "新河村支部",
        "白沙村支部",
        "镇中心学校支部",
        "镇卫生院支部",
        "宏达纺织一车间支部",
    }
    assert campaigns.reached_by(draft) == {}


def test_lines_choose_subtrees_categories_and_kinds(draft: Campaign, tree: Tree, township: User) -> None:
    rows = campaigns.set_addressees(
        campaign=draft,
        lines=[
            Line(tree.township, "school"),
            Line(tree.general, audience=Audience.ALL),
            Line(tree.township, "school"),
        ],
        by=township,
    )
    assert [str(row) for row in rows] == [
        "青石镇·学校：党支部",
        "宏达纺织总支：党支部和党委、党总支班子",
    ]
    assert reached(draft) == {"镇中心学校支部", "宏达纺织总支", "宏达纺织一车间支部"}
    assert sorted(campaigns.reached_by(draft).values()) == [1, 2]
    detail = AuditEvent.objects.latest("sequence").detail
    assert detail == {"lines": 2, "added": 2, "removed": 0}


def test_a_line_is_taken_away_from_a_draft(draft: Campaign, tree: Tree, township: User) -> None:
    for place in (tree.village, tree.sibling):
        campaigns.add_addressee(campaign=draft, line=Line(place), by=township)
    campaigns.remove_addressee(campaign=draft, line=Line(tree.village), by=township)
    assert reached(draft) == {"白沙村支部"}
    assert not Notice.objects.exists()


def test_what_stands_elsewhere_or_is_not_known_is_refused(
    draft: Campaign, tree: Tree, township: User
) -> None:
    with pytest.raises(NotAllowed, match="不在青石镇党委下面"):
        campaigns.add_addressee(campaign=draft, line=Line(tree.other_village), by=township)
    for line in (Line(tree.village, "nowhere"), Line(tree.village, audience="cats")):
        with pytest.raises(NotAllowed, match="重新选择"):
            campaigns.add_addressee(campaign=draft, line=line, by=township)
    assert not draft.addressees.exists()


def test_only_the_issuers_office_addresses(draft: Campaign, tree: Tree, secretary: User) -> None:
    with pytest.raises(NotAllowed, match="党建办"):
        campaigns.add_addressee(campaign=draft, line=Line(tree.village), by=secretary)


def test_publication_tells_the_addressed_only(
    draft: Campaign, tree: Tree, township: User, secretary: User, sibling_secretary: User
) -> None:
    head = account_with(Role.SECRETARY, tree.general)
    campaigns.set_addressees(
        campaign=draft, lines=[Line(tree.village), Line(tree.general, audience=Audience.BODIES)], by=township
    )
    campaigns.publish(campaign=draft, by=township)
    assert set(Notice.objects.values_list("recipient__username", flat=True)) == {
        secretary.username,
        head.username,
    }


class TestAfterPublication:
    """The notice went out: it may reach more, never fewer."""

    @pytest.fixture
    def published(self, draft: Campaign, tree: Tree, township: User, secretary: User) -> Campaign:
        """Published to the village alone; nobody has unread notices."""
        campaigns.set_addressees(campaign=draft, lines=[Line(tree.village)], by=township)
        published = campaigns.publish(campaign=draft, by=township)
        Notice.objects.all().delete()
        return published

    def test_those_added_are_told_and_nobody_else(
        self, published: Campaign, tree: Tree, township: User, secretary: User, sibling_secretary: User
    ) -> None:
        campaigns.add_addressee(campaign=published, line=Line(tree.township, "village"), by=township)
        assert reached(published) == {"新河村支部", "白沙村支部"}
        assert [n.recipient for n in Notice.objects.all()] == [sibling_secretary]

    def test_nobody_is_dropped(self, published: Campaign, tree: Tree, township: User) -> None:
        with pytest.raises(NotAllowed, match="不能减少"):
            campaigns.set_addressees(campaign=published, lines=[Line(tree.sibling)], by=township)
        assert reached(published) == {"新河村支部"}

    def test_a_line_made_superfluous_may_go(self, published: Campaign, tree: Tree, township: User) -> None:
        campaigns.add_addressee(campaign=published, line=Line(tree.township), by=township)
        campaigns.remove_addressee(campaign=published, line=Line(tree.village), by=township)
        assert len(reached(published)) == 5

    def test_bodies_are_added_to_a_campaign_that_had_no_lines(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        campaigns.add_addressee(
            campaign=campaign, line=Line(tree.township, audience=Audience.BODIES), by=township
        )
        assert reached(campaign) >= {"新河村支部", "宏达纺织总支", "青石镇"}
        assert campaign.addressees.count() == 2

    def test_a_campaign_that_is_over_is_addressed_to_nobody_else(
        self, published: Campaign, tree: Tree, township: User
    ) -> None:
        perform(CAMPAIGN, published, "close", by=township)
        with pytest.raises(NotAllowed, match="已经结束"):
            campaigns.add_addressee(campaign=published, line=Line(tree.sibling), by=township)
