"""The review of materials: seats opened, kept with today's holders, passed and returned."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from branches.models import (
    Appointment,
    AuditEvent,
    Campaign,
    Category,
    Notice,
    Organization,
    Portfolio,
    Role,
    User,
)
from branches.services.notices import announce
from branches.workflow import NotAllowed, perform
from members.models import Decision, Material, MaterialRole, MaterialStatus, ReviewRemark, ReviewSlot
from members.permissions.materials import can_read_material, can_review_slot, holds_seat
from members.permissions.seats import Bench
from members.reports.review_queue import Queue
from members.reports.reviews import ReviewNotes, ReviewPage
from members.rules.paper import Paper, Section
from members.rules.routing import NOBODY, SAME_PERSON
from members.services import review_decisions as deciding
from members.services.reviewing import (
    AGAIN,
    LONGEST_REASON,
    _reassign,
    open_review,
    pending_slots,
    reassign_reviews,
    seats_for,
    waiting_for,
)
from members.tasks import reassign
from members.workflow.preparing import MATERIAL
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, UserFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.preparing import (
    ITEM_ID,
    PAPER,
    MaterialFactory,
    MaterialVersionFactory,
    in_review,
)

TODAY = datetime.date(2026, 8, 12)
POINTS = ["查摆问题不聚焦的不放过", "整改措施不到位的不放过"]


@pytest.fixture
def season(tree: Tree) -> Campaign:
    """A running campaign of the county by the notice of 2014."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.county, slug="season", preset="luoyang_2014", status="running"
    )
    return made


@pytest.fixture
def head(tree: Tree) -> User:
    """The secretary of the township committee."""
    return account_with(Role.SECRETARY, tree.township, full_name="孟庆山")


@pytest.fixture
def county_head(tree: Tree) -> User:
    """The secretary of the county committee."""
    return account_with(Role.SECRETARY, tree.county, full_name="郝远")


@pytest.fixture
def author(tree: Tree) -> User:
    """The secretary of the village branch, who writes the material."""
    return account_with(Role.SECRETARY, tree.village, full_name="刘德福")


@pytest.fixture
def material(season: Campaign, tree: Tree, author: User, head: User) -> Material:
    """The village secretary's material, waiting for the head of the township."""
    member = MemberFactory.create(organization=tree.village, name="刘德福", user=author)
    found, _slots = in_review(campaign=season, organization=tree.village, member=member, author=author)
    return found


def slot_of(material: Material, seat: str = "town_head") -> ReviewSlot:
    """The seat of the newest version."""
    newest = material.versions.first()
    assert newest is not None
    return ReviewSlot.objects.get(version=newest, seat=seat)


def end(user: User, day: datetime.date | None = None) -> None:
    """The person's posts are over since yesterday."""
    yesterday = (day or timezone.localdate()) - datetime.timedelta(days=1)
    Appointment.objects.filter(user=user).update(ends_on=yesterday)
    user.__dict__.pop("_posts", None)


def hand_in_again(material: Material, by: User, paper: Paper = PAPER) -> list[ReviewSlot]:
    """The returned material as its author hands it in anew."""
    Material.objects.filter(pk=material.pk).update(status=MaterialStatus.SUBMITTED)
    material.refresh_from_db()
    return open_review(version=MaterialVersionFactory.create(material=material, paper=paper), by=by)


def test_the_head_of_the_township_is_told_and_nothing_personal_with_it(
    material: Material, head: User
) -> None:
    slot = slot_of(material)
    assert (slot.holder, slot.role, slot.escalated) == (head, Role.SECRETARY, "")
    notice = Notice.objects.get(recipient=head)
    assert notice.title == "新河村支部有一份材料等您审核"
    assert (notice.body, notice.url) == ("", f"/members/reviews/{slot.pk}/")
    event = AuditEvent.objects.get(action="open_review")
    assert event.detail == {"version": 1, "slot": ["乡镇党委主要负责同志"]}


def test_no_review_is_opened_where_the_rules_want_none(campaign: Campaign, tree: Tree, author: User) -> None:
    found, slots = in_review(campaign=campaign, organization=tree.village, author=author)
    assert (slots, seats_for(found)) == ([], ())


