"""The reviewer's desk and the page of a seat, without JavaScript: nothing typed is lost, one after the other."""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Campaign, Notice, Role, User
from members.models import Material, MaterialStatus, MaterialVersion, OpinionPoint, ReviewSlot
from members.rules.paper import Answer, Paper, Section
from members.services import review_decisions as deciding
from members.services.material_copies import Alike, as_text
from members.services.must_answer import fixed_id
from members.services.reviewing import open_review
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.preparing import ITEM_ID, PAPER, MaterialVersionFactory, in_review

ClientOf = Callable[[User], Client]
POINTS = ["查摆问题不聚焦的不放过", "整改措施不到位的不放过"]
DESK = "/members/reviews/"


@pytest.fixture
def season(tree: Tree) -> Campaign:
    """A running campaign whose reviewers go through a checklist."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.county,
        slug="season",
        status="running",
        rules={
            "head_reviewer": "town_head",
            "official_reviewer": "own_head",
            "committee_reviewer": "town_head",
            "review_checklist": POINTS,
            "material_min_chars": 2000,
            "must_answer": ["群众的意见答复了没有"],
        },
    )
    return made


@pytest.fixture
def head(tree: Tree) -> User:
    """The head of the township, who reviews."""
    return account_with(Role.SECRETARY, tree.township, full_name="孟庆山")


@pytest.fixture
def owner(tree: Tree, secretary: User) -> User:
    """The village secretary, on the roll."""
    MemberFactory.create(organization=tree.village, name=secretary.full_name, user=secretary)
    return secretary


@pytest.fixture
def slot(season: Campaign, tree: Tree, head: User, owner: User) -> ReviewSlot:
    """The village secretary's material at the head of the township."""
    _material, (opened,) = in_review(
        campaign=season, organization=tree.village, member=owner.member, author=owner
    )
    return opened


def page_of(slot: ReviewSlot, step: str = "") -> str:
    """The address of the seat's page or of a step."""
    return reverse(f"members:review{step}", args=[slot.pk])


def text_of(answer: Any) -> str:
    """The page's text without tags and blanks."""
    return re.sub(r"<[^>]+>|\s+", "", answer.content.decode())


def yes(**more: Any) -> dict[str, Any]:
    """A checklist all of 是."""
    return {"point_0": "yes", "point_1": "yes", "note": "", **more}


def test_the_desk_shows_what_waits_longest_first(
    client_of: ClientOf, slot: ReviewSlot, head: User, season: Campaign, tree: Tree
) -> None:
    _older, (before,) = in_review(campaign=season, organization=tree.sibling)
    three_days_ago = timezone.now() - datetime.timedelta(days=3)
    MaterialVersion.objects.filter(pk=before.version_id).update(submitted_at=three_days_ago, alike_sealed="x")
    answer = client_of(head).get(DESK)
    text = text_of(answer)
    assert answer.context["queue"].tiles == (
        ("waiting", 2, "待我审核"),
        ("returned", 0, "已退回未改"),
        ("done", 0, "我审过的"),
    )
    assert [row.slot.pk for row in answer.context["queue"].rows] == [before.pk, slot.pk]
    assert "已等3天" in text
    assert "今天提交" in text
    assert "一般不少于2000" in text
    assert "字数偏少1个问题没回应与别的材料相近" in text


def test_nobody_else_sees_anything_at_the_desk_or_the_page(
    client_of: ClientOf,
    slot: ReviewSlot,
    owner: User,
    township: User,
    county: User,
    supervisor: User,
    stranger: User,
    organizer: User,
    sibling_secretary: User,
) -> None:
    for person in (owner, township, county, supervisor, stranger, organizer, sibling_secretary):
        client = client_of(person)
        assert "没有等您审核的材料" in client.get(DESK).content.decode()
        assert client.get(page_of(slot)).status_code == 404
        for step in ("_keep", "_pass", "_return"):
            assert client.post(page_of(slot, step), yes(note="好")).status_code == 404
            assert client.get(page_of(slot, step)).status_code == 405
    slot.refresh_from_db()
    assert (slot.decision, slot.note) == ("pending", "")


def test_the_page_shows_text_checklist_hints_and_seats(
    client_of: ClientOf, slot: ReviewSlot, head: User
) -> None:
    answer = client_of(head).get(page_of(slot))
    text = text_of(answer)
    assert "学得不深，读报多、想得少。" in text
    assert "用新办法解决老问题的劲头不足。" in text
    assert f'id="p-{ITEM_ID}-0"' in answer.content.decode()
    assert all(point in text for point in POINTS)
    assert "没有回应：群众的意见答复了没有" in text
    assert "乡镇党委主要负责同志（青石镇书记）待审核" in text


