"""What can be listed by a button: only what the reader may read, once each, and never who said it."""

from __future__ import annotations

import dataclasses
import datetime
import json

import pytest
from django.utils import timezone
from pytest_django import Settings

from branches.models import AuditEvent, Campaign, Role, User
from branches.workflow import NotAllowed
from meetings.models import Outline, Slot
from members.models import Member, OpinionPoint
from members.rules.paper import Item, Paper
from rectification.models import Finding, Publication, PublicationObjection, RectificationItem, Visit
from rectification.services import candidates as c
from rectification.services.candidate import Candidate
from rectification.services.items import Typed, add, withdraw
from rectification.services.keys import reseal_after
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import account_of
from tests.factories.opinions import OpinionFactory, OpinionPointFactory, OpinionRoundFactory
from tests.factories.preparing import MaterialFactory
from tests.factories.rectifying import Rectifying, rectifying

pytestmark = pytest.mark.django_db
SAID = "公开栏半年没有换过内容。"
CRITICISM = "遇到难事往后退，怕得罪人。"


@pytest.fixture
def made() -> Rectifying:
    """A branch after its meeting."""
    found = rectifying(rules={"opinion_verdicts": True})
    found.held(timezone.localdate() - datetime.timedelta(days=10))
    return found


def of_source(made: Rectifying, source: str, user: User | None = None) -> list[Candidate]:
    """What the secretary (or somebody else) could list from one source."""
    found = c.candidates(made.campaign, made.organization, user or made.secretary)
    return [one for one in found if one.source == source]


def paper(*items: Item) -> Paper:
    """A list of problems."""
    return Paper(items=items)


def test_the_problem_list_of_the_committee_is_taken_over_with_its_measures(made: Rectifying) -> None:
    MaterialFactory.create(
        **made.place,
        role="committee",
        member=None,
        appointment=None,
        status="done",
        paper=paper(
            Item("a", "组织生活", "会开得少。", measure="每月开会。", owner="刘德福", due="2027年6月"),
            Item("b", problem="学习少。", due="2027-05-20"),
            Item("c", problem="联系少。", due="尽快"),
            Item("d", measure="只有措施"),
        ),
    )
    found = of_source(made, "self")
    assert [(one.problem, one.due_on, one.subject) for one in found] == [
        ("会开得少。", datetime.date(2027, 6, 30), "班子"),
        ("学习少。", datetime.date(2027, 5, 20), "班子"),
        ("联系少。", None, "班子"),
    ]
    item = c.pull(**made.place, key=found[0].key, typed=found[0].typed(), by=made.secretary)
    assert (item.measures, item.owner, item.source_words) == (
        "每月开会。",
        "刘德福",
        "自查（对照检查：组织生活）",
    )
    assert len(of_source(made, "self")) == 2
    with pytest.raises(NotAllowed, match="已经列入过"):
        c.pull(**made.place, key=found[0].key, typed=found[0].typed(), by=made.secretary)
    withdraw(item=item, note="重写", by=made.secretary)
    assert len(of_source(made, "self")) == 3


def test_a_draft_a_paper_and_what_the_reader_may_not_read_offer_nothing(made: Rectifying) -> None:
    one = paper(Item("a", problem="本人学习少。"))
    MaterialFactory.create(**made.place, role="member", member=made.people[0], status="draft", paper=one)
    MaterialFactory.create(
        **made.place, role="member", member=made.people[1], status="done", paper=one, is_on_paper=True
    )
    assert of_source(made, "self") == []
    MaterialFactory.create(**made.place, role="member", member=made.people[2], status="done", paper=one)
    assert [one.member for one in of_source(made, "self")] == [made.people[2]]
    assert of_source(made, "self", account_with(Role.ORGANIZER, made.organization)) == []
    OpinionPointFactory.create(**made.place, verdict="true")
    meeting = made.campaign.meetings.get()
    Slot.objects.create(meeting=meeting, ordinal=1, kind="heard", title="议程", notes=SAID)
    assert c.candidates(made.campaign, made.organization, account_of(made.people[1])) == ()


def test_a_compiled_opinion_is_taken_over_without_its_giver_and_counts_as_answered(made: Rectifying) -> None:
    point = OpinionPointFactory.create(**made.place, text=SAID, verdict="true", source="masses")
    OpinionFactory.create(round=OpinionRoundFactory.create(**made.place), text=SAID, point=point)
    OpinionPointFactory.create(**made.place, text="不属实的。", verdict="untrue")
    named = OpinionPointFactory.create(**made.place, text="上级点的。", by_superior=True)
    OpinionPointFactory.create(**made.place, text="谈心提的。", verdict="mostly", source="talk")
    found = of_source(made, "masses")
    assert [one.problem for one in found] == [SAID]
    assert [one.problem for one in of_source(made, "superior")] == ["上级点的。"]
    assert [one.problem for one in of_source(made, "talk")] == ["谈心提的。"]
    item = c.pull(**made.place, key=found[0].key, typed=first(found[0]), by=made.secretary)
    assert str(point.pk) not in json.dumps(
        list(AuditEvent.objects.filter(about_id=str(item.pk)).values("detail"))
    )
    assert OpinionPoint.objects.get(pk=point.pk).elsewhere == c.ELSEWHERE
    assert OpinionPoint.objects.get(pk=named.pk).elsewhere == ""
    assert point.pk.hex not in item.source_key