def test_the_villages_head_reviews_its_official(season: Campaign, tree: Tree, author: User) -> None:
    _found, (slot,) = in_review(campaign=season, organization=tree.village, role=MaterialRole.OFFICIAL)
    assert (slot.seat, slot.holder, slot.office) == ("own_head", author, tree.village)


def test_a_committees_material_is_not_reviewed_by_one_of_the_committee(
    season: Campaign, tree: Tree, author: User, head: User, county_head: User
) -> None:
    AppointmentFactory.create(user=head, role=Role.COMMITTEE, organization=tree.village)
    _found, (slot,) = in_review(
        campaign=season, organization=tree.village, role=MaterialRole.COMMITTEE, author=author
    )
    assert slot.holder == county_head
    assert "不能审核自己的材料" in slot.escalated


def test_a_material_of_a_post_is_not_reviewed_by_its_holder(
    season: Campaign, tree: Tree, head: User, county_head: User
) -> None:
    post = AppointmentFactory.create(user=head, role=Role.SECRETARY, organization=tree.sibling)
    _found, (slot,) = in_review(campaign=season, organization=tree.sibling, appointment=post)
    assert slot.holder == county_head


def test_both_seats_of_the_line_must_pass(
    season: Campaign, tree: Tree, line: tuple[User, User], county_head: User
) -> None:
    chief, in_charge = line
    found, slots = in_review(campaign=season, organization=tree.school)
    assert [slot.holder for slot in slots] == [chief, in_charge]
    moved = deciding.pass_slot(slot=slots[0], checklist={}, by=chief)
    assert moved.status == MaterialStatus.SUBMITTED
    with pytest.raises(NotAllowed, match="已经审核过"):
        deciding.pass_slot(slot=slots[0], checklist={}, by=chief)
    moved = deciding.pass_slot(slot=slots[1], note="可以。", checklist={}, by=in_charge)
    assert (moved.status, moved.settled_on) == (MaterialStatus.PASSED, timezone.localdate())
    assert slot_of(found, "line_charge").note == "可以。"
    with pytest.raises(NotAllowed, match="别的同志审核"):
        deciding.pass_slot(slot=slots[1], checklist={}, by=county_head)


@pytest.fixture
def line(tree: Tree) -> tuple[User, User]:
    """The head of the other township's committee as the line, and the one there in charge of the school."""
    bureau = tree.other_township
    Organization.objects.filter(pk=tree.school.pk).update(line_superior=bureau)
    tree.school.refresh_from_db()
    chief = account_with(Role.SECRETARY, bureau, full_name="高明远")
    in_charge = account_with(Role.COMMITTEE, bureau, full_name="秦小雨")
    Portfolio.objects.create(appointment=in_charge.appointments.get(), organization=tree.school)
    return chief, in_charge


def test_one_of_two_seats_returns_it_and_after_that_all_review_anew(
    season: Campaign, tree: Tree, line: tuple[User, User]
) -> None:
    chief, in_charge = line
    found, slots = in_review(campaign=season, organization=tree.school)
    deciding.pass_slot(slot=slots[0], checklist={}, by=chief)
    moved = deciding.return_slot(slot=slots[1], note="原因要写深。", checklist={}, by=in_charge)
    assert moved.status == MaterialStatus.RETURNED
    anew = hand_in_again(moved, chief)
    assert [slot.decision for slot in anew] == [Decision.PENDING] * 2
    told = Notice.objects.filter(recipient=chief, kind="review_2").get()
    assert told.body == AGAIN
    ReviewSlot.objects.filter(pk=slots[0].pk).update(decision=Decision.PENDING)
    with pytest.raises(NotAllowed, match="重新提交"):
        deciding.pass_slot(slot=slots[0], checklist={}, by=chief)
    assert [one.pk for one in waiting_for(chief)] == [anew[0].pk]
    assert found.versions.count() == 2