def test_an_answered_question_and_a_long_text_give_no_hint(
    client_of: ClientOf, season: Campaign, tree: Tree, head: User
) -> None:
    question = season.rules_for(tree.village).must_answer[0]
    paper = Paper(
        sections=(Section("", "", "长" * 2000),), answers=(Answer(fixed_id(question), question, "答复了。"),)
    )
    _material, (opened,) = in_review(campaign=season, organization=tree.village, paper=paper)
    client = client_of(head)
    assert not client.get(page_of(opened)).context["page"].hints.any
    assert not client.get(DESK).context["queue"].rows[0].hints.any


def test_points_about_the_subject_are_pointed_out_at_the_desk_as_on_the_page(
    client_of: ClientOf, season: Campaign, tree: Tree, head: User, owner: User, organizer: User
) -> None:
    post = owner.appointments.get()
    unlinked = AppointmentFactory.create(organization=tree.village, role=Role.DEPUTY)
    vacant = AppointmentFactory.create(organization=tree.village, role=Role.DEPUTY, user=None)
    common = {"campaign": season, "organization": tree.village, "by_superior": True}
    OpinionPoint.objects.create(target="person", member=owner.member, text="少去三组", **common)
    OpinionPoint.objects.create(target="committee", text="会议太多", **common)
    made = [
        in_review(campaign=season, organization=tree.village, appointment=one)[1][0]
        for one in (post, unlinked, vacant)
    ]
    made.append(in_review(campaign=season, organization=tree.village, role="committee")[1][0])
    client = client_of(head)
    at_desk = {
        row.slot.pk: [p.text for p in row.hints.unanswered] for row in client.get(DESK).context["queue"].rows
    }
    fixed = "群众的意见答复了没有"
    assert [at_desk[s.pk] for s in made] == [["少去三组", fixed], [fixed], [fixed], ["会议太多", fixed]]
    for opened in made:
        hints = client.get(page_of(opened)).context["page"].hints
        assert [point.text for point in hints.unanswered] == at_desk[opened.pk]


def test_the_place_for_a_remark_opens_without_javascript_and_keeps_what_was_typed(
    client_of: ClientOf, slot: ReviewSlot, head: User
) -> None:
    client = client_of(head)
    typed = {"point_0": "yes", "note": "总的还行，", "at": f"{ITEM_ID}:1"}
    answer = client.post(page_of(slot, "_keep"), typed)
    assert answer.headers["Location"] == f"{page_of(slot)}?block={ITEM_ID}&paragraph=1#p-{ITEM_ID}-1"
    opened = client.get(answer.headers["Location"]).content.decode()
    assert opened.count('name="remark"') == 1
    assert "总的还行，" in opened
    assert re.search(r'name="point_0" value="yes"[^>]*checked', opened)
    answer = client.post(
        page_of(slot, "_keep"),
        {**typed, "at": "", "block": ITEM_ID, "paragraph": "1", "remark": "写明\r\n哪两户", "add": "1"},
    )
    assert answer.headers["Location"] == f"{page_of(slot)}#p-{ITEM_ID}-1"
    remark = slot.remarks.get()
    assert (remark.block, remark.paragraph, remark.text) == (ITEM_ID, 1, "写明\n哪两户")
    shown = client.get(page_of(slot)).content.decode()
    assert "写明\n哪两户" in shown
    assert "已写批注 1 处" in shown
    answer = client.post(page_of(slot, "_keep"), {**typed, "at": "", "drop": str(remark.pk)})
    assert answer.headers["Location"] == f"{page_of(slot)}#p-{ITEM_ID}-1"
    assert not slot.remarks.exists()


def test_a_remark_being_written_is_kept_whichever_button_is_pressed(
    client_of: ClientOf, slot: ReviewSlot, head: User
) -> None:
    client = client_of(head)
    client.post(
        page_of(slot, "_keep"),
        {"note": "", "block": ITEM_ID, "paragraph": "0", "remark": "甲", "at": f"{ITEM_ID}:2"},
    )
    client.post(page_of(slot, "_return"), {"note": "", "block": ITEM_ID, "paragraph": "2", "remark": "乙"})
    assert [one.text for one in slot.remarks.all()] == ["甲", "乙"]
    slot.refresh_from_db()
    assert slot.decision == "returned"


