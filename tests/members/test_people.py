"""Single members: scope, search, order, changes, standing, numbers in full."""

import pytest
from django.contrib.auth.models import AnonymousUser

from branches.models import AuditEvent, User
from branches.workflow import NotAllowed
from members.models import ImportBatch, Member, Roster, RosterEntry, Standing
from members.permissions import (
    can_export,
    can_export_unmasked,
    can_import_somewhere,
    can_list_members,
    can_reveal,
    sees_only_own,
)
from members.services.people import add_member, change_member, record_export, reveal, set_standing
from tests.conftest import Tree
from tests.factories.members import MemberFactory, RosterEntryFactory, RosterFactory, invented_id_number

NUMBER = invented_id_number(1)


def visible(user: User) -> set[str]:
    return set(Member.objects.visible_to(user).values_list("name", flat=True))


def test_everybody_sees_the_members_their_posts_reach_and_the_own_record(
    tree: Tree,
    secretary: User,
    group_leader: User,
    township: User,
    county: User,
    supervisor: User,
    stranger: User,
    member: User,
    system: User,
    auditor: User,
) -> None:
    MemberFactory.create(organization=tree.village, name="村一", group=tree.group)
    MemberFactory.create(organization=tree.village, name="村二", user=member)
    MemberFactory.create(organization=tree.sibling, name="邻村")
    MemberFactory.create(organization=tree.other_village, name="外镇")
    assert visible(secretary) == {"村一", "村二"}
    assert visible(group_leader) == {"村一"}
    assert visible(township) == visible(supervisor) == {"村一", "村二", "邻村"}
    assert visible(county) == {"村一", "村二", "邻村", "外镇"}
    assert visible(stranger) == {"外镇"}
    assert visible(member) == {"村二"}
    assert visible(system) == visible(auditor) == set()
    within = Member.objects.within(tree.group)
    assert [m.name for m in within] == ["村一"]
    assert Member.objects.within(tree.township).count() == 3


def test_nobody_who_is_not_logged_in_sees_anything(tree: Tree) -> None:
    nobody = AnonymousUser()
    MemberFactory.create(organization=tree.village)
    assert not Member.objects.visible_to(nobody).exists()
    assert not Roster.objects.visible_to(nobody).exists()
    assert not RosterEntry.objects.visible_to(nobody).exists()
    assert not ImportBatch.objects.visible_to(nobody).exists()
    assert not can_list_members(nobody)
    assert not can_import_somewhere(nobody)


def test_rosters_and_imports_follow_the_same_scope(tree: Tree, secretary: User, stranger: User) -> None:
    roster = RosterFactory.create(organization=tree.village)
    entry = RosterEntryFactory.create(roster=roster)
    batch = ImportBatch.objects.create(organization=tree.village, uploaded_by=secretary, file_name="a.xlsx")
    assert list(Roster.objects.visible_to(secretary)) == [roster]
    assert list(RosterEntry.objects.visible_to(secretary)) == [entry]
    assert list(ImportBatch.objects.visible_to(secretary)) == [batch]
    assert not Roster.objects.visible_to(stranger).exists()
    assert not RosterEntry.objects.visible_to(stranger).exists()
    assert not ImportBatch.objects.visible_to(stranger).exists()
    assert str(batch) == "a.xlsx"


@pytest.mark.parametrize("typed", ["王芳", "wf", "WangFang", "wangf", "芳", "  王 芳 "])
def test_a_search_finds_a_name_however_it_is_typed(tree: Tree, typed: str) -> None:
    MemberFactory.create(organization=tree.village, name="王芳")
    MemberFactory.create(organization=tree.village, name="李强")
    assert [m.name for m in Member.objects.search(typed)] == ["王芳"]


def test_traditional_and_simplified_find_each_other_and_nothing_finds_all(tree: Tree) -> None:
    MemberFactory.create(organization=tree.village, name="劉貴蘭")
    MemberFactory.create(organization=tree.village, name="李强")
    assert Member.objects.search("刘贵兰").count() == 1
    assert Member.objects.search("貴").count() == 1
    assert Member.objects.search(" · ").count() == 2


def test_members_come_in_stroke_pinyin_or_roster_order(tree: Tree) -> None:
    for name, number in (("王芳", 3), ("丁一", None), ("安静", 1)):
        MemberFactory.create(organization=tree.village, name=name, roster_number=number)

    def order(by: str) -> list[str]:
        return [m.name for m in Member.objects.in_order(by)]

    assert order("stroke") == ["丁一", "王芳", "安静"]
    assert order("pinyin") == ["安静", "丁一", "王芳"]
    assert order("roster") == ["安静", "王芳", "丁一"]


def test_a_member_is_added_with_sealed_numbers_and_the_next_roster_number(
    tree: Tree, organizer: User
) -> None:
    MemberFactory.create(organization=tree.village, roster_number=7)
    member = add_member(
        organization=tree.village, by=organizer, name="王芳", id_number=NUMBER, phone="13855550001"
    )
    member.refresh_from_db()
    assert (member.roster_number, member.id_number, str(member)) == (8, NUMBER, "王芳")
    event = AuditEvent.objects.get(action="add_member")
    assert "王芳" not in str(event.detail)
    assert NUMBER not in str(event.detail)


def test_a_member_needs_no_id_number(tree: Tree, secretary: User) -> None:
    assert add_member(organization=tree.village, by=secretary, name="王芳").roster_number == 1