def test_one_person_on_both_seats_decides_once(season: Campaign, tree: Tree, line: tuple[User, User]) -> None:
    chief, in_charge = line
    Portfolio.objects.all().update(appointment=chief.appointments.get())
    _found, slots = in_review(campaign=season, organization=tree.school)
    assert [slot.holder for slot in slots] == [chief, chief]
    assert slots[1].escalated == SAME_PERSON
    assert [one.pk for one in waiting_for(chief)] == [slots[0].pk]
    moved = deciding.pass_slot(slot=slots[0], note="同意。", checklist={}, by=chief)
    assert moved.status == MaterialStatus.PASSED
    assert sorted(s.note for s in moved.versions.get().slots.all()) == ["", "同意。"]
    assert Queue.of(chief, shown="done", page=None).tiles[2][1] == 1
    assert not holds_seat(in_charge, slots[1])


def test_a_new_holder_takes_over_at_once_and_the_old_one_has_no_rights(
    material: Material, head: User, tree: Tree
) -> None:
    slot = slot_of(material)
    end(head)
    successor = account_with(Role.SECRETARY, tree.township, full_name="沈文博")
    assert holds_seat(successor, slot)
    assert not holds_seat(head, slot)
    assert waiting_for(head) == []
    assert [one.pk for one in waiting_for(successor)] == [slot.pk]
    slot.refresh_from_db()
    assert slot.holder == successor
    event = AuditEvent.objects.get(action="reassign_review")
    assert event.detail == {"slot": "乡镇党委主要负责同志", "from": head.pk, "to": successor.pk}
    assert (event.actor_id, event.organization_path) == (None, material.organization.path)
    assert Notice.objects.filter(recipient=successor, kind="review_1").count() == 1
    assert reassign_reviews() == 0
    with pytest.raises(NotAllowed, match="自动转给新任"):
        deciding.pass_slot(slot=slot, checklist={}, by=head)


def test_the_last_day_of_a_post_still_counts_and_the_next_does_not(
    material: Material, head: User, county_head: User
) -> None:
    slot = slot_of(material)
    last = timezone.localdate() + datetime.timedelta(days=3)
    Appointment.objects.filter(user=head).update(ends_on=last)
    Appointment.objects.filter(user=county_head).update(ends_on=None)
    noon = datetime.time(12, tzinfo=datetime.UTC)
    with time_machine.travel(datetime.datetime.combine(last, noon), tick=False):
        assert holds_seat(head, slot)
    with time_machine.travel(datetime.datetime.combine(last + datetime.timedelta(days=1), noon), tick=False):
        assert not holds_seat(head, slot)
        assert not can_read_material(head, material)
        reassign()
        slot.refresh_from_db()
        assert (slot.holder, slot.escalated) == (county_head, "青石镇书记空缺，转上一级。")


def test_a_seat_passed_on_comes_back_when_the_office_is_filled(
    material: Material, head: User, county_head: User, tree: Tree
) -> None:
    end(head)
    assert reassign_reviews() == 1
    assert [one.version.material for one in waiting_for(county_head)] == [material]
    successor = account_with(Role.SECRETARY, tree.township, full_name="沈文博")
    assert [one.version.material for one in waiting_for(successor)] == [material]
    slot = slot_of(material)
    assert (slot.holder, slot.office, slot.escalated) == (successor, tree.township, "")
    assert waiting_for(county_head) == []


def test_another_post_of_the_same_person_is_no_change_of_hands(
    material: Material, head: User, tree: Tree
) -> None:
    end(head)
    AppointmentFactory.create(user=head, role=Role.DEPUTY, organization=tree.township)
    assert reassign_reviews() == 0
    slot = slot_of(material)
    assert (slot.holder, slot.role) == (head, Role.DEPUTY)
    assert slot.escalated == "青石镇书记空缺，由主持工作的副书记代审。"
    assert not AuditEvent.objects.filter(action="reassign_review").exists()


def test_a_closed_account_is_no_holder(material: Material, head: User, county_head: User) -> None:
    slot = slot_of(material)
    User.objects.filter(pk=head.pk).update(is_active=False)
    head.refresh_from_db()
    assert not holds_seat(head, slot)
    assert holds_seat(county_head, slot)
    assert reassign_reviews() == 1
    slot.refresh_from_db()
    assert slot.escalated == "青石镇书记还没有可用的账号，转上一级。"


def test_a_seat_that_nobody_can_take_stays_empty_and_says_so(material: Material, head: User) -> None:
    end(head)
    assert reassign_reviews() == 1
    slot = slot_of(material)
    assert (slot.holder, slot.office, slot.role) == (None, None, "")
    assert slot.escalated.endswith(NOBODY)
    assert ReviewNotes.of(material).seats[0].office == ""