@pytest.mark.parametrize(
    ("data", "error", "kept"),
    [
        ({"add": "1", "block": ITEM_ID, "paragraph": "0", "remark": ""}, "批注还没有写", ""),
        (
            {"add": "1", "block": ITEM_ID, "paragraph": "0", "remark": "长" * 1001},
            "一条批注最多 1000 字",
            "长" * 1001,
        ),
        ({"add": "1", "block": "没有", "paragraph": "0", "remark": "丢不得"}, "没有找到要批注的这一段", ""),
    ],
)
def test_a_remark_that_is_refused_comes_back(
    client_of: ClientOf, slot: ReviewSlot, head: User, data: dict[str, str], error: str, kept: str
) -> None:
    answer = client_of(head).post(page_of(slot, "_keep"), {"note": "别丢", **data})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert error in page
    assert "别丢" in page
    assert kept in page


def test_strange_places_and_keys_do_no_harm(client_of: ClientOf, slot: ReviewSlot, head: User) -> None:
    client = client_of(head)
    for query in ("block=x&paragraph=1", "block=&paragraph=", "paragraph=-1", "paragraph=９９９９９９９"):
        assert client.get(f"{page_of(slot)}?{query}").status_code == 200
    assert client.post(page_of(slot, "_keep"), {"note": "", "drop": "x"}).status_code == 404
    for at in ("x", ":1", "a:b"):
        answer = client.post(page_of(slot, "_keep"), {"note": "", "at": at})
        assert answer.headers["Location"] == page_of(slot)
    gone = client.post(page_of(slot, "_keep"), {"note": "", "drop": str(uuid.uuid4())})
    assert gone.headers["Location"] == page_of(slot)
    wrong = client.post(page_of(slot, "_keep"), {"note": "", "point_0": "maybe"})
    assert wrong.status_code == 302
    assert client.post(page_of(slot, "_pass"), {"note": "", "point_0": "maybe"}).status_code == 200


def test_passing_goes_straight_to_the_next_and_counts_once(
    client_of: ClientOf, slot: ReviewSlot, head: User, season: Campaign, tree: Tree
) -> None:
    _other, (following,) = in_review(campaign=season, organization=tree.sibling)
    client = client_of(head)
    data = yes(submission=str(uuid.uuid4()))
    for _ in range(2):
        answer = client.post(page_of(slot, "_pass"), data)
        assert answer.headers["Location"] == page_of(following)
    assert "已审核通过。下面是下一份，还有 1 份。" in client.get(page_of(following)).content.decode()
    answer = client.post(page_of(following, "_return"), yes(note="措施写细。"), follow=True)
    assert "已退回作者。没有等您审核的材料了。" in answer.content.decode()
    assert [number for _key, number, _word in answer.context["queue"].tiles] == [0, 1, 2]
    assert "您已经审核过这一版：通过。" in client.get(page_of(slot)).content.decode()
    returned = client.get(f"{DESK}?show=returned")
    assert [row.slot.pk for row in returned.context["queue"].rows] == [following.pk]
    assert "我退回" in text_of(returned)
    assert "没有这样的材料" not in client.get(f"{DESK}?show=done").content.decode()


def test_a_no_cannot_pass_and_what_was_typed_stays(client_of: ClientOf, slot: ReviewSlot, head: User) -> None:
    data = {**yes(note="再改改"), "point_1": "no"}
    answer = client_of(head).post(page_of(slot, "_pass"), data)
    page = answer.content.decode()
    assert "有 1 条选了“否”，不能通过，请退回" in page
    assert "再改改" in page
    assert re.search(r'name="point_1" value="no"[^>]*checked', page)
    slot.refresh_from_db()
    assert slot.decision == "pending"


def test_a_refused_decision_keeps_the_remark_as_a_remark(
    client_of: ClientOf, slot: ReviewSlot, head: User
) -> None:
    data = {"note": "", "block": ITEM_ID, "paragraph": "0", "remark": "这里要改"}
    page = client_of(head).post(page_of(slot, "_pass"), data).content.decode()
    assert "还有 2 条没有对照" in page
    assert slot.remarks.get().text == "这里要改"
    assert 'name="remark"' not in page


def test_there_is_no_way_to_pass_many_at_once(client_of: ClientOf, slot: ReviewSlot, head: User) -> None:
    page = client_of(head).get(DESK).content.decode()
    assert 'type="checkbox"' not in page
    assert "formaction" not in page