def test_an_id_number_stands_on_one_roll_only_and_the_answer_does_not_say_where(
    tree: Tree, secretary: User, stranger: User
) -> None:
    add_member(organization=tree.other_village, by=stranger, name="王芳", id_number=NUMBER)
    with pytest.raises(NotAllowed) as refusal:
        add_member(organization=tree.village, by=secretary, name="王芳", id_number=NUMBER)
    assert refusal.value.reason == "该身份证号已在其他党组织登记，请先办理组织关系转接。"
    with pytest.raises(NotAllowed, match="本支部已有"):
        add_member(organization=tree.other_village, by=stranger, name="王芳芳", id_number=NUMBER)


def test_two_people_registering_one_id_number_at_once_get_the_same_answer(
    tree: Tree, secretary: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    MemberFactory.create(organization=tree.sibling, id_number=NUMBER)
    monkeypatch.setattr("members.services.people.refuse_taken", lambda number, organization: None)
    with pytest.raises(NotAllowed, match="其他党组织"):
        add_member(organization=tree.village, by=secretary, name="王芳", id_number=NUMBER)


def test_members_are_added_to_branches_only_and_by_those_who_may(
    tree: Tree, township: User, supervisor: User
) -> None:
    with pytest.raises(NotAllowed, match="请选择党支部"):
        add_member(organization=tree.township, by=township, name="王芳")
    with pytest.raises(NotAllowed, match="权限"):
        add_member(organization=tree.village, by=supervisor, name="王芳")


def test_a_change_is_recorded_by_field_names_and_raises_the_version(tree: Tree, secretary: User) -> None:
    member = MemberFactory.create(organization=tree.village, name="王芳", phone="13855550001")
    changed = change_member(
        member=member, version=1, by=secretary, name="王方", phone="13855550001", id_number=NUMBER
    )
    assert (changed.version, changed.name, changed.search_key.split()[0]) == (2, "王方", "王方")
    assert AuditEvent.objects.get(action="change_member").detail == {"fields": ["id_number", "name"]}
    same = change_member(member=member, version=2, by=secretary, name="王方", id_number=NUMBER)
    assert same.version == 2


def test_a_form_opened_before_another_change_overwrites_nothing(
    tree: Tree, secretary: User, stranger: User
) -> None:
    member = MemberFactory.create(organization=tree.village)
    change_member(member=member, version=1, by=secretary, note="一")
    with pytest.raises(NotAllowed, match="刚刚被别人改过"):
        change_member(member=member, version=1, by=secretary, note="二")
    with pytest.raises(NotAllowed, match="权限"):
        change_member(member=member, version=2, by=stranger, note="三")


def test_a_changed_id_number_must_be_free(tree: Tree, secretary: User) -> None:
    MemberFactory.create(organization=tree.sibling, id_number=NUMBER)
    member = MemberFactory.create(organization=tree.village)
    with pytest.raises(NotAllowed, match="其他党组织"):
        change_member(member=member, version=1, by=secretary, id_number=NUMBER)


def test_who_left_the_roll_stays_in_the_data_and_may_come_back(tree: Tree, secretary: User) -> None:
    member = MemberFactory.create(organization=tree.village, id_number=NUMBER)
    left = set_standing(member=member, standing=Standing.TRANSFERRED, by=secretary, note="转到县城")
    assert left.standing == Standing.TRANSFERRED
    assert not Member.objects.active().exists()
    assert AuditEvent.objects.get(action="set_standing").detail["to"] == "transferred"
    back = set_standing(member=member, standing=Standing.ACTIVE, by=secretary)
    assert back.version == 3
    set_standing(member=member, standing=Standing.TRANSFERRED, by=secretary)
    MemberFactory.create(organization=tree.other_village, id_number=NUMBER)
    with pytest.raises(NotAllowed, match="其他党组织"):
        set_standing(member=member, standing=Standing.ACTIVE, by=secretary)
    with pytest.raises(NotAllowed, match="在册情况"):
        set_standing(member=member, standing="asleep", by=secretary)


def test_numbers_are_shown_in_full_to_the_person_and_the_clerks_and_it_is_recorded(
    tree: Tree, secretary: User, member: User, supervisor: User, group_leader: User
) -> None:
    row = MemberFactory.create(organization=tree.village, user=member, id_number=NUMBER, phone="13855550001")
    assert reveal(member=row, by=secretary) == reveal(member=row, by=member) == (NUMBER, "13855550001")
    assert AuditEvent.objects.filter(action="reveal_numbers", about_id=str(row.pk)).count() == 2
    for person in (supervisor, group_leader):
        assert not can_reveal(person, row)
        with pytest.raises(NotAllowed, match="权限"):
            reveal(member=row, by=person)


def test_a_roster_may_be_taken_along_masked_by_readers_and_in_full_by_clerks(
    tree: Tree, secretary: User, supervisor: User, stranger: User
) -> None:
    assert can_export(supervisor, tree.village)
    assert not can_export(stranger, tree.village)
    assert can_export_unmasked(secretary, tree.village)
    record_export(organization=tree.village, count=3, unmasked=True, by=secretary)
    record_export(organization=tree.village, count=3, unmasked=False, by=supervisor)
    with pytest.raises(NotAllowed, match="权限"):
        record_export(organization=tree.village, count=3, unmasked=True, by=supervisor)
    assert AuditEvent.objects.filter(action__startswith="export_").count() == 2


def test_lists_are_for_those_with_posts(
    secretary: User, group_leader: User, member: User, system: User
) -> None:
    assert can_list_members(secretary)
    assert can_list_members(group_leader)
    assert not can_list_members(member)
    assert not can_list_members(system)
    assert can_import_somewhere(secretary)
    assert not can_import_somewhere(group_leader)
    assert sees_only_own(member)
    assert not sees_only_own(secretary)