def test_a_reason_too_long_for_its_field_keeps_its_end(tree: Tree) -> None:
    Organization.objects.filter(depth__lt=4).update(short_name="长" * 40)
    asked = CampaignFactory.create(
        issuer=tree.county, slug="long", status="running", rules={"head_reviewer": "supervisors"}
    )
    found, (slot,) = in_review(campaign=asked, organization=tree.mill)
    assert len(seats_for(found)[0].escalated) > LONGEST_REASON == len(slot.escalated)
    assert (slot.escalated[0], slot.escalated.endswith(NOBODY)) == ("…", True)
    assert reassign_reviews() == 0


def test_what_has_been_decided_is_not_reassigned(material: Material, head: User, county_head: User) -> None:
    slot = slot_of(material)
    deciding.pass_slot(slot=slot, checklist={}, by=head)
    end(head)
    assert reassign_reviews(slots=ReviewSlot.objects.filter(pk=slot.pk)) == 0
    slot.refresh_from_db()
    assert slot.holder == head
    assert not holds_seat(head, slot)
    assert holds_seat(county_head, slot)


def test_a_stale_look_changes_nothing(material: Material, head: User, county_head: User) -> None:
    """Two who look at once: the second finds it done."""
    stale = slot_of(material)
    end(head)
    assert reassign_reviews() == 1
    assert not _reassign(stale, Bench.of([material]).seat(material, stale.seat))


def test_a_team_of_supervisors_may_all_review(season: Campaign, tree: Tree, author: User) -> None:
    asked = CampaignFactory.create(
        issuer=tree.county, slug="teams", status="running", rules={"head_reviewer": "supervisors"}
    )
    first = account_with(Role.SUPERVISOR, tree.township, full_name="李敏")
    second = account_with(Role.SUPERVISOR, tree.township, full_name="钱进")
    found, (slot,) = in_review(campaign=asked, organization=tree.village)
    assert slot.holder == first
    assert [one.pk for one in waiting_for(second)] == [slot.pk]
    assert Notice.objects.filter(kind="review_1").count() == 2
    assert reassign_reviews() == 0
    moved = deciding.pass_slot(slot=slot, checklist={}, by=second)
    assert (moved.status, slot_of(found, "supervisors").holder) == (MaterialStatus.PASSED, second)
    assert waiting_for(first) == []


@pytest.fixture
def strict(tree: Tree, head: User) -> ReviewSlot:
    """A seat whose reviewer goes through a checklist."""
    asked = CampaignFactory.create(
        issuer=tree.county,
        slug="strict",
        status="running",
        rules={"head_reviewer": "town_head", "review_checklist": POINTS},
    )
    _found, (slot,) = in_review(campaign=asked, organization=tree.village)
    return slot


def test_with_one_no_it_cannot_pass(strict: ReviewSlot, head: User) -> None:
    answers = {POINTS[0]: "yes", POINTS[1]: "no"}
    with pytest.raises(NotAllowed, match=f"选了“否”，不能通过，请退回并写明怎么改：{POINTS[1]}"):
        deciding.pass_slot(slot=strict, checklist=answers, by=head)
    deciding.return_slot(slot=strict, note="措施没有时限。", checklist=answers, by=head)
    strict.refresh_from_db()
    assert (strict.decision, strict.checklist) == (Decision.RETURNED, answers)
    assert ReviewNotes.of(strict.version.material).decisions[0].refused == [POINTS[1]]


def test_with_a_point_open_it_cannot_pass(strict: ReviewSlot, head: User) -> None:
    with pytest.raises(NotAllowed, match=f"还有 1 条没有对照：{POINTS[1]}"):
        deciding.pass_slot(slot=strict, checklist={POINTS[0]: "yes", "别的": "yes"}, by=head)
    strict.refresh_from_db()
    assert strict.decision == Decision.PENDING
    moved = deciding.pass_slot(
        slot=strict, checklist={**dict.fromkeys(POINTS, "yes"), "别的": "yes"}, by=head
    )
    strict.refresh_from_db()
    assert moved.status == MaterialStatus.PASSED
    assert strict.checklist == dict.fromkeys(POINTS, "yes")