def test_the_new_version_shows_what_changed_and_what_was_said(
    client_of: ClientOf, slot: ReviewSlot, head: User, owner: User
) -> None:
    deciding.add_remark(slot=slot, block=PAPER.sections[1].id, paragraph=0, text="写上期限。", by=head)
    deciding.return_slot(slot=slot, note="请改。", checklist={}, by=head)
    material = slot.version.material
    Material.objects.filter(pk=material.pk).update(status=MaterialStatus.SUBMITTED)
    better = Paper(sections=(PAPER.sections[0],), items=PAPER.items)
    (anew,) = open_review(version=MaterialVersionFactory.create(material=material, paper=better), by=owner)
    client = client_of(head)
    text = text_of(client.get(page_of(anew)))
    assert "第1版以后改了什么" in text
    assert "上次乡镇党委主要负责同志的意见：请改。" in text
    assert "写上期限。这一部分已经删去" in text
    old = client.get(page_of(slot))
    assert "您已经审核过这一版：退回。" in old.content.decode()
    same = MaterialVersionFactory.create(material=material, paper=better)
    (third,) = open_review(version=same, by=owner)
    assert "正文没有改动" in client.get(page_of(third)).content.decode()
    assert "这一版现在不用再审" in client.get(page_of(anew)).content.decode()


def test_the_author_reads_what_was_said_once_it_is_decided(
    client_of: ClientOf, slot: ReviewSlot, head: User, owner: User, township: User, stranger: User
) -> None:
    url = reverse("members:material_show", args=[slot.version.material_id])
    deciding.add_remark(slot=slot, block=ITEM_ID, paragraph=1, text="写上是哪两户。", by=head)
    author = client_of(owner)
    assert "写上是哪两户" not in author.get(url).content.decode()
    deciding.return_slot(slot=slot, note="总的可以。", checklist={POINTS[0]: "no"}, by=head)
    text = text_of(author.get(url))
    assert "写上是哪两户。" in text
    assert "三组有两户全年没有去过" in text
    assert f"没有过关的：{POINTS[0]}" in text
    assert "总的可以。" in text
    assert "孟庆山" in text
    assert client_of(township).get(url).status_code == 403
    assert client_of(stranger).get(url).status_code == 404


def test_a_notice_leads_the_author_to_what_was_said(
    client_of: ClientOf, slot: ReviewSlot, head: User, owner: User
) -> None:
    deciding.return_slot(slot=slot, note="措施写细。", checklist={}, by=head)
    notice = Notice.objects.get(recipient=owner)
    assert "措施写细。" in client_of(owner).get(notice.url).content.decode()


@pytest.mark.parametrize(
    ("role", "place", "shown"),
    [
        ("secretary", "township", True),
        ("committee", "township", True),
        ("supervisor", "township", True),
        ("office", "township", False),
        ("secretary", "village", False),
        (None, "village", False),
    ],
)
def test_who_has_the_desk_in_the_navigation(
    client_of: ClientOf, tree: Tree, role: str | None, place: str, shown: bool
) -> None:
    answer = client_of(account_with(role, getattr(tree, place))).get(DESK)
    current = [entry["label"] for entry in answer.context["nav"] if entry["current"]]
    assert current == (["审核台"] if shown else [])


def test_the_private_hint_is_told_to_the_reviewer(client_of: ClientOf, slot: ReviewSlot, head: User) -> None:
    version = slot.version
    version.alike = as_text([Alike("other", "万国栋", "17/20"), Alike("own", "去年的活动", "9/10")])
    version.save(update_fields=["alike_sealed"])
    text = text_of(client_of(head).get(page_of(slot)))
    assert "与万国栋的材料有85.00%相同" in text
    assert "与本人在“去年的活动”里的材料有90.00%相同" in text


def test_an_expired_holder_is_out_at_once_and_the_successor_in(
    client_of: ClientOf, slot: ReviewSlot, head: User, tree: Tree
) -> None:
    old, page = client_of(head), page_of(slot)
    assert old.get(page).status_code == 200
    Appointment.objects.filter(user=head).update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    successor = account_with(Role.SECRETARY, tree.township, full_name="沈文博")
    assert old.get(page).status_code == 404
    assert old.post(page_of(slot, "_pass"), yes()).status_code == 404
    assert client_of(successor).get(page).status_code == 200
    assert "从等得最久的开始审" in client_of(successor).get(DESK).content.decode()


def test_the_desk_asks_as_many_questions_for_many_as_for_few(
    client_of: ClientOf, season: Campaign, tree: Tree, head: User
) -> None:
    counts = []
    client = client_of(head)
    for number in (3, 30):
        for _ in range(number):
            in_review(campaign=season, organization=tree.village)
        client.get(DESK)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(DESK).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25, json.dumps(counts)
