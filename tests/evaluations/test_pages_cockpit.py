"""The ballots of a meeting and the page of one ballot."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import User
from evaluations.models import Ballot, BallotStatus, EntryMode
from evaluations.services import entry, setup
from evaluations.services.sealing import key_path
from meetings.models import Meeting
from tests.factories.evaluations import (
    Evening,
    collect_papers,
    evening,
    frozen_branch,
    issue_papers,
    meeting_of,
    save_heads,
)
from tests.factories.meetings import MeetingFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def at(made: Evening, name: str = "ballot") -> str:
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def text(client: Client, url: str, data: dict[str, Any] | None = None) -> str:
    """The page, or where a post leads to."""
    answer = client.get(url) if data is None else client.post(url, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def planned() -> tuple[Meeting, User]:
    branch, campaign, secretary, people = frozen_branch()
    meeting, _, _ = meeting_of(branch, campaign, secretary, people, opened=False)
    return meeting, secretary


def test_a_ballot_is_prepared_from_the_meeting_and_only_once(client_of: ClientOf) -> None:
    meeting, secretary = planned()
    client = client_of(secretary)
    page = text(client, reverse("evaluations:for_meeting", args=[meeting.pk]))
    assert "准备测评" in page
    key = page.split('name="submission" value="')[1].split('"')[0]
    data = {"submission": key, "subject_kind": "members", "entry_mode": "totals"}
    url = reverse("evaluations:prepare", args=[meeting.pk])
    first = client.post(url, data)
    ballot = Ballot.objects.get(meeting=meeting)
    assert ballot.entry_mode == EntryMode.TOTALS
    assert client.post(url, data).headers["Location"] == first.headers["Location"]
    assert "已经有一轮测评" in text(client, url, {"subject_kind": "members", "entry_mode": "papers"})
    assert Ballot.objects.count() == 1


def test_preparing_without_a_choice_says_so(client_of: ClientOf) -> None:
    meeting, secretary = planned()
    url = reverse("evaluations:prepare", args=[meeting.pk])
    assert "请选择计票方式" in text(client_of(secretary), url, {"subject_kind": "members"})
    assert "请选择计票方式" in text(client_of(secretary), url, {"subject_kind": "x", "entry_mode": "papers"})


def test_before_the_roster_is_frozen_the_page_leads_to_the_meeting(client_of: ClientOf) -> None:
    made = evening()
    bare = MeetingFactory.create(campaign=made.campaign)
    made.secretary.appointments.update(organization=bare.organization)
    page = text(client_of(made.secretary), reverse("evaluations:for_meeting", args=[bare.pk]))
    assert "还不能准备测评" in page


def test_a_branch_without_members_is_told_to_look_at_its_roster(client_of: ClientOf) -> None:
    made = evening(members=3, stage="setup")
    setup.void_ballot(ballot=made.ballot, by=made.secretary, reason="名单有误")
    roster = made.meeting.roster
    assert roster is not None
    roster.entries.update(is_subject=False)
    url = reverse("evaluations:prepare", args=[made.meeting.pk])
    data = {"subject_kind": "members", "entry_mode": "papers"}
    assert "请先核对花名册" in text(client_of(made.secretary), url, data)


def test_the_committee_is_offered_where_the_rules_rate_it(client_of: ClientOf) -> None:
    made = evening(subject_kind="committee", rules={"committee_rated": True})
    page = text(client_of(made.secretary), reverse("evaluations:for_meeting", args=[made.meeting.pk]))
    assert "进入评议支委会" in page
    assert "准备测评" in page


def test_a_voided_round_stays_listed_with_its_reason(client_of: ClientOf) -> None:
    made = evening("void")
    page = text(client_of(made.secretary), reverse("evaluations:for_meeting", args=[made.meeting.pk]))
    assert "票箱没有当场清点" in page
    assert "准备第 2 轮测评" in page
    assert "本轮已作废，不作依据" in text(client_of(made.secretary), at(made))


def test_the_form_is_printed_for_everybody_expected_and_some_spare(client_of: ClientOf) -> None:
    made = evening(members=5, rules={"spare_forms": 3})
    client = client_of(made.secretary)
    assert "要印" in text(client, at(made))
    one, all_of_them = client.get(at(made, "form_pdf")), client.get(at(made, "form_pdf") + "?copies=all")
    assert one.content.startswith(b"%PDF")
    assert one["Content-Disposition"].startswith("inline")
    assert all_of_them.content.count(b"/Type /Page\n") == 8 * one.content.count(b"/Type /Page\n")


def test_the_secretary_is_led_from_printing_to_counting(client_of: ClientOf) -> None:
    made = evening(members=5)
    client = client_of(made.secretary)
    assert "打印测评表" in text(client, at(made))
    save_heads(made, printed=7)
    assert ">开始发票<" in text(client, at(made))
    data = {"version": made.ballot.version, "printed": "７", "issued": "5", "then": "issue"}
    assert "已开始发票" in text(client, at(made, "heads"), data)
    data = {"version": made.reload().version, "printed": 7, "issued": 5, "returned": 5, "unused": 1}
    page = text(client, at(made, "heads"), {**data, "then": "collect"})
    assert "请填损坏更换，没有就填 0" in page
    page = text(client, at(made, "heads"), {**data, "replaced": 1, "then": "collect"})
    assert "请两位计票人开始录票" in page
    assert made.reload().status == BallotStatus.COLLECTED
    assert "两位计票人正在录票" in page


def test_before_the_meeting_is_open_only_the_printed_papers_are_asked_for(client_of: ClientOf) -> None:
    meeting, secretary = planned()
    ballot = setup.prepare_ballot(meeting=meeting, by=secretary)
    client = client_of(secretary)
    url = reverse("evaluations:heads", args=[ballot.pk])
    page = text(client, url, {"version": 0, "printed": 7})
    assert "去会议页面宣布开会" in page
    assert 'name="issued"' not in page


def test_numbers_that_do_not_fit_stay_on_the_page_with_what_to_do(client_of: ClientOf) -> None:
    made = evening("issued", members=5)
    data = {"version": made.ballot.version, "printed": 7, "issued": 5, "returned": 4, "unused": 9}
    page = text(client_of(made.secretary), at(made, "heads"), {**data, "replaced": 0})
    assert "印制 7 应等于" in page
    assert 'value="9"' in page
    assert made.reload().unused is None


def test_words_instead_of_numbers_are_refused_kindly(client_of: ClientOf) -> None:
    made = evening("issued", members=5)
    page = text(
        client_of(made.secretary), at(made, "heads"), {"version": made.ballot.version, "returned": "五张"}
    )
    assert "收回请填数字，例如 25" in page
    assert 'value="五张"' in page


def test_more_papers_than_issued_is_a_hard_stop_that_leads_to_holding_it_again(client_of: ClientOf) -> None:
    made = evening("issued", members=5)
    data = {"version": made.ballot.version, "printed": 7, "issued": 5, "returned": 6, "unused": 2}
    wrong = {**data, "replaced": 0, "then": "collect"}
    page = text(client_of(made.secretary), at(made, "heads"), wrong)
    assert "无效，重新进行" in page
    assert at(made, "void") in page
    page = text(client_of(made.tellers[0]), at(made, "heads"), wrong)
    assert "请支部书记在本页办理“作废重来”" in page
    assert made.reload().status == BallotStatus.ISSUED


def test_two_people_saving_see_both_versions_and_lose_nothing(client_of: ClientOf) -> None:
    made = evening("issued", members=5)
    old = made.ballot.version
    save_heads(made, returned=4, by=made.tellers[0])
    data = {"version": old, "printed": 7, "issued": 5, "returned": 5, "unused": 2, "replaced": 0}
    client = client_of(made.secretary)
    page = text(client, at(made, "heads"), data)
    assert "另一位同志刚刚保存过张数" in page
    assert 'data-label="您填的">5<' in page
    assert 'data-label="对方已保存的">4<' in page
    assert made.reload().returned == 4
    version = page.split('name="version" value="')[1].split('"')[0]
    text(client, at(made, "heads"), {**data, "version": version})
    assert made.reload().returned == 5


def test_heads_posted_too_late_change_nothing(client_of: ClientOf) -> None:
    made = evening("certified", members=6)
    data = {"version": made.ballot.version, "returned": 1, "printed": 1}
    assert "票数不能再改" in text(client_of(made.secretary), at(made, "heads"), data)
    assert made.reload().returned == 6


def test_the_entry_mode_is_switched_while_nothing_is_typed(client_of: ClientOf) -> None:
    made = evening("collected", members=5)
    client = client_of(made.secretary)
    assert "改为录入每人票数" in text(client, at(made))
    assert "已改为「录入每人票数」" in text(client, at(made, "mode"), {"mode": "totals"})
    assert "请选择" in text(client, at(made, "mode"), {"mode": "x"})
    assert "改为逐票录入" in text(client, at(made))


def test_each_sees_who_typed_how_much_and_never_a_mark(client_of: ClientOf) -> None:
    made = evening("collected", members=5)
    entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="11111")
    entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=2, marks="1????")
    page = text(client_of(made.secretary), at(made))
    assert f"甲（{made.tellers[0].full_name}）已录 1 / 5 张" in page
    assert "乙（空席）已录 0 / 5 张" in page
    assert "换计票人" in page
    page = text(client_of(made.tellers[0]), at(made))
    assert "您坐甲席，还有 4 张" in page
    assert "开始录票" in text(client_of(made.tellers[1]), at(made))


def test_the_card_of_numbers_renews_itself_and_stops_after_a_while(client_of: ClientOf) -> None:
    made = evening("collected", members=5)
    client = client_of(made.secretary)
    part = client.get(at(made) + "?turn=3", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "turn=4" in part
    for turn in ("39", "x"):
        part = client.get(f"{at(made)}?turn={turn}", headers={"HX-Request": "true"}).content.decode()
        assert "hx-get" not in part


def test_another_teller_takes_over_a_freed_place(client_of: ClientOf) -> None:
    made = evening("collected", members=6)
    first, second = made.tellers
    entry.save_paper(ballot=made.ballot, by=first, paper_no=1, marks="111111")
    entry.take_slot(ballot=made.ballot, by=second)
    assert "已空出这一席，已录的都在" in text(client_of(made.secretary), at(made, "free"), {"slot": "1"})
    assert made.ballot.slots.get(number=1).holder is None
    text(client_of(made.secretary), at(made, "free"), {"slot": "0"})
    assert made.ballot.slots.get(number=2).holder == second


def test_a_lost_key_is_explained_and_the_papers_are_typed_again(client_of: ClientOf) -> None:
    made = evening("collected", members=5)
    entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="11111")
    key_path(made.ballot.pk).unlink()
    assert "已录的票读不出来了" in text(client_of(made.tellers[0]), at(made))
    answer = client_of(made.tellers[0]).get(at(made, "enter") + "?paper=1", follow=True)
    page = answer.content.decode()
    assert "密钥不在这台服务器上" in page
    assert "请支部书记登录" in page
    page = text(client_of(made.secretary), at(made, "again"), {})
    assert "请两位计票人从纸质票重新录入" in page
    assert not made.ballot.papers.exists()
    assert "录票正常" in text(client_of(made.secretary), at(made, "again"), {})


def test_voiding_names_what_follows_and_needs_a_reason(client_of: ClientOf) -> None:
    made = evening("collected", members=5)
    client = client_of(made.secretary)
    assert "已录的内容全部销毁" in text(client, at(made, "void"))
    assert "请写明原因" in text(client, at(made, "void"), {"reason": "  "})
    page = text(client, at(made, "void"), {"reason": "收回多于发出"})
    assert "第 1 轮已作废" in page
    assert made.reload().status == BallotStatus.VOID
    assert "没有任何改变" in text(client, at(made, "void"), {"reason": "再按一次"})


def test_voiding_a_certified_round_says_that_the_roll_up_loses_it(client_of: ClientOf) -> None:
    made = evening("certified", members=5)
    assert "上级汇总表里不再有本支部" in text(client_of(made.secretary), at(made, "void"))


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("issued", "正在发票、填票"),
        ("matched", "等待签字核定"),
        ("certified", "已核定"),
        ("setup", "正在准备"),
    ],
)
def test_somebody_who_only_looks_on_is_told_how_far_it_is(
    stage: str, shown: str, client_of: ClientOf, supervisor: User
) -> None:
    made = evening(stage, members=3)
    supervisor.appointments.update(organization=made.campaign.issuer)
    assert shown in text(client_of(supervisor), at(made))


def test_tellers_without_an_account_are_named(client_of: ClientOf) -> None:
    made = evening("setup", members=5)
    issue_papers(made)
    collect_papers(made)
    member = made.people[-1]
    member.user = None
    member.save()
    assert f"计票人{member.name}还没有登录账号" in text(client_of(made.secretary), at(made))


def test_a_name_of_forty_characters_is_typed_like_any_other(client_of: ClientOf) -> None:
    made = evening("collected", members=3, returned=3)
    made.ballot.subjects.filter(ordinal=1).update(name="买买提·" * 10)
    entry.take_slot(ballot=made.ballot, by=made.tellers[0])
    assert "买买提·" * 10 in text(client_of(made.tellers[0]), at(made, "enter"))