def test_returning_needs_a_remark_or_a_note(material: Material, head: User) -> None:
    slot = slot_of(material)
    with pytest.raises(NotAllowed, match="至少写一条批注"):
        deciding.return_slot(slot=slot, note="  ", checklist={}, by=head)
    with pytest.raises(NotAllowed, match="最多 2000 字，现在 2001 字"):
        deciding.return_slot(slot=slot, note="长" * 2001, checklist={}, by=head)
    deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=1, text="写上是哪两户。", by=head)
    assert deciding.return_slot(slot=slot, checklist={}, by=head).status == MaterialStatus.RETURNED


def test_the_author_is_told_without_a_word_of_what_was_said(
    material: Material, head: User, author: User
) -> None:
    deciding.return_slot(slot=slot_of(material), note="把三组的事写清楚。", checklist={}, by=head)
    notice = Notice.objects.get(recipient=author)
    assert notice.title == "材料退回修改，请改好以后重新提交"
    assert "三组" not in notice.title + notice.body
    (slot,) = hand_in_again(material, author)
    deciding.pass_slot(slot=slot, checklist={}, by=head)
    assert Notice.objects.filter(recipient=author, title="材料审核通过").exists()


def test_who_is_told_of_a_decision(tree: Tree, season: Campaign, author: User) -> None:
    deputy = account_with(Role.DEPUTY, tree.village, full_name="何长河")
    committees = MaterialFactory.create(
        campaign=season, organization=tree.village, role=MaterialRole.COMMITTEE, author=author
    )
    assert deciding.authors_of(committees) == [author, deputy]
    posted = MaterialFactory.create(
        campaign=season, organization=tree.village, appointment=deputy.appointments.get()
    )
    assert deciding.authors_of(posted) == [deputy]
    User.objects.filter(pk=deputy.pk).update(is_active=False)
    posted.refresh_from_db()
    assert deciding.authors_of(posted) == []
    on_paper = MaterialFactory.create(campaign=season, organization=tree.sibling)
    assert deciding.authors_of(on_paper) == []
    vacant = AppointmentFactory.create(user=None, organization=tree.sibling)
    assert deciding.authors_of(MaterialFactory.create(campaign=season, appointment=vacant)) == []


def test_remarks_stand_at_paragraphs_that_exist(material: Material, head: User, author: User) -> None:
    slot = slot_of(material)
    said = deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=0, text=" 太笼统。 ", by=head)
    assert said.text == "太笼统。"
    assert deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=0, text="太笼统。", by=head) == said
    deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=0, text="再看。", by=head)
    assert slot.remarks.count() == 2
    for block, paragraph, text, refusal in (
        (ITEM_ID, 99, "有", "没有找到"),
        (ITEM_ID, -1, "有", "没有找到"),
        ("没有这一段", 0, "有", "没有找到"),
        (ITEM_ID, 0, " ", "还没有写"),
        (ITEM_ID, 0, "长" * 1001, "最多 1000 字，现在 1001 字"),
    ):
        with pytest.raises(NotAllowed, match=refusal):
            deciding.add_remark(slot=slot, block=block, paragraph=paragraph, text=text, by=head)
    with pytest.raises(NotAllowed, match="自己"):
        deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=0, text="很好", by=author)
    assert deciding.drop_remark(slot=slot, remark=said.pk, by=head) == (ITEM_ID, 0)
    assert deciding.drop_remark(slot=slot, remark=said.pk, by=head) is None


def test_there_is_an_end_to_remarks(material: Material, head: User) -> None:
    slot = slot_of(material)
    ReviewRemark.objects.bulk_create(
        ReviewRemark(slot=slot, block=ITEM_ID, paragraph=1) for _ in range(deciding.MOST_REMARKS)
    )
    with pytest.raises(NotAllowed, match="最多批注 200 处"):
        deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=0, text="还有", by=head)


def test_what_is_kept_is_seen_by_the_reviewer_only(material: Material, head: User) -> None:
    slot = slot_of(material)
    deciding.keep_review(slot=slot, note="先记着。", checklist={"一": "yes"}, by=head)
    deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=0, text="太笼统。", by=head)
    slot.refresh_from_db()
    assert (slot.note, slot.checklist) == ("先记着。", {"一": "yes"})
    notes = ReviewNotes.of(material)
    assert (notes.decided, notes.remarks, [seat.note for seat in notes.seats]) == (None, (), [""])
    assert "太笼统" not in ReviewRemark.objects.get().text_sealed


