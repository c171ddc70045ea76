"""What is put up in public: drafted from its source, with a preview of what is hidden, approved, posted, answered, ended."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.services.steps import note_step
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.home.standings import Standings
from evaluations.rules.publicity import last_day
from members.models import Material, MaterialStatus
from members.rules.paper import Item, Paper, Section
from rectification.models import Publication, PublicationObjection
from rectification.rules import redaction as r
from rectification.services import public_pages
from rectification.services import publication_objections as o
from rectification.services import publications as p
from rectification.services.publication_sources import lines_for, materials_for
from rectification.workflow.publication_text import names_of, on_page, on_paper
from tests.conftest import Tree
from tests.factories.members import MemberFactory
from tests.factories.preparing import MaterialFactory
from tests.factories.publicity import drafted, posted, publicity_campaign, released, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township that asks for everything."""
    return publicity_campaign(tree.township, slug="posting")


def refused(act: Callable[..., Any], **how: Any) -> str:
    """The reason a step is refused with."""
    with pytest.raises(NotAllowed) as refusal:
        act(**how)
    assert refusal.value.reason.endswith("。")
    return refusal.value.reason


def test_what_grows_too_long_when_names_are_hidden_is_never_cut_silently(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    MemberFactory.create(organization=tree.village, name="张敏")
    for fields in ({"title": "张敏" * 30}, {"text": "张敏" * 4_000}):
        made = drafted(campaign, tree.village, secretary, **fields)
        assert "太长" in refused(p.approve, publication=made, version=made.version, by=secretary)
        made.refresh_from_db()
        assert (made.status, getattr(made, *fields)) == ("draft", *fields.values())
        assert (
            p.withdraw(publication=made, version=made.version, note="改写", by=secretary).status
            == "withdrawn"
        )


def step_of(campaign: Campaign, organization: Organization, key: str) -> tuple[str, str]:
    """State and word of one step today."""
    rows = Standings.of(campaign, Organization.objects.filter(pk=organization.pk), timezone.localdate()).rows
    return next((one.state, one.word) for one in rows[organization.pk] if one.step.key == key)


def test_a_notice_goes_from_the_draft_to_its_end(campaign: Campaign, tree: Tree, secretary: User) -> None:
    today = timezone.localdate()
    made = drafted(campaign, tree.village, secretary)
    assert step_of(campaign, tree.village, "publicity")[0] != "done"
    found = p.approve(publication=made, version=made.version, by=secretary)
    assert found.approved_on == today
    found = p.post(publication=found, version=found.version, by=secretary)
    assert step_of(campaign, tree.village, "publicity") == ("done", "已公开")
    said = o.note_objection(publication=found, on=today, text="第二条没有做", by=secretary)
    assert "还没有到期" in refused(p.end, publication=found, version=found.version, by=secretary)
    Publication.objects.update(to_on=today)
    assert "没有答复" in refused(p.end, publication=found, version=found.version, by=secretary)
    o.answer_objection(objection=said, answer="已核实，列入整改", to_rectify=True, by=secretary)
    assert list(o.objections_to_rectify(campaign, tree.village, 1)) == [said]
    assert p.end(publication=found, version=found.version, by=secretary).ended_on == today


def test_measures_to_be_filed_are_done_when_both_are(tree: Tree, secretary: User) -> None:
    campaign = publicity_campaign(tree.township, {"rectification_filed": True}, slug="filing")
    today, made = timezone.localdate(), drafted(campaign, tree.village, secretary)
    assert "张贴以后" in refused(p.note_filed, publication=made, version=made.version, on=today, by=secretary)
    found = p.approve(publication=made, version=made.version, by=secretary)
    found = p.post(publication=found, version=found.version, by=secretary)
    done: dict[str, Any] = {"step": "rectification", "done_on": today, "by": secretary}
    note_step(campaign=campaign, organization=tree.village, **done)
    assert step_of(campaign, tree.village, "publicity") == ("open", "已公开，还没有报备")
    later = today + datetime.timedelta(days=1)
    how: dict[str, Any] = {"publication": found, "version": found.version, "by": secretary}
    assert "不能晚于今天" in refused(p.note_filed, on=later, **how)
    assert p.note_filed(on=today, **how).filed_on == today
    assert step_of(campaign, tree.village, "publicity") == ("done", "已公开、报备")
    other = posted(campaign, tree.village, secretary, "other")
    assert "不要求向上级报备" in refused(
        p.note_filed, publication=other, version=other.version, on=today, by=secretary
    )


def test_a_tick_by_hand_suffices_and_what_hangs_counts_for_each_kind(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    today = timezone.localdate()
    note_step(campaign=campaign, organization=tree.village, step="publicity", done_on=today, by=secretary)
    drafted(campaign, tree.village, secretary)
    assert step_of(campaign, tree.village, "publicity")[0] == "done"
    for kind, step, word in (("material", "material_notice", "已公示"), ("pledge", "pledge", "已承诺")):
        made = posted(campaign, tree.village, secretary, kind)
        assert step_of(campaign, tree.village, step) == ("done", word)
        p.withdraw(publication=made, version=made.version, note="重新贴", by=secretary)
        assert step_of(campaign, tree.village, step)[0] != "done"


def test_a_tick_holds_where_measures_hang_but_are_not_filed(tree: Tree, secretary: User) -> None:
    campaign = publicity_campaign(tree.township, {"rectification_filed": True}, slug="ticked")
    note_step(
        campaign=campaign,
        organization=tree.village,
        step="publicity",
        done_on=timezone.localdate(),
        by=secretary,
    )
    posted(campaign, tree.village, secretary)
    assert step_of(campaign, tree.village, "publicity")[0] == "done"


def material_of(campaign: Campaign, organization: Organization, **fields: Any) -> Material:
    """The settled list of the committee, which names others."""
    paper = Paper(
        items=(
            Item("i1", problem="没有走访王小明家", measure="每月走访。", owner="刘德福", due="12月"),
            Item("i2"),
        ),
        sections=(Section("作风方面", "", "李桂兰患病没有看望。\n\n坐等上门。"), Section("空", "", " ")),
    )
    made: Material = MaterialFactory.create(
        campaign=campaign,
        organization=organization,
        **{"role": "committee", "status": MaterialStatus.DONE, "paper": paper, **fields},
    )
    return made


def test_a_draft_takes_over_settled_materials_with_the_names_of_others_hidden(
    campaign: Campaign, tree: Tree, secretary: User, organizer: User
) -> None:
    for name in ("王小明", "李桂兰"):
        MemberFactory.create(organization=tree.village, name=name)
    own = material_of(campaign, tree.village)
    head = MemberFactory.create(organization=tree.village, name="刘德福")
    mine = material_of(campaign, tree.village, role="head", member=head)
    material_of(campaign, tree.village, role="official", status=MaterialStatus.SUBMITTED)
    material_of(campaign, tree.sibling)
    assert set(materials_for(campaign, tree.village, secretary)) == {own, mine}
    assert materials_for(campaign, tree.village, organizer) == [own]  # the head's is closed to the organiser
    how: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "kind": "material"}
    assert "现在不能公示" in refused(p.draft, materials=[mine], by=organizer, **how)
    made = p.draft(materials=[own, mine], by=secretary, **how)
    lines = made.text.split("\n")
    assert lines[:4] == [
        "【班子】",
        "1. 问题：没有走访×××家；整改措施：每月走访；责任人：×××；完成时限：12月。",
        "作风方面",
        "××××××没有看望。",
    ]
    assert "【负责人　刘德福】" in lines
    assert "责任人：刘德福" in made.text  # the head's own name
    assert "空" not in made.text
    assert made.kept_words == "刘德福"
    one = p.draft(materials=[own], by=secretary, **how)
    assert "【班子】" not in one.text
    made = p.save(publication=made, by=secretary, **typed(made, text=made.text))
    found = p.approve(publication=made, version=made.version, by=secretary)
    assert "刘德福" in found.text
    assert "刘德福" not in found.online["text"]
    found = p.post(publication=found, version=found.version, by=secretary)
    own.refresh_from_db()
    assert (own.shown_on, own.shown_where) == (found.from_on, "公示：村务公开栏")
    Material.objects.filter(pk=mine.pk).update(shown_where="广播")  # noted otherwise meanwhile: stays
    p.withdraw(publication=found, version=found.version, note="有误", by=secretary)
    own.refresh_from_db()
    mine.refresh_from_db()
    assert (own.shown_on, mine.shown_on) == (None, found.from_on)


def test_materials_noted_as_shown_before_keep_their_day(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    day = timezone.localdate() - datetime.timedelta(days=9)
    own = material_of(campaign, tree.village, shown_on=day, shown_where="广播")
    made = p.draft(campaign=campaign, organization=tree.village, kind="pledge", materials=[own], by=secretary)
    made = p.save(publication=made, by=secretary, **typed(made))
    found = p.approve(publication=made, version=made.version, by=secretary)
    p.post(publication=found, version=found.version, by=secretary)
    own.refresh_from_db()
    assert (own.shown_on, own.shown_where) == (day, "广播")


def test_rules_that_want_the_original_leave_it_and_chosen_materials_only_serve_their_kinds(
    tree: Tree, secretary: User
) -> None:
    MemberFactory.create(organization=tree.village, name="王小明")
    campaign = publicity_campaign(tree.township, {"material_redaction": False}, slug="original")
    own = material_of(campaign, tree.village)
    how: dict[str, Any] = {
        "campaign": campaign,
        "organization": tree.village,
        "materials": [own],
        "by": secretary,
    }
    made = p.draft(kind="material", **how)
    assert "王小明" in made.text
    assert made.names == "kept"
    other = p.draft(kind="measures", **how)
    assert (other.text, other.names, list(other.materials.all())) == ("", "hidden", [])
    assert lines_for("measures", campaign=campaign, organization=tree.village) == ()


def test_a_material_without_a_version_is_taken_as_it_stands(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    own = material_of(campaign, tree.village)
    own.versions.all().delete()
    assert "坐等上门。" in lines_for(
        "material", campaign=campaign, organization=tree.village, materials=[own]
    )


def test_only_what_the_rules_ask_can_be_drafted_and_something_of_ones_own(
    tree: Tree, secretary: User
) -> None:
    off = dict.fromkeys(
        ("material_public_notice", "material_pledge", "rectification_public", "public_page"), False
    )
    campaign = publicity_campaign(tree.township, off, slug="nothing")
    how: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "by": secretary}
    for kind in ("material", "pledge", "measures", "results", "nothing"):
        assert "没有要求这一种" in refused(p.draft, kind=kind, **how)
    made = drafted(campaign, tree.village, secretary, "other")
    today = timezone.localdate()
    made = p.save(publication=made, by=secretary, **typed(made, to_on=today))  # one day is enough
    assert p.approve(publication=made, version=made.version, by=secretary).status == "approved"
    elsewhere = publicity_campaign(tree.other_township, slug="elsewhere")
    assert "没有发给" in refused(p.draft, kind="other", **{**how, "campaign": elsewhere})
    Organization.objects.filter(pk=tree.village.pk).update(status="abolished")
    gone = Organization.objects.get(pk=tree.village.pk)
    assert "已经撤销" in refused(p.draft, kind="other", **{**how, "organization": gone})
    left = Publication.objects.create(
        campaign=campaign, organization=gone, **{"kind": "other", "from_on": today, "to_on": today}
    )
    assert "已经撤销" in refused(p.approve, publication=left, version=0, by=secretary)


def test_too_short_nowhere_or_empty_is_refused_with_words(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    today, made = timezone.localdate(), drafted(campaign, tree.village, secretary)
    for fields, reason in (
        ({"text": " "}, "请写公示正文"),
        ({"place": " "}, "公示地点"),
        ({"to_on": today}, "不少于 5 天（首尾两天都算），现在是 1 天"),
    ):
        made = p.save(publication=made, by=secretary, **typed(made, **fields))
        assert reason in refused(p.approve, publication=made, version=made.version, by=secretary)
    before = typed(made, to_on=today - datetime.timedelta(days=1))
    assert "早于开始" in refused(p.save, publication=made, by=secretary, **before)
    assert "姓名怎样写" in refused(p.save, publication=made, by=secretary, **typed(made, names="other"))
    tomorrow = today + datetime.timedelta(days=1)
    made = p.save(
        publication=made, by=secretary, **typed(made, from_on=tomorrow, to_on=last_day(tomorrow, 5))
    )
    found = p.approve(publication=made, version=made.version, by=secretary)
    assert "到那天张贴以后" in refused(p.post, publication=found, version=found.version, by=secretary)
    assert "不能再改" in refused(p.save, publication=found, by=secretary, **typed(found))
    for wrong in (
        {"to_on": today - datetime.timedelta(days=99)},
        {"status": "posted"},
        {"approved_on": None},
        {"text": ""},
        {"page_digest": "a", "released_on": today, "online": {}},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.update(**wrong)


def test_another_round_leaves_the_old_ones_behind(campaign: Campaign, tree: Tree, secretary: User) -> None:
    made = drafted(campaign, tree.village, secretary)
    Publication.objects.update(round_no=2)
    made.refresh_from_db()
    assert "上一轮" in refused(p.approve, publication=made, version=made.version, by=secretary)
    Publication.objects.update(round_no=1)
    found = p.approve(publication=made, version=made.version, by=secretary)
    Publication.objects.update(round_no=2)
    assert "上一轮" in refused(p.post, publication=found, version=found.version, by=secretary)
    Publication.objects.update(status="posted", posted_on=timezone.localdate())
    assert step_of(campaign, tree.village, "publicity")[0] != "done"


def test_once_approved_what_was_hidden_is_kept_nowhere(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    MemberFactory.create(organization=tree.village, name="王小明")
    text = "王小明户没有走访，电话13812345678"
    made = drafted(campaign, tree.village, secretary, text=text, title="王小明的事", names="surname")
    names = names_of(tree.village)
    assert {"王小明", "刘德福"} <= names
    assert r.shown(on_paper(made, names)["text"]) == "王××户没有走访，电话×××"
    assert r.shown(on_page(made, names)["title"]) == "×××的事"
    found = p.approve(publication=made, version=made.version, by=secretary)
    row = Publication.objects.values().get(pk=found.pk)
    assert "王小明" not in str(row)
    assert "13812345678" not in str(row)
    assert (row["title"], row["online"]["text"]) == ("王××的事", "×××户没有走访，电话×××")
    other = drafted(campaign, tree.village, secretary, text=text)
    p.withdraw(publication=other, version=other.version, note="不用了", by=secretary)
    assert "王小明" not in str(Publication.objects.values().get(pk=other.pk))


def test_words_on_health_are_hidden_in_materials_only(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    own = drafted(campaign, tree.village, secretary, "pledge", text="看望患病党员")
    other = drafted(campaign, tree.village, secretary, text="落实大病救助")
    names = names_of(tree.village)
    assert r.shown(on_paper(own, names)["text"]) == "看望×××党员"
    assert r.shown(on_paper(other, names)["text"]) == "落实大病救助"


def test_names_of_a_body_are_those_of_its_posts_and_above(
    tree: Tree, secretary: User, township: User
) -> None:
    MemberFactory.create(organization=tree.village, name="王小明")
    names = names_of(tree.township)
    assert township.full_name in names
    assert "王小明" not in names


def test_a_conflict_is_stale_and_a_copy_begins_anew(campaign: Campaign, tree: Tree, secretary: User) -> None:
    made = drafted(campaign, tree.village, secretary)
    old = typed(made)
    p.save(publication=made, by=secretary, **old)
    with pytest.raises(Stale) as stale:
        p.save(publication=made, by=secretary, **old)
    assert stale.value.saved.version == made.version + 1
    assert "才能照样再起草" in refused(p.copy, publication=made, by=secretary)
    gone = p.withdraw(publication=made, version=made.version + 1, note="改内容", by=secretary)
    assert gone.reason == "改内容"
    again = p.copy(publication=gone, by=secretary)
    assert (again.status, again.text, again.place) == ("draft", made.text, "村务公开栏")
    assert "须写明原因" in refused(
        p.withdraw, publication=again, version=again.version, note=" ", by=secretary
    )


def test_objections_are_noted_while_it_hangs_without_a_giver(
    campaign: Campaign, tree: Tree, secretary: User
) -> None:
    today, made = timezone.localdate(), drafted(campaign, tree.village, secretary)
    how: dict[str, Any] = {"on": today, "text": "意见", "by": secretary}
    assert "正在公示的时候" in refused(o.note_objection, publication=made, **how)
    found = p.approve(publication=made, version=made.version, by=secretary)
    found = p.post(publication=found, version=found.version, by=secretary)
    tomorrow = today + datetime.timedelta(days=1)
    assert "请核对" in refused(o.note_objection, publication=found, **{**how, "on": tomorrow})
    assert "请写明" in refused(o.note_objection, publication=found, **{**how, "text": " "})
    said = o.note_objection(publication=found, **how)
    assert str(said) == "新河村支部整改措施公开的意见"
    assert "请写明答复" in refused(o.answer_objection, objection=said, answer="字" * 1001, by=secretary)
    o.answer_objection(objection=said, answer="已核实", by=secretary)
    assert "已经答复" in refused(o.answer_objection, objection=said, answer="再答", by=secretary)
    assert not o.objections_to_rectify(campaign, tree.village, 1).exists()
    assert {field.name for field in PublicationObjection._meta.get_fields()} == {
        "id", "publication", "on", "text", "answer", "answered_on", "to_rectify",
    }  # fmt: skip


def test_the_end_takes_the_page_away(campaign: Campaign, tree: Tree, secretary: User, township: User) -> None:
    found = released(posted(campaign, tree.village, secretary), secretary, township)
    token = found.page_token
    assert public_pages.find_page(token) == found
    Publication.objects.update(to_on=timezone.localdate())
    found.refresh_from_db()
    ended = p.end(publication=found, version=found.version, by=secretary)
    assert (ended.page_digest, ended.page_token) == ("", "")
    assert public_pages.find_page(token) is None
