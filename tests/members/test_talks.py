"""Recording talks: two taps, put right, taken back; pairs let off, people marked, partners from outside."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from branches.models import AuditEvent, Role, Run, StepMark, User
from branches.rules import Rules
from branches.workflow import NotAllowed
from members.models import ConcernKind, Outsider, Talk, TalkConcern, TalkKind, TalkMode, TalkState, TalkWaiver
from members.permissions.talks import (
    Sight,
    can_change_talk,
    can_count_talks,
    can_enter_talks,
    can_mark_concern,
    can_open_talk,
    can_read_grid,
    can_read_summary,
    can_read_words,
    can_record_talk,
    can_remind,
    can_see_concerns,
    can_see_talks,
    own_keys,
    sight_of,
)
from members.rules.talk_checks import Occasion, asks_the_way, warnings_for
from members.rules.talk_people import Person, pair
from members.services import talks
from members.services.talk_facts import met_on, warnings_of
from members.services.talk_grid import Grid
from members.services.talk_marks import (
    add_outsider,
    end_outsider,
    mark_concern,
    unmark_concern,
    unwaive_pair,
    waive_pair,
)
from members.services.talk_people import people_of
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.talks import Village, key_of, post_above, village_with_talks

DAY = datetime.timedelta(days=1)


@pytest.fixture
def village(tree: Tree) -> Village:
    return village_with_talks(tree)


def grid(village: Village) -> Grid:
    return Grid.of(village.campaign, village.organization)


def refusal(action: Any, **arguments: Any) -> str:
    with pytest.raises(NotAllowed) as refused:
        action(**arguments)
    return refused.value.reason


def about(village: Village, **more: Any) -> dict[str, Any]:
    return {"campaign": village.campaign, "organization": village.organization, **more}


def recording(village: Village, **more: Any) -> dict[str, Any]:
    usual = {
        "people": [village.key("secretary"), village.key("plain")],
        "held_on": timezone.localdate(),
        "by": village.secretary,
    }
    return about(village, **{**usual, **more})


# Recording


def test_a_talk_ticks_its_pair_and_the_board_is_told(village: Village) -> None:
    owed = grid(village).owed
    talk = village.talk("secretary", "plain")
    after = grid(village)
    two = pair(village.key("secretary"), village.key("plain"))
    assert (after.owed, after.done) == (owed, 1)
    assert after.held[two] == ((timezone.localdate(), talk.pk),)
    state = TalkState.objects.get(campaign=village.campaign, organization=village.organization)
    assert (state.owed, state.held, state.last_on) == (owed, 1, timezone.localdate())
    event = AuditEvent.objects.get(action="record_talk")
    assert (event.about_id, event.detail) == (str(talk.pk), {"count": 2})


def test_pressed_twice_it_is_one_talk_on_another_day_another(village: Village) -> None:
    first = village.talk("secretary", "plain")
    assert village.talk("plain", "secretary") == first
    assert village.talk("secretary", "plain", on=timezone.localdate() - DAY) != first
    assert village.talk("secretary", "plain", "committee") != first
    assert Talk.objects.count() == 3


def test_a_talk_of_several_ticks_every_pair_or_the_host_with_each(village: Village) -> None:
    village.talk("secretary", "organizer", "committee", "plain")
    assert grid(village).done == 6
    other, third = village.others[:2]
    talk = village.talk(
        "secretary", other, third, together=False, host=village.key("secretary"), mode=TalkMode.SITTING
    )
    assert grid(village).done == 8
    assert [side.is_host for side in talk.sides.all()] == [True, False, False]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"held_on": timezone.localdate() + DAY}, "谈心日期不能晚于今天"),
        ({"held_on": datetime.date(2001, 2, 3)}, "请核对年份"),
        ({"people": ["m" + uuid.uuid4().hex, "m" + uuid.uuid4().hex]}, "已经不在名单上"),
        ({"together": False, "host": ""}, "请选择是谁和大家谈的"),
    ],
)
def test_what_is_refused_says_what_to_do(village: Village, change: dict[str, Any], said: str) -> None:
    assert said in refusal(talks.record_talk, **recording(village, **change))
    assert not Talk.objects.exists()


def test_one_person_alone_does_not_talk(village: Village) -> None:
    key = village.key("plain")
    assert "两个人" in refusal(talks.record_talk, **recording(village, people=[key, key]))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "closed"}, "已经结束"),
        ({"status": "draft"}, "还没有发布"),
    ],
)
def test_only_in_an_open_campaign(village: Village, fields: dict[str, str], said: str) -> None:
    for name, value in fields.items():
        setattr(village.campaign, name, value)
    village.campaign.save()
    assert said in refusal(talks.record_talk, **recording(village))


def test_not_where_the_campaign_was_not_sent_or_asks_for_no_record(tree: Tree, village: Village) -> None:
    village.campaign.issuer = tree.other_township
    village.campaign.save()
    assert "没有发给本组织" in refusal(talks.record_talk, **recording(village))
    silent = village_with_talks(tree, level="none", organization=tree.sibling, slug="silent")
    assert "不要求记录" in refusal(talks.record_talk, **recording(silent))


def test_a_new_round_begins_anew(village: Village) -> None:
    village.talk("secretary", "plain", on=timezone.localdate() - DAY)
    Run.objects.create(
        campaign=village.campaign,
        organization=village.organization,
        round_no=2,
        opened_at=timezone.now(),
        reason="走过场",
    )
    assert grid(village).done == 0
    yesterday = recording(village, held_on=timezone.localdate() - DAY)
    assert "不算本轮" in refusal(talks.record_talk, **yesterday)
    assert village.talk("secretary", "plain").round_no == 2


def test_who_records_what(village: Village, township: User, supervisor: User, stranger: User) -> None:
    own, others = ["secretary", "plain"], ["secretary", "committee"]
    for by, keys, may in [
        (village.organizer, others, True),
        (village.committee, others, True),
        (village.committee, own, False),
        (village.plain, own, True),
        (village.plain, others, False),
        (township, own, False),
        (supervisor, own, False),
        (stranger, own, False),
    ]:
        people = [village.key(who) for who in keys]
        assert bool(can_record_talk(by, village.organization, people)) is may, (by, keys)
    theirs = [village.key(who) for who in others]
    assert "自己参加的" in refusal(talks.record_talk, **recording(village, by=village.plain, people=theirs))


# Put right, taken back


def test_a_talk_is_put_right_and_taken_back(village: Village) -> None:
    talk = village.talk("secretary", "plain")
    day = timezone.localdate() - 2 * DAY
    talks.change_talk(talk=talk, held_on=day, mode=TalkMode.VISIT, place=" 家里 ", by=village.plain)
    talk.refresh_from_db()
    assert (talk.held_on, talk.mode, talk.place) == (day, "visit", "家里")
    assert TalkState.objects.get().last_on == day
    talks.remove_talk(talk=talk, by=village.organizer)
    assert (Talk.objects.count(), TalkState.objects.get().held) == (0, 0)
    assert [e.action for e in AuditEvent.objects.order_by("sequence")][-2:] == ["change_talk", "remove_talk"]
    assert "已经被撤销" in refusal(talks.remove_talk, talk=talk, by=village.organizer)


def test_a_change_keeps_to_the_same_limits(village: Village, township: User) -> None:
    talk = village.talk("secretary", "plain")
    later = {"held_on": timezone.localdate() + DAY, "mode": "face", "place": ""}
    assert "不能晚于今天" in refusal(talks.change_talk, talk=talk, by=village.plain, **later)
    assert "只给参加谈话的同志看" in refusal(talks.remove_talk, talk=talk, by=village.committee)
    assert "只给参加谈话的同志看" in refusal(talks.remove_talk, talk=talk, by=township)


def test_what_others_wrote_no_clerk_throws_away(tree: Tree) -> None:
    village = village_with_talks(tree, level="full")
    talk = village.talk("committee", "plain")
    talks.keep_words(
        talk=talk, summary="", words={"own": "脾气急"}, seen=talks.seen_mark(talk), by=village.plain
    )
    assert "自己修改或撤销" in refusal(talks.remove_talk, talk=talk, by=village.secretary)
    talks.remove_talk(talk=talk, by=village.committee)
    assert not Talk.objects.exists()


# A reminder by the superior


def test_a_reminder_is_recorded_by_the_office_above(tree: Tree, village: Village, township: User) -> None:
    post = post_above(tree)
    asked = about(
        village, superior=post, person=village.key("committee"), held_on=timezone.localdate(), by=township
    )
    talk = talks.remind_talk(**asked)
    assert talks.remind_talk(**asked) == talk
    assert (talk.kind, {side.key for side in talk.sides.all()}) == (
        TalkKind.REMIND,
        {f"a{post.pk}", village.key("committee")},
    )
    assert "上级党建办登记" in refusal(talks.remind_talk, **{**asked, "by": village.secretary})
    nobody = {**asked, "person": "m" + uuid.uuid4().hex}
    assert "不在名单上" in refusal(talks.remind_talk, **nobody)
    own = AppointmentFactory.create(organization=village.organization, role=Role.COMMITTEE, user=None)
    elsewhere = AppointmentFactory.create(organization=tree.other_township, role=Role.SECRETARY, user=None)
    for wrong in (own, elsewhere):
        assert "上级党组织的同志" in refusal(talks.remind_talk, **{**asked, "superior": wrong})
    assert "上级党建办登记" in refusal(talks.remove_talk, talk=talk, by=village.secretary)
    talks.remove_talk(talk=talk, by=township)
    assert not Talk.objects.exists()


def test_a_reminder_settles_what_the_superior_asked_for(tree: Tree, township: User) -> None:
    village = village_with_talks(tree, talk_key_people=["problem_committee"], pairs=[])
    post = post_above(tree)
    member = village.heads["committee"]
    mark_concern(**about(village), kind=ConcernKind.PROBLEM_COMMITTEE, member=member.pk, by=township)
    assert (grid(village).owed, grid(village).done) == (1, 0)
    superior = next(person.key for person in grid(village).people if "superior" in person.posts)
    asked = recording(village, people=[superior, key_of(member)])
    assert "提醒谈话" in refusal(talks.record_talk, **asked)
    talks.remind_talk(
        **about(village), superior=post, person=key_of(member), held_on=timezone.localdate(), by=township
    )
    assert (grid(village).owed, grid(village).done) == (1, 1)


# Pairs let off


def test_a_pair_is_let_off_and_asked_for_again(village: Village) -> None:
    owed = grid(village).owed
    a, b = village.key("secretary"), village.key("plain")
    let_off = {**about(village), "a": b, "b": a, "by": village.secretary}
    waiver = waive_pair(**let_off, reason="长期在外地住院")
    assert waive_pair(**let_off, reason=" 长期住院 ").pk == waiver.pk
    assert (TalkWaiver.objects.get().reason, grid(village).owed) == ("长期住院", owed - 1)
    assert grid(village).cell(a, b) == "waived"
    assert "写明" in refusal(waive_pair, **let_off, reason="  ")
    assert "两位不同" in refusal(waive_pair, **{**let_off, "b": b}, reason="x")
    assert "两位不同" in refusal(waive_pair, **{**let_off, "b": "m" + uuid.uuid4().hex}, reason="x")
    assert "书记" in refusal(waive_pair, **{**let_off, "by": village.organizer}, reason="x")
    unwaive_pair(waiver=waiver, by=village.secretary)
    unwaive_pair(waiver=waiver, by=village.secretary)
    assert (grid(village).owed, TalkState.objects.get().owed) == (owed, owed)
    assert "书记" in refusal(unwaive_pair, waiver=waiver, by=village.plain)


# People marked


def test_somebody_is_marked_by_who_may_and_only_known_to_them(village: Village, township: User) -> None:
    member, other = village.heads["plain"], village.others[0]
    by: dict[str, Any] = {"by": village.secretary}
    marked = mark_concern(**about(village), kind=ConcernKind.UNAWARE, member=member.pk, **by)
    assert mark_concern(**about(village), kind=ConcernKind.UNAWARE, member=member.pk, **by) == marked
    estranged = mark_concern(
        **about(village), kind=ConcernKind.ESTRANGED, member=member.pk, other=other.pk, **by
    )
    above = mark_concern(
        **about(village),
        kind=ConcernKind.PROBLEM_COMMITTEE,
        member=village.heads["committee"].pk,
        by=township,
    )
    assert [c.by_superior for c in (marked, estranged, above)] == [False, False, True]
    for event in AuditEvent.objects.filter(action="mark_concern"):
        assert event.detail == {"campaign": village.campaign.pk}
    unmark_concern(concern=marked, **by)
    unmark_concern(concern=marked, **by)
    assert TalkConcern.objects.count() == 2
    assert "上级党建办提出" in refusal(unmark_concern, concern=above, **by)


@pytest.mark.parametrize(
    ("kind", "two", "said"),
    [
        (ConcernKind.ESTRANGED, (0, None), "和哪一位有分歧"),
        (ConcernKind.UNAWARE, (0, 1), "不用选"),
        (ConcernKind.ESTRANGED, (0, 0), "两位不同"),
    ],
)
def test_a_mark_names_one_or_two(village: Village, kind: str, two: tuple[int, int | None], said: str) -> None:
    people = [village.others[n].pk if n is not None else None for n in two]
    asked = about(village, kind=kind, member=people[0], other=people[1], by=village.secretary)
    assert said in refusal(mark_concern, **asked)


def test_nobody_of_another_branch_is_marked(tree: Tree, village: Village) -> None:
    elsewhere = MemberFactory.create(organization=tree.sibling)
    asked = about(village, kind=ConcernKind.UNAWARE, member=elsewhere.pk, by=village.secretary)
    assert "名册" in refusal(mark_concern, **asked)
    assert "书记" in refusal(mark_concern, **{**asked, "by": village.organizer})


# Partners who are no members


def test_partners_from_outside_come_and_go(tree: Tree, township: User) -> None:
    mill = village_with_talks(
        tree, organization=tree.mill, pairs=["secretary_member"], talk_key_people=["investor"], others=1
    )
    owed = grid(mill).owed
    asked: dict[str, Any] = {
        "organization": tree.mill,
        "name": " 陈国栋 ",
        "capacity": "investor",
        "title": "董事长",
    }
    investor = add_outsider(**asked, by=mill.secretary)
    assert add_outsider(**asked, by=township) == investor
    assert (investor.name, grid(mill).owed, TalkState.objects.get().owed) == ("陈国栋", owed + 1, owed + 1)
    talk = talks.record_talk(**recording(mill, people=[mill.key("secretary"), f"o{investor.pk.hex}"]))
    assert grid(mill).done == 1
    end_outsider(outsider=investor, by=mill.secretary)
    end_outsider(outsider=investor, by=mill.secretary)
    assert (grid(mill).owed, Talk.objects.get()) == (owed, talk)
    assert add_outsider(**asked, by=mill.secretary) == Outsider.objects.get(is_current=True)
    for action in (
        lambda: add_outsider(**asked, by=mill.plain),
        lambda: end_outsider(outsider=investor, by=mill.plain),
    ):
        assert "权限" in refusal(action)
    assert AuditEvent.objects.filter(action="add_outsider").count() == 2


# Who sees how much


def test_how_much_each_sees(
    tree: Tree, village: Village, township: User, supervisor: User, stranger: User, auditor: User
) -> None:
    head = account_with(Role.SECRETARY, tree.township)
    leader = account_with(Role.GROUP_LEADER, tree.group)
    for user, sight in [
        (village.secretary, Sight.CLERK),
        (village.organizer, Sight.CLERK),
        (village.committee, Sight.COMMITTEE),
        (village.plain, Sight.OWN),
        (township, Sight.ABOVE),
        (head, Sight.ABOVE),
        (supervisor, Sight.COUNTS),
        (stranger, Sight.NOTHING),
        (leader, Sight.NOTHING),
        (auditor, Sight.NOTHING),
    ]:
        assert sight_of(user, village.organization) == sight, user
        assert bool(can_see_talks(user, village.organization)) is (sight != Sight.NOTHING)
        whole = sight in (Sight.CLERK, Sight.COMMITTEE, Sight.ABOVE)
        assert bool(can_read_grid(user, village.organization)) is whole
        assert bool(can_count_talks(user, village.organization)) is (whole or sight == Sight.COUNTS)
    assert sight_of(township, tree.township) == Sight.CLERK, "the office keeps the grid of its own leaders"
    assert sight_of(head, tree.township) == Sight.CLERK


def test_a_member_who_left_sees_nothing(village: Village) -> None:
    assert can_enter_talks(village.plain, village.organization)
    village.heads["plain"].standing = "transferred"
    village.heads["plain"].save()
    assert sight_of(village.plain, village.organization) == Sight.NOTHING


def test_nobody_logged_in_has_no_part(village: Village) -> None:
    from_nowhere = AnonymousUser()
    talk = village.talk("secretary", "plain")
    assert own_keys(from_nowhere, village.organization) == frozenset()
    for may in (can_read_words, can_read_summary, can_open_talk, can_change_talk):
        assert not may(from_nowhere, talk)
    assert not can_enter_talks(from_nowhere, village.organization)


def test_marks_are_seen_by_few(village: Village, township: User, supervisor: User) -> None:
    place = village.organization
    for user, sees in [
        (village.secretary, True),
        (township, True),
        (village.organizer, False),
        (village.committee, False),
        (supervisor, False),
    ]:
        assert bool(can_see_concerns(user, place)) is sees
    assert can_mark_concern(township, place, ConcernKind.PROBLEM_COMMITTEE)
    assert not can_mark_concern(township, place, ConcernKind.UNAWARE)
    assert not can_remind(village.secretary, place)


# What is pointed out


TODAY = datetime.date(2026, 12, 1)
OLD = Person("m1", "赵德福", flags=frozenset({"elderly"}))
AWAY = Person("m2", "钱桂兰", flags=frozenset({"floating", "elderly"}))
HERE = Person("m3", "孙敏")
ASKING = Rules(
    talk_home_visit=("elderly",), talk_remote_allowed=True, talk_sitting_most=3, talk_before_meeting=True
)


@pytest.mark.parametrize(
    ("people", "mode", "days", "found"),
    [
        ((HERE, HERE), "face", {}, []),
        ((OLD, HERE), "face", {}, ["上门和赵德福谈"]),
        ((OLD, HERE), "visit", {}, []),
        ((AWAY, HERE), "phone", {}, []),
        ((OLD, AWAY), "phone", {}, []),
        ((OLD, AWAY), "face", {}, ["上门和赵德福谈"]),
        ((AWAY, HERE), "face", {}, []),
        ((HERE, HERE), "phone", {}, ["一般只用于外出的流动党员"]),
        ((HERE,) * 3, "sitting", {}, []),
        ((HERE,) * 4, "sitting", {}, ["3 人以内才算"]),
        ((HERE, HERE), "face", {"met_on": TODAY}, []),
        ((HERE, HERE), "face", {"met_on": TODAY - DAY}, ["在会议（11月30日）以后"]),
        ((HERE, HERE), "face", {"finish": TODAY - DAY}, ["在完成期限（11月30日）以后"]),
        ((HERE, HERE), "face", {"met_on": TODAY, "finish": TODAY - DAY}, []),
    ],
)
def test_what_is_pointed_out(
    people: tuple[Person, ...], mode: str, days: dict[str, datetime.date], found: list[str]
) -> None:
    said = warnings_for(ASKING, Occasion(people, TODAY, mode), **days)
    assert len(said) == len(found)
    assert all(part in text for part, text in zip(found, said, strict=True))


def test_rules_that_ask_less_point_out_less() -> None:
    quiet = Rules(talk_before_meeting=False, talk_sitting_most=None)
    late = Occasion((HERE, HERE), TODAY, "face")
    assert warnings_for(quiet, late, met_on=TODAY - DAY) == ()
    away = Occasion((AWAY, HERE), TODAY, "network")
    assert warnings_for(quiet, away) == ("通知没有说可以用电话、网络谈心，请尽量当面谈。",)
    three = Occasion((HERE,) * 3, TODAY, "face")
    assert "只算一对一谈" in warnings_for(quiet, three)[0]
    assert warnings_for(quiet, Occasion((HERE,) * 3, TODAY, "face", together=False)) == ()
    assert (asks_the_way(ASKING, [HERE, OLD]), asks_the_way(ASKING, [HERE]), asks_the_way(quiet, [OLD])) == (
        True,
        False,
        False,
    )


@given(
    flags=st.sets(st.sampled_from(["elderly", "poor", "floating", "veteran"])),
    mode=st.sampled_from(TalkMode.values),
    size=st.integers(2, 9),
)
def test_every_combination_is_only_pointed_out(flags: set[str], mode: str, size: int) -> None:
    people = (Person("m1", "赵德福", flags=frozenset(flags)), *[HERE] * (size - 1))
    said = warnings_for(ASKING, Occasion(people, TODAY, mode))
    visited = "elderly" in flags and "floating" not in flags and mode != "visit"
    remote = mode in ("phone", "network") and "floating" not in flags
    assert len(said) == visited + remote + (size > 3)


def test_the_meeting_is_known_from_what_was_noted_by_hand(village: Village) -> None:
    today = timezone.localdate()
    where = {"campaign": village.campaign, "organization": village.organization}
    assert met_on(village.campaign, village.organization, 1) is None
    StepMark.objects.create(**where, step="study", done_on=today - 9 * DAY)
    StepMark.objects.create(**where, step="meeting", done_on=today - DAY)
    StepMark.objects.create(**where, step="committee_meeting", done_on=today - 2 * DAY)
    assert met_on(village.campaign, village.organization, 1) == today - 2 * DAY
    people = people_of(village.campaign, village.organization)
    late = village.talk("secretary", "plain")
    early = village.talk("secretary", "plain", on=today - 3 * DAY)
    assert ["会议" in text for text in warnings_of(late, people)] == [True]
    assert warnings_of(early, people) == ()


def test_without_a_last_day_nothing_is_late(village: Village) -> None:
    village.campaign.finish_by = None
    village.campaign.save()
    talk = village.talk("secretary", "plain")
    assert warnings_of(talk, people_of(village.campaign, village.organization)) == ()