def test_an_opinion_dealt_with_elsewhere_keeps_its_words(made: Rectifying) -> None:
    point = OpinionPointFactory.create(**made.place, text=SAID, verdict="true", elsewhere="列入第三项")
    (found,) = of_source(made, "masses")
    c.pull(**made.place, key=found.key, typed=first(found), by=made.secretary)
    assert OpinionPoint.objects.get(pk=point.pk).elsewhere == "列入第三项"


def test_an_opinion_can_be_listed_after_the_campaign_is_closed(made: Rectifying) -> None:
    point = OpinionPointFactory.create(**made.place, text=SAID, verdict="true")
    Campaign.objects.update(status="closed")
    made.campaign.refresh_from_db()
    (found,) = of_source(made, "masses")
    c.pull(**made.place, key=found.key, typed=first(found), by=made.secretary)
    assert OpinionPoint.objects.get(pk=point.pk).elsewhere == ""


def outline_of(made: Rectifying, author: User, number: int, **fields: object) -> Outline:
    """What the author will say of the member of this number, disclosed."""
    target = made.people[number]
    row = Outline(
        **made.place,
        author_key=f"a{author.pk}",
        author_name=author.full_name,
        author=author,
        target_name=target.name,
        **{
            "status": "disclosed",
            "target": account_of(target),
            "target_key": f"m{target.pk.hex}",
            **fields,
        },
    )
    row.text = CRITICISM
    row.save()
    return row


def test_criticism_is_taken_over_by_who_vets_it_without_its_author() -> None:
    made = rectifying(rules={"outlines": "required", "outline_reviewer": "own_head"})
    author = account_with(Role.DEPUTY, made.organization, full_name="王桂兰")
    row = outline_of(made, author, 0)
    outline_of(made, author, 1, status="vetted")
    outline_of(made, author, 2, on_paper=True)
    outline_of(made, author, 1, target=author, target_key="a1")
    (one,) = of_source(made, "criticism")
    assert (one.problem, one.member, one.where) == (CRITICISM, made.people[0], "相互批评")
    item = c.pull(**made.place, key=one.key, typed=first(one, one.member), by=made.secretary)
    kept = json.dumps([str(value) for value in vars(item).values()], ensure_ascii=False)
    assert "王桂兰" not in kept
    assert str(row.pk) not in kept
    assert row.pk.hex not in kept


def test_only_the_own_criticism_or_what_one_vets_is_offered() -> None:
    made = rectifying(rules={"outlines": "required", "outline_reviewer": "own_head"})
    author = account_with(Role.DEPUTY, made.organization, full_name="王桂兰")
    outline_of(made, author, 0)
    (one,) = of_source(made, "criticism")
    assert one.member == made.people[0]
    assert of_source(made, "criticism", author) == []
    organizer = account_with(Role.ORGANIZER, made.organization)
    assert of_source(made, "criticism", organizer) == []
    made.people[1].user = organizer
    made.people[1].save()
    outline_of(made, author, 1)
    assert [one.member for one in of_source(made, "criticism", organizer)] == [made.people[1]]


def test_what_was_said_at_the_meeting_is_taken_over_without_who_said_it(made: Rectifying) -> None:
    meeting = made.campaign.meetings.get()
    name = made.people[1].name
    about = made.people[0]
    for number, (kind, notes, about_key) in enumerate(
        (
            ("heard", f"{name}：{SAID}\n\n〔已回应〕问题\n主持人：时间不早了。", ""),
            ("comments", "查摆不够深。", ""),
            ("criticism", CRITICISM, f"m{about.pk.hex}"),
            ("criticism", "对班子成员的批评。", "a999"),
            ("ballot", "发出5张。", ""),
            ("committee_review", "", ""),
        )
    ):
        Slot.objects.create(
            meeting=meeting,
            ordinal=number,
            kind=kind,
            title="议程",
            notes=notes,
            about_key=about_key,
            speaker_name=name,
        )
    assert [one.problem for one in of_source(made, "meeting")] == [SAID, "主持人：时间不早了。"]
    assert [one.problem for one in of_source(made, "superior")] == ["查摆不够深。"]
    (criticism,) = of_source(made, "criticism")
    assert (criticism.problem, criticism.member) == (CRITICISM, about)
    assert all(
        name not in (one.problem + one.where)
        for one in c.candidates(made.campaign, made.organization, made.secretary)
    )


