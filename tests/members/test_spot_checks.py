"""Spot checks: who may draw what, that a draw stays as it was, and what the check leads to."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.urls import reverse

from branches.models import AuditEvent, Campaign, Notice, Organization, Role, RuleSet, User
from branches.services.audit import first_broken_link
from branches.services.steps import order_redo
from branches.workflow import NotAllowed
from members.models import Material, MaterialRole, MaterialStatus, SpotCheck, SpotCheckItem
from members.permissions.spot_checks import can_check_item, can_draw, can_read_drawn, can_see_draws
from members.reports.spot_checks import (
    Stock,
    Summary,
    draws_of,
    findings_of,
    is_typed,
    place_of_draws,
    repeats,
)
from members.rules.drawing import draw
from members.services import spot_checks
from members.services.spot_checks import (
    authors_of,
    check_item,
    checked_categories,
    draw_materials,
    drawable,
    is_within,
    note_reading,
    pool_of,
)
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.preparing import MaterialFactory, in_review

DONE, DRAFT, PASSED, RETURNED, SUBMITTED = (
    MaterialStatus.DONE,
    MaterialStatus.DRAFT,
    MaterialStatus.PASSED,
    MaterialStatus.RETURNED,
    MaterialStatus.SUBMITTED,
)


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township in which materials are spot-checked."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="checked",
        status="running",
        preset="luoyang_2014",
        rules={"spot_check": True},
    )
    return made


def material_in(
    campaign: Campaign, organization: Organization, status: str = PASSED, **more: Any
) -> Material:
    """A material of that organisation in that state."""
    made: Material = MaterialFactory.create(
        campaign=campaign, organization=organization, status=status, **more
    )
    return made


def drawn_in(
    campaign: Campaign, township: User, tree: Tree, status: str = PASSED, **more: Any
) -> SpotCheckItem:
    """The one item of a draw from one material of the village."""
    material_in(campaign, tree.village, status, **more)
    return draw_materials(campaign=campaign, organization=tree.township, size=1, by=township).items.get()


class TestPool:
    """What may be drawn."""

    def test_what_is_handed_in_below_the_office(self, campaign: Campaign, tree: Tree) -> None:
        handed = [
            material_in(campaign, tree.village, SUBMITTED),
            material_in(campaign, tree.sibling, PASSED),
            material_in(campaign, tree.school, DONE),
            material_in(campaign, tree.hospital, DONE, is_on_paper=True),
        ]
        for status in (DRAFT, RETURNED):
            material_in(campaign, tree.mill, status)
        material_in(campaign, tree.township, PASSED, role=MaterialRole.COMMITTEE)
        material_in(campaign, tree.other_village, PASSED)
        material_in(CampaignFactory.create(issuer=tree.township), tree.village, PASSED)
        assert pool_of(campaign, tree.township) == sorted(str(m.pk) for m in handed)

    def test_category_role_and_what_was_drawn_before(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        school = material_in(campaign, tree.school)
        member = material_in(campaign, tree.village, role=MaterialRole.MEMBER)
        assert pool_of(campaign, tree.township, category="school") == [str(school.pk)]
        assert pool_of(campaign, tree.township, role=MaterialRole.MEMBER) == [str(member.pk)]
        assert pool_of(campaign, tree.township, category="school", role=MaterialRole.MEMBER) == []
        check = draw_materials(
            campaign=campaign, organization=tree.township, size=1, category="school", by=township
        )
        assert check.pool == [str(school.pk)]
        assert pool_of(campaign, tree.township, fresh=True) == [str(member.pk)]
        assert len(pool_of(campaign, tree.township)) == 2

    def test_only_categories_whose_rules_ask_for_it(self, campaign: Campaign, tree: Tree) -> None:
        material_in(campaign, tree.school)
        village = material_in(campaign, tree.village)
        rows = RuleSet.objects.filter(campaign=campaign)
        rows.update(overlays={**rows.get().overlays, "school": {"spot_check": False}})
        fresh = Campaign.objects.get(pk=campaign.pk)
        assert "school" not in checked_categories(fresh)
        assert "village" in checked_categories(fresh)
        assert pool_of(fresh, tree.township) == [str(village.pk)]

    def test_only_the_present_round(self, campaign: Campaign, tree: Tree, township: User) -> None:
        material_in(campaign, tree.village)
        order_redo(campaign=campaign, organization=tree.village, reason="走了过场", by=township)
        assert pool_of(campaign, tree.township) == []
        anew = material_in(campaign, tree.village, round_no=2)
        assert pool_of(campaign, tree.township) == [str(anew.pk)]

    def test_the_offices_concerned(self, campaign: Campaign, tree: Tree) -> None:
        assert all(is_within(campaign, o) for o in (tree.township, tree.county, tree.general))
        assert not is_within(campaign, tree.other_township)

    def test_the_stock_by_category_and_role(self, campaign: Campaign, tree: Tree) -> None:
        material_in(campaign, tree.village)
        material_in(campaign, tree.sibling)
        material_in(campaign, tree.school, role=MaterialRole.COMMITTEE)
        stock = Stock.of(drawable(campaign, tree.township))
        assert stock.total == 3
        assert stock.rows == (("学校", (("班子", 1),)), ("村", (("负责人", 2),)))


class TestDraw:
    """The draw and what is kept of it."""

    def test_kept_so_that_it_can_be_repeated(self, campaign: Campaign, tree: Tree, township: User) -> None:
        for place in (tree.village, tree.sibling, tree.school, tree.hospital):
            material_in(campaign, place)
        check = draw_materials(
            campaign=campaign, organization=tree.township, size=2, seed=" 6-3-1 ", by=township
        )
        kept = [str(item.material_id) for item in check.items.order_by("position")]
        assert (check.seed, check.size, check.drawn_by) == ("6-3-1", 2, "周敏")
        assert check.pool == sorted(check.pool)
        assert len(check.pool) == 4
        assert kept == list(draw(check.pool, "6-3-1", 2))
        assert repeats(check)
        assert is_typed(check)
        assert check.items.order_by("position").values_list("position", flat=True)[1] == 2

    def test_a_seed_of_the_program_is_another_each_time(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        material_in(campaign, tree.village)
        checks = [
            draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)
            for _ in range(3)
        ]
        assert len({check.seed for check in checks}) == 3
        assert not any(is_typed(check) for check in checks)
        assert SpotCheck.objects.count() == 3, "each draw stays"

    def test_what_was_changed_afterwards_is_found(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        for place in (tree.village, tree.sibling):
            material_in(campaign, place)
        check = draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)
        other = next(key for key in check.pool if uuid.UUID(key) != check.items.get().material_id)
        check.items.update(material_id=other)
        assert not repeats(check)

    def test_the_record_keeps_numbers_and_no_names(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        material_in(campaign, tree.village)
        draw_materials(
            campaign=campaign,
            organization=tree.township,
            size=1,
            seed="7",
            category="village",
            role=MaterialRole.HEAD,
            by=township,
        )
        event = AuditEvent.objects.get(action="draw_materials")
        assert event.organization_path == tree.township.path
        assert event.detail == {
            "campaign": campaign.pk,
            "pool": 1,
            "size": 1,
            "typed_seed": True,
            "category": "村",
            "role": "负责人",
        }
        assert first_broken_link() is None

    @pytest.mark.parametrize(("size", "word"), [(0, "只有 1 份"), (2, "只有 1 份")])
    def test_not_more_than_there_are(
        self, campaign: Campaign, tree: Tree, township: User, size: int, word: str
    ) -> None:
        material_in(campaign, tree.village)
        with pytest.raises(NotAllowed, match=word):
            draw_materials(campaign=campaign, organization=tree.township, size=size, by=township)
        assert not SpotCheck.objects.exists()

    def test_nothing_handed_in(self, campaign: Campaign, tree: Tree, township: User) -> None:
        with pytest.raises(NotAllowed, match="没有可抽的材料"):
            draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)

    def test_a_typed_seed_cannot_look_like_one_of_the_program(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        material_in(campaign, tree.village)
        with pytest.raises(NotAllowed, match="分不清"):
            draw_materials(campaign=campaign, organization=tree.township, size=1, seed="0" * 16, by=township)

    def test_not_after_the_end_nor_where_no_rule_asks(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        material_in(campaign, tree.village)
        other = CampaignFactory.create(issuer=tree.township, status="running", rules={"spot_check": False})
        material_in(other, tree.village)
        with pytest.raises(NotAllowed, match="没有要求抽查"):
            draw_materials(campaign=other, organization=tree.township, size=1, by=township)
        office = account_with(Role.OFFICE, tree.other_township)
        with pytest.raises(NotAllowed, match="没有要求抽查"):
            draw_materials(campaign=campaign, organization=tree.other_township, size=1, by=office)
        campaign.status = "closed"
        with pytest.raises(NotAllowed, match="已经结束"):
            draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)

    def test_the_office_above_draws_in_its_own_name(
        self, campaign: Campaign, tree: Tree, county: User
    ) -> None:
        material = material_in(campaign, tree.village)
        with pytest.raises(NotAllowed, match="本组织的名义"):
            draw_materials(campaign=campaign, organization=tree.township, size=1, by=county)
        check = draw_materials(campaign=campaign, organization=tree.county, size=1, by=county)
        assert check.items.get().material == material


class TestCheck:
    """What a check finds and leads to."""

    def test_a_finding_is_sealed_and_shown(
        self, campaign: Campaign, tree: Tree, township: User, secretary: User
    ) -> None:
        person = MemberFactory.create(organization=tree.village, name="刘德福", user=secretary)
        item = drawn_in(campaign, township, tree, member=person)
        assert findings_of(item.material) == ()
        check_item(item=item, finding=" 事例写得实在。 ", wants_more=False, by=township)
        (found,) = findings_of(item.material)
        assert (found.text, found.wants_more, found.office) == ("事例写得实在。", False, "青石镇")
        with connection.cursor() as cursor:
            cursor.execute("SELECT finding_sealed FROM members_spotcheckitem")
            assert "事例" not in cursor.fetchone()[0]
        notice = Notice.objects.get(recipient=secretary)
        assert "青石镇抽查了刘德福" in notice.title
        assert "事例" not in notice.title + notice.body
        assert notice.url == reverse("members:material_show", args=[item.material_id])
        item.material.refresh_from_db()
        assert item.material.status == PASSED, "a finding alone changes nothing"
        event = AuditEvent.objects.get(action="check_drawn")
        assert event.detail == {"check": str(item.check_of_id), "new": True, "wants_more": False}

    def test_what_is_under_review_stays_with_its_reviewers_who_are_told(
        self, campaign: Campaign, tree: Tree, township: User
    ) -> None:
        head = account_with(Role.SECRETARY, tree.township, full_name="沈国栋")
        material, slots = in_review(campaign=campaign, organization=tree.village)
        assert {slot.holder for slot in slots} == {head}
        check = draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)
        check_item(item=check.items.get(), finding="第二条没有措施。", wants_more=True, by=township)
        material.refresh_from_db()
        assert material.status == SUBMITTED
        told = Notice.objects.get(recipient=head, kind="material_checked_review")
        assert told.title.endswith("审核时请参考")
        assert told.url == reverse("members:review", args=[slots[0].pk])
        with pytest.raises(NotAllowed, match="待审核"):
            check_item(item=check.items.get(), finding="退回", wants_more=True, sends_back=True, by=township)

    @pytest.mark.parametrize("status", [PASSED, DONE])
    def test_one_that_is_through_may_be_returned_with_the_reason(
        self, campaign: Campaign, tree: Tree, township: User, secretary: User, status: str
    ) -> None:
        person = MemberFactory.create(organization=tree.village, user=secretary)
        item = drawn_in(campaign, township, tree, status, member=person)
        with pytest.raises(NotAllowed, match="写明"):
            check_item(item=item, finding=" ", wants_more=False, sends_back=True, by=township)
        check_item(item=item, finding="措施太空。", wants_more=False, sends_back=True, by=township)
        item.refresh_from_db()
        item.material.refresh_from_db()
        assert (item.material.status, item.material.settled_on) == (RETURNED, None)
        assert item.wants_more
        notice = Notice.objects.get(recipient=secretary)
        assert "退回修改" in notice.title
        assert notice.body
        assert not can_read_drawn(township, item), "what is being changed is the author's"
        with pytest.raises(NotAllowed, match="由本人修改"):
            check_item(item=item, finding="再看", wants_more=False, by=township)

    def test_a_change_asked_for_is_explained(self, campaign: Campaign, tree: Tree, township: User) -> None:
        item = drawn_in(campaign, township, tree)
        with pytest.raises(NotAllowed, match="写明"):
            check_item(item=item, finding="  ", wants_more=True, by=township)
        item.refresh_from_db()
        assert item.checked_on is None

    def test_a_finding_may_be_written_anew(self, campaign: Campaign, tree: Tree, township: User) -> None:
        item = drawn_in(campaign, township, tree, is_on_paper=True)
        check_item(item=item, finding="", wants_more=False, by=township)
        check_item(item=item, finding="补看了附件。", wants_more=False, by=township)
        assert [f.text for f in findings_of(item.material)] == ["补看了附件。"]
        events = AuditEvent.objects.filter(action="check_drawn").order_by("sequence")
        assert [event.detail["new"] for event in events] == [True, False]

    def test_reading_is_on_record(self, campaign: Campaign, tree: Tree, township: User) -> None:
        item = drawn_in(campaign, township, tree)
        assert can_read_drawn(township, item)
        note_reading(item=item, by=township)
        event = AuditEvent.objects.get(action="read_drawn")
        assert event.about_id == str(item.material_id)
        assert event.organization_path == tree.village.path
        assert event.detail == {"check": str(item.check_of_id)}

    def test_who_is_told(
        self, campaign: Campaign, tree: Tree, secretary: User, organizer: User, county: User
    ) -> None:
        committee = material_in(campaign, tree.village, role=MaterialRole.COMMITTEE)
        assert authors_of(committee) == [secretary]
        assert authors_of(material_in(campaign, tree.village)) == [], "a member without an account"
        post = AppointmentFactory.create(organization=tree.township, user=county, role=Role.COMMITTEE)
        held = material_in(campaign, tree.township, appointment=post, member=None)
        assert authors_of(held) == [county]
        type(county).objects.filter(pk=county.pk).update(is_active=False)
        assert authors_of(Material.objects.get(pk=held.pk)) == []

    def test_the_counts_by_branch(self, campaign: Campaign, tree: Tree, township: User) -> None:
        for place in (tree.sibling, tree.village):
            material_in(campaign, place)
        material_in(campaign, tree.village, DONE, is_on_paper=True)
        check = draw_materials(campaign=campaign, organization=tree.township, size=3, by=township)
        village = check.items.filter(material__organization=tree.village).order_by("position")
        check_item(item=village[0], finding="写具体些。", wants_more=True, by=township)
        summary = Summary.of(campaign, tree.township)
        assert [row.name for row in summary.rows] == ["新河村党支部", "白沙村党支部"]
        assert [(r.drawn, r.checked, r.wants_more, r.paper) for r in summary.rows] == [
            (2, 1, 1, 1),
            (1, 0, 0, 0),
        ]
        assert (summary.total.drawn, summary.total.checked) == (3, 1)
        listed: Any = draws_of(SpotCheck.objects.visible_to(township), campaign, tree.township).get()
        assert (listed.size, listed.n_checked) == (3, 1)


class TestPermissions:
    """Who may."""

    def test_drawing_and_seeing(self, request: pytest.FixtureRequest, tree: Tree) -> None:
        names = (
            "secretary",
            "organizer",
            "member",
            "supervisor",
            "township",
            "county",
            "stranger",
            "system",
            "auditor",
        )
        people = {name: request.getfixturevalue(name) for name in names}
        people["anonymous"] = AnonymousUser()
        people["head"] = account_with(Role.SECRETARY, tree.township)
        draws = {name for name, person in people.items() if can_draw(person, tree.township)}
        sees = {name for name, person in people.items() if can_see_draws(person, tree.township)}
        assert draws == {"township"}
        assert sees == {"township", "county", "supervisor", "head"}
        assert not can_draw(account_with(Role.OFFICE, tree.village), tree.village), "a branch has no draws"

    def test_checking(
        self, campaign: Campaign, tree: Tree, township: User, county: User, supervisor: User
    ) -> None:
        item = drawn_in(campaign, township, tree)
        assert can_check_item(township, item)
        for other in (county, supervisor, AnonymousUser()):
            assert not can_check_item(other, item)
            assert not can_read_drawn(other, item)
        item.material.campaign.status = "closed"
        assert "已经结束" in getattr(can_check_item(township, item), "reason", "")

    def test_never_the_own_material(self, campaign: Campaign, tree: Tree, township: User) -> None:
        person = MemberFactory.create(organization=tree.village, user=township)
        own = drawn_in(campaign, township, tree, member=person)
        assert "您自己" in getattr(can_check_item(township, own), "reason", "")

    def test_never_what_one_wrote(self, campaign: Campaign, tree: Tree, township: User) -> None:
        written = drawn_in(campaign, township, tree, role=MaterialRole.COMMITTEE, author=township)
        assert "您自己" in getattr(can_check_item(township, written), "reason", "")
        assert spot_checks.may_send_back(written.material)

    def test_the_way_to_the_draws(
        self,
        campaign: Campaign,
        tree: Tree,
        township: User,
        supervisor: User,
        secretary: User,
        system: User,
        stranger: User,
    ) -> None:
        for person in (township, supervisor):
            assert place_of_draws(campaign, person) == tree.township
        for person in (secretary, system, stranger):
            assert place_of_draws(campaign, person) is None
        assert place_of_draws(campaign, account_with(Role.OFFICE, tree.other_township)) is None
        silent = CampaignFactory.create(issuer=tree.township, status="running", rules={"spot_check": False})
        assert place_of_draws(silent, township) is None
        campaign.status = "draft"
        assert place_of_draws(campaign, township) is None