def test_a_closed_campaign_is_not_reviewed(material: Material, head: User) -> None:
    Campaign.objects.update(status="closed")
    with pytest.raises(NotAllowed, match="已经结束"):
        deciding.pass_slot(slot=slot_of(material), checklist={}, by=head)
    assert not pending_slots().exists()


def test_a_withdrawn_material_is_not_reviewed(material: Material, head: User) -> None:
    Material.objects.update(status=MaterialStatus.DRAFT)
    with pytest.raises(NotAllowed, match="撰写中"):
        deciding.pass_slot(slot=slot_of(material), checklist={}, by=head)
    assert waiting_for(head) == []


def test_the_next_version_says_what_became_of_each_remark(
    material: Material, head: User, author: User
) -> None:
    slot = slot_of(material)
    first, second = PAPER.sections
    for block, paragraph, text in ((first.id, 0, "一"), (second.id, 0, "二"), (ITEM_ID, 2, "三")):
        deciding.add_remark(slot=slot, block=block, paragraph=paragraph, text=text, by=head)
    deciding.return_slot(slot=slot, note="请改。", checklist={}, by=head)
    better = Paper(
        sections=(
            first,
            Section(second.head, second.part, "修渠的事拖了半年，九月底前修好。"),
            Section("新的方面", "", "新写的。"),
        )
    )
    (anew,) = hand_in_again(material, author, better)
    page = ReviewPage.of(anew)
    assert [(one.text, one.became) for one in page.earlier] == [
        ("一", "same"),
        ("二", "changed"),
        ("三", "gone"),
    ]
    assert page.earlier[0].quoted == "学得不深，读报多、想得少。"
    assert [block.title for block in page.changed] == ["服务群众方面", "新的方面", "第 1 条 · 作风方面"]
    assert [seat.note for seat in page.earlier_notes] == ["请改。"]
    notes = ReviewNotes.of(material)
    assert notes.decided == slot.version
    assert notes.by_place() == {(first.id, 0): ["一"], (second.id, 0): ["二"], (ITEM_ID, 2): ["三"]}


def test_notes_of_a_draft_are_empty(tree: Tree, season: Campaign) -> None:
    notes = ReviewNotes.of(MaterialFactory.create(campaign=season, organization=tree.village))
    assert not notes.is_shown


def test_a_seat_is_reviewed_by_nobody_who_wrote_or_owns_it(material: Material, author: User) -> None:
    other = UserFactory.create()
    assert not can_review_slot(author, slot_of(material))
    assert not can_review_slot(other, slot_of(material))


def test_announcing_again_on_a_day_writes_no_second_notice(material: Material, head: User) -> None:
    announce(kind="review_1", about=material, recipients=[head], title="再说一遍")
    assert Notice.objects.filter(recipient=head).count() == 1


def test_categories_of_the_tree_route_as_the_notice_says(
    season: Campaign, tree: Tree, head: User, county_head: User
) -> None:
    boss = account_with(Role.SECRETARY, tree.general, full_name="宏达书记")
    places = {tree.mill: (boss, "parent_head"), tree.general: (head, "parent_head")}
    for place, (holder, seat) in places.items():
        assert place.category == Category.PRIVATE
        _found, (slot,) = in_review(campaign=season, organization=place)
        assert (slot.seat, slot.holder) == (seat, holder)


@pytest.mark.parametrize(
    ("step", "words"), [("pass", "还有审核人没有审核通过。"), ("return", "还没有审核人退回这份材料。")]
)
def test_a_material_moves_on_only_when_its_seats_have_decided(
    season: Campaign, tree: Tree, head: User, author: User, step: str, words: str
) -> None:
    material, _ = in_review(campaign=season, organization=tree.village, role="committee", author=author)
    with pytest.raises(NotAllowed, match=words):
        perform(MATERIAL, material, step, by=head)
    material.refresh_from_db()
    assert material.status == MaterialStatus.SUBMITTED