def test_several_are_listed_at_once_with_one_day(made: Rectifying) -> None:
    for text in (SAID, "另一条意见。"):
        OpinionPointFactory.create(**made.place, text=text, verdict="true")
    keys = [one.key for one in of_source(made, "masses")]
    due = timezone.localdate() + datetime.timedelta(days=20)
    how = {**made.place, "term": "dated", "due_on": due, "by": made.secretary}
    assert c.pull_all(**how, keys=[*keys, "unknown"]) == 2
    rows = RectificationItem.objects.order_by("ordinal")
    assert [(one.ordinal, one.due_on) for one in rows] == [(1, due), (2, due)]
    with pytest.raises(NotAllowed, match="打勾"):
        c.pull_all(**how, keys=keys)


def test_a_key_pulled_twice_at_once_is_refused_by_the_service(made: Rectifying) -> None:
    OpinionPointFactory.create(**made.place, text=SAID, verdict="true")
    (one,) = of_source(made, "masses")
    add(**made.place, typed=first(one), by=made.secretary, origin=one.origin)
    with pytest.raises(NotAllowed, match="已经列入过"):
        add(**made.place, typed=first(one), by=made.secretary, origin=one.origin)


def first(one: Candidate, member: Member | None = None) -> Typed:
    """What a form begins with, and a day."""
    return Typed(problem=one.problem, due_on=timezone.localdate(), member=member)


class TestFromOutside:
    def objection(self, made: Rectifying, *, marked: bool) -> PublicationObjection:
        publication = Publication.objects.create(
            **made.place,
            kind="measures",
            title="整改措施公示",
            text="1. 改。",
            scope="本村",
            contact="村委会",
            from_on=timezone.localdate(),
            to_on=timezone.localdate(),
        )
        return PublicationObjection.objects.create(
            publication=publication,
            on=timezone.localdate(),
            text="路灯还是不亮。",
            answer="已报电工。",
            answered_on=timezone.localdate(),
            to_rectify=marked,
        )

    def test_what_was_said_to_a_notice_and_marked_comes_back_as_an_item(self, made: Rectifying) -> None:
        self.objection(made, marked=False)
        assert of_source(made, "masses") == []
        self.objection(made, marked=True)
        (found,) = of_source(made, "masses")
        assert (found.problem, found.where) == ("路灯还是不亮。", "对“整改措施公示”的意见")
        now = dataclasses.replace(found.typed(), due_on=timezone.localdate())
        item = c.pull(**made.place, key=found.key, typed=now, by=made.secretary)
        assert item.source == "masses"
        assert of_source(made, "masses") == []
        stranger = account_with(Role.SECRETARY, OrganizationFactory.create())
        assert of_source(made, "masses", stranger) == []

    def test_what_a_visit_advised_can_be_listed_and_praise_cannot(self, made: Rectifying) -> None:
        supervisor = account_with(Role.SUPERVISOR, made.township)
        visit = Visit.objects.create(
            **made.place,
            mode="open",
            day=timezone.localdate(),
            seen="看了台账。",
            status="made",
            author=supervisor,
            visitors="督导组",
        )
        kinds = ("praise", "advice", "correct", "redo")
        for kind in kinds:
            Finding.objects.create(
                visit=visit, kind=kind, text=f"{kind}的内容", issued_on=timezone.localdate()
            )
        Finding.objects.create(
            visit=visit, kind="advice", text="撤回了的", issued_on=timezone.localdate(), status="withdrawn"
        )
        found = {one.problem: one.where for one in of_source(made, "visit")}
        assert set(found) == {"advice的内容", "correct的内容"}
        assert found["advice的内容"].startswith("指导意见（")


def test_with_a_new_first_key_nothing_is_offered_a_second_time(made: Rectifying, settings: Settings) -> None:
    OpinionPointFactory.create(**made.place, text=SAID, verdict="true")
    (one,) = of_source(made, "masses")
    item = c.pull(**made.place, key=one.key, typed=first(one), by=made.secretary)
    typed = add(**made.place, typed=Typed(problem="自己写的。", term="lasting"), by=made.secretary)
    assert (item.origin, typed.origin, typed.source_key) == (one.origin, "", "")
    old, before = list(settings.FIELD_KEYS), item.source_key
    settings.FIELD_KEYS = ["a-new-key", *old]
    assert of_source(made, "masses") == []
    with pytest.raises(NotAllowed, match="已经列入过"):
        add(**made.place, typed=first(one), by=made.secretary, origin=one.origin)
    assert (reseal_after(), reseal_after()) == (1, 0)
    settings.FIELD_KEYS = ["a-new-key"]
    item.refresh_from_db()
    assert item.source_key != before
    assert item.source_key == one.key
    assert of_source(made, "masses") == []
