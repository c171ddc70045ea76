"""Items: the steps by everybody in every state, what is refused, what repeats an earlier year, who reads what."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Role, User
from branches.permissions import Answer, Denied
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from members.models import Member
from rectification import permissions as p
from rectification.models import ItemStatus, RectificationItem
from rectification.permissions.items import reads_above
from rectification.rules.items import days_overdue, sums_of
from rectification.rules.repeated import repeats
from rectification.services import items as s
from rectification.services.items import Typed
from rectification.workflow import ITEM
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.evaluations import published_campaign
from tests.factories.rectifying import PROBLEM, Rectifying, cast_of, rectifying

pytestmark = pytest.mark.django_db
LEADERS = {"secretary", "deputy"}
CLERKS = LEADERS | {"organizer"}
BOARD = CLERKS | {"committee"}
ABOVE = {"general", "township", "leader_above"}
READERS = ABOVE | {"supervisor"}
OPEN = {"listed", "in_progress"}
TABLE = {
    "begin_item": ({"listed"}, "in_progress", CLERKS | {"own"}),
    "finish_item": (OPEN, "done", CLERKS | {"own"}),
    "verify_item": ({"done"}, "verified", CLERKS | ABOVE),
    "close_item": ({"verified"}, "closed", LEADERS),
    "reopen_item": ({"done", "verified", "closed"}, "in_progress", LEADERS | ABOVE),
    "withdraw_item": (OPEN, "withdrawn", LEADERS),
}


def refused(act: Callable[..., Any], **how: Any) -> str:
    """The reason a step is refused with."""
    with pytest.raises(NotAllowed) as refusal:
        act(**how)
    assert refusal.value.reason.endswith("。")
    return refusal.value.reason


def allowed(ask: Callable[[Any], Answer], people: dict[str, Any]) -> set[str]:
    """Who may; every refusal carries a sentence."""
    found = set()
    for who, person in people.items():
        answer = ask(person)
        if isinstance(answer, Denied):
            assert answer.reason.endswith("。")
        else:
            found.add(who)
    return found


def test_the_table_is_the_table() -> None:
    steps = ITEM.transitions
    assert {key: (set(t.sources), t.target) for key, t in steps.items()} == {
        key: (sources, target) for key, (sources, target, _who) in TABLE.items()
    }
    assert {key for key, t in steps.items() if t.note_required} == {"reopen_item", "withdraw_item"}


def test_every_step_by_everybody_in_every_state() -> None:
    made = rectifying()
    people, item = cast_of(made), made.item(member=made.people[1])
    for state in ItemStatus.values:
        item.status = state
        for step, (sources, _target, who) in TABLE.items():
            may = {name for name, person in people.items() if ITEM.step(item, step, person, note="原因")}
            assert may == (who if state in sources else set()), (step, state)


@pytest.mark.parametrize("filed", [True, False])
def test_who_reads_the_register_and_whose_rows(filed: bool) -> None:
    made = rectifying(rules={"rectification_filed": filed})
    people, place = cast_of(made), (made.campaign, made.organization)
    of_committee, of_member = made.item(), made.item("本人带头不够。", member=made.people[1])
    reach = {who for who, u in people.items() if RectificationItem.objects.visible_to(u).exists()}
    assert reach == BOARD | READERS | {"own"}
    assert allowed(lambda u: p.can_see_ledger(u, *place), people) == BOARD | READERS
    assert allowed(lambda u: p.can_read_item(u, of_committee), people) == BOARD | READERS
    assert allowed(lambda u: p.can_read_item(u, of_member), people) == CLERKS | {"own"}
    assert allowed(lambda u: p.can_see_member_rows(u, made.organization), people) == CLERKS
    assert allowed(lambda u: p.can_keep_ledger(u, made.organization), people) == CLERKS
    assert allowed(lambda u: p.can_see_overview(u, made.campaign), people) == READERS
    made.campaign.issuer = made.organization.superior() or made.township
    assert reads_above(people["township"], *place) == filed
    assert reads_above(people["general"], *place)


def test_whose_the_responsibility_is_works_on_it_and_reads_it() -> None:
    made = rectifying()
    own = cast_of(made)["own"]
    item = made.item(owner=made.people[1].name)
    assert item.owner_member == made.people[1]
    assert p.can_read_item(own, item)
    assert s.begin(item=item, by=own).status == "in_progress"
    assert "责任人" in refused(s.begin, item=made.item("另一条问题。"), by=own)


def test_a_bodys_own_office_keeps_its_register() -> None:
    made = rectifying()
    office = account_with(Role.OFFICE, made.township)
    assert p.can_keep_ledger(office, made.township)
    assert not p.can_keep_ledger(office, made.organization)


def test_an_item_goes_all_the_way_and_is_done_again() -> None:
    made = rectifying()
    by, today = made.secretary, timezone.localdate()
    item = made.item()
    note = s.note_progress(item=item, on=today, text=" 开了一次会。 ", by=by)
    assert note.text == "开了一次会。"
    assert str(note) == "开了一次会。"
    s.note_progress(item=item, on=today, text="又开了一次。", by=by)
    item = s.finish(item=item, done_on=today, outcome="每月开会", evidence="", by=by)
    item = s.verify(item=item, verified_by="members", verified_on=today, verified_how="党员大会", by=by)
    item = s.close(item=item, by=by)
    assert (item.status, item.closed_on, item.done_on) == ("closed", today, today)
    township = account_with(Role.OFFICE, made.township)
    item = s.reopen(item=item, note="群众不满意", by=township)
    item.refresh_from_db()
    assert (item.status, item.done_on, item.verified_by, item.closed_on) == ("in_progress", None, "", None)
    item = s.withdraw(item=item, note="和第二条合并", by=by)
    assert (item.status, item.reason) == ("withdrawn", "和第二条合并")
    actions = list(AuditEvent.objects.filter(about_id=str(item.pk)).values_list("action", flat=True))
    assert actions == [
        "list_item",
        "begin_item",
        "note_item_progress",
        "note_item_progress",
        "finish_item",
        "verify_item",
        "close_item",
        "reopen_item",
        "withdraw_item",
    ]


def test_what_does_not_fit_is_refused_with_what_to_do() -> None:
    made = rectifying()
    by, today = made.secretary, timezone.localdate()
    later, place = today + datetime.timedelta(days=1), {**made.place, "by": by}
    for typed, words in (
        (Typed(problem=" ", due_on=later), "请写下问题"),
        (Typed(problem="问题" * 600, due_on=later), "最多写"),
        (Typed(problem="问题"), "请填整改时限"),
        (Typed(problem="问题", term="sometime", due_on=later), "请从给出的"),
        (Typed(problem="问题", due_on=later, member=rectifying().people[0]), "不在本组织"),
    ):
        assert words in refused(s.add, **place, typed=typed)
    fine = Typed(problem="问题", due_on=later)
    assert "登记" in refused(s.add, **made.place, typed=fine, by=account_with(Role.SECRETARY, made.township))
    other = rectifying()
    assert "没有发给" in refused(
        s.add, campaign=made.campaign, organization=other.organization, typed=fine, by=other.secretary
    )
    item = made.item(measures="")
    how = {"item": item, "by": by}
    assert "整改措施" in refused(s.finish, **how, done_on=today, outcome="", evidence="")
    assert "不能晚于今天" in refused(s.note_progress, **how, on=later, text="好")
    assert "写一句进展" in refused(s.note_progress, **how, on=today, text=" ")
    item = made.item("第二条。")
    how["item"] = item = s.finish(item=item, done_on=today, outcome="", evidence="", by=by)
    verify: dict[str, Any] = {**how, "verified_on": today, "verified_how": ""}
    assert "请选择谁验收" in refused(s.verify, **verify, verified_by="nobody")
    assert "上级党组织登记" in refused(s.verify, **verify, verified_by="superior")
    early = {**verify, "verified_on": today - datetime.timedelta(days=1)}
    assert "早于完成日期" in refused(s.verify, **early, verified_by="masses")
    office = account_with(Role.OFFICE, made.township)
    assert "上级验收" in refused(s.verify, **{**verify, "by": office}, verified_by="masses")
    assert "不用再记进展" in refused(s.note_progress, **how, on=today, text="好")
    assert "不能再改" in refused(s.save, item=item, version=item.version, typed=fine, by=by)
    assert s.verify(**{**verify, "by": office}, verified_by="superior").verified_by == "superior"


def test_two_who_edit_at_once_lose_nothing() -> None:
    made = rectifying()
    item = made.item()
    later = timezone.localdate() + datetime.timedelta(days=5)
    typed = Typed(problem="改过的问题。", term="lasting")
    saved = s.save(item=item, version=0, typed=typed, by=made.secretary)
    assert (saved.problem, saved.due_on, saved.version) == ("改过的问题。", None, 1)
    with pytest.raises(Stale) as stale:
        s.save(item=item, version=0, typed=Typed(problem="另一个", due_on=later), by=made.secretary)
    assert stale.value.saved.problem == "改过的问题。"


def test_the_database_holds_what_must_hold() -> None:
    made = rectifying()
    item = made.item()
    for change in (
        {"due_on": None},
        {"status": "done"},
        {"status": "verified", "done_on": timezone.localdate()},
        {
            "status": "closed",
            "done_on": timezone.localdate(),
            "verified_on": timezone.localdate(),
            "verified_by": "members",
        },
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RectificationItem.objects.filter(pk=item.pk).update(**change)


def test_overdue_is_worked_out_and_sums_leave_out_what_is_withdrawn() -> None:
    today, due = datetime.date(2028, 3, 1), datetime.date(2028, 2, 28)
    assert days_overdue("listed", due, today) == 2
    assert days_overdue("in_progress", today, today) == 0
    assert days_overdue("in_progress", None, today) == 0
    assert days_overdue("done", due, today) == 0
    rows = [
        (state, due, True) for state in ("listed", "in_progress", "done", "verified", "closed", "withdrawn")
    ]
    sums = sums_of(rows, today)
    assert (sums.total, sums.finished, sums.overdue, sums.repeated, sums.withdrawn) == (5, 3, 2, 5, 1)
    made = rectifying()
    item = made.item()
    item.due_on = timezone.localdate() - datetime.timedelta(days=4)
    assert (item.days_overdue, str(item), item.rules().repeated_problem_hint) == (4, PROBLEM[:30], True)


def year_after(made: Rectifying, **rules: Any) -> Rectifying:
    """The same branch in the campaign of the next year."""
    campaign = published_campaign(made.township, preset="xinyi_2018", rules=rules)
    Campaign.objects.filter(pk=campaign.pk).update(year=made.campaign.year + 1)
    again = Campaign.objects.get(pk=campaign.pk)
    return Rectifying(made.township, made.organization, again, made.secretary, made.people)


def test_the_problem_of_last_year_is_found_again_as_a_fact() -> None:
    made = rectifying()
    first = made.item("学习少。")
    made.item()
    member = made.item("学习少。", member=made.people[0])
    later = year_after(made)
    assert later.item("学习少").repeats == first
    assert later.item(PROBLEM.replace("几个月", "三个月") + "希望改。").repeats is not None
    assert later.item("学习少！", member=made.people[0]).repeats == member
    assert later.item("学习少。", member=made.people[1]).repeats is None
    assert later.item("流动党员联系不上，电话常常打不通。").repeats is None
    assert year_after(made, repeated_problem_hint=False).item("学习少。").repeats is None
    assert made.item("学习少。").repeats is None


def test_the_most_alike_of_earlier_problems_is_named() -> None:
    least = rectifying().campaign.rules_for().material_copy_share
    near = PROBLEM + "另外联系群众也比较少，要改。"
    assert repeats(PROBLEM, ["别的问题", near, PROBLEM], least) == 2
    assert repeats(PROBLEM, [], least) is None
    assert repeats("", [""], least) is None


def test_a_name_borne_twice_names_nobody() -> None:
    made = rectifying()
    Member.objects.filter(pk__in=[made.people[0].pk, made.people[1].pk]).update(name="王秀英")
    assert made.item(owner="王秀英").owner_member is None
    assert made.item("又一条。", owner="村里").owner_member is None


def test_nobody_without_an_account_sees_an_item() -> None:
    made = rectifying()
    made.item()
    stranger: User = cast_of(made)["stranger"]
    assert not RectificationItem.objects.visible_to(stranger).exists()
    AppointmentFactory.create(organization=made.organization, role=Role.SECRETARY, user=stranger)
    again = User.objects.get(pk=stranger.pk)
    assert RectificationItem.objects.visible_to(again).exists()
